"""Words inside formulas: names of several letters, and prose."""

from __future__ import annotations

import re
from collections.abc import Iterable

from derive.latex.grammar import code
from derive.latex.grammar.blocks import Block, Element
from derive.latex.grammar.vocabulary import TEXTS
from derive.latex.scanner import Token
from derive.latex.syntax import Font, Name, Node, Symbol, Text
from derive.source import Span

CONDITIONS = frozenset(
    [
        "for",
        "forall",
        "if",
        "when",
        "whenever",
        "where",
        "with",
        "provided",
        "given",
        "assuming",
        "all",
        "each",
        "every",
        "any",
        "unless",
        "iff",
        "only",
        "otherwise",
        "else",
    ]
)
"""Words that begin a condition."""

CONNECTIVES = frozenset(
    [
        "and",
        "or",
        "so",
        "hence",
        "thus",
        "therefore",
        "then",
        "but",
        "while",
        "whereas",
        "which",
        "gives",
        "yields",
        "implies",
        "since",
        "because",
        "as",
        "also",
        "similarly",
        "finally",
        "now",
        "note",
        "namely",
        "equivalently",
        "i.e.",
        "ie",
        "e.g.",
        "that",
        "is",
        "we",
        "it",
        "this",
        "one",
        "consequently",
        "further",
        "furthermore",
        "moreover",
        "let",
        "using",
        "by",
        "from",
        "likewise",
        "respectively",
        "resp.",
        "resp",
        "such",
        "here",
        "both",
        "either",
        "analogously",
        "recall",
        "define",
        "set",
        "because",
    ]
)
"""Words that stand between statements and assert nothing."""

_WORD = re.compile(r"np\.[a-z]+|[A-Za-z][A-Za-z0-9_\-]*")
_SPACES = {"~": " ", "\\ ": " ", "\\,": " ", "\\;": " ", "\\:": " ", "\\quad": " ", "\\_": "_", "\\-": "", "\\!": ""}


def characters(elements: Iterable[Element]) -> str:
    """Return the characters of a raw argument."""
    parts = []
    for element in elements:
        if isinstance(element, Block):
            parts.append(characters(element.content))
        else:
            parts.append(_SPACES.get(element.text) or code.as_written(element))
    return "".join(part for part in parts if part not in "{}" or not part)


def first_word(content: str) -> str:
    """Return the first word of a piece of prose in small letters, without brackets and punctuation."""
    words = content.strip().lower().split()
    return words[0].strip("()[],;:") if words else ""


def is_lead_in(content: str) -> bool:
    """Return whether words only lead over to a formula, "For the bias," or "for the output layer:"."""
    text = content.strip()
    return len(text.split()) > 2 and text[-1:] in (",", ":")


def word_node(command: str, content: str, span: Span) -> Node:
    """Return what `\\text{content}` is: one word is a Name (or, in a font, a letter in it), else Text."""
    font = TEXTS.get(command, "")
    if font and len(content) == 1 and content.isalnum():
        return Font(span, font, Symbol(span, content))
    if _WORD.fullmatch(content) and content.lower() not in CONDITIONS | CONNECTIVES:
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
