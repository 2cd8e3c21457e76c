"""Values of an example: \\hat{y} = 0.73, W = [0.1 0.2], σ(2) = 0.88 rounded. They are no identities."""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Sequence
from functools import partial

from derive.algebra.expr import Add, Expr, Fun, Mul, Num, Pow
from derive.notation.functions import BY_NAME
from derive.proof.claim import Claim
from derive.reader.syntax import (
    Additive,
    Empty,
    Fraction,
    Group,
    Item,
    Matrix,
    Name,
    Node,
    Number,
    Product,
    Root,
    Tuple,
    children,
    walk,
)
from derive.statements.left_sides import left_side
from derive.typing.context import Context
from derive.typing.heads import BUILTIN


class _Floats:
    """The functions in which the table of functions writes its formulas, of floating-point numbers."""

    exp, log, sin, cos, arctan, erf, root = math.exp, math.log, math.sin, math.cos, math.atan, math.erf, math.sqrt

    def __getattr__(self, name: str) -> Callable[..., float]:
        value = BY_NAME[name].value
        if value is None:
            raise AttributeError(name)
        return partial(value, self)

    def number(self, value: int) -> float:
        return float(value)

    def step(self, x: float) -> float:
        return float(x > 0)

    def pi(self) -> float:
        return math.pi


_OF_FLOATS = _Floats()


def is_numeric(node: Node, ctx: Context) -> bool:
    """Return whether a side is made of numbers alone, perhaps under functions: 0.5 (0.73 - 1)^2, σ(2), (1, 2)^T."""
    return any(isinstance(inner, Number) for inner in walk(node)) and _numeric(node, ctx)


def _numeric(node: Node, ctx: Context) -> bool:
    match node:
        case Number() | Empty():
            return True
        case Node(scripted=True, sub=None, sup=sup, primes=0):
            return _numeric(node.base, ctx) and (sup is None or sup.is_transpose or _numeric(sup, ctx))
        case Name() if node.symbol or node.word:
            key = node.key or ""
            declared = bool(ctx.table.candidates(key, node.plain))
            return key in ctx.table.functions or (not declared and (key in BUILTIN or key in {"e", r"\pi"}))
        case Product(_, items):
            return all(_numeric(item.node, ctx) or _is_applied(items[n : n + 2], ctx) for n, item in enumerate(items))
        case Additive() | Fraction() | Group() | Tuple() | Root() | Matrix():
            return all(_numeric(child, ctx) for child in children(node))
    return False


def _is_applied(items: Sequence[Item], ctx: Context) -> bool:
    """Return whether a letter that nothing declares stands before a bracket, as a function of it: ε(0 - 1)."""
    if len(items) < 2 or items[1].operator or not isinstance(items[1].node, Group):
        return False
    letter = items[0].node.symbol
    return bool(letter) and not ctx.table.candidates(letter, letter) and letter not in ctx.table.sizes


def has_decimals(node: Node) -> bool:
    return any(isinstance(inner, Number) and "." in inner.text for inner in walk(node))


def is_value(left: Node, right: Node, ctx: Context, own: Container[str] = ()) -> bool:
    """Return whether a link gives a value in an example: a name that is declared, or the document's `own`, is set to
    numbers, or anything to decimals."""
    if is_numeric(left, ctx) or not is_numeric(right, ctx):
        return False
    side = left_side(left)
    key = None if side is None else side.key
    known = key is not None and (bool(ctx.table.candidates(key, key)) or key in own)
    is_name = known and key not in ctx.table.functions
    return is_name or has_decimals(right)


def is_rounded(left: Node, right: Node, claims: tuple[Claim, ...], ctx: Context) -> bool:
    """Return whether the right number is the left one, rounded or cut off at its last decimal: e = 2.72, e = 2.71."""
    if not (is_numeric(left, ctx) and is_numeric(right, ctx) and has_decimals(right)):
        return False
    decimals = max(len(inner.text.partition(".")[2]) for inner in walk(right) if isinstance(inner, Number))
    pairs = [(approximate(claim.left), approximate(claim.right)) for claim in claims]
    unit = 10.0**-decimals
    return bool(pairs) and all(a is not None and b is not None and _cuts(a, b, unit) for a, b in pairs)


def _cuts(number: float, shown: float, unit: float) -> bool:
    """Return whether a number is shown rounded to a unit, or without what is less than that unit."""
    return abs(number - shown) <= 0.501 * unit or (number * shown > 0 and 0 <= abs(number) - abs(shown) < unit)


def approximate(expr: Expr) -> float | None:
    """Return a number without variables as a float; None for anything else."""
    try:
        return _float(expr)
    except (ValueError, ArithmeticError, TypeError):
        return None


def _float(expr: Expr) -> float:
    match expr:
        case Num(value):
            return float(value)
        case Add(args):
            return math.fsum(map(_float, args))
        case Mul(args):
            return math.prod(map(_float, args))
        case Pow(base, exponent):
            return math.pow(_float(base), _float(exponent))
        case Fun("pi", ()):
            return math.pi
        case Fun(name, (argument,), (0,) | ()) if name in BY_NAME and BY_NAME[name].arity == 1:
            return float(getattr(_OF_FLOATS, name)(_float(argument)))
    raise ValueError("no number")
