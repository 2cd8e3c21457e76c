"""The values of one concrete network: every entry evaluated once, by the network's own definitions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from threading import RLock
from typing import TYPE_CHECKING, Generic, TypeVar

from flint import arb, ctx

from derive.algebra.expr import Expr
from derive.algebra.index import Index
from derive.budget import UNLIMITED, Budget
from derive.errors import NetworkError
from derive.network.network import Definition, Leaf, Network
from derive.notation.functions import EXTREMES
from derive.proof import known
from derive.proof.code import Code, Frame, RangeCode
from derive.proof.dual import ONE, ZERO, Entry, Node, Power, Site, Tangents, WholePower, product
from derive.proof.exact import ball
from derive.proof.faults import Growth, OutOfRange, Unsettled, entry_name
from derive.proof.generic import GenericFunction, generic
from derive.proof.lower import Compiler

if TYPE_CHECKING:
    from derive.proof.draw import Concrete

PRECISION = 64
_ONE_AT_A_TIME = RLock()
MAX_EXPONENT = 10**6
LONGEST = 2000
MAX_NODES = 200_000


S = TypeVar("S")
T = TypeVar("T")


class ByIdentity(Generic[S, T]):
    """A function that remembers its last results by the identity of the argument: to hash a network takes long."""

    def __init__(self, function: Callable[[S], T], limit: int) -> None:
        self._function = function
        self._limit = limit
        self._memo: dict[int, tuple[S, T]] = {}

    def __call__(self, source: S) -> T:
        found = self._memo.get(id(source))
        if found is None:
            if len(self._memo) >= self._limit:
                del self._memo[next(iter(self._memo))]
            found = self._memo[id(source)] = (source, self._function(source))
        return found[1]


@dataclass(frozen=True, slots=True)
class Block:
    """A definition or leaf, compiled over a frame that starts with the indices; a leaf has no body."""

    source: Definition | Leaf
    compiler: Compiler
    ranges: tuple[RangeCode, ...]
    body: Code | None

    def frame(self, idx: tuple[int, ...]) -> Frame:
        return self.compiler.frame(idx)


def _compile(source: Definition | Leaf) -> Block:
    compiler = Compiler(source.params)
    ranges = tuple(compiler.range(bounds)[0] for bounds in source.ranges)
    body = compiler.expr(source.body)[0] if isinstance(source, Definition) else None
    return Block(source, compiler, ranges, body)


class Program:
    """A compiled network: the blocks by the names that they define, and the indices that no block binds."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.blocks: dict[str, tuple[Block, ...]] = {}
        self.loose: set[Index] = set()
        sources: tuple[Definition | Leaf, ...] = (*network.definitions, *network.leaves)
        for source in sources:
            block = _compile_block(source)
            self.blocks[source.name] = (*self.blocks.get(source.name, ()), block)
            self.loose |= block.compiler.loose


_compile_block = ByIdentity(_compile, 4096)
program = ByIdentity(Program, 64)
"""The compiled network; the last ones are kept."""


Drawn = tuple[str, tuple[int, ...], tuple[tuple[int, ...], ...]]


@dataclass
class Evaluation:
    """The values of `concrete` at one precision, as nodes that know their tangents."""

    concrete: Concrete
    prec: int = PRECISION
    budget: Budget = UNLIMITED
    longest: int = LONGEST
    memo: dict[tuple[int, ...], Node] = field(default_factory=dict)
    _entries: dict[tuple[str, tuple[int, ...]], Entry | None] = field(default_factory=dict)
    _constants: dict[Fraction | int, Node] = field(default_factory=dict)
    _sites: dict[tuple[object, ...], Site] = field(default_factory=dict)
    functions: dict[Drawn, GenericFunction] = field(default_factory=dict)
    """The open functions that were asked for, by name, indices and the labels of their arguments."""
    _tangents: dict[Entry, Tangents] = field(default_factory=dict)
    _next_bit: int = 1

    def __post_init__(self) -> None:
        self._constants = {0: ZERO, 1: ONE}
        self._blocks = program(self.concrete.network).blocks

    def value(self, code: Code, frame: Frame) -> Node:
        """Return the node of compiled code, evaluated at the precision of the run."""
        with precision(self.prec):
            return code(self, frame)

    def evaluate(self, expr: Expr, env: Mapping[Index, int]) -> Node:
        """Return the node of an expression, for the given values of its free indices."""
        compiler = Compiler(tuple(env))
        code, _ = compiler.expr(expr)
        return self.value(code, compiler.frame(tuple(env.values())))

    def count(self) -> None:
        """Count a step. Raises: BudgetError if there are none left, Unsettled where the network has grown too large."""
        self.budget.spend()
        if len(self.memo) + len(self._entries) > MAX_NODES:
            raise Unsettled("the network is too large to evaluate")

    def constant(self, number: Fraction | int) -> Node:
        node = self._constants.get(number)
        if node is None:
            node = self._constants[number] = Node(ball(number), 0)
        return node

    def entry(self, name: str, idx: tuple[int, ...]) -> Entry:
        """Return the entry `name[idx]`.

        Raises: OutOfRange; NetworkError if there is no such variable or its definition needs its own value.
        """
        key = (name, idx)
        node = self._entries.get(key)
        if node is None:
            if key in self._entries:
                raise NetworkError(f"{entry_name(name, idx)} is defined by itself")
            self._entries[key] = None
            try:
                node = self._entries[key] = self._evaluated(name, idx)
            finally:
                if node is None:
                    del self._entries[key]
        return node

    def _evaluated(self, name: str, idx: tuple[int, ...]) -> Entry:
        self.count()
        block = self._block(name, idx)
        bit, self._next_bit = self._next_bit, self._next_bit << 1
        if block.body is None:
            return Entry(name, idx, self.concrete.leaf(name, idx, self), bit)
        body = block.body(self, block.frame(idx))
        return Entry(name, idx, body.value, bit, body)

    def _block(self, name: str, idx: tuple[int, ...]) -> Block:
        blocks = self._blocks.get(name)
        if blocks is None:
            raise NetworkError(f"{name} is neither defined nor a parameter of the network")
        growth: list[Growth] = []
        for block in blocks:
            if len(block.ranges) != len(idx):
                raise NetworkError(f"{name} has {len(block.ranges)} indices, not {len(idx)}")
            frame = block.frame(idx)
            for place, (lo, hi) in enumerate(block.ranges):
                if not lo(self, frame) <= frame[place] <= hi(self, frame):
                    growth.extend(self._growth(block, place, frame))
                    break
            else:
                return block
        raise OutOfRange(name, idx, growth[0] if growth else None)

    def _growth(self, block: Block, place: int, frame: Frame) -> Iterator[Growth]:
        """Yield the size that would have to grow for index `place` to be in range."""
        excess = frame[place] - block.ranges[place][1](self, frame)
        for atom, coefficient in block.source.ranges[place].hi.terms:
            if excess > 0 and coefficient > 0 and not isinstance(atom, Index):
                args = tuple(block.compiler.lin(arg)[0](self, frame) for arg in atom.args)
                yield Growth(atom.name, args, self.concrete.size(atom.name, args) + -(-excess // coefficient))
                return

    def tangents(self, seed: Entry) -> Tangents:
        self.count()
        found = self._tangents.get(seed)
        if found is None:
            found = self._tangents[seed] = Tangents(seed, self.count)
        return found

    def power(self, base: Node, exponent: Node) -> Node:
        """Return base^exponent. Raises Unsettled for exponents beyond a million, whose values have no use here."""
        power = exponent.value
        if exponent is ONE:
            return base
        if not abs(power) <= MAX_EXPONENT:
            raise Unsettled("an exponent is out of reach")
        if exponent.mask == 0:
            return ONE if power.is_zero() else Power(base, power)
        if base.value < 0 and power.is_exact() and power.is_integer():
            return WholePower(base, exponent)
        logarithm = self.site("log", (), (base,)).node((0,))
        return self.site("exp", (), (product((exponent, logarithm)),)).node((0,))

    def site(self, name: str, idx: tuple[int, ...], args: tuple[Node, ...]) -> Site:
        """Return the function `name[idx]` at a point: a known one by its table, any other as a generic function."""
        key = (name, idx, args)
        found = self._sites.get(key)
        if found is None:
            values = tuple([arg.value for arg in args])
            if name in known.NAMES:
                partials = known.partials(name, values)
            else:
                labels = tuple((place,) for place in range(len(args)))
                partials = self._drawn(name, idx, labels).at(values)
            found = self._sites[key] = Site(args, partials)
        return found

    def open_site(self, name: str, idx: tuple[int, ...], entries: Mapping[tuple[int, ...], Node]) -> Site:
        """Return a function of whole arrays, whose entries are labelled, at a point: an open one, or an extreme."""
        key = (name, idx, *entries.items())
        found = self._sites.get(key)
        if found is None:
            nodes = tuple(entries.values())
            values = tuple([node.value for node in nodes])
            if name in EXTREMES:
                partials = known.partials(EXTREMES[name], values)
            else:
                partials = self._drawn(name, idx, tuple(entries)).at(values)
            found = self._sites[key] = Site(nodes, partials)
        return found

    def _drawn(self, name: str, idx: tuple[int, ...], labels: tuple[tuple[int, ...], ...]) -> GenericFunction:
        """Return the open function `name[idx]` of entries with these labels."""
        key = (name, idx, labels)
        if key not in self.functions:
            self.functions[key] = generic(self.concrete.seed, *key)
        return self.functions[key]

    def leaves(self, *nodes: Node) -> list[Entry]:
        """Return the parameters and inputs that the nodes depend on, in order of their first use."""
        mask = 0
        for node in nodes:
            mask |= node.mask
        return [entry for entry in self._entries.values() if entry and entry.body is None and entry.bit & mask]


def evaluate(expr: Expr, concrete: Concrete, assignment: Mapping[Index, int] | None = None, prec: int = 64) -> arb:
    """Return the value of `expr` on a concrete network, for the given values of its free indices.

    The ball may be infinite at a pole. Entries of variables, total derivatives (`Diff`) and anything else may be asked.
    Raises: OutOfRange for an entry outside its variable; NetworkError; Unsettled at a corner of relu and its like.
    """
    return concrete.run(prec).evaluate(expr, assignment or {}).value


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Compute with so many bits; the precision is restored afterwards.

    All threads have one precision: who computes with another one waits.
    """
    with _ONE_AT_A_TIME:
        before = ctx.prec
        ctx.prec = bits
        try:
            yield
        finally:
            ctx.prec = before
