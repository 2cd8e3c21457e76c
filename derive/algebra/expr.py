"""Expressions of the index calculus: immutable trees of scalars over typed indices.

Every node denotes a real number once its index variables, sizes and leaf values are given. Vectors and matrices do not
occur: they are functions of their index variables (see `derive.typing` for the lowering of matrix notation).

    Num            rational number                        3/2
    IndexValue     an index expression as a number        N, n_k
    Var            entry of a leaf or a defined variable  W[k,i,j]
    Add, Mul, Pow  arithmetic                             x^(1/2)
    Fun            function of scalars, with derivative orders   g''(a[k,i])
    Functional     open function of whole vectors, with the entries differentiated by   ∂l/∂o_i
    Sum, Prod      over a bound index with a range
    Iverson        1 if a condition on indices holds, else 0      [i = j], [k <= L-1]
    Step           1 if the argument is positive, else 0  (at 0 undefined: almost everywhere)
    Diff           total derivative of an expression by an entry of a variable, through the network's definitions
    Chain          entry of a product of matrices over a layer index, of symbolic length
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeVar

from derive.algebra.index import Index, Lin, Range


class Expr:
    """Base of all expression nodes; `+ - * / **` build trees without simplifying."""

    __slots__ = ("_hash",)
    _hash: int

    def __add__(self, other: Expr | int | Fraction) -> Expr:
        return Add((self, as_expr(other)))

    def __radd__(self, other: int | Fraction) -> Expr:
        return Add((as_expr(other), self))

    def __sub__(self, other: Expr | int | Fraction) -> Expr:
        return Add((self, Mul((Num(Fraction(-1)), as_expr(other)))))

    def __rsub__(self, other: int | Fraction) -> Expr:
        return as_expr(other) - self

    def __mul__(self, other: Expr | int | Fraction) -> Expr:
        return Mul((self, as_expr(other)))

    def __rmul__(self, other: int | Fraction) -> Expr:
        return Mul((as_expr(other), self))

    def __truediv__(self, other: Expr | int | Fraction) -> Expr:
        return Mul((self, Pow(as_expr(other), Num(Fraction(-1)))))

    def __rtruediv__(self, other: int | Fraction) -> Expr:
        return as_expr(other) / self

    def __pow__(self, other: Expr | int | Fraction) -> Expr:
        return Pow(self, as_expr(other))

    def __neg__(self) -> Expr:
        return Mul((Num(Fraction(-1)), self))

    def __str__(self) -> str:
        return _text(self)

    def __repr__(self) -> str:
        return _text(self)


Kind = TypeVar("Kind", bound=type[Expr])


def node(kind: Kind) -> Kind:
    """Let the nodes of a kind remember their hash: every node of a tree is looked up, and hashes what is below it."""
    whole = kind.__hash__

    def remembered(self: Any) -> int:
        try:
            known: int = self._hash
        except AttributeError:
            known = whole(self)
            object.__setattr__(self, "_hash", known)
        return known

    kind.__hash__ = remembered  # type: ignore[method-assign]
    return kind


@node
@dataclass(frozen=True, slots=True, repr=False)
class Num(Expr):
    value: Fraction


@node
@dataclass(frozen=True, slots=True, repr=False)
class IndexValue(Expr):
    """The number that an index expression stands for, such as the batch size N in 1/N."""

    value: Lin


@node
@dataclass(frozen=True, slots=True, repr=False)
class Var(Expr):
    """An entry of a leaf or of a defined variable; a scalar has no indices."""

    name: str
    idx: tuple[Lin, ...] = ()


@node
@dataclass(frozen=True, slots=True, repr=False)
class Add(Expr):
    args: tuple[Expr, ...]


@node
@dataclass(frozen=True, slots=True, repr=False)
class Mul(Expr):
    args: tuple[Expr, ...]


@node
@dataclass(frozen=True, slots=True, repr=False)
class Pow(Expr):
    base: Expr
    exponent: Expr


@node
@dataclass(frozen=True, slots=True, repr=False)
class Fun(Expr):
    """A function of scalar arguments; `order[i]` counts derivatives by argument i.

    Names in `derive.algebra.functions.KNOWN` are those functions; any other name is an open differentiable function,
    `idx` its own indices (the layer of g^{[l]}).
    """

    name: str
    args: tuple[Expr, ...]
    order: tuple[int, ...] = ()
    idx: tuple[Lin, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Lambda:
    """An array argument: `body` as a function of the bound `indices`, each with its range."""

    indices: tuple[Index, ...]
    ranges: tuple[Range, ...]
    body: Expr

    def __repr__(self) -> str:
        return f"({self.body}){_list(self.indices)}"


@node
@dataclass(frozen=True, slots=True, repr=False)
class Functional(Expr):
    """An open scalar function of arrays; `slots` lists (argument, entry) for each partial derivative taken."""

    name: str
    args: tuple[Lambda, ...]
    slots: tuple[tuple[int, tuple[Lin, ...]], ...] = ()
    idx: tuple[Lin, ...] = ()


@node
@dataclass(frozen=True, slots=True, repr=False)
class Sum(Expr):
    index: Index
    range: Range
    body: Expr


@node
@dataclass(frozen=True, slots=True, repr=False)
class Prod(Expr):
    index: Index
    range: Range
    body: Expr


@node
@dataclass(frozen=True, slots=True, repr=False)
class Iverson(Expr):
    """[left relation right] for index expressions; relation is "=" or "<="."""

    relation: str
    left: Lin
    right: Lin


@node
@dataclass(frozen=True, slots=True, repr=False)
class Step(Expr):
    """[arg > 0] for a real argument."""

    arg: Expr


@node
@dataclass(frozen=True, slots=True, repr=False)
class Diff(Expr):
    """∂body/∂var, total: every path from `var` to `body` through the definitions of the network counts."""

    body: Expr
    var: Var


@node
@dataclass(frozen=True, slots=True, repr=False)
class Chain(Expr):
    """Entry (left, right) of the matrix product M_lo · M_{lo+1} ··· M_hi, the identity where hi = lo - 1.

    Entry (row, col) of M_t is `body`, with t = `index`; the columns of M_t are counted by `cols` (in t), which are the
    rows of M_{t+1}.
    """

    index: Index
    range: Range
    row: Index
    col: Index
    cols: Lin
    body: Expr
    left: Lin
    right: Lin


ZERO = Num(Fraction(0))
ONE = Num(Fraction(1))


def as_expr(value: Expr | int | Fraction) -> Expr:
    """Return a number as an expression, and an expression as it is."""
    return value if isinstance(value, Expr) else Num(Fraction(value))


def _text(e: Expr) -> str:
    """Return an expression on one line, in neutral names: Σ[j=1..n[k-1]] W[k,i,j]·h[k-1,j]."""
    match e:
        case Num(value):
            return str(value)
        case IndexValue(index):
            return f"({index})" if len(index.terms) + bool(index.const) > 1 else str(index)
        case Var(name, idx):
            return name + _list(idx)
        case Add(args):
            return f"({' + '.join(map(_text, args))})" if args else "0"
        case Mul(args):
            return "·".join(map(_text, args)) or "1"
        case Pow(base, exponent):
            return f"({base})^({exponent})"
        case Fun(name, args, order, idx):
            primes = "′" * sum(order) if len(args) < 2 else "".join(f"∂{n}" * k for n, k in enumerate(order, 1))
            return f"{name}{primes}{_list(idx)}({', '.join(map(_text, args))})"
        case Functional(name, arrays, slots, idx):
            marks = "".join(f"∂{n + 1}{_list(entry)}" for n, entry in slots)
            return f"{marks}{name}{_list(idx)}({', '.join(map(repr, arrays))})"
        case Sum(index, range_, body):
            return f"(Σ[{index}={range_}] {body})"
        case Prod(index, range_, body):
            return f"(Π[{index}={range_}] {body})"
        case Iverson(relation, left, right):
            return f"[{left} {relation} {right}]"
        case Step(arg):
            return f"[{arg} > 0]"
        case Diff(body, var):
            return f"∂{body}/∂{var}"
        case Chain(index, range_, row, col, _, body, left, right):
            return f"(Π[{index}={range_}] ({body}){_list((row, col))}){_list((left, right))}"
    raise TypeError(f"no text for {type(e).__name__}")


def _list(idx: tuple[object, ...]) -> str:
    return f"[{','.join(map(str, idx))}]" if idx else ""
