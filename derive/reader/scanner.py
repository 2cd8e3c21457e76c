"""The scanner: LaTeX text to tokens, each with the place where it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from derive.errors import LatexError
from derive.notation.commands import TEXTS
from derive.reader import characters
from derive.source import Source, Span

MAX_LENGTH = 40_000
"""The longest formula that is read, in characters; no person writes a longer one."""

Kind = Literal["letter", "number", "command", "sign", "space"]


@dataclass(frozen=True, slots=True)
class Token:
    """One token: a letter, a numeral, a command with its backslash, any other sign, or blanks."""

    kind: Kind
    text: str
    span: Span


_TOKEN = re.compile(
    rf"""
      (?P<space>[ \t\r\n{characters.SPACES}]+)
    | (?P<comment>%[^\n]*)
    | (?P<control>\\(?:[A-Za-z@]+\*?|[\s\S]))
    | (?P<raised>[{characters.RAISED}]+)
    | (?P<lowered>[{characters.LOWERED}]+)
    | (?P<marked>[^\x00-\x20\\{{}}][\u0300-\u036f\u20d7]+)
    | (?P<number>\d+(?:\.\d+)?|(?<![\w.}})\]])\.\d+)
    | (?P<letter>[A-Za-z])
    | (?P<sign>\.\.\.?|\.\*|:=|=:|==|!=|<=|>=|=>|->|[-+*/=<>()\[\]{{}}|^_&,;:.!?'~#$@"`])
    | (?P<other>[\s\S])
    """,
    re.VERBOSE | re.ASCII,
)
_BRACKETS = frozenset("()[]")
_STARRED = re.compile(
    r"\\(?:operatorname|tag|newcommand|renewcommand|providecommand|DeclareMathOperator|hspace|vspace)\*"
)


def scan(source: Source, span: Span) -> list[Token]:
    """Return the tokens of a part of a text in order; comments are left out, blanks are one token.

    Raises: LatexError for a character that LaTeX mathematics does not have, and for a part that is far too long.
    """
    if len(span) > MAX_LENGTH:
        start = Span(span.start, span.start + 1)
        raise LatexError(f"this formula has {len(span)} characters; at most {MAX_LENGTH} are read", source, start)
    tokens: list[Token] = []
    place = span.start
    while place < span.end:
        match = _TOKEN.match(source.text, place, span.end)
        assert match is not None, "the last alternative matches any character"
        place = _append(tokens, match, source)
    return tokens


def without_braces_around_brackets(tokens: list[Token]) -> list[Token]:
    """Return tokens with {(} as (, as it is written for a bracket of another size; scripts and words keep theirs."""
    found: list[Token] = []
    waiting = 0
    for at, token in enumerate(tokens):
        if waiting:
            waiting -= 1
            continue
        texts = [other.text for other in tokens[at : at + 3]]
        kept = bool(found) and (found[-1].text in {"^", "_"} or found[-1].text in TEXTS)
        if len(texts) == 3 and texts[0] == "{" and texts[2] == "}" and texts[1] in _BRACKETS and not kept:
            found.append(tokens[at + 1])
            waiting = 2
        else:
            found.append(token)
    return found


def _append(tokens: list[Token], match: re.Match[str], source: Source) -> int:
    """Append the tokens of one match, and return the offset after it."""
    text, span = match[0], Span(*match.span())
    match match.lastgroup:
        case "space":
            tokens.append(Token("space", " ", span))
        case "comment":
            pass
        case "control":
            return _append_command(tokens, text, span, source)
        case "letter" | "number" | "sign":
            tokens.append(Token(match.lastgroup, text, span))
        case _:
            words = characters.words(text)
            if words is None and characters.is_of_prose(text):
                tokens.append(Token("sign", text, span))
                return span.end
            if words is None:
                raise LatexError(f"cannot read the character {_shown(text)}", source, span, "a LaTeX command")
            tokens.extend(Token(_kind(word), word, span) for word in words)
    return span.end


def _append_command(tokens: list[Token], text: str, span: Span, source: Source) -> int:
    if len(text) > 2 and text.endswith("*") and not _STARRED.fullmatch(text):
        text, span = text[:-1], Span(span.start, span.end - 1)
    if text[1:].isspace():
        text = "\\ "
    elif ord(text[1]) < 32:
        raise LatexError("a backslash before a control character", source, span, "a command")
    tokens.append(Token("command", text, span))
    return span.end


def _kind(word: str) -> Kind:
    if word.startswith("\\"):
        return "command"
    return "letter" if word.isalpha() else "number" if word.isdigit() else "sign"


def _shown(text: str) -> str:
    return f'"{text}"' if text.isprintable() else f"U+{ord(text[0]):04X}"


def written(tokens: list[Token]) -> str:
    """Return the LaTeX of tokens; a command and a letter behind it stay apart."""
    text = ""
    for token in tokens:
        shown = " " if token.kind == "space" else token.text
        if text and text[-1].isalpha() and shown[0].isalpha() and _ends_in_command(text):
            text += " "
        text = text.rstrip(" ") + " " if shown == " " else text + shown
    return text


def _ends_in_command(text: str) -> bool:
    head, _, word = text.rpartition("\\")
    return bool(head or text.startswith("\\")) and word.isalpha()
