"""What is known while a formula is read: the symbol table, the indices in scope, and a log of what was found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from derive.algebra.index import Index, Lin, Range, Size, lin
from derive.errors import LatexError
from derive.names.lookup import Lookup
from derive.names.patterns import size_words
from derive.names.table import Kind
from derive.network.network import Network
from derive.reader.syntax import Node
from derive.source import Span
from derive.typing.ceiling import OPEN, Ceiling
from derive.typing.constraints import Use
from derive.typing.reading import Reading
from derive.typing.tensor import ShapeError, Tensor, UnsupportedError, shape_words


@dataclass
class Log:
    """What reading a formula brought to light: index uses, sizes that lists fix, lengths of ones, notes, open
    names, vectors that are added to rows (`flat`), letters that were taken for sizes or stand beside the end of a sum
    (`ends`), the ranges of products and of indices with which a sum compares a letter (`compared`), uses in the first
    and last factors of products with dots (`borders`), the places of indices that are free on the right side only, the
    `arguments` that names are written with, and how far the reading may be trusted (`ceiling`)."""

    uses: list[Use] = field(default_factory=list)
    sizes: dict[Size, int] = field(default_factory=dict)
    lengths: dict[Size, Lin] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)
    choices: set[str] = field(default_factory=set)
    ceiling: Ceiling = OPEN
    flat: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)
    ends: dict[str, Node] = field(default_factory=dict)
    products: list[Range] = field(default_factory=list)
    compared: dict[str, Range] = field(default_factory=dict)
    borders: list[Use] = field(default_factory=list)
    right_only: dict[str, Span] = field(default_factory=dict)
    arguments: dict[tuple[str, int], str] = field(default_factory=dict)

    def take(self, other: Log) -> None:
        """Take over what was noted while a part was read apart."""
        self.choices |= other.choices
        self.limit(other.ceiling)
        self.products += other.products
        self.compared |= other.compared
        self.borders += other.borders
        self.right_only |= other.right_only
        self.taken |= other.taken
        self.conditions += [text for text in other.conditions if text not in self.conditions]
        for text in other.notes:
            self.note(text)

    def copy(self) -> Log:
        """Return a log that goes on by itself."""
        new = Log()
        vars(new).update(
            {name: part if isinstance(part, Ceiling) else part.copy() for name, part in vars(self).items()}
        )
        return new

    def limit(self, ceiling: Ceiling) -> None:
        """Trust the reading no further than a ceiling."""
        self.ceiling = self.ceiling.meet(ceiling)

    def note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)


OPEN_LENGTH = "ones "
"""How the name of a length begins that the vector of ones takes from its neighbour."""

Reader = Callable[[Node, "Context"], Tensor]


DEFAULT = Reading()


@dataclass(frozen=True)
class Context(Lookup):
    """What is known of names, the reading, and what is bound in the present scope.

    `free` are letters that are known to be free indices before they are met; `whole` are the sides of the statement
    that is read, which say what a sum binds; `kept` are the free indices of the side before, which `summation` keeps.
    """

    reader: Reader = field(kw_only=True)
    reading: Reading = field(default=DEFAULT, kw_only=True)
    values: Mapping[str, Tensor] = field(default_factory=dict)
    log: Log = field(default_factory=Log)
    network: Network | None = None
    free: frozenset[str] = frozenset()
    summation: bool = False
    kept: frozenset[str] = frozenset()
    whole: tuple[Node, ...] = ()

    def choice(self, name: str) -> str:
        """Return how the reading decides a row of `CHOICES`, and note that the formula leaves it open."""
        self.log.choices.add(name)
        return self.reading[name]

    def value(self, node: Node) -> Tensor:
        """Return the typed value of a syntax tree."""
        return self.reader(node, self)

    def unsupported(self, message: str, node: Node) -> UnsupportedError:
        return UnsupportedError(message, self.source, node.span)

    def shape(self, value: Tensor) -> str:
        """Return the shape of a value in words, with sizes as the model writes them."""
        return shape_words(value, self.table.size_patterns)

    def said(self, value: Lin) -> str:
        """Return a size or an index expression as the model writes it."""
        return size_words(value, self.table.size_patterns)

    def misfit(self, message: str, node: Node, code: str = "D101") -> ShapeError:
        return ShapeError(message, self.source, node.span, code)

    def binding(self, names: Mapping[str, Lin]) -> Context:
        """Return the context inside a sum or a product that binds index letters."""
        return replace(self, indices={**self.indices, **names})

    def with_values(self, values: Mapping[str, Tensor]) -> Context:
        """Return the context in which some names stand for given values."""
        return replace(self, values={**self.values, **values})

    def use(self, value: Lin, range_: Range | None, kind: Kind, node: Node, *, soft: bool = False) -> None:
        """Record that an index expression must lie in the range of its slot."""
        if range_ is not None:
            self.log.uses.append(Use(value, range_, kind, node.span, soft))

    def counts(self, letter: str) -> bool:
        """Return whether a letter has been met as an index in what was read so far, whatever else has its name."""
        return any(index.name == letter for use in self.log.uses for index in use.value.indices())

    def same_range(self, left: Range, right: Range) -> bool:
        """Return whether two ranges agree in length; a list of c entries fixes the size that it stands for at c."""
        left, right = self.fixed(left).from_one, self.fixed(right).from_one
        if left == right:
            return True
        for unknown, known in ((left, right), (right, left)):
            atom = unknown.hi.atom
            if isinstance(atom, Size) and atom.name.startswith(OPEN_LENGTH):
                self.log.lengths[atom] = known.hi
                return True
        if left.lo != right.lo:
            return False
        for symbolic, concrete in ((left.hi, right.hi), (right.hi, left.hi)):
            atom = symbolic.atom
            if isinstance(atom, Size) and concrete.is_const and concrete.const >= 1:
                self.log.sizes[atom] = concrete.const
                return True
        return False

    def fixed(self, range_: Range) -> Range:
        """Return a range with the sizes that lists have fixed, and the lengths that ones have taken."""
        return range_.subs(values) if (values := self.settled()) else range_

    def settled(self) -> dict[Index | Size, Lin]:
        """Return the sizes and lengths that are settled by now."""
        values: dict[Index | Size, Lin] = {name: lin(value) for name, value in self.log.sizes.items()}
        lengths = dict(self.log.lengths)
        for _ in lengths:
            lengths = {name: length.subs(dict(self.log.lengths)) for name, length in lengths.items()}
        return values | {name: length.subs(values) for name, length in lengths.items()}

    def resolved(self, value: Tensor) -> Tensor:
        """Return a value with the lengths of ones put in. Raises: LatexError if one is still open."""
        value = value.subs(dict(self.settled())) if self.log.lengths else value
        for axis in value.axes:
            atom = axis.range.hi.atom
            if isinstance(atom, Size) and atom.name.startswith(OPEN_LENGTH):
                raise LatexError("nothing says how many ones there are", self.source)
        return value
