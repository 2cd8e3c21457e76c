"""Equations of SymPy objects about a network: read, quantified over their free indices, judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sympy

from derive.algebra.expr import ONE, ZERO, Diff, Expr, IndexValue, Iverson, Prod, Sum, Var
from derive.algebra.index import Index, Lin, Range, lin
from derive.algebra.substitute import subs, walk
from derive.api.claims import Claimed, Judgement
from derive.api.partial import Partial, SecondPartial
from derive.api.quantity import Quantity, checked, slot_ranges
from derive.errors import LatexError, UsageError
from derive.names.table import SymbolTable
from derive.network.partials import label_ranges
from derive.proof.claim import Claim
from derive.proof.kernel import Verdict, judge
from derive.reader.syntax import Empty
from derive.source import Span
from derive.typing.constraints import Use
from derive.typing.context import Context
from derive.typing.elaborate import elaborate
from derive.typing.index_ranges import quantify
from derive.typing.quantifiers import Limits
from derive.writing.printer import to_latex
from derive.writing.unicode import to_unicode

if TYPE_CHECKING:
    from derive.api.face import Face
    from derive.api.net import Net
    from derive.network.network import Definition

DECIDED = "SymPy had decided this before derive saw it; Eq(…, evaluate=False) keeps the claim"


@dataclass(frozen=True, repr=False, eq=False)
class Equation(Claimed):
    """`left = right` for all values of its free indices for which every name in it is defined."""

    net: Net
    left: Expr
    right: Expr
    entries: tuple[Var, ...] = ()
    limits: tuple[tuple[Index, Range], ...] = ()
    note: str = ""

    @classmethod
    def of(cls, net: Net, claim: Any, right: Any = None) -> Equation:
        """Return the equation of an Eq, or of two sides; true and false are what SymPy has made of an Eq.

        Raises: UsageError for what is none, or for a name or an index that the network does not have.
        """
        if right is not None:
            claim = sympy.Eq(_sympy(claim), _sympy(right), evaluate=False)
        if isinstance(claim, bool):
            raise UsageError("== compares objects and says True or False; write Eq(left, right, evaluate=False)")
        if claim in (sympy.true, sympy.false):
            return cls(net, ZERO, ZERO if claim == sympy.true else ONE, note=DECIDED)
        if not isinstance(claim, sympy.Eq):
            raise UsageError(f"{claim} is no equation; write Eq(left, right), or give the two sides")
        entries: list[Var] = []
        left, other = (net.face.read(side, entries) for side in claim.args)
        return cls(net, left, other, tuple(entries), tuple(_idx_ranges(net, claim)))

    @property
    def claim(self) -> Claim:
        """The claim that the kernel judges. Raises: UsageError where nothing says over what an index runs."""
        ctx = Context(SymbolTable(), reader=elaborate)
        uses = [use for entry in self.entries for use in _uses(self.net, entry)]
        labels = {index: self.net.sized(r) for index, r in label_ranges(self.net.symbolic).items()}
        limits = Limits()
        for index, range_ in self.limits:
            if range_.lo == range_.hi:
                limits.values[index.name] = range_.lo
            else:
                limits.between(index.name, range_.lo, range_.hi)
        try:
            found = quantify(uses, limits, labels, ctx, Empty(Span(0, 0)))
        except LatexError as fault:
            raise UsageError(fault.message) from fault
        if ctx.log.ceiling.proof is not None:
            raise UsageError(ctx.log.ceiling.proof.message)
        free = dict(found.free)
        free |= {index: range_ for index, range_ in self.limits if index not in (*free, *found.values)}
        left, right = (subs(side, found.values) for side in (self.left, self.right))
        for index in (*_loose(left), *_loose(right)):
            if index not in free:
                raise UsageError(f"nothing says over what {index} runs; write Idx({str(index)!r}, (1, n))")
        sizes = {**{size: lin(n) for size, n in found.sizes.items()}, **self.net.sizes}
        known = tuple(sizes.items())
        return Claim(self.net.symbolic, left, right, tuple(free.items()), known, found.facts, self.net.face)

    def verdict(self, time_limit: float = 10.0) -> Verdict:
        """Return the kernel's verdict."""
        return judge(self.claim, time_limit)

    def judge(self, time_limit: float = 10.0) -> Judgement:
        return Judgement.of(self.net, [self.latex()], [self.verdict(time_limit)])

    def to_sympy(self) -> Any:
        """Return it as an Eq that SymPy has not evaluated."""
        return sympy.Eq(self.net.face.show(self.left), self.net.face.show(self.right), evaluate=False)

    def latex(self) -> str:
        return " = ".join(to_latex(side, self.net.notation) for side in (self.left, self.right))

    def __str__(self) -> str:
        return " = ".join(to_unicode(side, self.net.notation) for side in (self.left, self.right))


def _sympy(value: Any) -> Any:
    try:
        return sympy.sympify(value, strict=True)
    except sympy.SympifyError as fault:
        raise UsageError(f"{value!r} is no SymPy expression; net.claim judges formulas in LaTeX") from fault


def _idx_ranges(net: Net, claim: Any) -> Iterator[tuple[Index, Range]]:
    """Yield the ranges that Idx objects bring along."""
    for idx in sorted(claim.atoms(sympy.Idx), key=str):
        index = net.face.read_index(idx).atom
        if isinstance(index, Index) and idx.lower is not None and idx.upper is not None:
            yield index, Range(net.face.read_index(idx.lower), net.face.read_index(idx.upper))


def _uses(net: Net, entry: Var) -> Iterator[Use]:
    """Yield the indices of an entry, each with the range of its slot."""
    from derive.api.net import layer_places

    layers = layer_places(net, entry.name)
    for n, (value, range_) in enumerate(
        zip(entry.idx, slot_ranges(net, net.places[entry.name], entry.idx), strict=True)
    ):
        yield Use(value.subs(net.sizes), range_, "layer" if n in layers else "unit", Span(0, 0))


def _loose(side: Expr) -> Iterator[Index]:
    """Yield the indices that stand in conditions, numbers and the ends of sums."""
    for node in walk(side):
        match node:
            case Iverson(_, left, right):
                values: tuple[Lin, ...] = (left, right)
            case IndexValue(value):
                values = (value,)
            case Sum(_, range_, _) | Prod(_, range_, _):
                values = (range_.lo, range_.hi)
            case _:
                continue
        yield from (index for value in values for index in value.indices() if not index.uid)


def prove(claim: Any, *rest: Any, time_limit: float = 10.0) -> Verdict:
    """Return Proved, Refuted or Undecided of an equation about a network: prove(Eq(left, right), net), or
    prove(left, right, net).

        prove(Eq(Derivative(L, W[k, i, j]), Derivative(L, a[k, i]) * h[k - 1, j]), net)

    Free indices run over all values for which every name is defined, an Idx with a range over that range.
    Raises: UsageError for what is no equation, or for names and indices that the network does not have.
    """
    from derive.api.net import Net
    from derive.network.network import Network

    *sides, net = (claim, *rest)
    if isinstance(net, Network):
        net = Net(net)
    if not isinstance(net, Net) or len(sides) not in (1, 2):
        raise UsageError("write prove(Eq(left, right), net) or prove(left, right, net)")
    equation = Equation.of(net, *sides)
    verdict = equation.verdict(time_limit)
    return verdict.noted(equation.note) if equation.note else verdict


# What SymPy objects name


def quantity_of(net: Net, given: Any) -> Quantity:
    """Return the quantity of an IndexedBase, an Indexed (with all its indices or the first ones) or a Symbol."""
    if not isinstance(given, sympy.IndexedBase | sympy.Indexed | sympy.Symbol):
        raise UsageError(f"{given!r} is no variable of the network; take an entry such as W[k, i, j]")
    name = net.face.name_of(given)
    if name is None:
        raise UsageError(f"{given} is an index or a size, and no variable of the network")
    idx = tuple(map(net.index, given.indices)) if isinstance(given, sympy.Indexed) else ()
    checked(net, net.places[name], idx)
    return Quantity(net, net.places[name], idx)


def whole_derivative(net: Net, given: Any) -> Partial | None:
    """Return the partial that SymPy's Derivative is; None for anything else."""
    if isinstance(given, Partial) and given.net is net:
        return given
    given = given.to_sympy() if isinstance(given, Partial) else given
    if not isinstance(given, sympy.Derivative):
        return None
    match net.face.read(given):
        case Diff(Var() as of, by):
            return Partial(net, of, by)
        case Diff(Diff(Var() as of, by), second):
            return SecondPartial(net, of, by, second)
    raise UsageError(f"{given} is no derivative of one quantity by another")


def sympy_definitions(net: Net) -> list[Any]:
    """Return an Eq for each definition; its indices are Idx with their ranges, and so are the labels of the network."""
    face = net.face
    labels = {lin(index): range_ for index, range_ in label_ranges(net.symbolic).items()}
    return [_equation(face, definition, labels) for definition in net.symbolic.definitions]


def _equation(face: Face, definition: Definition, labels: Mapping[Any, Range]) -> Any:
    """Return a definition as an Eq."""
    values = {
        p: r.lo if r.lo == r.hi else lin(Index(p.name))
        for p, r in zip(definition.params, definition.ranges, strict=True)
    }
    ranges = dict(zip(values.values(), (r.subs(values) for r in definition.ranges), strict=True))
    letters: dict[Any, Any] = {}
    for value, range_ in [*ranges.items(), *labels.items()]:
        if isinstance(value.atom, Index):
            ends = (face.write_index(end).xreplace(letters) for end in (range_.lo, range_.hi))
            letters[face.write_index(value)] = sympy.Idx(face.write_index(value), tuple(ends))
    left = face.write(Var(definition.name, tuple(values.values())))
    body = face.write(subs(definition.body, values))
    return sympy.Eq(left.xreplace(letters), body.xreplace(letters), evaluate=False)
