"""Words inside formulas: names of several letters, and prose."""

from __future__ import annotations

import re
from collections.abc import Iterable
from unicodedata import normalize

from derive.notation.commands import TEXTS
from derive.notation.words import CONDITIONS, CONNECTIVES, OTHER_LANGUAGES
from derive.reader import code
from derive.reader.blocks import Block, Element
from derive.reader.scanner import Token
from derive.reader.syntax import Font, Name, Node, Symbol, Text
from derive.source import Span

ACCENTS = {
    "\\ddot": "\u0308", '\\"': "\u0308", "\\hat": "\u0302", "\\^": "\u0302", "\\'": "\u0301", "\\acute": "\u0301",
    "\\`": "\u0300", "\\grave": "\u0300", "\\tilde": "\u0303", "\\~": "\u0303", "\\c": "\u0327", "\\bar": "\u0304",
    "\\check": "\u030c", "\\breve": "\u0306", "\\dot": "\u0307",
}  # fmt: skip
"""Marks on letters in words, as commands and as Unicode."""

_WORD = re.compile(r"np\.[a-z]+|[A-Za-z][A-Za-z0-9_\-]*")
_SPACES = {"~": " ", "\\ ": " ", "\\,": " ", "\\;": " ", "\\:": " ", "\\quad": " ", "\\_": "_", "\\-": "", "\\!": ""}


def characters(elements: Iterable[Element]) -> str:
    """Return the characters of a raw argument; a letter with its mark, \\"u or \\ddot{u}, as one character."""
    text, mark = "", ""
    for element in elements:
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


def first_word(content: str) -> str:
    """Return the first word of a piece of prose in small letters, without brackets and punctuation; a German or French
    one that the grammar needs as the English one."""
    words = content.strip().lower().split()
    word = words[0].strip("()[],;:") if words else ""
    return OTHER_LANGUAGES.get(word, word)


def is_lead_in(content: str) -> bool:
    """Return whether words only lead over to a formula, "For the bias," or "for the output layer:"."""
    text = content.strip()
    return len(text.split()) > 2 and text[-1:] in (",", ":")


def word_node(command: str, content: str, span: Span) -> Node:
    """Return what `\\text{content}` is: one word is a Name (or, in a font, a letter in it), else Text."""
    font = TEXTS.get(command, "")
    if font and len(content) == 1 and content.isalnum():
        return Font(span, font, Symbol(span, content))
    if _WORD.fullmatch(content) and first_word(content) not in CONDITIONS | CONNECTIVES:
        return Name(span, content)
    return Text(span, content)


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
