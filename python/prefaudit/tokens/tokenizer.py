"""Find a tokenizer by its name or folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from prefaudit.errors import ConfigError, MissingPackageError

#: The files of a folder that holds no more than GPT-2's vocabulary.
_BARE = ("vocab.json", "merges.txt")
#: Any of these makes a folder that of a tokenizer.
_FILES = ("tokenizer.json", "tokenizer_config.json", "config.json", *_BARE)


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
    place = os.path.expanduser(tokenizer)  # noqa: PTH111 - Path would make another name of one that begins with ./
    try:
        if _is_bare(Path(place)):
            return transformers.GPT2Tokenizer(*(os.fspath(Path(place) / name) for name in _BARE))
        return transformers.AutoTokenizer.from_pretrained(place)
    except (OSError, ValueError, KeyError) as error:
        msg = f"there is no tokenizer {place}: {_missing(place) or str(error).strip().split(chr(10))[0]}"
        raise ConfigError(msg) from error


def _missing(place: str) -> str | None:
    """What is wrong with a place on this machine; None if the name is of the hub."""
    folder = Path(place)
    if folder.is_file():
        return "it is a file; name the folder that holds it"
    if folder.is_dir() and not any((folder / name).is_file() for name in _FILES):
        return f"the folder holds neither tokenizer.json nor {' and '.join(_BARE)}"
    local = folder.is_absolute() or place.startswith(".")
    return "there is no such folder" if local and not folder.exists() else None


def _is_bare(folder: Path) -> bool:
    there = all((folder / name).is_file() for name in _BARE)
    return there and not any((folder / name).is_file() for name in ("tokenizer.json", "config.json"))
