"""Words inside formulas: names of several letters, and prose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from unicodedata import normalize

from derive.notation import phrases
from derive.notation.commands import FONT_SWITCHES, NO_MEANING, TEXTS
from derive.notation.words import CONDITIONS, CONNECTIVES, OTHER_LANGUAGES
from derive.reader import code
from derive.reader.blocks import Block, Element
from derive.reader.scanner import Token
from derive.reader.syntax import Name, Node, Product, Text, word
from derive.source import Span

ACCENTS = {
    "\\ddot": "\u0308", '\\"': "\u0308", "\\hat": "\u0302", "\\^": "\u0302", "\\'": "\u0301", "\\acute": "\u0301",
    "\\`": "\u0300", "\\grave": "\u0300", "\\tilde": "\u0303", "\\~": "\u0303", "\\c": "\u0327", "\\bar": "\u0304",
    "\\check": "\u030c", "\\breve": "\u0306", "\\dot": "\u0307",
}  # fmt: skip
"""Marks on letters in words, as commands and as Unicode."""

SPELLED = frozenset({"new", "old", "next", "prev", "neu", "alt"})
"""Words that stand on names also without \\text: w^{new}."""

_WORD = re.compile(r"np\.[a-z]+|[A-Za-z][A-Za-z0-9_\-]*")
_SPACES = {"~": " ", "\\ ": " ", "\\,": " ", "\\;": " ", "\\:": " ", "\\quad": " ", "\\_": "_", "\\-": "", "\\!": ""}


def characters(elements: Iterable[Element]) -> str:
    """Return the characters of a raw argument; a letter with its mark, \\"u or \\ddot{u}, as one character.

    Sizes and fonts that hold to the end of the argument, \\textsc{\\tiny H}, are none of them.
    """
    text, mark = "", ""
    for element in _without_settings(elements):
        if isinstance(element, Block):
            part = characters(element.content)
        elif element.text in ACCENTS:
            part = element.text
        else:
            part = _SPACES.get(element.text) or code.as_written(element)
        if part in ACCENTS:
            mark = ACCENTS[part]
        elif part and part not in "{}":
            text += normalize("NFC", part[0] + mark) + part[1:]
            mark = ""
    return text


def _without_settings(elements: Iterable[Element]) -> Iterator[Element]:
    """Yield elements without the switches of sizes and fonts, and without the spaces that only end these."""
    ends_switch = False
    for element in elements:
        if isinstance(element, Token) and element.text in NO_MEANING | FONT_SWITCHES.keys():
            ends_switch = True
        elif not (isinstance(element, Token) and ends_switch and element.kind == "space"):
            ends_switch = False
            yield element


def first_word(content: str) -> str:
    """Return the first word of a piece of prose in small letters, without brackets and punctuation; a German or French
    one that the grammar needs as the English one."""
    words = content.strip().lower().split()
    word = words[0].strip("()[],;:") if words else ""
    return OTHER_LANGUAGES.get(word, word)


def begins_condition(content: str) -> bool:
    """Return whether a piece of prose begins with words that limit a statement."""
    return phrases.begins_condition(content) or first_word(content) in CONDITIONS


def parts_statements(content: str) -> bool:
    """Return whether a piece of prose stands between formulas, and is no name in one of them."""
    word = first_word(content)
    return word in CONDITIONS | CONNECTIVES or (len(word) > 3 and bool(phrases.roles_in(content)))


def is_note(content: str) -> bool:
    """Return whether a piece of prose is a note in brackets that says nothing against what stands beside it."""
    text = content.strip()
    return text[:1] == "(" and text[-1:] == ")" and "denied" not in phrases.roles_in(text)


def is_lead_in(content: str) -> bool:
    """Return whether words only lead over to a formula, "For the bias," or "for the output layer:"."""
    text = content.strip()
    return len(text.split()) > 2 and text[-1:] in (",", ":")


def word_node(command: str, content: str, span: Span) -> Node:
    """Return what `\\text{content}` is: one word is a Name (or, in a font, a letter in it), else Text."""
    font = TEXTS.get(command, "")
    if font and len(content) == 1 and content.isalnum():
        return Name(span, content, (font,))
    if _WORD.fullmatch(content) and not parts_statements(content):
        return word(span, content)
    return Text(span, content)


def spelled(node: Node) -> Node:
    """Return letters side by side that spell a word, as the name w^{new} has above it, as that word."""
    return word(node.span, node.text) if isinstance(node, Product) and node.text in SPELLED else node


def parted(elements: Sequence[Element]) -> Iterator[Text | list[Element]]:
    """Yield words and mathematics in turn; a letter or a comparison written inside the words is mathematics."""
    run: list[Element] = []
    place = 0
    while place < len(elements):
        block = elements[place + 1] if place + 1 < len(elements) else None
        text = text_here(elements[place], block)
        if text is None or not isinstance(block, Block):
            run.append(elements[place])
            place += 1
            continue
        place += 2
        before = bool(run) and _is_comparison(run[-1])
        after = place < len(elements) and _is_comparison(elements[place])
        for piece in _parted_text(text, block, before, after):
            if not isinstance(piece, Text):
                run += piece
                continue
            if run:
                yield run
            run = []
            yield piece
    if run:
        yield run


def _parted_text(text: Text, block: Block, before: bool, after: bool) -> Iterator[Text | list[Element]]:
    """Yield the words of a text, and what in it is mathematics: the comparison of "if k = i", the k of "if k" where a
    comparison stands behind it."""
    words = _words(block.content)
    signs = [n for n, word in enumerate(words) if any(map(_is_comparison, word))]
    inside = {m for n in signs for m in (n - 1, n, n + 1)}
    inside |= {n for n, side in ((0, before), (len(words) - 1, after)) if side and words and len(words[n]) == 1}
    if not inside:
        yield text
        return
    for is_math, group in groupby(enumerate(words), lambda pair: pair[0] in inside):
        found = [element for _, word in group for element in word]
        yield found if is_math else Text(found[0].span | found[-1].span, _spoken(found))


def _words(content: Iterable[Element]) -> list[list[Element]]:
    """Return elements parted at blanks."""
    words: list[list[Element]] = [[]]
    for element in content:
        if isinstance(element, Token) and (element.kind == "space" or element.text in _SPACES):
            words.append([])
        else:
            words[-1].append(element)
    return [word for word in words if word]


def _spoken(elements: Sequence[Element]) -> str:
    """Return elements as the words that they spell, with blanks where blanks parted them."""
    found, end = "", elements[0].span.start
    for element in elements:
        found += (" " if element.span.start > end else "") + characters([element])
        end = element.span.end
    return found


def _is_comparison(element: Element) -> bool:
    return isinstance(element, Token) and element.text in {"=", "<", ">", "==", "!=", "<=", ">=", "\\ne", "\\neq"}


def is_prose(content: str) -> bool:
    """Return whether characters are a word or words, and not mathematics in an upright font."""
    return re.fullmatch(r"[A-Za-z0-9 \-]+", content) is not None


def text_here(element: Element | None, argument: Element | None) -> Text | None:
    """Return the prose that a command and its braces are, or None where they are a name or no words at all."""
    if not isinstance(element, Token) or not isinstance(argument, Block) or argument.opening != "{":
        return None
    if element.text not in TEXTS and element.text not in ("\\mathrm", "\\operatorname"):
        return None
    content = characters(argument.content)
    if element.text not in TEXTS and not is_prose(content):
        return None
    node = word_node(element.text, content, element.span | argument.span)
    return node if isinstance(node, Text) else None
