"""How the content's mathematics and prose become HTML: MathML by math-core, no script."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from markupsafe import Markup

from derive.errors import InternalDisagreement
from derive.report import escape
from derive.report.figure import svg
from derive.report.inline import Inline, Reference, prose

PRIMES = re.compile("<mo>([′″‴])</mo>")
"""Primes are small already, and would become smaller still as superscripts."""


@cache
def mathml(latex: str, display: bool = False) -> Markup:
    """Return LaTeX as MathML.

    Raises: RenderError where math-core cannot read a formula of ours, which is a bug in the handout.
    """
    from math_core import LatexError, LatexToMathML

    try:
        text = LatexToMathML(fancy_error=False).convert_with_local_state(latex, displaystyle=display)
    except LatexError as error:
        raise RenderError(f"math-core cannot convert {latex}: {error}") from error
    return Markup(PRIMES.sub(r'<mo class="prime">\1</mo>', text.replace("\ufe00", "")))


class RenderError(InternalDisagreement):
    """A formula of the handout that cannot be converted: a bug in derive."""


def inline(pieces: Sequence[Inline]) -> Markup:
    """Return prose as HTML."""
    return Markup("").join(_piece(piece) for piece in pieces)


def _piece(piece: Inline) -> Markup:
    text = Markup(escape.html(piece.value))
    match piece.kind:
        case "math":
            return mathml(piece.value)
        case "emphasis":
            return Markup("<em>{}</em>").format(text)
        case "strong":
            return Markup("<strong>{}</strong>").format(text)
    if isinstance(piece, Reference):
        number = f"({piece.number})" if piece.family == "eq" else str(piece.number)
        return Markup('<a href="#{}-{}">{}</a>').format(piece.family, piece.value, number)
    return text


FILTERS = {
    "inline": inline,
    "title": lambda text: inline(prose(text)),
    "math": mathml,
    "display": lambda latex: mathml(latex, display=True),
    "svg": lambda drawing: Markup(svg(drawing)),
    "text": lambda text: Markup(escape.html(text)),
}
