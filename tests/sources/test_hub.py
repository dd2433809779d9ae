"""Data sets on the Hugging Face hub, read from a server on this machine that speaks its protocol."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from prefaudit.sources.hub import HubName

from .hub_server import SHA, Hub, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_RUN = """
import json, sys
import prefaudit
asked = json.loads(sys.argv[1])
try:
    data = prefaudit.load(asked.pop("source"), **asked)
    rows = [pair for batch in data.batches() for pair in batch.records.to_pylist()]
    said = {"pairs": [(row["prompt"], row["chosen"], row["rejected"]) for row in rows]}
except prefaudit.PrefauditError as error:
    said = {"error": str(error)}
print(json.dumps(said))
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
        "acme/one": {"train.jsonl": _lines("a", "b")},
        "acme/splits": {"train.jsonl": _lines("a", "b"), "test.jsonl": _lines("c")},
        "acme/subsets": {
            "README.md": card.encode(),
            "helpful/x.jsonl": _lines("h"),
            "harmless/x.jsonl": _lines("i", "j"),
        },
        "acme/closed": {"train.jsonl": _lines("a")},
    }
    with serving(Hub(repos, gated={"acme/closed": 403})) as running:
        yield running


@pytest.fixture
def ask(tmp_path: Path) -> Any:
    """Load in a process of its own: `huggingface_hub` reads its surroundings once, at import."""

    def asking(endpoint: str, **asked: Any) -> Any:
        names = {"HF_ENDPOINT": endpoint, "HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "0", "HF_TOKEN": ""}
        run = subprocess.run(
            [sys.executable, "-c", _RUN, json.dumps(asked)],
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
            env=os.environ | names,
        )
        return json.loads(run.stdout.splitlines()[-1])

    return asking


def _prompts(said: dict[str, Any]) -> list[str]:
    return [prompt for prompt, _, _ in said["pairs"]]


def test_names() -> None:
    assert HubName.of("acme/one") == HubName("acme/one")
    assert HubName.of("hf://datasets/acme/one@v1/data/x.parquet") == HubName("acme/one", "v1", "data/x.parquet")
    assert HubName.of("hf://datasets/acme/one@refs%2Fpr%2F1") == HubName("acme/one", "refs/pr/1")
    assert HubName.of("./acme/one") is None
    assert HubName.of("data.jsonl") is None


@pytest.mark.parametrize("streaming", [True, False])
def test_reads(hub: Hub, ask: Any, streaming: bool) -> None:
    said = ask(hub.endpoint, source="acme/one", streaming=streaming)
    assert said["pairs"] == [["a?", "a yes", "a no"], ["b?", "b yes", "b no"]]


def test_splits_and_subsets(hub: Hub, ask: Any) -> None:
    assert _prompts(ask(hub.endpoint, source="acme/splits", split="test")) == ["c?"]
    assert _prompts(ask(hub.endpoint, source="acme/splits", split="all")) == ["a?", "b?", "c?"]
    assert _prompts(ask(hub.endpoint, source="acme/subsets", config="harmless")) == ["i?", "j?"]
    assert _prompts(ask(hub.endpoint, source=f"hf://datasets/acme/splits@{SHA}/test.jsonl")) == ["c?"]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"source": "acme/splits"}, "'train'"),
        ({"source": "acme/subsets"}, "has several configurations: name one with config=... (--subset)"),
        ({"source": "acme/subsets", "config": "harmful"}, "has no configuration 'harmful'"),
        ({"source": "acme/nothing"}, "there is no data set acme/nothing"),
        ({"source": "acme/one", "revision": "v9"}, "has no revision 'v9'"),
        ({"source": "acme/closed"}, "acme/closed is gated: accept its terms"),
    ],
)
def test_refusals(hub: Hub, ask: Any, asked: dict[str, Any], message: str) -> None:
    assert message in ask(hub.endpoint, **asked)["error"]


def test_out_of_reach(ask: Any) -> None:
    error = ask("http://127.0.0.1:9", source="acme/one")["error"]
    assert "cannot be reached" in error
    assert "download the files elsewhere" in error
