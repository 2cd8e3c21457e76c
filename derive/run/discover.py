"""Which documents the arguments of a command stand for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from derive.config import Config
from derive.document.types import TYPES, is_document
from derive.errors import UsageError
from derive.files import LARGEST, is_small_file
from derive.visible import escaped


def documents(
    paths: Iterable[Path], config: Config, tell: Callable[[str], None] = lambda message: None
) -> list[Path]:  # fmt: skip
    """Return files as they are given and, for folders, the documents below them by name, each once.

    Hidden folders are left out, and what the configuration excludes; `tell` hears of what has the name of a document
    but is no regular file, or too large.
    Raises: UsageError for a path that does not exist, or a folder without documents.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            inside = list(below(path, config, tell))
            if not inside:
                kinds = ", ".join("*" + suffix for suffix in TYPES)
                raise UsageError(f"{escaped(path)}: no documents here ({kinds})")
            found |= dict.fromkeys(inside)
        elif os.path.lexists(path):
            found[path] = None
        else:
            raise UsageError(f"{escaped(path)}: no such file or folder")
    return list(found)


def below(folder: Path, config: Config, tell: Callable[[str], None] = lambda message: None) -> Iterator[Path]:
    """Yield the documents below a folder that count."""
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (file for file in (Path(where, name) for name in sorted(files)) if counts(file, config, tell))


def counts(file: Path, config: Config, tell: Callable[[str], None] = lambda message: None) -> bool:
    """Whether a file that was found, not named, is a document to check."""
    if not is_document(file) or config.excludes(file):
        return False
    if is_small_file(file):
        return True
    tell(f"{escaped(file)}: left out, as it is no regular file, or larger than {LARGEST >> 20} MiB")
    return False
