"""Reads the terms of Rocq that statements are made of, from the text that is sent to it.

  term ::= forall x, t | exists x : type, t | fun x y => t | let x := t in t | if t then t else t | t op t | t t | atom

Only what `derive.certify.terms` and `derive.certify.statement` write is read; scopes (%Z) and types say nothing here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from derive.errors import DeriveError

_TOKEN = re.compile(
    r"""\s+|(?P<string>"(?:[^"]|"")*")|(?P<number>\d+)|(?P<name>[A-Za-z_][A-Za-z0-9_']*(?:\.[A-Za-z_][A-Za-z0-9_']*)*)|(?P<sign>%\w+|:=|=>|->|<=|<>|/\\|\\/|[()\[\];,:.+\-*/^=<])"""
)
LOOSE, IMPLIES, OR, AND, COMPARISON, SUM, PRODUCT, UNARY, POWER = range(9)
BINARY = {
    "->": IMPLIES, "\\/": OR, "/\\": AND, "=": COMPARISON, "<>": COMPARISON, "<=": COMPARISON, "<": COMPARISON,
    "+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, "^": POWER,
}  # fmt: skip
RIGHT = {"->", "\\/", "/\\", "^"}


class ReadingError(DeriveError):
    """A statement that its own reader cannot read."""


@dataclass(frozen=True, slots=True)
class Number:
    value: int


@dataclass(frozen=True, slots=True)
class Text:
    value: str


@dataclass(frozen=True, slots=True)
class Name:
    name: str


@dataclass(frozen=True, slots=True)
class Items:
    """[a; b; c], or a pair (a, b)."""

    items: tuple[Term, ...]
    pair: bool = False


@dataclass(frozen=True, slots=True)
class Apply:
    function: Term
    argument: Term


@dataclass(frozen=True, slots=True)
class Operation:
    """a op b; a sign alone in front has one operand."""

    sign: str
    operands: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Binder:
    """forall, fun or exists with the names it binds; `let` with a value; `if` is an Operation."""

    word: str
    names: tuple[str, ...]
    body: Term
    value: Term | None = None


Term = Number | Text | Name | Items | Apply | Operation | Binder


def tokens(text: str) -> list[str]:
    """Return the tokens of a text without its comments. Raises: ReadingError."""
    text = _without_comments(text)
    found, place = [], 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise ReadingError(f"cannot read {text[place : place + 20]!r}")
        if match.lastgroup is not None and not match.group().startswith("%"):
            found.append(match.group())
        place = match.end()
    return found


def _without_comments(text: str) -> str:
    return re.sub(r'("(?:[^"]|"")*")|\(\*.*?\*\)', lambda m: m.group(1) or " ", text, flags=re.DOTALL)


@dataclass
class Reader:
    """Reads one term after the other from tokens."""

    tokens: list[str]
    place: int = 0

    def peek(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self, wanted: str = "") -> str:
        """Return the next token. Raises: ReadingError if another one is wanted."""
        token = self.peek()
        if not token or (wanted and token != wanted):
            raise ReadingError(f"expected {wanted or 'more'}, found {token or 'the end'}")
        self.place += 1
        return token

    def term(self, least: int = LOOSE) -> Term:
        """Return the term that begins here, with operators that bind at least as tightly as `least`."""
        left = self._front()
        while (strength := BINARY.get(self.peek(), -1)) >= max(least, 1):
            sign = self.take()
            right = self.term(strength if sign in RIGHT else strength + 1)
            left = Operation(sign, (left, right))
        return left

    def _front(self) -> Term:
        match self.peek():
            case "forall" | "fun" | "exists" as word:
                self.take()
                names = self.binders()
                self.take("=>" if word == "fun" else ",")
                return Binder(word, names, self.term())
            case "let":
                self.take()
                name = self.take()
                self.take(":=")
                value = self.term()
                self.take("in")
                return Binder("let", (name,), self.term(), value)
            case "if":
                self.take()
                condition = self.term()
                self.take("then")
                yes = self.term()
                self.take("else")
                return Operation("if", (condition, yes, self.term()))
            case "-" | "/" as sign:
                self.take()
                return Operation(sign, (self.term(UNARY),))
        return self._application()

    def binders(self) -> tuple[str, ...]:
        """Return the names that are bound: x y, or (x : type) (y : type), or x : type."""
        names: list[str] = []
        while self.peek() not in (",", "=>", ":", ":="):
            if self.peek() == "(":
                self.take()
                while self.peek() != ":":
                    names.append(self.take())
                depth = 1
                while depth:
                    depth += {"(": 1, ")": -1}.get(self.take(), 0)
            else:
                names.append(self.take())
        if self.peek() == ":":
            while self.peek() not in (",", ":="):
                self.take()
        return tuple(names)

    def _application(self) -> Term:
        found = self._atom()
        while self.peek() and (self.peek() in "([" or self.peek()[0] in '"_' or self.peek()[0].isalnum()):
            if self.peek() in ("then", "else", "in"):
                break
            found = Apply(found, self._atom())
        return found

    def _atom(self) -> Term:
        token = self.take()
        if token == "(":
            first = self.term()
            items = [first]
            while self.peek() == ",":
                self.take()
                items.append(self.term())
            self.take(")")
            return Items(tuple(items), pair=True) if len(items) > 1 else first
        if token == "[":
            listed: list[Term] = []
            while self.peek() != "]":
                listed.append(self.term())
                if self.peek() == ";":
                    self.take()
            self.take("]")
            return Items(tuple(listed))
        if token.isdigit():
            return Number(int(token))
        if token[0] == '"':
            return Text(token[1:-1].replace('""', '"'))
        if token[0].isalpha() or token[0] == "_":
            return Name(token)
        raise ReadingError(f"a term cannot begin with {token}")


def definitions(text: str) -> dict[str, tuple[tuple[str, ...], Term]]:
    """Return the definitions of a statement: their parameters and bodies by their names. Raises: ReadingError."""
    reader = Reader(tokens(text))
    found: dict[str, tuple[tuple[str, ...], Term]] = {}
    while reader.peek():
        reader.take("Definition")
        name = reader.take()
        names = reader.binders()
        reader.take(":=")
        found[name] = (names, reader.term())
        reader.take(".")
    return found


def texts(term: Term) -> Iterator[str]:
    """Yield the names of variables in a term."""
    match term:
        case Text(value):
            yield value
        case Apply(function, argument):
            yield from (*texts(function), *texts(argument))
        case Items(parts) | Operation(_, parts):
            yield from (name for part in parts for name in texts(part))
        case Binder(body=body, value=value):
            yield from (*texts(body), *(texts(value) if value is not None else ()))
