"""Prose as data: text, mathematics, emphasis and references, from a few marks.

prose("The loss $L$ is *the* last, see @{output}.")
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Text:
    kind: ClassVar[str] = "text"
    value: str


@dataclass(frozen=True, slots=True)
class Math:
    kind: ClassVar[str] = "math"
    value: str


@dataclass(frozen=True, slots=True)
class Emphasis:
    kind: ClassVar[str] = "emphasis"
    value: str


@dataclass(frozen=True, slots=True)
class Strong:
    kind: ClassVar[str] = "strong"
    value: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference by name to a numbered display ("eq") or figure ("fig"); `number` is known once all are counted."""

    kind: ClassVar[str] = "reference"
    value: str
    number: int = 0
    family: str = "eq"


Inline = Text | Math | Emphasis | Strong | Reference

_MARKS = re.compile(
    r"\$(?P<math>[^$]+)\$|\*\*(?P<strong>[^*]+)\*\*|\*(?P<emphasis>[^*]+)\*|@\{(?P<reference>[A-Za-z0-9-]+)\}"
)
_KINDS: dict[str, Callable[[str], Inline]] = {
    "math": Math,
    "strong": Strong,
    "emphasis": Emphasis,
    "reference": Reference,
}


def prose(text: str) -> tuple[Inline, ...]:
    """Return the pieces of a text: `$x$` is mathematics, `*x*` emphasis, `**x**` strong, `@{name}` a reference."""
    pieces: list[Inline] = []
    end = 0
    for match in _MARKS.finditer(text):
        if match.start() > end:
            pieces.append(Text(text[end : match.start()]))
        kind = str(match.lastgroup)
        pieces.append(_KINDS[kind](match[kind]))
        end = match.end()
    if end < len(text):
        pieces.append(Text(text[end:]))
    return tuple(pieces)
