"""The lines of a model file: each formula of the TOML as a syntax tree, with its place for messages."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NoReturn

from derive.errors import LatexError, ModelError
from derive.notation.functions import near_function
from derive.reader.parser import parse_formula
from derive.reader.syntax import Statement
from derive.source import Source, Span
from derive.typing.reading import BY_NAME

KEYS = {
    "name": str, "source": str, "description": str, "use": str, "forward": list, "shapes": list, "where": list,
    "assume": list, "layout": str, "gradients": str, "broadcast": bool, "functions": dict, "operators": dict,
    "inputs": list, "given": list, "theorems": list,
}  # fmt: skip
BARE_WORD = re.compile(r"(?<![\\\\A-Za-z{])[A-Za-z]{5,}(?=\s*\()")
"""Letters before a bracket, of no command and in no font."""
CHOICES = {"layout": BY_NAME["jacobian"].values, "gradients": BY_NAME["gradients"].values}


@dataclass(frozen=True, slots=True)
class Line:
    """One formula of a model file as written, with its statements."""

    text: str
    source: Source = field(repr=False)
    span: Span
    statements: tuple[Statement, ...]


@dataclass(frozen=True)
class ModelText:
    """The text of a model file; turns faults in its formulas into model errors at their place in the document."""

    toml: Source
    document: Source
    locate: Callable[[Span], Span]

    def fault(self, message: str, span: Span | None = None) -> ModelError:
        place = span if span is not None else Span(0, len(self.toml.text.split("\n", 1)[0]))
        return ModelError(message, self.document, self.locate(place))

    def fault_in(self, line: Line, error: LatexError) -> ModelError:
        """Return a fault of reading a line as a model error at the same place."""
        span = error.span if error.source is line.source and error.span is not None else line.span
        if line.source is not self.toml:
            span = self.find(line.text)
        text = error.message if not error.expected else f"{error.message}; expected {error.expected}"
        return self.fault(text, span)

    def find(self, value: str) -> Span:
        """Return where a string of the TOML stands; the whole first line where it is written with escapes."""
        for quoted in (f"'{value}'", f'"{value}"'):
            at = self.toml.text.find(quoted)
            if at >= 0:
                return Span(at + 1, at + 1 + len(value))
        at = self.toml.text.find(value)
        return Span(at, at + len(value)) if at >= 0 else Span(0, self.toml.text.find("\n") % (len(self.toml.text) + 1))

    def find_key(self, section: str, key: str) -> Span:
        """Return where a key of a table such as [functions] stands."""
        start = max(self.toml.text.find(f"[{section}]"), 0)
        found = re.compile(rf"^\s*['\"]?({re.escape(key)})['\"]?\s*=", re.MULTILINE).search(self.toml.text, start)
        return self.find(key) if found is None else Span(found.start(1), found.end(1))

    def data(self) -> dict[str, Any]:
        """Return the TOML as a dictionary. Raises: ModelError for bad TOML, unknown keys, wrong types."""
        try:
            data = tomllib.loads(self.toml.text)
        except tomllib.TOMLDecodeError as error:
            self._bad_toml(error)
        for key, value in data.items():
            if key not in KEYS:
                raise self.fault(f'unknown key "{key}" in a model; there are {", ".join(KEYS)}', self._key(key))
            if not isinstance(value, KEYS[key]):
                raise self.fault(f'"{key}" must be a {KEYS[key].__name__}', self._key(key))
            if key in CHOICES and value not in CHOICES[key]:
                raise self.fault(f'"{key}" is {" or ".join(CHOICES[key])}, not "{value}"', self._key(key))
        return data

    def _bad_toml(self, error: tomllib.TOMLDecodeError) -> NoReturn:
        message, _, place = str(error).partition(" (at ")
        at = re.fullmatch(r"line (\d+), column (\d+)\)", place)
        lines = self.toml.text.split("\n")
        line, column = (int(at[1]), int(at[2])) if at is not None else (len(lines), len(lines[-1]) + 1)
        start = sum(len(text) + 1 for text in lines[: line - 1]) + column - 1
        raise self.fault(f"this is no TOML: {message}", Span(start, start + 1))

    def _key(self, key: str) -> Span:
        at = max(self.toml.text.find(key), 0)
        return Span(at, at + len(key))

    def lines(self, data: dict[str, Any], key: str) -> tuple[Line, ...]:
        """Return the formulas listed under a key. Raises: ModelError where one cannot be read."""
        found = []
        for value in data.get(key, []):
            if not isinstance(value, str):
                raise self.fault(f'"{key}" is a list of formulas in quotes', self._key(key))
            found.append(self.line(value))
        return tuple(found)

    def line(self, value: str, place: Span | None = None) -> Line:
        """Return one formula of the TOML."""
        span = self.find(value) if place is None else place
        verbatim = self.toml.excerpt(span) == value
        source = self.toml if verbatim else Source(self.toml.name, value)
        inner = span if verbatim else Span(0, len(value))
        try:
            statements = parse_formula(source, inner).statements
        except LatexError as error:
            raise self.fault_in(Line(value, source, span, ()), error) from error
        if not statements:
            raise self.fault("an empty formula", span)
        for word in BARE_WORD.finditer(value):
            if near := near_function(word[0]):
                place = Span(span.start + word.start(), span.start + word.end()) if verbatim else span
                raise self.fault(f'"{word[0]}" is a product of {len(word[0])} letters; is {near} meant?', place)
        return Line(value, source, inner, statements)


def sides(line: str) -> tuple[str, str]:
    """Return the two sides of a line of the forward pass, without the spaces around them."""
    depth = 0
    for n, char in enumerate(line):
        depth += (char in "{[(") - (char in ")]}")
        if char == "=" and depth == 0:
            return line[:n].strip(), line[n + 1 :].strip()
    return line.strip(), ""
