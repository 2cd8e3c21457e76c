"""What a document has said so far: the names of its model with its own, and what it fixes for later formulas."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Protocol

from derive.algebra.index import Size
from derive.names.table import SymbolTable
from derive.network.network import Network
from derive.reader.syntax import Node
from derive.statements.fixed_functions import Fixed
from derive.statements.own_names import OwnNames
from derive.statements.pieces import Piece
from derive.statements.stationary import Condition
from derive.typing.reading import Reading


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
    own: OwnNames = field(default_factory=OwnNames)
    fixed: tuple[Fixed, ...] = ()
    """What the text says that functions are which the model leaves open."""
    unread: frozenset[str] = frozenset()
    """Functions that the model leaves open and of which the text says something that nothing uses."""
    waiting: tuple[tuple[str, Piece, bool], ...] = ()
    """What is said of them by functions that nothing has said yet, g = \\sigma; and whether of some layers only."""
    taken: tuple[tuple[Size, int], ...] = ()
    """Sizes that the text takes to be a number from here on: we take $n = 1$."""
    sizes: tuple[tuple[Size, int], ...] = ()
    """Sizes that are given from outside, such as the widths of a network that is being explored."""
    condition: Condition | None = None
    """The equation to be solved that was said last."""
    example: bool = False
    """Whether it has given an input, a size or a name of its own a number, so that other numbers may follow from it."""

    @property
    def of_section(self) -> tuple[object, ...]:
        """What counts up to the end of a section only: what functions are, and sizes."""
        return self.fixed, self.unread, self.waiting, self.taken

    @property
    def without_section(self) -> DocumentState:
        return replace(self, fixed=(), unread=frozenset(), waiting=(), taken=())
