"""Which documents the arguments of a command stand for."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from derive.config import Config
from derive.errors import UsageError

SUFFIXES = (".md", ".markdown", ".txt", ".tex", ".ipynb")


def documents(paths: Iterable[Path], config: Config) -> list[Path]:
    """Return files as they are given and, for folders, the documents below them by name, each once.

    Hidden folders are left out, and what the configuration excludes.
    Raises: UsageError for a path that does not exist, or a folder without documents.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            inside = [file for file in _below(path) if not config.excludes(file)]
            if not inside:
                raise UsageError(f"{path}: no documents here ({', '.join('*' + suffix for suffix in SUFFIXES)})")
            found |= dict.fromkeys(inside)
        elif path.exists():
            found[path] = None
        else:
            raise UsageError(f"{path}: no such file or folder")
    return list(found)


def _below(folder: Path) -> Iterator[Path]:
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(where, name) for name in sorted(files) if Path(name).suffix.lower() in SUFFIXES)
