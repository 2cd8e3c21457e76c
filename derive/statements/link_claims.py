"""What the links of a statement say, each in one reading or several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from derive.errors import LatexError
from derive.proof.claim import Claim
from derive.source import Span
from derive.statements.document_state import DocumentState
from derive.typing.ceiling import OPEN, Ceiling
from derive.typing.reading import Layout, Reading
from derive.typing.tensor import UnknownSymbolError

Kind = Literal[
    "claim", "definition", "assignment", "membership", "condition", "equation", "value", "difference", "prose",
    "not-understood", "consequence", "solution",
]  # fmt: skip
"""A "difference" says that two sides are not the same. An "equation" is a side set to 0, a "value" one set to numbers:
a condition unless it can be proved. A "consequence" may be a multiple of such an equation, in one of several ways, so
may a "solution" be that is multiplied out."""


@dataclass(frozen=True, slots=True)
class LinkClaim:
    """What one link says in one reading.

    `claims` are empty where nothing is to be proved, or where `code` and `message` say why it is refuted before any
    algebra, or not understood (`error`). `assumptions` are what the reading takes for granted beyond the model.
    `ceiling` says whether a proof and a refutation count in it; `right_only` are the free indices of the right
    side alone; `why` it is taken to be of its kind.
    """

    span: Span
    kind: Kind
    claims: tuple[Claim, ...] = ()
    introduced: str | None = None
    notes: tuple[str, ...] = ()
    message: str = ""
    code: str = ""
    error: LatexError | None = None
    reading: Reading = field(default_factory=Reading)
    assumptions: tuple[str, ...] = ()
    ceiling: Ceiling = OPEN
    right_only: tuple[str, ...] = ()
    why: str = ""

    def limited(self, ceiling: Ceiling) -> LinkClaim:
        """Return what the link says, trusted no further than a ceiling."""
        return replace(self, ceiling=self.ceiling.meet(ceiling))

    @property
    def refuted(self) -> bool:
        """Return whether shapes or free indices refute the link before any algebra."""
        return self.kind == "claim" and bool(self.code) and self.error is None


@dataclass(frozen=True, slots=True)
class LinkReadings:
    """One link of a statement: what it says in each reading, the most natural one first."""

    span: Span
    options: tuple[LinkClaim, ...]

    @property
    def layouts(self) -> tuple[Layout, ...]:
        """The layouts of Jacobians and gradients in which it is read; a single one where it depends on none."""
        return tuple(dict.fromkeys(option.reading.layout for option in self.options))

    def in_layout(self, layout: Layout) -> LinkReadings:
        """Return what it says in one layout."""
        return replace(self, options=tuple(option for option in self.options if option.reading.layout == layout))


@dataclass(frozen=True, slots=True)
class Lowered:
    """The links of a statement, and the state of the document behind it."""

    links: tuple[LinkReadings, ...]
    state: DocumentState


def not_understood(option: LinkClaim, error: LatexError) -> LinkClaim:
    """Return a link that could not be read, with its error."""
    code = "D002" if isinstance(error, UnknownSymbolError) else "D001"
    return replace(option, kind="not-understood", code=code, message=error.message, error=error)


def together(found: Sequence[Sequence[LinkClaim]], reading: Reading) -> LinkClaim | None:
    """Return what links say together in one reading; a single one that is refuted or not understood if there is any."""
    options = [option for each in found for option in each if option.reading == reading]
    if len(options) < len(found):
        return None
    stuck = [option for option in options if not option.claims or option.ceiling.refutation is not None]
    claims = tuple(claim for option in options for claim in option.claims)
    return (
        stuck[0] if stuck else replace(options[0], claims=claims, notes=("at each of the numbers", *options[0].notes))
    )
