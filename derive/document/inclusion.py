"""Finding the files that a LaTeX document includes, none outside its folder."""

from __future__ import annotations

from dataclasses import dataclass
from os.path import isfile, lexists, normpath
from pathlib import Path

from derive.errors import InputError
from derive.files import real
from derive.source import Source, Span
from derive.visible import escaped


@dataclass(frozen=True, slots=True)
class Inclusion:
    """`\\input{name}` or the like at a place; for a package `name` may list several."""

    name: str
    span: Span
    package: bool = False


def find_file(root: Path, folder: Path, item: Inclusion, source: Source) -> Path:
    """Return the file that is included: relative to `root`, as in LaTeX, else to the folder of the including file.

    Raises: InputError if there is none, or if it lies outside `root`, also by way of a symbolic link.
    """
    name = item.name.strip().strip('"')
    if not name or "\\" in name:
        raise InputError("the name of this file cannot be read; write it without macros", source, item.span)
    candidates = [Path(normpath(base / candidate)) for base in (root, folder) for candidate in (f"{name}.tex", name)]
    inside = [file for file in candidates if _is_below(file, root)]
    file = next((file for file in inside if isfile(file)), None)
    if file is not None:
        return file
    if not inside or any(lexists(file) for file in candidates if file not in inside):
        message = f"{name} lies outside the folder of the document, {escaped(root)}; only files below it are read"
        raise InputError(message, source, item.span)
    raise InputError(f"there is no file {escaped(inside[0])}", source, item.span)


def find_package(root: Path, name: str) -> Path | None:
    """Return the package `name.sty` of the document's folder, if there is one."""
    file = root / f"{name}.sty"
    return file if name and _is_below(file, root) and isfile(file) else None


def _is_below(file: Path, root: Path) -> bool:
    """Return whether a file, symbolic links followed, lies below a folder; a path that cannot be one does not."""
    try:
        return real(file).is_relative_to(real(root))
    except (OSError, ValueError):
        return False
