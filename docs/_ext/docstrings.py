"""Show docstrings as they are meant: an indented block is literal, and `Raises:` begins a paragraph."""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx


def arrange(_app: Sphinx, _what: str, _name: str, _object: Any, _options: Any, lines: list[str]) -> None:
    arranged: list[str] = []
    for line in lines:
        previous = arranged[-1] if arranged else ""
        if line.startswith("    ") and not previous.strip():
            arranged += ["::", ""]
        if line.startswith("Raises:") and previous.strip():
            arranged.append("")
        arranged.append(line)
    lines[:] = arranged


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("autodoc-process-docstring", arrange)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
