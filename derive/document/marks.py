"""Where the delimiters of a text stand, found in one pass, so that every later search is a bisection."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from derive.source import Span

ROW_ENVIRONMENTS = frozenset(
    name + star
    for name in (
        *("align", "alignat", "flalign", "xalignat", "xxalignat", "gather", "multline", "eqnarray", "IEEEeqnarray"),
        *("aligned", "alignedat", "gathered", "split", "empheq"),
    )
    for star in ("", "*")
)
PLAIN_ENVIRONMENTS = frozenset({"equation", "equation*", "displaymath", "math", "dmath", "dmath*"})
MATRIX_ENVIRONMENTS = frozenset(
    {"matrix", "bmatrix", "pmatrix", "vmatrix", "Vmatrix", "Bmatrix", "smallmatrix", "cases", "array"}
)

_MARK = re.compile(r"\\(?P<escaped>[\s\S])|(?P<dollar>\$)|(?P<ticks>`+)|(?P<blank>\n[ \t\r>]*(?=\n))")
_TEXT_COMMAND = re.compile(r"\\(?:text[a-z]*|mbox|hbox|intertext)\s*\{|\\.|[{}]", re.DOTALL)
_NESTED_DOLLARS = 8


@dataclass(frozen=True, slots=True)
class Mathematics:
    """A formula that was found: `outer` has its delimiters, `inside` has not."""

    outer: Span
    inside: Span
    display: bool


class Marks:
    """The places of unescaped dollars, of closing brackets with a backslash, of backtick runs and of blank lines."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.dollars: list[int] = []
        self.blanks: list[int] = []
        self.ticks: dict[int, list[int]] = defaultdict(list)
        self.closers: dict[str, list[int]] = defaultdict(list)
        for match in _MARK.finditer(text):
            self._add(match)
        pairs = zip(self.dollars, self.dollars[1:], strict=False)
        self.pairs = [first for first, second in pairs if second == first + 1]
        self._found: dict[str, int] = {}

    def _add(self, match: re.Match[str]) -> None:
        place = match.start()
        match match.lastgroup:
            case "dollar":
                self.dollars.append(place)
            case "blank":
                self.blanks.append(place)
            case "ticks":
                self.ticks[len(match[0])].append(place)
            case _ if match["escaped"] in ")]":
                self.closers[match[0]].append(place)
            case _ if match["escaped"] == "\\" and self.text[match.end() : match.end() + 1] in (")", "]"):
                self.closers[match[0] + self.text[match.end()]].append(place)

    def blank_after(self, place: int) -> int:
        """Return where the paragraph around a place ends: its blank line, or the end of the text."""
        return _first(self.blanks, place, len(self.text))

    def closer(self, sign: str, place: int) -> int | None:
        """Return the next `\\)`, `\\]`, `\\\\)` or `\\\\]` of the paragraph."""
        end = _first(self.closers.get(sign, []), place, -1)
        return end if 0 <= end < self.blank_after(place) else None

    def tick_run(self, length: int, place: int) -> int | None:
        """Return the next run of exactly `length` backticks in the paragraph."""
        end = _first(self.ticks.get(length, []), place, -1)
        return end if 0 <= end < self.blank_after(place) else None

    def pair(self, place: int) -> int | None:
        """Return the next `$$` from a place on."""
        end = _first(self.pairs, place, -1)
        return end if end >= 0 else None

    def find(self, needle: str, place: int) -> int:
        """Like text.find, but linear over many calls with growing places."""
        found = self._found.get(needle, -2)
        if found != -1 and found < place:
            found = self._found[needle] = self.text.find(needle, place)
        return found

    def inline_end(self, place: int) -> int | None:
        """Return the dollar that closes the one at `place`, on this side of the next blank line.

        Dollars inside `\\text{…}` belong to the text; where its brace is never closed, the next dollar is the end.
        """
        limit = self.blank_after(place)
        depths: list[bool] = []
        start, first = place + 1, bisect_left(self.dollars, place + 1)
        for end in self.dollars[first : first + _NESTED_DOLLARS]:
            if end >= limit:
                break
            _follow_braces(self.text, start, end, depths)
            if not any(depths):
                return end
            start = end + 1
        return self.dollars[first] if first < len(self.dollars) and self.dollars[first] < limit else None

    def environment_end(self, name: str, place: int) -> int:
        """Return the offset of the `\\end{name}` after a place, or -1."""
        return self.find(f"\\end{{{name}}}", place)


def _first(places: list[int], place: int, default: int) -> int:
    number = bisect_left(places, place)
    return places[number] if number < len(places) else default


def _follow_braces(text: str, start: int, end: int, depths: list[bool]) -> None:
    """Push an entry per open brace of text[start:end] on `depths` (true for that of `\\text{`), pop it at its end."""
    for match in _TEXT_COMMAND.finditer(text, start, end):
        token = match[0]
        if token == "}":
            if depths:
                depths.pop()
        elif token[-1] == "{" and token != "\\{":
            depths.append(len(token) > 1)


def trim(text: str, start: int, end: int) -> Span:
    """Return text[start:end] without the blanks at its ends, as a span."""
    inside = text[start:end]
    left = len(inside) - len(inside.lstrip())
    return Span(start + left, max(start + left, start + len(inside.rstrip())))


def unwrap(text: str, span: Span) -> Span:
    """Return the inside of `\\begin{equation}…\\end{equation}` where a formula is nothing else, as after `$$`."""
    opening = re.compile(r"\\begin\{(\w+\*?)\}").match(text, span.start, span.end)
    if opening is None or opening[1] not in PLAIN_ENVIRONMENTS:
        return span
    closing = f"\\end{{{opening[1]}}}"
    if not text.endswith(closing, opening.end(), span.end):
        return span
    return trim(text, opening.end(), span.end - len(closing))


def blank(text: str) -> str:
    """Return blanks of the same length, with the line breaks kept."""
    return re.sub(r"[^\n]", " ", text)


def erase(text: str, spans: list[Span]) -> str:
    """Return a text of the same length with blanks for the given spans, which are in order and apart."""
    parts = []
    place = 0
    for span in spans:
        parts += [text[place : span.start], blank(text[span.start : span.end])]
        place = span.end
    return "".join((*parts, text[place:]))


def in_dollars(text: str, formulas: Iterable[Mathematics]) -> str:
    """Return a text of the same length in which dollars stand for all delimiters, whatever was written.

    What reads the words around formulas then knows one way to write a formula; `formulas` are in order and apart.
    """
    parts = []
    place = 0
    for one in formulas:
        sign = "$$" if one.display else "$"
        for start, end in ((one.outer.start, one.inside.start), (one.inside.end, one.outer.end)):
            parts += [text[place:start], (sign + blank(text[start + len(sign) : end]))[: end - start]]
            place = end
    return "".join((*parts, text[place:]))
