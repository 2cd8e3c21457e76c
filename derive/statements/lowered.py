"""What lowering a statement yields: its links, what each says in each reading, and the state of the document."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Protocol

from derive.algebra.index import Size
from derive.errors import LatexError
from derive.names.table import SymbolTable
from derive.network.network import Network
from derive.proof.claim import Claim
from derive.reader.syntax import Node
from derive.source import Span
from derive.statements.fixed_functions import Fixed
from derive.statements.letters import Names
from derive.statements.links import Kind
from derive.statements.stationary import Condition
from derive.typing.ceiling import OPEN, Ceiling
from derive.typing.reading import Layout, Reading
from derive.typing.tensor import UnknownSymbolError


class ModelLike(Protocol):
    """What of a model is needed here."""

    @property
    def network(self) -> Network: ...

    @property
    def table(self) -> SymbolTable: ...

    @property
    def reading(self) -> Reading: ...

    @property
    def layers(self) -> frozenset[str]: ...


@dataclass(frozen=True, slots=True)
class DocumentState:
    """What a document has said so far: the model's names and network with its own, the last side for a line that
    begins with =, and its `own` names, those of numbers and functions that it defines apart from the model."""

    table: SymbolTable
    network: Network
    previous: Node | None = None
    own: Names = field(default_factory=Names)
    fixed: tuple[Fixed, ...] = ()
    """What the text says that functions are which the model leaves open."""
    sizes: tuple[tuple[Size, int], ...] = ()
    """Sizes that are given from outside, such as the widths of a network that is being explored."""
    condition: Condition | None = None
    """The equation to be solved that was said last."""


@dataclass(frozen=True, slots=True)
class LinkClaim:
    """What one link says in one reading.

    `claims` are empty where nothing is to be proved, or where `code` and `message` say why it is refuted before any
    algebra, or not understood (`error`). `assumptions` are what the reading takes for granted beyond the model.
    `ceiling` says whether a proof and a refutation count in it; `right_only` are the free indices of the right
    side alone.
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

    @property
    def refuted(self) -> bool:
        """Return whether shapes or free indices refute the link before any algebra."""
        return self.kind == "claim" and bool(self.code) and self.error is None


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a statement: what it says in each reading, the most natural one first."""

    span: Span
    options: tuple[LinkClaim, ...]

    @property
    def layouts(self) -> tuple[Layout, ...]:
        """The layouts of Jacobians and gradients in which it is read; a single one where it depends on none."""
        return tuple(dict.fromkeys(option.reading.layout for option in self.options))

    def in_layout(self, layout: Layout) -> Link:
        """Return what it says in one layout."""
        return replace(self, options=tuple(option for option in self.options if option.reading.layout == layout))


@dataclass(frozen=True, slots=True)
class Lowered:
    """The links of a statement, and the state of the document behind it."""

    links: tuple[Link, ...]
    state: DocumentState


def not_understood(option: LinkClaim, error: LatexError) -> LinkClaim:
    """Return a link that could not be read, with its error."""
    code = "D002" if isinstance(error, UnknownSymbolError) else "D001"
    return replace(option, kind="not-understood", code=code, message=error.message, error=error)


def together(found: list[list[LinkClaim]], reading: Reading) -> LinkClaim | None:
    """Return what links say together in one reading; a single one that is refuted or not understood if there is any."""
    options = [option for each in found for option in each if option.reading == reading]
    if len(options) < len(found):
        return None
    stuck = [option for option in options if not option.claims or option.ceiling.refutation is not None]
    claims = tuple(claim for option in options for claim in option.claims)
    return (
        stuck[0] if stuck else replace(options[0], claims=claims, notes=("at each of the numbers", *options[0].notes))
    )
