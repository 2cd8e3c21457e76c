"""Reading a document: its formulas, models and assumptions in reading order."""

from __future__ import annotations

from pathlib import Path

from derive.document.directives import Assembler
from derive.document.files import read_text
from derive.document.markdown import read_markdown
from derive.document.notebook import read_notebook
from derive.document.pieces import AssumeDirective, Document, FormulaRegion, ModelDirective, ModelEnd, Piece
from derive.document.rst import read_rst
from derive.document.tex import read_tex
from derive.document.types import kind_of
from derive.document.unfinished import join_unfinished
from derive.source import Source

__all__ = ["AssumeDirective", "Document", "FormulaRegion", "ModelDirective", "ModelEnd", "Piece", "read_document"]


def read_document(path: Path, text: str | None = None, within: Path | None = None) -> Document:
    """Return the pieces of a document, read as what its extension says.

    With `text` that text is read in place of the file; what LaTeX includes is looked for beside `path` all the same,
    outside of a repository also below the folder `within`.

    Raises: UsageError if there is no such file; InputError if it, or a directive in it, cannot be read.
    """
    content = read_text(path) if text is None else text
    source = Source(str(path), content)
    assembler = Assembler()
    match kind_of(path):
        case "tex":
            read_tex(source, path, assembler, within)
        case "notebook":
            read_notebook(source, assembler)
        case "rst":
            read_rst(source, assembler)
        case "markdown":
            read_markdown(source, assembler)
    return Document(str(path), tuple(join_unfinished(assembler.pieces)), tuple(assembler.sources), content)
