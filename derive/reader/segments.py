"""The outermost level cut into segments: mathematics, prose and marks, with what separates them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from derive.errors import LatexError
from derive.notation.commands import END_SIGNS, ROW_BREAKS, WIDE_SPACES
from derive.notation.signs import OPERATORS, TERMS
from derive.reader import prose
from derive.reader.bars import EVALUATED
from derive.reader.blocks import Block, Element, is_empty
from derive.reader.cursor import meaningful
from derive.reader.flatten import BEGIN, END
from derive.reader.relations import is_relation_token, is_repeated
from derive.reader.scanner import Token
from derive.reader.structures import is_length
from derive.reader.syntax import Text
from derive.source import Source, Span

Kind = Literal["math", "text", "remark", "forall", "because", "tag", "row", "begin", "end", "wide", "comma", "stop"]

_KEPT = WIDE_SPACES
_PUNCTUATION: dict[str, Kind] = {",": "comma", ";": "stop", ".": "stop", ":": "stop", "": "wide"}
_TAGS = frozenset(("\\tag", "\\tag*"))
_BETWEEN_ROWS = frozenset(("\\intertext", "\\shortintertext"))


@dataclass(slots=True)
class Segment:
    """A piece of the outermost level; `elements` for mathematics and remarks, `text` for prose and tags."""

    kind: Kind
    span: Span
    elements: list[Element] = field(default_factory=list)
    text: Text | None = None


def segments(elements: Iterable[Element], source: Source) -> list[Segment]:
    """Return the segments in order, with separators that part nothing left out.

    "wide" is a wide space or a column between complete parts, "stop" a semicolon, full stop or colon.
    Raises: LatexError where a minus sign after a wide space may begin a term or a statement.
    """
    return _merge(_Cutter(meaningful(elements, _KEPT), source).run(), source)


class _Cutter:
    def __init__(self, elements: Sequence[Element], source: Source) -> None:
        self.elements = elements
        self.source = source
        self.place = 0
        self.found: list[Segment] = []
        self.run_of_math: list[Element] = []
        self.in_condition = False

    def run(self) -> list[Segment]:
        while self.place < len(self.elements):
            element = self.elements[self.place]
            self.place += 1
            if isinstance(element, Block):
                self._block(element)
            else:
                self._token(element)
        self._end_math()
        return self.found

    def _token(self, token: Token) -> None:
        text = token.text
        if text in ROW_BREAKS:
            self._add("row", token.span)
            while self._next_is_length():
                self.place += 1
        elif text == "&" or text in WIDE_SPACES:
            self._add("wide", token.span, Text(token.span, text))
        elif text in (BEGIN, END):
            self._add("begin" if text == BEGIN else "end", token.span)
        elif text == ",":
            self._add("comma", token.span)
        elif text == "." and self._touches_letters(token):
            raise LatexError("cannot read what follows this full stop", self.source, token.span, ".T, or a blank")
        elif text in (";", ".") or (text == ":" and self._ends_here()) or (text == "\\therefore" and self.run_of_math):
            self._add("stop", token.span)
        elif text in ("\\forall", "\\because"):
            self._add("forall" if text == "\\forall" else "because", token.span)
            self.in_condition = True
        elif text in ("\\eqno", "\\leqno"):
            self._number(token)
        elif text in END_SIGNS and self._ends_row():
            self._end_math()
        elif text in _TAGS or text in _BETWEEN_ROWS:
            self._raw(token)
        else:
            self._word_or_math(token)

    def _number(self, token: Token) -> None:
        """Take all that follows \\eqno in its row as a tag."""
        found: list[Element] = []
        while (following := self._peek()) is not None and not self._ends_row():
            found.append(following)
            self.place += 1
        self._add("tag", token.span, Text(token.span, prose.characters(found)))

    def _ends_row(self) -> bool:
        """Return whether nothing but spaces and full stops follows up to the end of the row."""
        for element in self.elements[self.place :]:
            if isinstance(element, Block):
                return False
            if element.text in ROW_BREAKS or element.text == END:
                return True
            if element.text not in WIDE_SPACES and element.text != ".":
                return False
        return True

    def _touches_letters(self, stop: Token) -> bool:
        """Return whether a full stop has a letter directly behind it, and no blank before it: X.shape."""
        before = self.run_of_math[-1] if self.run_of_math else None
        after = self._peek()
        if before is None or not isinstance(after, Token) or after.kind != "letter":
            return False
        return before.span.end == stop.span.start and stop.span.end == after.span.start

    def _word_or_math(self, token: Token) -> None:
        following = self._peek()
        text = prose.text_here(token, following)
        if text is None or self._is_operand(text):
            self.run_of_math.append(token)
            if text is not None:
                self.run_of_math.append(self._take())
            return
        self.place += 1
        if text.content.strip() in _PUNCTUATION:
            self._add(_PUNCTUATION[text.content.strip()], text.span)
            return
        self._add("text", text.span, text)
        self.in_condition = prose.begins_condition(text.content)

    def _block(self, block: Block) -> None:
        """A bracket that holds words or a reason is a remark; one with a condition in words is opened."""
        inside = meaningful(block.content)
        first = inside[0] if inside else None
        if block.opening not in ("(", "[") or not isinstance(first, Token) or self._after_sign():
            self.run_of_math.append(block)
            return
        text = prose.text_here(first, inside[1] if len(inside) > 1 else None)
        if first.text == "\\forall" or (text and prose.begins_condition(text.content) and len(inside) > 2):
            self._end_math()
            mark = Span(block.span.start, block.span.start)
            self.found += [Segment("wide", mark), *_Cutter(inside, self.source).run(), Segment("wide", mark)]
        elif first.text == "\\because" or (text and not self._before_operator()):
            self._end_math()
            self.found.append(Segment("remark", block.span, inside))
        else:
            self.run_of_math.append(block)

    def _raw(self, token: Token) -> None:
        block = self._take() if isinstance(self._peek(), Block) else None
        if not isinstance(block, Block):
            raise LatexError(f'"{token.text}" needs braces', self.source, token.span, "{…}")
        text = Text(token.span | block.span, prose.characters(block.content))
        if token.text in _TAGS:
            self._add("tag", text.span, text)
        else:
            self._add("row", token.span)

    def _ends_here(self) -> bool:
        """Return whether a colon ends what stands before it, rather than being f: X \\to Y."""
        following = self._peek()
        if isinstance(following, Token) and following.text == "=":
            return False
        ended = following is None or (
            isinstance(following, Token) and following.text in WIDE_SPACES | ROW_BREAKS | {"&"}
        )
        return ended or self.in_condition or not self.run_of_math

    def _is_operand(self, text: Text) -> bool:
        if self._after_sign():
            return True
        if prose.parts_statements(text.content):
            return False
        self.place += 1
        operand = self._before_operator()
        self.place -= 1
        return operand

    def _after_sign(self) -> bool:
        last = self.run_of_math[-1] if self.run_of_math else None
        return isinstance(last, Token) and (is_relation_token(last) or last.text in OPERATORS or last.text in TERMS)

    def _before_operator(self) -> bool:
        following = self._peek()
        if not isinstance(following, Token):
            return False
        signs = following.text in OPERATORS or following.text in TERMS or following.text in ("_", "^", "'")
        return signs or is_relation_token(following)

    def _peek(self) -> Element | None:
        return self.elements[self.place] if self.place < len(self.elements) else None

    def _take(self) -> Element:
        self.place += 1
        return self.elements[self.place - 1]

    def _next_is_length(self) -> bool:
        following = self._peek()
        return following is not None and (
            is_length(following) or (isinstance(following, Token) and following.text == "*")
        )

    def _add(self, kind: Kind, span: Span, text: Text | None = None) -> None:
        self._end_math()
        self.found.append(Segment(kind, span, [], text))
        if kind in ("row", "stop"):
            self.in_condition = False

    def _end_math(self) -> None:
        if self.run_of_math:
            run = self.run_of_math
            self.found.append(Segment("math", run[0].span | run[-1].span, run))
            self.run_of_math = []


def _merge(found: Sequence[Segment], source: Source) -> list[Segment]:
    """Join mathematics over wide spaces, columns and rows where one part is not complete without the other."""
    merged: list[Segment] = []
    waiting: list[Segment] = []
    for segment in found:
        last = merged[-1] if merged else None
        if segment.kind == "wide" or (segment.kind == "row" and last is not None and last.kind == "math"):
            waiting.append(segment)
            continue
        new_row = any(one.kind == "row" for one in waiting) and segment.kind == "math"
        if new_row and last is not None and last.elements[1:] and is_repeated(last.elements[-1], segment.elements[0]):
            last.elements.pop()
        if (
            last is not None
            and last.kind == "math"
            and segment.kind == "math"
            and _belongs(last, waiting, segment, source)
        ):
            last.elements += segment.elements
            last.span |= segment.span
        else:
            merged += [*_one_of_each(waiting), segment]
        waiting = []
    return [*merged, *_one_of_each(waiting)]


def _one_of_each(waiting: Sequence[Segment]) -> list[Segment]:
    rows = [segment for segment in waiting if segment.kind == "row"]
    return rows[:1] or list(waiting[:1])


def _belongs(left: Segment, between: Sequence[Segment], right: Segment, source: Source) -> bool:
    """Return whether mathematics goes on over the separators between two parts."""
    first, last = right.elements[0], next((e for e in reversed(left.elements) if not is_empty(e)), None)
    if isinstance(last, Token) and (is_relation_token(last) or last.text in TERMS or last.text in OPERATORS):
        return True
    if isinstance(first, Block):
        return False
    new_row = any(segment.kind == "row" for segment in between)
    if is_relation_token(first):
        return not new_row
    if first.text in OPERATORS or first.text == EVALUATED or first.text in ("_", "^"):
        return True
    if first.text not in TERMS:
        return False
    spaces = [segment for segment in between if segment.text and segment.text.content != "&"]
    if first.text == "-" and spaces and not new_row and any(is_relation_token(element) for element in right.elements):
        raise LatexError("does this minus sign begin a term or a statement?", source, first.span, "a comma before it")
    return True
