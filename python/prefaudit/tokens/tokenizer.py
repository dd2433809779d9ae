"""Find a tokenizer by its name or folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from prefaudit.errors import ConfigError, MissingPackageError

#: The files of a folder that holds no more than GPT-2's vocabulary.
_BARE = ("vocab.json", "merges.txt")


def open_tokenizer(tokenizer: Any) -> Any:
    """The tokenizer itself, or the one that a name on the Hugging Face hub or a folder stands for.

    A folder with nothing but vocab.json and merges.txt, which transformers' AutoTokenizer refuses since there is no
    model configuration to tell the kind from, is read as GPT-2's.

    Raises:
        ConfigError: if there is none of that name.
        MissingPackageError: if transformers is not installed.
    """
    if not isinstance(tokenizer, str | os.PathLike):
        return tokenizer
    try:
        import transformers
    except ModuleNotFoundError as error:
        msg = "tokenizers take transformers: pip install 'prefaudit[torch]'"
        raise MissingPackageError(msg) from error
    place = os.fspath(tokenizer)
    try:
        if _is_bare(Path(place)):
            return transformers.GPT2Tokenizer(*(os.fspath(Path(place) / name) for name in _BARE))
        return transformers.AutoTokenizer.from_pretrained(place)
    except (OSError, ValueError, KeyError) as error:
        first = str(error).strip().split("\n")[0]
        msg = f"there is no tokenizer {place}: {first}"
        raise ConfigError(msg) from error


def _is_bare(folder: Path) -> bool:
    there = all((folder / name).is_file() for name in _BARE)
    return there and not any((folder / name).is_file() for name in ("tokenizer.json", "config.json"))
