"""Expressions as terms of Rocq.

`Terms.value` writes a real number:                      I ("a", [k; i]) * d ("loss", []) ("h", [k; i])
`Terms.syntax` writes an expression of a definition:     Mul (Var ("a", [k; i])) (Fn g g' (Var ("b", [i])))

Only this module and `derive.certify.statement` decide what a certificate says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from math import prod

from derive.algebra.differentiate import unfold_orders
from derive.algebra.expr import (
    Add,
    Chain,
    Diff,
    Expr,
    Fun,
    Functional,
    IndexValue,
    Iverson,
    Lambda,
    Mul,
    Num,
    Pow,
    Prod,
    Step,
    Sum,
    Var,
)  # fmt: skip
from derive.algebra.functions import DEFINITIONS, DERIVATIVES
from derive.algebra.index import Index, Lin, Range, Size, is_product, lin
from derive.algebra.substitute import map_children, walk
from derive.certify.functions import KNOWN
from derive.certify.names import Names, quoted
from derive.errors import DeriveError
from derive.notation.functions import EXTREMES

HALF = Fraction(1, 2)
LARGEST = {"max": ("largest", "peak"), "min": ("smallest", "trough")}
"""An extreme of the entries of an array, and its derivatives: 1 by the entry where it stands."""


class UntranslatedError(DeriveError):
    """A claim has no statement in Rocq yet."""


@dataclass(frozen=True, slots=True)
class Open:
    """A function that the model leaves open: how many indices it has of its own; if it takes arrays, their shape and
    the arrays where it occurs first; how many derivatives it is said to have."""

    name: str
    indices: int
    shape: str = ""
    args: tuple[Lambda, ...] = ()
    orders: int = 1


@dataclass
class Terms:
    """Writes terms, and collects what they mention: sizes with the number of their arguments, open functions."""

    names: Names = field(default_factory=Names)
    sizes: dict[str, int] = field(default_factory=dict)
    opens: dict[str, Open] = field(default_factory=dict)
    differentiated: dict[Expr, Var] = field(default_factory=dict)
    """Expressions that a claim differentiates, with the entries that they get as definitions of their own."""
    slopes: dict[Diff, Var] = field(default_factory=dict)
    """Derivatives that are differentiated again, with the entries of the definitions that say what they are."""
    passed: str = "I"
    """The forward pass that values are those of."""
    fixed: frozenset[Index] = frozenset()
    """Indices that the whole statement has in common, such as the class."""
    free: tuple[Index, ...] = ()
    """The free indices of the claim, each behind those that its range mentions."""

    # ---- indices ----

    def index(self, index: Index) -> str:
        """Return the identifier of an index."""
        return self.names.of(index, index.name)

    def atom(self, atom: Index | Size) -> str:
        """Return an index, a size with its arguments, or a product of those."""
        if isinstance(atom, Index):
            return self.index(atom)
        if is_product(atom):
            return f"({' * '.join(map(self.integer, atom.args))})%Z"
        self.sizes[atom.name] = len(atom.args)
        name = self.names.of(("size", atom.name), atom.name)
        return f"({name} {' '.join(map(self.argument, atom.args))})" if atom.args else name

    def integer(self, e: Lin) -> str:
        """Return an index expression, in parentheses where it is more than an atom."""
        text = self.sum_of_integers(e)
        return text if e.atom is not None or (e.is_const and e.const >= 0) else f"({text})%Z"

    def argument(self, e: Lin) -> str:
        """Return an index expression as an argument of a function that a statement is quantified over."""
        text = self.integer(e)
        return f"{text}%Z" if e.is_const and e.const >= 0 else text

    def sum_of_integers(self, e: Lin) -> str:
        """Return an index expression: k - 1."""
        text = ""
        for atom, c in e.terms:
            one = self.atom(atom) if abs(c) == 1 else f"{abs(c)} * {self.atom(atom)}"
            text += (" - " if c < 0 else " + ") + one if text else ("- " if c < 0 else "") + one
        if not text:
            return str(e.const)
        return text + (f" + {e.const}" if e.const > 0 else f" - {-e.const}" if e.const < 0 else "")

    def entry(self, var: Var) -> str:
        """Return an entry: ("W", [k; i; j])."""
        return f"({quoted(var.name)}, [{'; '.join(self.sum_of_integers(e) for e in var.idx)}]%Z)"

    def bounds(self, index: Index, range_: Range) -> str:
        """Return that an index is in its range."""
        return f"({self.sum_of_integers(range_.lo)} <= {self.index(index)} <= {self.sum_of_integers(range_.hi)})%Z"

    def span(self, range_: Range) -> str:
        """Return the two ends of a range, as arguments."""
        return f"{self.integer(range_.lo)} {self.integer(range_.hi)}"

    # ---- expressions of definitions ----

    def syntax(self, expr: Expr) -> str:
        """Return an expression as the body of a definition.

        Raises: UntranslatedError.
        """
        match written_out(expr):
            case Num(value):
                return f"(Num {number(value)})"
            case IndexValue(value):
                return f"(Num (IZR {self.integer(value)}))"
            case Var() as var:
                return f"(Var {self.entry(var)})"
            case Add(args):
                return _nested("Add", [self.syntax(arg) for arg in args])
            case Mul(args):
                return _nested("Mul", [self.syntax(arg) for arg in args])
            case Pow(base, Num(Fraction(numerator=n, denominator=1))) if n > 1:
                return f"(Fn (fun x => x ^ {n}) (fun x => {n} * x ^ {n - 1}) {self.syntax(base)})"
            case Pow(base, Num(Fraction(numerator=-1, denominator=1))):
                return f"(Inv {self.syntax(base)})"
            case Fun(name, (arg,), order, idx) if not any(order) or name not in KNOWN:
                f, slope = self.function(name, idx, sum(order)), self.function(name, idx, sum(order) + 1)
                return f"(Fn {f} {slope} {self.syntax(arg)})"
            case Fun(_, (_,)) as slope_of_known:
                return self.syntax(unfold_orders(slope_of_known))
            case Functional(name, args, (), idx):
                f, slope = self.functional(name, args, idx), self.functional(name, args, idx, 1)
                return f"(App {f} {slope} {self.shape(args)} {self.array(args, self.syntax)})"
            case Fun("pi", ()):
                return "(Num PI)"
            case Sum(index, range_, body):
                return f"(Sum {self.span(range_)} (fun {self.index(index)} => {self.syntax(body)}))"
            case Iverson() as delta:
                return f"(Num {self.delta(delta)})"
        raise UntranslatedError(f"{_kind(expr)} in a definition")

    # ---- real numbers ----

    def value(self, expr: Expr) -> str:
        """Return an expression as a real number, in the values I and the derivatives d.

        Raises: UntranslatedError.
        """
        match written_out(expr):
            case Num(value):
                return number(value)
            case IndexValue(value):
                return f"(IZR {self.integer(value)})"
            case Var() as var:
                return f"({self.passed} {self.entry(var)})"
            case Add(args):
                return f"({' + '.join(self.value(arg) for arg in args)})"
            case Mul(args):
                return f"({' * '.join(self.value(arg) for arg in args)})"
            case Pow(base, Num(Fraction(numerator=n, denominator=1))) if n > 1:
                return f"({self.value(base)} ^ {n})"
            case Pow(base, Num(Fraction(numerator=-1, denominator=1))):
                return f"(/ {self.value(base)})"
            case Fun(name, (arg,), order, idx):
                return f"({self.function(name, idx, sum(order))} {self.value(arg)})"
            case Functional(name, args, slots, idx):
                return self.functional_value(name, args, slots, idx)
            case Fun("pi", ()):
                return "PI"
            case Sum(index, range_, body):
                return f"(sumZ {self.span(range_)} (fun {self.index(index)} => {self.value(body)}))"
            case Prod(index, range_, body):
                return f"(prodZ {self.span(range_)} (fun {self.index(index)} => {self.value(body)}))"
            case Iverson() as delta:
                return self.delta(delta)
            case Diff(body, by):
                return f"(d {self.entry(self.upper(body))} {self.entry(by)})"
            case Chain() as chain:
                return self.chain(chain)
        raise UntranslatedError(_kind(expr))

    def delta(self, delta: Iverson) -> str:
        """Return [a = b] or [a <= b]."""
        name = {"=": "ind", "<=": "indle"}[delta.relation]
        return f"({name} {self.integer(delta.left)} {self.integer(delta.right)})"

    def chain(self, chain: Chain) -> str:
        """Return an entry of a product of matrices over layers."""
        t, row, col = map(self.index, (chain.index, chain.row, chain.col))
        matrix = f"(fun {t} {row} {col} => {self.value(chain.body)})"
        columns = f"(fun {t} => {self.argument(chain.cols)})"
        ends = f"{self.integer(chain.left)} {self.integer(chain.right)}"
        return f"(chain {self.span(chain.range)} {matrix} {columns} {ends})"

    def upper(self, body: Expr) -> Var:
        """Return the entry that is differentiated: of an expression, that of its definition."""
        return body if isinstance(body, Var) else self.definition_of(body)

    def definition_of(self, body: Expr) -> Var:
        """Return the name under which an expression that is differentiated stands among the definitions."""
        told = self._told(body)
        if isinstance(told, Var):
            return told
        if any(isinstance(node, Diff | Chain) for node in walk(told)):
            raise UntranslatedError("a derivative of a product over layers")
        name = f"expression {len(self.differentiated) + 1}"
        return self.differentiated.setdefault(told, Var(name, self._places(free_indices(told))))

    def _told(self, expr: Expr) -> Expr:
        """Return an expression with the entries that its derivatives have as definitions."""
        match expr:
            case Diff(body, by):
                of = self.upper(body)
                used = {index for e in (*of.idx, *by.idx) for index in e.indices()}
                name = f"slope {len(self.slopes) + 1}"
                return self.slopes.setdefault(expr, Var(name, self._places(used)))
        return map_children(expr, self._told)

    def _places(self, used: Iterable[Index]) -> tuple[Lin, ...]:
        """Return the indices of an entry that a definition gets, in an order in which their ranges can be said."""
        place = {index: n for n, index in enumerate(self.free)}
        ordered = sorted(used, key=lambda index: (place.get(index, len(place)), index.order))
        return tuple(lin(index) for index in ordered if index not in self.fixed)

    # ---- functions ----

    def function(self, name: str, idx: tuple[Lin, ...], order: int = 0) -> str:
        """Return a function of one argument or its derivative, applied to its own indices."""
        known = KNOWN.get(name)
        if known is not None:
            return known.slope if order else known.name
        known_orders = self.opens[name].orders if name in self.opens else 1
        self.opens[name] = Open(name, len(idx), orders=max(order, known_orders))
        text = self.names.of(("function", name), name, primes=2) + "'" * order
        return f"({text} {' '.join(map(self.argument, idx))})" if idx else text

    def functional(self, name: str, args: tuple[Lambda, ...], idx: tuple[Lin, ...], order: int = 0) -> str:
        """Return an open function of arrays, or its partial derivative."""
        if name in EXTREMES:
            return f"({LARGEST[EXTREMES[name]][min(order, 1)]} {self.shape(args)})"
        if idx:
            raise UntranslatedError("open functions of arrays with indices of their own")
        seen = self.opens.setdefault(name, Open(name, 0, self.shape(args), args))
        if _free_indices_of(args) or seen.shape != self.shape(args):
            raise UntranslatedError("an open function of arrays of several shapes")
        return self.names.of(("function", name), name, primes=2) + "'" * order

    def functional_value(
        self, name: str, args: tuple[Lambda, ...], slots: tuple[tuple[int, tuple[Lin, ...]], ...], idx: tuple[Lin, ...]
    ) -> str:
        """Return the value of an open function of arrays, or of one of its partial derivatives."""
        if len(slots) > 1:
            raise UntranslatedError("the second derivative of a function of arrays")
        f = self.functional(name, args, idx, len(slots))
        values = f"(within {self.shape(args)} {self.array(args, self.value)})"
        if not slots:
            return f"({f} {values})"
        ((place, entry),) = slots
        key = [*map(str, place_of(place, len(args))), *(self.sum_of_integers(e) for e in entry)]
        return f"({f} [{'; '.join(key)}]%Z {values})"

    def extreme(self, expr: Functional) -> str:
        """Return the array of an extreme, so that it stands where it is the largest."""
        values = f"(within {self.shape(expr.args)} {self.array(expr.args, self.value)})"
        return f"{self.shape(expr.args)} {values if EXTREMES[expr.name] == 'max' else f'(negative {values})'}"

    def shape(self, args: tuple[Lambda, ...]) -> str:
        """Return the shape of the arguments: Axis 1 n (fun _ => Cell)."""
        if len(args) > 1:
            return f"(Pair {self.shape(args[:1])} {self.shape(args[1:])})"
        text = "Cell"
        ((index_ranges),) = (list(zip(args[0].indices, args[0].ranges, strict=True)),)
        for n, (index, range_) in reversed(list(enumerate(index_ranges))):
            later = {i for _, r in index_ranges[n + 1 :] for e in (r.lo, r.hi) for i in e.indices()}
            text = f"(Axis {self.span(range_)} (fun {self.index(index) if index in later else '_'} => {text}))"
        return text

    def array(self, args: tuple[Lambda, ...], write: object) -> str:
        """Return the entries of the arguments by their keys."""
        assert callable(write)
        if len(args) > 1:
            first, rest = self.array(args[:1], write), self.array(args[1:], write)
            return f"(fun key => if Z.eqb (hd 0%Z key) 0 then {first} (tl key) else {rest} (tl key))"
        (arg,) = args
        lets = "".join(f"let {self.index(i)} := nth {n} key 0%Z in " for n, i in enumerate(arg.indices))
        return f"(fun key => {lets}{write(arg.body)})"


def number(value: Fraction) -> str:
    """Return a rational number."""
    top = str(value.numerator) if value.numerator >= 0 else f"(-{-value.numerator})"
    return top if value.denominator == 1 else f"({top} / {value.denominator})"


def written_out(expr: Expr) -> Expr:
    """Return an expression in terms of what Rocq has a word for: powers, known functions, steps."""
    match expr:
        case Step(arg):
            return Fun("step", (arg,), (0,))
        case Fun("identity", (arg,), order) if not any(order):
            return arg
        case Fun(name, _, order) if name in DERIVATIVES and (sum(order) > 1 or (any(order) and name not in KNOWN)):
            return written_out(unfold_orders(expr))
        case Fun(name, args, order) if name in DEFINITIONS and name not in KNOWN and not any(order):
            return written_out(DEFINITIONS[name](*args))
        case Pow(base, exponent) if (known := _constant(exponent)) is not None:
            return _power(base, known)
        case Pow(base, exponent):
            return Fun("exp", (Mul((exponent, Fun("log", (base,), (0,)))),), (0,))
    return expr


def _constant(expr: Expr) -> Fraction | None:
    """Return the number that an expression of numbers is: -3/2 for -1 * (3 * (1/2))."""
    match expr:
        case Num(value):
            return value
        case Add(args) | Mul(args):
            values = [known for arg in args if (known := _constant(arg)) is not None]
            combine = sum if isinstance(expr, Add) else prod
            return Fraction(combine(values)) if len(values) == len(args) else None
    return None


def _power(base: Expr, value: Fraction) -> Expr:
    """Return a power by natural powers, inverses and square roots; another one by exp and log."""
    if value in (0, 1):
        return base if value else Num(Fraction(1))
    if value == HALF:
        return Fun("sqrt", (base,), (0,))
    if value < 0 and value != -1:
        return Pow(_power(base, -value), Num(Fraction(-1)))
    if value.denominator == 2:
        return Mul((_power(base, value - HALF), _power(base, HALF)))
    if value.denominator == 1:
        return Pow(base, Num(value))
    return Fun("exp", (Mul((Num(value), Fun("log", (base,), (0,)))),), (0,))


def _nested(name: str, args: list[str]) -> str:
    first, *others = args
    for other in others:
        first = f"({name} {first} {other})"
    return first


def place_of(place: int, count: int) -> Iterator[int]:
    """Yield the keys of the argument number `place` of several: 0 for the first, 1, 0 for the second, …"""
    if count > 1:
        yield from [1] * place
        if place < count - 1:
            yield 0


def free_indices(expr: Expr) -> list[Index]:
    """Return the free indices of an expression in the order of their names."""
    bound: set[Index] = set()
    used: set[Index] = set()
    for node in walk(expr):
        match node:
            case Var(_, idx) | Fun(idx=idx):
                used.update(*(e.indices() for e in idx))
            case IndexValue(e):
                used |= e.indices()
            case Iverson(_, left, right):
                used |= left.indices() | right.indices()
            case Sum(index, range_) | Prod(index, range_):
                bound.add(index)
                used |= range_.lo.indices() | range_.hi.indices()
            case Functional(_, args):
                bound.update(*(arg.indices for arg in args))
                used |= _free_indices_of(args)
    return sorted(used - bound, key=lambda index: index.order)


def _free_indices_of(args: tuple[Lambda, ...]) -> set[Index]:
    """Return the indices on which the ranges of arrays depend, beside their own."""
    ends = {i for arg in args for r in arg.ranges for e in (r.lo, r.hi) for i in e.indices()}
    return ends - {index for arg in args for index in arg.indices}


def _kind(expr: Expr) -> str:
    words = {
        Functional: "derivatives of open functions of arrays",
        Fun: "a function of several arguments",
        Chain: "a product over layers",
    }
    return words.get(type(expr), type(expr).__name__.lower())
