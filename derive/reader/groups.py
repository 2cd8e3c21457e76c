"""Groups that only set type, opened, so that a formula is read as it is printed: x {- w} is x - w, {x + w}^2 is x + w².

Braces, colours, boxes, sizes, styles and fonts around more than a name are transparent; phantoms, labels and the notes
of \\underbrace are nothing. What stands in braces after the pass is the argument of a command or a script, or the base
of a script that has one of its own: {W^l}^T. Runs once, over the whole tree, before anything is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

from derive.errors import LatexError
from derive.notation.commands import (
    ACCENTS,
    ARGUMENTS,
    BIG_OPERATORS,
    BOX_COLOURS,
    BOXES,
    BRACES_WITH_NOTE,
    CAPITAL_FONTS,
    DERIVATIVES,
    FONT_SWITCHES,
    FONTS,
    LENGTHS,
    NAMES,
    NO_MEANING,
    NO_MEANING_WITH_ARGUMENT,
    OVERLAYS,
    RAW_ARGUMENTS,
    ROW_BREAKS,
    SYMBOLS,
    TEXTS,
    TRANSPARENT,
    WIDE_SPACES,
    WITH_COLUMNS,
    WORD_FONTS,
)
from derive.notation.signs import DOTS, OPERATORS, RELATIONS, TERMS
from derive.reader.blocks import MAX_DEPTH, STACKS, Block, Element
from derive.reader.scanner import Token
from derive.source import Source, Span

T = TypeVar("T")

_SCRIPTS = ("_", "^")
_PRIMES = ("'", "\\prime")
_PUNCTUATION = frozenset(",;.:")
_LETTERS = frozenset((*SYMBOLS, *NAMES, *ACCENTS, *FONTS, *TEXTS, "\\operatorname", "\\operatorname*"))
_KNOWN = frozenset((*SYMBOLS, *NAMES, *BIG_OPERATORS, *OPERATORS, *RELATIONS, *TERMS, *DOTS))
_APART = ROW_BREAKS | {"\\forall", "\\exists", "\\because", "\\therefore", "\\not", *STACKS, "\\|"}
"""Commands between operands."""
_LONGEST_OVERLAY = 12


def opened(elements: Sequence[Element], source: Source) -> tuple[tuple[Element, ...], list[Span]]:
    """Return a level of the tree, and all levels inside it, without groups that only set type; and their places.

    Raises: LatexError where braces, or a box, may or may not hold a sum together.
    """
    places: list[Span] = []
    return tuple(_Level(list(elements), source, places).run()), places


class _Level:
    """One level while it is rewritten: what is done, where its last operand begins, and which scripts that has."""

    def __init__(self, waiting: list[Element], source: Source, places: list[Span], depth: int = 0) -> None:
        self.waiting = waiting[::-1]
        self.source = source
        self.places = places
        self.depth = depth
        self.whole: Span | None = None
        self.done: list[Element] = []
        self.operand: int | None = None
        self.operands = 0
        self.signs: list[int] = []
        self.scripts: set[str] = set()
        self.closed = self.several = False
        self.function = False
        self.boxed: Token | None = None
        self.last = Span(0, 0)

    def run(self) -> list[Element]:
        while self.waiting:
            self.step()
        return self.done

    def step(self) -> None:
        element = self.waiting.pop()
        if isinstance(element, Block):
            self._block(element)
        elif element.kind == "space":
            self.done.append(element)
        elif element.text in _SCRIPTS:
            self._script(element)
        elif element.text in _PRIMES:
            self._wrap_if({"^"})
            self.done.append(element)
        elif element.kind == "command":
            self._command(element)
        else:
            self._plain(element)

    def _plain(self, token: Token) -> None:
        """Take a letter, a numeral, or a sign."""
        if token.kind in ("letter", "number"):
            self._begin(token, [])
            return
        self._end(token)

    def _begin(self, head: Element, arguments: Sequence[Element], *, function: bool = False) -> None:
        """Write an operand."""
        if self.boxed is not None:
            raise self._unclear(self.boxed.span)
        self.operand, self.scripts, self.closed, self.function = len(self.done), set(), False, function
        self.operands += 1
        self.done += [head, *arguments]

    def _end(self, token: Token) -> None:
        """Write a sign between operands."""
        if token.text in TERMS:
            self.signs.append(len(self.done))
        self.done.append(token)
        self.operand, self.scripts, self.closed, self.function, self.boxed = None, set(), False, False, None

    def _command(self, token: Token) -> None:
        name = token.text.rstrip("*") if token.text.rstrip("*") not in ARGUMENTS else token.text
        if name in NO_MEANING_WITH_ARGUMENT or name in OVERLAYS or name in LENGTHS:
            self._leave_out(token, name)
        elif name in NO_MEANING or name in WIDE_SPACES:
            self.done.append(token)
        elif name in TRANSPARENT or name in BOXES:
            self._options()
            for _ in range(BOX_COLOURS.get(name, 0)):
                self._argument()
            body = self._argument()
            self._group(body, token.span | self.last, token if name in BOXES else None)
        elif name in BRACES_WITH_NOTE:
            self._options()
            body = self._argument()
            self._note(BRACES_WITH_NOTE[name])
            self._group(body, token.span | self.last, token)
        elif name in FONTS or name in FONT_SWITCHES:
            self._font(token)
        elif name in ARGUMENTS:
            self._begin(token, self._arguments(ARGUMENTS[name], name), function=name in TEXTS or "operatorname" in name)
        elif name in RELATIONS or name in OPERATORS or name in TERMS or name in _APART:
            self._end(token)
        elif name in _KNOWN or not name[1:].isalpha():
            self._begin(token, [], function=name in NAMES)
        else:
            self._begin(token, self._blocks())

    # Arguments

    def _skip_spaces(self) -> None:
        while self.waiting and isinstance(self.waiting[-1], Token) and self.waiting[-1].kind == "space":
            self.done.append(self.waiting.pop())

    def _next(self) -> Element | None:
        return next((e for e in reversed(self.waiting) if isinstance(e, Block) or e.kind != "space"), None)

    def _options(self) -> list[Element]:
        """Take what stands in [ ]."""
        found: list[Element] = []
        while isinstance(following := self._next(), Block) and following.opening == "[":
            while not found or found[-1] is not following:
                found.append(self.waiting.pop())
        return found

    def _argument(self) -> list[Element]:
        """Take one argument: the inside of braces, or one element with its own arguments; nothing at the end."""
        while self.waiting and isinstance(self.waiting[-1], Token) and self.waiting[-1].kind == "space":
            self.waiting.pop()
        if not self.waiting:
            return []
        element = self.waiting[-1]
        self.last = element.span
        if isinstance(element, Block) and element.opening == "{":
            self.waiting.pop()
            return list(element.content)
        return self._one()

    def _one(self) -> list[Element]:
        """Take one element with its arguments, rewritten."""
        inner = self._level([])
        inner.waiting = self.waiting
        if inner.depth > MAX_DEPTH:
            span = self.waiting[-1].span
            raise LatexError(f"nested deeper than {MAX_DEPTH} levels", self.source, span, "a simpler formula")
        inner.step()
        return inner.done

    def _level(self, content: list[Element]) -> _Level:
        return _Level(content, self.source, self.places, self.depth + 1)

    def _arguments(self, count: int, name: str = "") -> list[Element]:
        """Take `count` arguments of a command as they stand, their insides rewritten, and the options before them."""
        found = [self._inside(e) for e in self._options()]
        for _ in range(count):
            following = self._next()
            if following is None or (isinstance(following, Token) and following.text in ("&", *_SCRIPTS)):
                break
            if name in DERIVATIVES and isinstance(following, Token) and following.text == "*":
                found.append(self.waiting.pop())
                following = self._next()
            if name in DERIVATIVES and not isinstance(following, Block):
                break
            while isinstance(self.waiting[-1], Token) and self.waiting[-1].kind == "space":
                found.append(self.waiting.pop())
            if isinstance(following, Block):
                self.waiting.pop()
                found.append(following if name in RAW_ARGUMENTS else self._inside(following))
                continue
            made = self._one()
            several = len(made) > 1 and not isinstance(made[0], Token)
            found += [_braces(made)] if several else made
        return found

    def _blocks(self) -> list[Element]:
        """Take the braces behind a command that is not known, as they are."""
        found: list[Element] = []
        while self.waiting and isinstance(self.waiting[-1], Block) and self.waiting[-1].opening == "{":
            found.append(self.waiting.pop())
        return found

    def _inside(self, element: Element) -> Element:
        """Return a block with its inside rewritten; braces that hold raw characters come through unchanged."""
        if not isinstance(element, Block):
            return element
        content = list(element.content)
        kept: list[Element] = []
        if element.opening == "begin" and element.name in WITH_COLUMNS:
            while content and (not isinstance(content[0], Block) or content[0].opening in "{["):
                kept.append(content.pop(0))
                if isinstance(kept[-1], Block) and kept[-1].opening == "{":
                    break
        inside = (*kept, *self._level(content).run())
        return Block(element.opening, element.closing, inside, element.span, element.start, element.name)

    # Groups

    def _block(self, block: Block) -> None:
        if block.opening != "{":
            self._begin(block if block.opening == "" else self._inside(block), [])
            return
        inside = [e for e in block.content if isinstance(e, Block) or e.kind != "space"]
        if not inside:
            self._empty(block)
        elif any(isinstance(e, Token) and e.text in STACKS for e in inside):
            self._begin(self._inside(block), [])
        elif all(isinstance(e, Token) and e.text in _PUNCTUATION for e in inside):
            self._begin(block, [])
        else:
            self._group(list(block.content), block.span)

    def _empty(self, block: Block) -> None:
        """Take {}: nothing, but for the base of a script that stands apart from what is before it."""
        following = self._next()
        scripted = isinstance(following, Token) and following.text in _SCRIPTS
        last = self.done[-1] if self.done else None
        touching = last is not None and last.span.end == block.span.start and self.operand is not None
        if scripted and touching:
            self.closed, self.several = True, False
        elif scripted:
            self._begin(block, [])

    def _group(self, content: list[Element], place: Span, box: Token | None = None) -> None:
        """Write the inside of a group as a part of this level.

        Raises: LatexError where a function stands before a sum in braces, or a factor beside a sum in a box.
        """
        inner = self._level(content)
        inner.run()
        if not inner.done:
            return
        self.places.append(place)
        first = next((n for n, e in enumerate(inner.done) if isinstance(e, Block) or e.kind != "space"), 0)
        span = inner.done[first].span
        begins_with_sign = inner.signs[:1] == [first]
        is_sum = len(inner.signs) > begins_with_sign
        if self.function and inner.signs:
            if is_sum:
                raise self._unclear(span)
            self._begin(_braces(inner.done, place), [])
            return
        beside = self.operand is not None and not begins_with_sign
        if self.boxed is not None or (box is not None and is_sum and beside):
            raise self._unclear(span)
        self.signs += [len(self.done) + sign for sign in inner.signs]
        if inner.operand is not None or inner.operands:
            self.operand = None if inner.operand is None else len(self.done) + inner.operand
            self.scripts, self.function = inner.scripts, inner.function
        self.operands += inner.operands
        self.closed, self.several = True, inner.operands > 1
        self.whole = place if inner.operands == 1 and not inner.signs else None
        self.done += inner.done
        self.boxed = box if is_sum and box is not None else inner.boxed

    def _unclear(self, span: Span) -> LatexError:
        message = "cannot tell whether this sum is meant as a whole: what is around it prints no brackets"
        return LatexError(message, self.source, span, "brackets")

    def _script(self, sign: Token) -> None:
        if self.boxed is not None:
            raise self._unclear(self.boxed.span)
        self._wrap_if({sign.text})
        self.done.append(sign)
        self.done += self._arguments(1)
        self.scripts.add(sign.text)

    def _wrap_if(self, taken: set[str]) -> None:
        """Put the last operand of a group into braces of its own where it has such a script already: {W^l}^T.

        Raises: LatexError where there are several, {P Q^T}^T: its two scripts may be meant for both.
        """
        if self.closed and self.operand is not None and self.scripts & taken:
            if self.several:
                message = (
                    "cannot tell what this script belongs to: the braces around what is before it print no brackets"
                )
                raise LatexError(message, self.source, self.done[self.operand].span, "brackets")
            self.done[self.operand :] = [_braces(self.done[self.operand :], self.whole)]
            self.scripts = set()

    def _note(self, sign: str) -> None:
        """Leave out the note below or above a brace."""
        following = self._next()
        if isinstance(following, Token) and following.text == sign:
            while self.waiting.pop() is not following:
                pass
            self._argument()

    def _leave_out(self, token: Token, name: str) -> None:
        """Leave out a command with what says how it sets: overlays, options, lengths, and arguments."""
        if name in WIDE_SPACES:
            self.done.append(token)
        if name in OVERLAYS:
            self._overlay()
        if name in NO_MEANING_WITH_ARGUMENT:
            self._options()
            for _ in range(NO_MEANING_WITH_ARGUMENT[name]):
                if isinstance(self._next(), Block):
                    self._argument()
        if name in LENGTHS:
            self._length()

    def _overlay(self) -> None:
        """Leave out <2-4>."""
        ahead = self.waiting[-_LONGEST_OVERLAY:][::-1]
        if not ahead or not isinstance(ahead[0], Token) or ahead[0].text != "<":
            return
        texts = [e.text if isinstance(e, Token) else "" for e in ahead]
        ends = [n for n, text in enumerate(texts) if text in (">", "->")]
        if ends and "" not in texts[: ends[0]]:
            del self.waiting[-ends[0] - 1 :]

    def _length(self) -> None:
        """Leave out a length such as -3 mu."""
        for kinds, count in ((("space",), 1), (("sign",), 1), (("number",), 1), (("space",), 1), (("letter",), 2)):
            for _ in range(count):
                element = self.waiting[-1] if self.waiting else None
                if isinstance(element, Token) and element.kind in kinds and _is_of_length(element):
                    self.waiting.pop()

    # Fonts

    def _font(self, token: Token) -> None:
        """Take a font with one name, \\mathbf{x_i}; around more than a name it is the font of each letter."""
        following = self._next()
        switch = token.text in FONT_SWITCHES and not (isinstance(following, Block) and following.opening == "{")
        if switch:
            content, self.waiting = self.waiting[::-1], []
        elif isinstance(following, Block) and following.opening == "{":
            content = self._argument()
        else:
            self._begin(token, self._arguments(1))
            return
        if not content:
            return
        inner = self._level(list(content))
        inner.run()
        place = following.span if isinstance(following, Block) and not switch else None
        if _is_name(inner) or _is_word(content):
            inside = content if _is_word(content) else inner.done
            self._begin(token, [_braces(inside, place)], function=len(content) > 1)
            self.closed = switch
            return
        self._group(_in_font(token, list(content)), token.span | content[-1].span | (place or token.span))


def _is_name(level: _Level) -> bool:
    """Return whether a level is one letter or name with what stands on it."""
    head = level.done[level.operand] if level.operand is not None else None
    if level.operands != 1 or level.signs or not isinstance(head, Token):
        return False
    alone = all(isinstance(e, Block) or e.kind == "space" for e in level.done[: level.operand])
    return alone and (head.kind != "command" or head.text in _LETTERS)


def _is_word(content: Sequence[Element]) -> bool:
    """Return whether a font is around letters side by side, which may be a word: \\mathrm{net}, \\mathrm{arg\\,max}."""
    full = [e for e in content if isinstance(e, Block) or (e.kind != "space" and e.text not in NO_MEANING)]
    plain = all(isinstance(e, Token) and (e.kind in ("letter", "number") or e.text == "-") for e in full)
    return plain and not any(isinstance(e, Token) and e.text == "-" and _apart(content, e) for e in full)


def _apart(content: Sequence[Element], hyphen: Token) -> bool:
    """Return whether a hyphen does not join two letters."""
    at = next(n for n, e in enumerate(content) if e is hyphen)
    beside = [content[n] if 0 <= n < len(content) else None for n in (at - 1, at + 1)]
    return not all(isinstance(e, Token) and e.kind == "letter" for e in beside)


def _in_font(font: Token, elements: list[Element]) -> list[Element]:
    """Return elements with a font on each letter, or on each word in an upright font; scripts keep their own."""
    style = FONTS.get(font.text) or FONT_SWITCHES[font.text]
    made: list[Element] = []
    run: list[Element] = []
    skip = 0
    for element in [*elements, None]:
        joins = isinstance(element, Token) and element.kind == "letter" and skip == 0 and style in WORD_FONTS
        if element is not None and joins and (not run or run[-1].span.end == element.span.start):
            run.append(element)
            continue
        if run:
            made += [Token("command", font.text, run[0].span), _braces(run)]
            run = []
        if element is None:
            break
        made += [element] if skip else _one_in_font(font, style, element)
        skip = max(skip - (isinstance(element, Block) or element.kind != "space"), _arguments_to_keep(element))
    return made


def _one_in_font(font: Token, style: str, element: Element) -> list[Element]:
    if isinstance(element, Block):
        inside = _in_font(font, list(element.content))
        return [Block(element.opening, element.closing, tuple(inside), element.span, element.start, element.name)]
    letter = element.kind == "letter" and (style not in CAPITAL_FONTS or element.text.isupper())
    if not letter and not (element.text in SYMBOLS and element.text not in ("\\partial", "\\nabla", "\\infty")):
        return [element]
    return [Token("command", font.text, element.span), _braces([element])]


def _arguments_to_keep(element: Element) -> int:
    """Return how many elements behind this one have a font of their own, or are indices or words."""
    if isinstance(element, Block):
        return 0
    name = element.text.rstrip("*")
    words = name in TEXTS or name in FONTS or name in NO_MEANING_WITH_ARGUMENT or "operatorname" in name
    return int(words or name in _SCRIPTS)


def _braces(content: Sequence[Element], place: Span | None = None) -> Block:
    span = place or content[0].span | content[-1].span
    return Block("{", "}", tuple(content), span, Span(span.start, span.start))


def _is_of_length(token: Token) -> bool:
    return token.kind != "sign" or token.text in ("-", "=")


def widened(node: T, places: Sequence[Span]) -> T:
    """Return a node whose places have whole groups in them: x {- w} ends behind the brace.

    Works on tuples of statements, too.
    """
    return cast(T, _widened(node, places)) if places else node


def _widened(value: Any, places: Sequence[Span]) -> Any:
    if isinstance(value, tuple):
        return tuple(_widened(part, places) for part in value)
    if isinstance(value, Span):
        return _around(value, places)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    return replace(value, **{field.name: _widened(getattr(value, field.name), places) for field in fields(value)})


def _around(span: Span, places: Sequence[Span]) -> Span:
    """Return a place made so wide that each group is inside, outside, or around it."""
    before = None
    while before != span:
        before = span
        for place in places:
            apart = place.end <= span.start or span.end <= place.start
            around = place.start <= span.start and span.end <= place.end
            if not apart and not around:
                span |= place
    return span
