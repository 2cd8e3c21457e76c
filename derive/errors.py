"""Faults of the user's input, one class each; verdicts are data, faults are exceptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from derive.visible import escaped, escaped_lines

if TYPE_CHECKING:
    from derive.source import Source, Span


class DeriveError(Exception):
    """A fault in what the user gave; its message says what is wrong and what to do."""


class InputError(DeriveError):
    """A fault at a place of a text."""

    def __init__(self, message: str, source: Source | None = None, span: Span | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.source = source
        self.span = span

    def __str__(self) -> str:
        if self.source is None or self.span is None:
            return self.message
        place = self.source.position(self.span.start)
        return f"{escaped(self.source.name)}:{place}: {escaped_lines(self.message)}\n{self.source.caret(self.span)}"


class LatexError(InputError):
    """A formula that cannot be read completely; `expected` says what would have been readable."""

    def __init__(
        self, message: str, source: Source | None = None, span: Span | None = None, expected: str = ""
    ) -> None:
        super().__init__(message, source, span)
        self.expected = expected


class ModelError(InputError):
    """A model that does not make sense, at its own line."""


class UsageError(DeriveError):
    """An option or argument that cannot be used as given."""


class NetworkError(DeriveError):
    """A network whose definitions do not fit together."""


class InternalDisagreement(DeriveError):
    """Prover and oracle contradict each other: a bug in derive, never a verdict."""
