"""A lexer for console examples: only a line that begins with `$ ` is a command; formulas in dollars are output."""

from __future__ import annotations

from typing import Any, ClassVar

from pygments.lexer import RegexLexer, bygroups
from pygments.token import Generic, Text
from sphinx.application import Sphinx


class TranscriptLexer(RegexLexer):
    name = "Console transcript"
    aliases: ClassVar = ["console"]
    tokens: ClassVar = {
        "root": [
            (r"^(\$ )(.*\n)", bygroups(Generic.Prompt, Text)),
            (r"^.*\n", Generic.Output),
        ]
    }


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_lexer("console", TranscriptLexer)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
