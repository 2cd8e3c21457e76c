"""The verdict on one link of a formula, and how what went wrong is said."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from pathlib import Path

from derive.deadline import DeadlineExceeded
from derive.proof.claim import Claim
from derive.proof.kernel import Proved
from derive.source import Span

EXHAUSTED = (DeadlineExceeded, RecursionError, MemoryError, ArithmeticError, NotImplementedError)


@dataclass(frozen=True, slots=True)
class LinkVerdict:
    """The verdict on one link of a chain, ready to be reported."""

    span: Span
    word: str
    code: str = ""
    message: str = ""
    scope: str = ""
    assumptions: tuple[str, ...] = ()
    witness: dict[str, object] | None = None
    suggestion: str | None = None
    steps: tuple[str, ...] = ()
    fault: Span | None = None
    reading: str | None = None
    """LaTeX of what it was read as, entry by entry; None where there is nothing to judge."""
    edits: tuple[tuple[Span, str], ...] = ()
    """What the suggestion changes in the text, and what it writes there."""


@dataclass(frozen=True, slots=True)
class ProvedLink:
    """A link of a chain that is proved: the claims that it is made of, each with its verdict.

    What `follows` from an equation to be solved is not said by its claims.
    """

    span: Span
    claims: tuple[tuple[Claim, Proved], ...]
    follows: bool = False


def bug(error: Exception) -> str:
    """Return how an error of derive itself is reported."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{frame.name}, line {frame.lineno} of {Path(frame.filename).name}"
    return f"internal error, please report it: {type(error).__name__} in {place}: {error}"


def describe(error: BaseException) -> str:
    """Return what has run out."""
    known = {"DeadlineExceeded": "time limit", "RecursionError": "nested too deeply", "MemoryError": "out of memory"}
    return known.get(type(error).__name__, str(error) or type(error).__name__)
