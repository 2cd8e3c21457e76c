"""Which documents the arguments of a command stand for."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from derive.config import Config
from derive.document.files import read_text
from derive.document.types import TYPES, is_document
from derive.errors import DeriveError, UsageError
from derive.files import LARGEST, is_small_file
from derive.visible import escaped

_INCLUDES = re.compile(r"\\(?:input|include|subfile)")


def documents(
    paths: Sequence[Path], config: Config, tell: Callable[[str], None] = lambda message: None
) -> list[Path]:  # fmt: skip
    """Return files as they are given and, for folders, the documents below them by name, each once.

    Hidden folders are left out, what the configuration excludes, and what another of the documents includes: it is
    judged there, in its context. `tell` hears of what has the name of a document but is no regular file, or too large.
    Raises: UsageError for a path that does not exist, or a folder without documents.
    """
    found: dict[Path, None] = {}
    named = {path for path in paths if not path.is_dir()}
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
    parts = {file for path in found for file in _included(path, folder_given(path, paths))} if len(found) > 1 else set()
    return [path for path in found if path in named or os.path.realpath(path) not in parts]


def folder_given(path: Path, paths: Sequence[Path]) -> Path | None:
    """Return the widest folder among the arguments of a command in which a document lies; None where none is."""
    folders = (folder for folder in paths if folder.is_dir() and path.is_relative_to(folder))
    return min(folders, key=lambda folder: len(folder.parts), default=None)


def _included(path: Path, within: Path | None) -> Iterator[str]:
    """Yield the real paths of what a document includes; nothing where it cannot be read."""
    from derive.document.document import read_document  # only where something may be included

    try:
        if path.suffix == ".tex" and _INCLUDES.search(read_text(path)):
            own = os.path.realpath(path)
            names = (os.path.realpath(source.name) for source in read_document(path, within=within).sources)
            yield from (name for name in names if name != own)
    except DeriveError:
        return


def below(folder: Path, config: Config, tell: Callable[[str], None] = lambda message: None) -> Iterator[Path]:
    """Yield the documents below a folder that count."""
    waiting = [folder]
    while waiting:  # no recursion, as folders may be nested deeply
        entries = _entries(waiting.pop())
        folders = [entry for entry in entries if entry.is_dir(follow_symlinks=False)]
        files = [Path(entry.path) for entry in entries if not entry.is_dir(follow_symlinks=False)]
        yield from (file for file in files if counts(file, config, tell))
        waiting += [Path(entry.path) for entry in reversed(folders) if not entry.name.startswith(".")]


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """Return what is in a folder by name; nothing where it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []


def counts(file: Path, config: Config, tell: Callable[[str], None] = lambda message: None) -> bool:
    """Whether a file that was found, not named, is a document to check."""
    if not is_document(file) or config.excludes(file):
        return False
    if is_small_file(file):
        return True
    tell(f"{escaped(file)}: left out, as it is no regular file, or larger than {LARGEST >> 20} MiB")
    return False
