"""Which files are documents, and how each type is read: the one list that every way in asks."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

Kind = Literal["markdown", "tex", "notebook", "rst"]
TYPES: dict[str, Kind] = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "markdown",
    ".rst": "rst",
    ".tex": "tex",
    ".ltx": "tex",
    ".latex": "tex",
    ".ipynb": "notebook",
}


def is_document(path: Path) -> bool:
    """Whether a file is a document by its name."""
    return path.suffix.lower() in TYPES


def kind_of(path: Path) -> Kind:
    """Return how a document is read; what has another name is read as Markdown."""
    return TYPES.get(path.suffix.lower(), "markdown")
