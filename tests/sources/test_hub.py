"""Data sets on the Hugging Face hub, read from a server on this machine that speaks its protocol."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from prefaudit.sources.hub import HubName

from .hub_server import SHA, Hub, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_RUN = """
import json, sys, time
from typer.testing import CliRunner
import prefaudit
from prefaudit.cli.app import app
from prefaudit.sources import patience

patience.SECONDS = float(sys.argv[2])
if patience.SECONDS < 1:  # then do not pause between two attempts, either
    pause = time.sleep
    time.sleep = lambda seconds: pause(min(seconds, 0.05))

def python(source, **asked):
    try:
        data = prefaudit.load(source, **asked)
        rows = [pair for batch in data.batches() for pair in batch.records.to_pylist()]
        return {"name": data.name, "pairs": [(row["prompt"], row["chosen"], row["rejected"]) for row in rows]}
    except prefaudit.PrefauditError as error:
        return {"error": str(error)}

def command(source, **asked):
    options = [f"--{name}={value}" for name, value in asked.items()]
    done = CliRunner().invoke(app, ["audit", source, *options, "--isolated", "--select", "identical", "--json", "-"])
    report = json.loads(done.stdout) if done.stdout.startswith("{") else {}
    assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
    return {"code": done.exit_code, "said": done.stderr, "report": report}

print(json.dumps([(command if asked.pop("cli", False) else python)(**asked) for asked in json.loads(sys.argv[1])]))
"""


def _lines(*names: str) -> bytes:
    pairs = ({"prompt": f"{name}?", "chosen": f"{name} yes", "rejected": f"{name} no"} for name in names)
    return "".join(json.dumps(pair) + "\n" for pair in pairs).encode()


@pytest.fixture(scope="module")
def hub() -> Iterator[Hub]:
    card = (
        "---\nconfigs:\n- config_name: helpful\n  data_files: helpful/*.jsonl\n"
        "- config_name: harmless\n  data_files: harmless/*.jsonl\n---\n"
    )
    repos = {
        "acme/one": {"train.jsonl": _lines("a", "b", "c")},
        "acme/table": {"data/train-00000-of-00001.parquet": _table("a", "b", "c")},
        "acme/splits": {"train.jsonl": _lines("a", "b"), "test.jsonl": _lines("c")},
        "acme/subsets": {
            "README.md": card.encode(),
            "helpful/x.jsonl": _lines("h"),
            "harmless/x.jsonl": _lines("i", "j"),
        },
        "acme/closed": {"train.jsonl": _lines("a")},
        "acme/private": {"train.jsonl": _lines("a")},
        "acme/broken": {"train.jsonl": _lines("a") + b"{broken"},
        "acme/prompts": {"train.jsonl": b'{"text": "one"}'},
    }
    gated = {"acme/closed": 403, "acme/private": 401}
    with serving(Hub(repos, gated=gated, revisions=("main", "v1", SHA))) as running:
        yield running


@pytest.fixture
def ask(tmp_path: Path) -> Any:
    """Ask questions in a process of its own: `huggingface_hub` reads its surroundings once, at import.

    A question is the arguments of `load`, or with `cli` those of `prefaudit audit`.
    """

    def asking(endpoint: str, *questions: dict[str, Any], patience: float = 10, **names: str) -> list[dict[str, Any]]:
        places = {"HF_ENDPOINT": endpoint, "HF_HOME": str(tmp_path / "home"), "HF_HUB_OFFLINE": "0", "HF_TOKEN": ""}
        run = subprocess.run(
            [sys.executable, "-c", _RUN, json.dumps(questions), str(patience)],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            cwd=tmp_path,
            env=os.environ | places | names,
        )
        assert run.returncode == 0, run.stderr
        said: list[dict[str, Any]] = json.loads(run.stdout.splitlines()[-1])
        return said

    return asking


def _prompts(said: dict[str, Any]) -> list[str]:
    return [prompt for prompt, _, _ in said["pairs"]]


def test_names() -> None:
    assert HubName.of("acme/one") == HubName("acme/one")
    assert HubName.of("hf://datasets/acme/one@v1/data/x.parquet") == HubName("acme/one", "v1", "data/x.parquet")
    assert HubName.of("hf://datasets/acme/one@refs%2Fpr%2F1") == HubName("acme/one", "refs/pr/1")
    assert HubName.of("./acme/one") is None
    assert HubName.of("data.jsonl") is None


def _table(*names: str) -> bytes:
    sink = io.BytesIO()
    rows = [json.loads(line) for line in _lines(*names).splitlines()]
    pq.write_table(pa.Table.from_pylist(rows), sink, row_group_size=2)
    return sink.getvalue()


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_reads(kind: str, hub: Hub, ask: Any) -> None:
    repo = {"jsonl": "acme/one", "parquet": "acme/table"}[kind]
    streamed, downloaded, by_cli, branch, url = ask(
        hub.endpoint,
        {"source": repo},
        {"source": repo, "streaming": False},
        {"source": repo, "cli": True},
        {"source": repo, "revision": "v1"},
        {"source": f"hf://datasets/{repo}@v1"},
    )
    expected = [["a?", "a yes", "a no"], ["b?", "b yes", "b no"], ["c?", "c yes", "c no"]]
    assert [said["pairs"] for said in (streamed, downloaded, branch, url)] == [expected] * 4
    assert streamed["name"] == f"{repo}@{SHA[:7]} (train)"
    assert (by_cli["code"], by_cli["report"]["accounting"]["votes"]) == (0, 3)
    assert by_cli["report"]["dataset"]["name"] == streamed["name"]


def test_splits_and_subsets(hub: Hub, ask: Any) -> None:
    said = ask(
        hub.endpoint,
        {"source": "acme/splits", "split": "test"},
        {"source": "acme/splits", "split": "all"},
        {"source": "acme/subsets", "config": "harmless"},
        {"source": f"hf://datasets/acme/splits@{SHA}/test.jsonl"},
    )
    assert list(map(_prompts, said)) == [["c?"], ["a?", "b?", "c?"], ["i?", "j?"], ["c?"]]
    said = ask(
        hub.endpoint,
        {"source": "acme/splits", "cli": True, "split": "all"},
        {"source": "acme/subsets", "cli": True, "subset": "helpful", "revision": "v1"},
    )
    assert [one["report"]["accounting"]["votes"] for one in said] == [3, 1]


#: What is asked of Python and, by the options of those names, of the command line; what the answer must hold.
REFUSED: dict[str, tuple[dict[str, str], str]] = {
    "splits": ({"source": "acme/splits"}, "name one with split=... (--split): 'train', 'test', or 'all'"),
    "split": ({"source": "acme/splits", "split": "dev"}, "has no split 'dev'"),
    "configs": ({"source": "acme/subsets"}, "has several configurations: name one with config=... (--subset)"),
    "config": ({"source": "acme/subsets", "config": "harmful"}, "has no configuration 'harmful'"),
    "unknown": ({"source": "acme/nothing"}, "there is no data set acme/nothing on the Hugging Face hub that can be"),
    "revision": ({"source": "acme/one", "revision": "v9"}, "no revision 'v9' on the Hugging Face hub: give a branch"),
    "403": ({"source": "acme/closed"}, "acme/closed is gated: accept its terms at https://huggingface.co/datasets/"),
    "401": ({"source": "acme/private"}, "acme/private is gated: accept its terms at https://huggingface.co/datasets/"),
    "broken": ({"source": "acme/broken"}, "prefaudit's own readers get further: `hf download acme/broken"),
    "no pairs": ({"source": "acme/prompts"}, "no preference pairs: one text"),
}


def _both(asked: dict[str, Any]) -> list[dict[str, Any]]:
    options = {{"config": "subset"}.get(name, name): value for name, value in asked.items()}
    return [asked, options | {"cli": True}]


def _is_one_line(said: dict[str, Any], message: str, code: int = 3) -> None:
    assert message in said["said"]
    assert said["said"].startswith("error: ")
    assert said["said"].count("\n") == 1
    assert said["code"] == code


def test_refusals(hub: Hub, ask: Any) -> None:
    questions = [one for asked, _ in REFUSED.values() for one in _both(asked)]
    answers = iter(ask(hub.endpoint, *questions))
    for _, message in REFUSED.values():
        assert message in next(answers)["error"]
        _is_one_line(next(answers), message)


def test_out_of_reach(ask: Any) -> None:
    question = {"source": "acme/one"}
    said, downloading, by_cli = ask("http://127.0.0.1:9", question, question | {"streaming": False}, _both(question)[1])
    assert "the Hugging Face hub at http://127.0.0.1:9 cannot be reached" in said["error"]
    assert "streaming=False reads an earlier download" in said["error"]
    assert "and the cache of `datasets` holds no earlier download. Try again, or download" in downloading["error"]
    _is_one_line(by_cli, "download the files elsewhere")


def test_offline(hub: Hub, ask: Any) -> None:
    question = {"source": "acme/one"}
    said, by_cli = ask(hub.endpoint, *_both(question), HF_HUB_OFFLINE="1")
    assert "cannot be reached (OfflineModeIsEnabled)" in said["error"]
    _is_one_line(by_cli, "cannot be reached (OfflineModeIsEnabled)")
    downloading = question | {"streaming": False}
    assert _prompts(ask(hub.endpoint, downloading)[0]) == ["a?", "b?", "c?"]
    (again,) = ask(hub.endpoint, downloading, HF_HUB_OFFLINE="1")
    assert _prompts(again) == ["a?", "b?", "c?"]
    assert again["name"].startswith("acme/one (from the cache)")


def test_without_the_package(hub: Hub, ask: Any, tmp_path: Path) -> None:
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / "datasets.py").write_text("raise ModuleNotFoundError(name='datasets')\n")
    said, by_cli = ask(hub.endpoint, *_both({"source": "acme/one"}), PYTHONPATH=str(tmp_path / "hidden"))
    message = "install `datasets`: pip install 'prefaudit[hf]' (there is no file or folder acme/one)"
    assert message in said["error"]
    _is_one_line(by_cli, message)


def test_what_is_on_this_machine_goes_first(hub: Hub, ask: Any, tmp_path: Path) -> None:
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "one").write_bytes(_lines("here"))
    asked = len(hub.asked)
    said, by_cli, with_revision = ask(
        hub.endpoint, *_both({"source": "acme/one"}), {"source": "acme/one", "revision": "v1"}
    )
    assert _prompts(said) == ["here?"]
    assert (by_cli["code"], by_cli["report"]["accounting"]["votes"]) == (0, 1)
    assert "is on this machine (for the hub write hf://datasets/acme/one)" in with_revision["error"]
    assert len(hub.asked) == asked
    (on_the_hub,) = ask(hub.endpoint, {"source": "hf://datasets/acme/one"})
    assert _prompts(on_the_hub) == ["a?", "b?", "c?"]


#: What the hub does not answer: the first request, a list of files, a file; or stops in the middle of.
SILENT: dict[str, dict[str, Any]] = {
    "info": {"hangs": "^/api/datasets/acme/one(/revision.*)?$"},
    "tree": {"hangs": "/tree/|/paths-info/"},
    "file": {"hangs": "/resolve/"},
    "middle": {"stalls": "/resolve/.*jsonl"},
}


@pytest.mark.parametrize("what", SILENT)
def test_a_hub_that_hangs(what: str, ask: Any) -> None:
    limits = {"HF_HUB_DOWNLOAD_TIMEOUT": "1", "HF_HUB_ETAG_TIMEOUT": "1"}
    with serving(Hub({"acme/one": {"train.jsonl": _lines(*"abc")}}, **SILENT[what])) as hub:
        (by_cli,) = ask(hub.endpoint, {"source": "acme/one", "cli": True}, patience=0.5, **limits)
    _is_one_line(by_cli, "the Hugging Face hub at ")
