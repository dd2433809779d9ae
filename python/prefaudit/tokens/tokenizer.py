"""Find a tokenizer by its name or folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from prefaudit.errors import ConfigError, MissingPackageError, SourceError

#: The files of a folder that holds no more than GPT-2's vocabulary.
_BARE = ("vocab.json", "merges.txt")
#: Any of these makes a folder that of a tokenizer.
_FILES = ("tokenizer.json", "tokenizer_config.json", "config.json", *_BARE)
#: How long to wait for the hub's first answer.
_SECONDS = 10.0
#: The least status that speaks of the hub and not of what was asked.
_BROKEN = 500


def open_tokenizer(tokenizer: Any) -> Any:
    """The tokenizer itself, or the one that a name on the Hugging Face hub or a folder stands for.

    A folder with nothing but vocab.json and merges.txt, which transformers' AutoTokenizer refuses since there is no
    model configuration to tell the kind from, is read as GPT-2's.

    Raises:
        ConfigError: if there is none of that name.
        SourceError: if the hub cannot be reached, and no earlier download is there.
        MissingPackageError: if transformers is not installed.
    """
    if not isinstance(tokenizer, str | os.PathLike):
        return tokenizer
    try:
        import transformers
    except ModuleNotFoundError as error:
        msg = "tokenizers take transformers: pip install 'prefaudit[torch]'"
        raise MissingPackageError(msg) from error
    place = os.path.expanduser(tokenizer)  # noqa: PTH111 - Path would make another name of one that begins with ./
    away = "" if _is_local(place) else _out_of_reach(place)
    try:
        if _is_bare(Path(place)):
            return transformers.GPT2Tokenizer(*(os.fspath(Path(place) / name) for name in _BARE))
        return transformers.AutoTokenizer.from_pretrained(place, local_files_only=bool(away))
    except (OSError, ValueError, KeyError) as error:
        if away:
            msg = (
                f"to read the tokenizer {place}, the Hugging Face hub cannot be reached ({away}), and there is no"
                " earlier download: try again, or give a folder"
            )
            raise SourceError(msg) from error
        msg = f"there is no tokenizer {place}: {_missing(place) or str(error).strip().split(chr(10))[0]}"
        raise ConfigError(msg) from error


def _missing(place: str) -> str | None:
    """What is wrong with a place on this machine; None if the name is of the hub."""
    folder = Path(place)
    if folder.is_file():
        return "it is a file; name the folder that holds it"
    if folder.is_dir() and not any((folder / name).is_file() for name in _FILES):
        return f"the folder holds neither tokenizer.json nor {' and '.join(_BARE)}"
    return "there is no such folder" if _is_local(place) and not folder.exists() else None


def _is_local(place: str) -> bool:
    """Whether it is a place on this machine, or could be nothing else."""
    return Path(place).exists() or Path(place).is_absolute() or place.startswith(".")


def _out_of_reach(name: str) -> str:
    """Why the hub does not answer, if it does not: one request, where transformers would try for a minute."""
    from huggingface_hub import HfApi
    from huggingface_hub.utils import HfHubHTTPError, HFValidationError

    try:
        HfApi(library_name="prefaudit").model_info(name, timeout=_SECONDS)
    except HfHubHTTPError as error:
        status = error.response.status_code
        return f"it answers with status {status}" if status >= _BROKEN else ""  # else transformers says what is wrong
    except HFValidationError:  # as it does of what can be no name
        return ""
    except Exception as error:  # noqa: BLE001 - httpx or requests, by the version of huggingface_hub
        return type(error).__name__
    return ""


def _is_bare(folder: Path) -> bool:
    there = all((folder / name).is_file() for name in _BARE)
    return there and not any((folder / name).is_file() for name in ("tokenizer.json", "config.json"))
