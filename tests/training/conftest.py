"""Fixtures of what takes the extra torch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def tokenizer() -> Any:
    from training.made_tokenizers import trained

    return trained()


@pytest.fixture(scope="session")
def gpt2(data_dir: Path) -> Any:
    transformers = pytest.importorskip("transformers", reason="prefaudit[torch] is not installed")
    folder = data_dir / "gpt2"
    found = transformers.GPT2Tokenizer(str(folder / "vocab.json"), str(folder / "merges.txt"))
    found.pad_token = found.eos_token
    return found
