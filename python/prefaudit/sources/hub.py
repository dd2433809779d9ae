"""Data sets on the Hugging Face hub, read by the library `datasets`."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import unquote

from prefaudit.errors import SourceError
from prefaudit.sources import patience
from prefaudit.sources.hugging_face import choose_split, hf_part
from prefaudit.sources.joined import Joined
from prefaudit.sources.library import library_errors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prefaudit.sources.base import Source

_SCHEME = "hf://datasets/"
_NAME = r"[A-Za-z0-9_][\w.-]*"
_BARE = re.compile(rf"{_NAME}/{_NAME}", re.ASCII)
_URL = re.compile(
    rf"{_SCHEME}(?P<repo>{_NAME}(?:/{_NAME})?)(?:@(?P<revision>refs/(?:convert|pr)/[^/]+|[^/]+))?(?:/(?P<inside>.+))?",
    re.ASCII,
)
#: The first release of `datasets` that never runs code from the hub.
_NEEDED = 4


@dataclass(frozen=True)
class HubName:
    """A data set on the hub: `owner/name`, a branch, tag or commit, and a file or folder in it."""

    repo: str
    revision: str | None = None
    inside: str | None = None

    @classmethod
    def of(cls, path: str) -> HubName | None:
        """What `hf://datasets/owner/name[@revision][/path]` or `owner/name` means; None if it is neither."""
        if found := _URL.fullmatch(path):
            revision = found["revision"]
            return cls(found["repo"], unquote(revision) if revision else None, found["inside"])
        return cls(path) if _BARE.fullmatch(path) else None


def open_hub(
    place: HubName,
    *,
    split: str | None = None,
    config: str | None = None,
    revision: str | None = None,
    streaming: bool = True,
) -> Source:
    """The rows of a data set on the hub.

    Args:
        place: which data set.
        split: the split to read; "all" for all of them. Needed where there are several.
        config: the configuration ("subset" on the hub's pages). Needed where there are several.
        revision: a branch, a tag or a commit; None for what the name says, or the newest.
        streaming: read the files over the network as they are needed; otherwise `datasets` downloads them first, to
            its cache, and reads them from there.

    Raises:
        SourceError: if `datasets` is missing, the hub cannot be reached, or has no such data.
    """
    datasets = _library(place)
    wanted = revision or place.revision
    commit, unreachable = _commit(place, wanted, streaming=streaming)
    files = _files(place.inside)
    with patience.patience(place.repo), _errors(place, unreachable), _cache_only() if commit is None else _quiet():
        try:
            splits = datasets.load_dataset(
                f"{_SCHEME}{place.repo}", config, revision=commit, streaming=streaming, **files
            )
        except ValueError as error:
            _name_configs(datasets, place, commit, config, error)
    names = choose_split(splits, split, place.repo)
    title = f"{place.repo} (from the cache)" if commit is None else f"{place.repo}@{commit[:7]}"
    marks = [config] if config else []
    parts = [
        patience.Patient(hf_part(splits[name], f"{title} ({', '.join([*marks, name])})", _way_out(place)))
        for name in names
    ]
    return parts[0] if len(parts) == 1 else Joined(parts, f"{title} ({', '.join([*marks, *names])})")


def _files(inside: str | None) -> dict[str, str]:
    """A path with an ending or a wildcard means files, another one a folder."""
    if not inside:
        return {}
    return {"data_files" if PurePosixPath(inside).suffix or "*" in inside else "data_dir": inside.rstrip("/")}


def _library(place: HubName) -> Any:
    try:
        import datasets
    except ImportError as error:
        msg = (
            f"to read {place.repo} from the Hugging Face hub, install `datasets`: pip install 'prefaudit[hf]'"
            f"{_not_on_disk(place)}"
        )
        raise SourceError(msg) from error
    if int(datasets.__version__.split(".")[0]) < _NEEDED:
        msg = (
            f"to read {place.repo} from the Hugging Face hub, `datasets` {_NEEDED} or later is needed, as earlier ones"
            f" can run code from there; this is {datasets.__version__}: pip install -U 'prefaudit[hf]'"
        )
        raise SourceError(msg)
    return datasets


def _not_on_disk(place: HubName) -> str:
    return f" (there is no file or folder {place.repo})" if not Path(place.repo).exists() else ""


def _commit(place: HubName, revision: str | None, *, streaming: bool) -> tuple[str | None, str]:
    """The commit to read, so that sample and rows are of one state.

    One request that is not repeated tells what is wrong before `datasets` tries for half a minute. Where the
    hub is out of reach, an earlier download can serve: then there is no commit, but what to say if there is none.
    """
    from huggingface_hub import HfApi
    from huggingface_hub.utils import HfHubHTTPError, HFValidationError, RepositoryNotFoundError, RevisionNotFoundError

    api = HfApi(library_name="prefaudit")
    try:
        sha = api.dataset_info(place.repo, revision=revision, timeout=patience.SECONDS).sha
    except RevisionNotFoundError as error:
        msg = f"{place.repo} has no revision '{revision}' on the Hugging Face hub: give a branch, a tag or a commit"
        raise SourceError(msg) from error
    except (RepositoryNotFoundError, HFValidationError) as error:
        raise SourceError(_unknown(place)) from error
    except Exception as error:  # httpx or requests, by the version of huggingface_hub
        status = error.response.status_code if isinstance(error, HfHubHTTPError) else None
        cache = not streaming and revision is None
        unreachable = _unreachable(place, api.endpoint, status, error, streaming=streaming, cache=cache)
        if cache:
            return None, unreachable
        raise SourceError(unreachable) from error
    return str(sha), ""


def _unknown(place: HubName) -> str:
    return (
        f"there is no data set {place.repo} on the Hugging Face hub that can be seen from here{_not_on_disk(place)}."
        " Check the spelling; if it is private, log in with `hf auth login` or set HF_TOKEN"
    )


def _unreachable(
    place: HubName, endpoint: str, status: int | None, error: Exception, *, streaming: bool, cache: bool
) -> str:
    why = f"it answers with status {status}" if status else f"{type(error).__name__}"
    empty = ", and the cache of `datasets` holds no earlier download" if cache else ""
    way = "; streaming=False reads an earlier download from the cache of `datasets`" if streaming else ""
    return (
        f"to read {place.repo}, the Hugging Face hub at {endpoint} cannot be reached ({why}){empty}. Try again, or"
        f" download the files elsewhere and audit those{way}"
    )


def _gated(place: HubName) -> str:
    return (
        f"{place.repo} is gated: accept its terms at https://huggingface.co/datasets/{place.repo}, then log in with"
        " `hf auth login` or set HF_TOKEN"
    )


def _way_out(place: HubName) -> str:
    return (
        "If a file of it is broken, prefaudit's own readers get further:"
        f" `hf download {place.repo} --repo-type dataset --local-dir FOLDER`, then `prefaudit audit FOLDER`"
    )


@contextmanager
def _errors(place: HubName, unreachable: str) -> Iterator[None]:
    """Turn what `datasets` raises while it looks at the data set into one line."""
    from datasets.exceptions import DatasetNotFoundError
    from huggingface_hub.utils import GatedRepoError

    # `_commit` has seen the repository: what `datasets` then calls not found is there, but closed.
    closed = (GatedRepoError, DatasetNotFoundError)
    try:
        with library_errors(place.repo, _way_out(place)):
            yield
    except SourceError as error:
        seen: BaseException | None = error
        while seen is not None:
            if isinstance(seen, closed):
                raise SourceError(_gated(place)) from error
            if unreachable and isinstance(seen, ConnectionError):
                raise SourceError(unreachable) from error
            seen = seen.__cause__ or seen.__context__
        raise


def _name_configs(datasets: Any, place: HubName, commit: str | None, config: str | None, error: ValueError) -> NoReturn:
    """Say which configurations there are, if that is what is wrong."""
    names = list(datasets.get_dataset_config_names(f"{_SCHEME}{place.repo}", revision=commit))
    if (config is None and len(names) > 1) or (config is not None and config not in names):
        what = "has several configurations" if config is None else f"has no configuration '{config}'"
        known = ", ".join(f"'{name}'" for name in names)
        msg = f"{place.repo} {what}: name one with config=... (--subset): {known}"
        raise SourceError(msg) from error
    raise error


@contextmanager
def _quiet() -> Iterator[None]:
    """Without progress bars for files of a few bytes."""
    from datasets.utils import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars
    from huggingface_hub import utils as hub

    shown = not are_progress_bars_disabled(), not hub.are_progress_bars_disabled()
    disable_progress_bars()
    hub.disable_progress_bars()
    try:
        yield
    finally:
        if shown[0]:
            enable_progress_bars()
        if shown[1]:
            hub.enable_progress_bars()


@contextmanager
def _cache_only() -> Iterator[None]:
    """Without a request: what HF_HUB_OFFLINE=1 does, for the length of a call."""
    import datasets.config
    import huggingface_hub.constants

    places = (datasets.config, huggingface_hub.constants)
    before = [place.HF_HUB_OFFLINE for place in places]
    for place in places:
        place.HF_HUB_OFFLINE = True
    try:
        yield
    finally:
        for place, value in zip(places, before, strict=True):
            place.HF_HUB_OFFLINE = value
