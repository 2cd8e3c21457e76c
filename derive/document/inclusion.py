"""Finding the files that a LaTeX document includes, none outside the repository, or the folder, that is checked.

The limit is the nearest folder above the document that holds `.git`; where there is none, the folder that the command
line names; else that of the document. Beside and above the document's own
folder, only LaTeX is read, and nothing hidden.
"""

from __future__ import annotations

from collections.abc import Iterator
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


@dataclass(frozen=True, slots=True)
class Reach:
    """From where and how far files are included: the folder of the document, as in LaTeX, and the `limit` above it."""

    root: Path
    limit: Path

    @classmethod
    def of(cls, document: Path, given: Path | None = None) -> Reach:
        """Return how far the inclusions of a document reach; `given` is the folder that the command line names."""
        own = real(document).parent
        repository = next((folder for folder in (own, *own.parents) if lexists(folder / ".git")), None)
        if repository is not None:
            return cls(document.parent, repository)
        below_given = given is not None and own.is_relative_to(real(given))
        return cls(document.parent, real(given) if given is not None and below_given else own)

    @property
    def folders(self) -> Iterator[Path]:
        """Yield the folder of the document and those above it, up to the limit, in which packages may lie."""
        yield self.root
        folder = real(self.root)
        while folder != self.limit and folder.is_relative_to(self.limit):
            folder = folder.parent
            yield folder

    def holds(self, file: Path) -> bool:
        """Return whether a file, symbolic links followed, may be read; a path that cannot be one may not."""
        try:
            place = real(file)
            if place.is_relative_to(real(self.root)):
                return True
            inside = place.relative_to(self.limit).parts if place.is_relative_to(self.limit) else ()
        except (OSError, ValueError):
            return False
        return bool(inside) and place.suffix in _LATEX and not any(part.startswith(".") for part in inside)


_LATEX = frozenset((".tex", ".sty", ".ltx"))
"""What files are called that are read outside of the document's own folder."""


def find_file(reach: Reach, folder: Path, item: Inclusion, source: Source) -> Path:
    """Return the file that is included: relative to the document, as in LaTeX, else to the including file.

    Raises: InputError if there is none, or if it lies out of reach, also by way of a symbolic link.
    """
    name = item.name.strip().strip('"')
    if not name or "\\" in name:
        raise InputError("the name of this file cannot be read; write it without macros", source, item.span)
    places = [base / own for base in (reach.root, folder) for own in (f"{name}.tex", name)]
    candidates = [Path(normpath(place)) for place in places]
    inside = [file for file in candidates if reach.holds(file)]
    file = next((file for file in inside if isfile(file)), None)
    if file is not None:
        return file
    if not inside or any(lexists(file) for file in candidates if file not in inside):
        message = f"{name} lies outside the folder {escaped(reach.limit)}; only LaTeX files below it are read"
        raise InputError(message, source, item.span)
    raise InputError(f"there is no file {escaped(inside[0])}", source, item.span)


def find_package(reach: Reach, name: str) -> Path | None:
    """Return the package `name.sty` of the document's folder, or of the nearest one above it that has it."""
    files = (Path(normpath(folder / f"{name}.sty")) for folder in reach.folders if name)
    return next((file for file in files if reach.holds(file) and isfile(file)), None)
