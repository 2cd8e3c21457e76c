"""Text damaged on the way: a backslash and its letter were taken for a control character (\\f, \\b, \\n, \\t, \\r)."""

from __future__ import annotations

from collections.abc import Iterator

from derive.errors import LatexError
from derive.notation.commands import RAW_ARGUMENTS
from derive.reader.scanner import Token
from derive.source import Source, Span

_CERTAIN = {
    "abla": "\\nabla",
    "egin": "\\begin",
    "imes": "\\times",
    "heta": "\\theta",
    "ightarrow": "\\rightarrow",
    "orall": "\\forall",
    "oldsymbol": "\\boldsymbol",
    "riangleq": "\\triangleq",
    "extbf": "\\textbf",
    "extrm": "\\textrm",
    "extit": "\\textit",
    "ullet": "\\bullet",
    "onumber": "\\nonumber",
    "otag": "\\notag",
    "anh": "\\tanh",
    "nabla": "\\nabla",
    "partial": "\\partial",
}
"""What no formula has as a product of letters."""

_BEFORE_BRACES = {
    "rac": "\\frac",
    "frac": "\\frac",
    "ext": "\\text",
    "ilde": "\\tilde",
    "inom": "\\binom",
    "oxed": "\\boxed",
    "begin": "\\begin",
    "mathbf": "\\mathbf",
    "mathcal": "\\mathcal",
    "boldsymbol": "\\boldsymbol",
}
"""What is damaged where braces or a numeral follow at once."""

_BEFORE_DELIMITERS = {"ight": "\\right", "igl": "\\bigl", "igr": "\\bigr"}
_CONTROL = {"\x07": "a", "\x08": "b", "\x0b": "v", "\x0c": "f", "\x1b": "e"}
_DELIMITERS = frozenset(("(", ")", "[", "]", "|", ".", "\\}", "\\{", "\\|", "\\rangle", "\\langle"))


class DamagedText(LatexError):
    """A formula that lost a backslash on its way; `expected` is the command that it most likely had."""


def check_control_characters(source: Source, span: Span) -> None:
    """Raise DamagedText where a control character stands before letters, as in U+000C rac for \\frac."""
    for char, letter in _CONTROL.items():
        place = source.text.find(char, span.start, span.end)
        if place >= 0:
            end = place + 1
            while end < span.end and source.text[end].isalpha():
                end += 1
            word = source.text[place + 1 : end]
            raise _damaged(source, Span(place, end), word or f"U+{ord(char):04X}", f"\\{letter}{word}")


def check_lost_backslashes(source: Source, tokens: list[Token]) -> None:
    """Raise DamagedText at the first run of letters that is the rest of a command: `rac{`, `egin{`, `abla`, `imes`."""
    for run, after in _runs(tokens):
        word = "".join(token.text for token in run)
        original = _original(word, after)
        if original is not None:
            raise _damaged(source, run[0].span | run[-1].span, word, original)


def _original(word: str, after: Token | None) -> str | None:
    if word in _CERTAIN:
        return _CERTAIN[word]
    following = after.text if after else ""
    if following == "{" or (after is not None and after.kind == "number"):
        return _BEFORE_BRACES.get(word)
    return _BEFORE_DELIMITERS.get(word) if following in _DELIMITERS else None


def _damaged(source: Source, span: Span, word: str, original: str) -> DamagedText:
    message = f'"{word}" is what is left of "{original}": its backslash was lost on the way'
    return DamagedText(message, source, span, original)


def _runs(tokens: list[Token]) -> Iterator[tuple[list[Token], Token | None]]:
    """Yield every run of adjacent letters outside of prose, with the token after it."""
    run: list[Token] = []
    depth = 0
    raw = False
    for token in tokens:
        if depth or (raw and token.text == "{"):
            depth += {"{": 1, "}": -1}.get(token.text, 0)
            raw = False
            continue
        if token.kind != "space":
            raw = token.text in RAW_ARGUMENTS or token.text in ("\\mathrm", "\\mathit", "\\mathsf", "\\mathtt")
        if token.kind == "letter" and (not run or run[-1].span.end == token.span.start):
            run.append(token)
            continue
        if run:
            yield run, token
        run = [token] if token.kind == "letter" else []
    if run:
        yield run, None
