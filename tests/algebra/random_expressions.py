"""Random expressions over the leaves of a small network, rewritings that keep their value, and their numeric values.

x, y: n entries    z: m entries    A: n × n    B: n × m    p, q: scalars    i, j in 1..n, k in 1..m free
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from random import Random

from flint import arb

from derive.algebra.expr import Add, Expr, Fun, IndexValue, Iverson, Mul, Num, Pow, Prod, Step, Sum, Var
from derive.algebra.factors import Poly, subtract
from derive.algebra.functions import KNOWN, call
from derive.algebra.index import Index, Lin, Range, Size, fresh, lin, size, upto
from derive.algebra.index_facts import IndexFacts
from derive.algebra.normal_form import Algebra
from derive.algebra.substitute import subs
from derive.errors import NetworkError
from derive.network.network import Leaf, Network
from derive.proof.draw import draw_network
from derive.proof.evaluate import evaluate
from derive.proof.faults import Unsettled

N, M = size("n"), size("m")
I, J, K = Index("i"), Index("j"), Index("k")  # noqa: E741 (the i of x_i)
FREE: dict[Index, Range] = {I: upto(N), J: upto(N), K: upto(M)}
LEAVES: dict[str, tuple[Lin, ...]] = {"x": (N,), "y": (N,), "z": (M,), "A": (N, N), "B": (N, M), "p": (), "q": ()}
SMOOTH = ("exp", "sigmoid", "tanh", "softplus", "sin", "g")
CORNERED = ("relu", "abs")

Scope = Mapping[Lin, tuple[Index, ...]]
START: Scope = {N: (I, J), M: (K,)}


def leaf(name: str, sizes: tuple[Lin, ...]) -> Leaf:
    params = tuple(Index(letter) for letter in "rc"[: len(sizes)])
    return Leaf(name, params, tuple(upto(e) for e in sizes))


NETWORK = Network((), tuple(leaf(name, sizes) for name, sizes in LEAVES.items()))


def fun(name: str, arg: Expr) -> Fun:
    return call(name, arg) if name in KNOWN else Fun(name, (arg,), (0,))


def expression(rng: Random, depth: int = 3, scope: Scope = START, functions: tuple[str, ...] = SMOOTH) -> Expr:
    """Return a random expression whose free indices are in scope."""

    def smaller(inner: Scope = scope) -> Expr:
        return expression(rng, depth - 1, inner, functions)

    if depth == 0 or rng.random() < 0.12:
        return _atom(rng, scope)
    match rng.randrange(8):
        case 0 | 1:
            return Add(tuple(smaller() for _ in range(rng.randint(2, 3))))
        case 2 | 3:
            return Mul(tuple(smaller() for _ in range(rng.randint(2, 3))))
        case 4 | 5:
            over = rng.choice((N, M))
            index = fresh(rng.choice("ijk"))
            return Sum(index, upto(over), smaller({**scope, over: (*scope[over], index, index)}))
        case 6 if functions:
            return fun(rng.choice(functions), smaller())
        case _:
            return Pow(smaller(), Num(Fraction(rng.choice((2, 2, 3)))))


def _atom(rng: Random, scope: Scope) -> Expr:
    match rng.randrange(8):
        case 0:
            return Num(Fraction(rng.randint(-3, 3), rng.choice((1, 1, 2, 3))))
        case 1:
            over = rng.choice((N, M))
            one, two = rng.choice(scope[over]), rng.choice((*scope[over], 1))
            return Iverson(rng.choice(("=", "=", "<=")), lin(one), lin(two))
        case 2:
            return IndexValue(rng.choice((N, M, lin(rng.choice(scope[N])))))
        case _:
            name, sizes = rng.choice(tuple(LEAVES.items()))
            return Var(name, tuple(lin(rng.choice(scope[e])) for e in sizes))


def rewritten(rng: Random, expr: Expr) -> Expr:
    """Return an expression of the same value: reordered, regrouped, distributed, with renamed and split sums."""

    def r(e: Expr) -> Expr:
        return rewritten(rng, e)

    match expr:
        case Add(args) | Mul(args):
            parts = [r(arg) for arg in args]
            rng.shuffle(parts)
            if isinstance(expr, Mul):
                return _distributed(rng, parts)
            return Add(_grouped(rng, Add, parts))
        case Pow(base, Num(e)) if e == 2 and rng.random() < 0.5:
            return Mul((r(base), r(base)))
        case Pow(base, exponent):
            return Pow(r(base), exponent)
        case Sum(index, range_, body):
            return _summed(rng, index, range_, r(body))
        case Fun(name, args, order, idx):
            return Fun(name, tuple(map(r, args)), order, idx)
    return expr


def _grouped(rng: Random, kind: type[Add] | type[Mul], parts: list[Expr]) -> tuple[Expr, ...]:
    if len(parts) > 2 and rng.random() < 0.5:
        return kind(tuple(parts[:2])), *parts[2:]
    return tuple(parts)


def _distributed(rng: Random, parts: list[Expr]) -> Expr:
    for n, part in enumerate(parts):
        if isinstance(part, Add) and rng.random() < 0.7:
            others = tuple(parts[:n] + parts[n + 1 :])
            return Add(tuple(Mul((*others, term)) for term in part.args))
    return Mul(_grouped(rng, Mul, parts))


def _summed(rng: Random, index: Index, range_: Range, body: Expr) -> Expr:
    new = fresh("renamed")
    body = subs(body, {index: lin(new)})
    if isinstance(body, Add) and rng.random() < 0.5:
        return Add(tuple(Sum(new, range_, term) for term in body.args))
    if isinstance(body, Sum) and new not in body.range.hi.indices() and rng.random() < 0.5:
        return Sum(body.index, body.range, Sum(new, range_, body.body))
    return Sum(new, range_, body)


def normal(expr: Expr, free: Mapping[Index, Range] = FREE) -> Poly:
    return Algebra(IndexFacts(dict(free))).normal(expr)


def same(left: Expr, right: Expr, free: Mapping[Index, Range] = FREE) -> bool:
    """Whether two expressions have the same normal form, in one algebra."""
    algebra = Algebra(IndexFacts(dict(free)))
    return subtract(algebra.normal(left), algebra.normal(right)).is_zero


def value(expr: Expr, seed: int, n: int, m: int, at: Mapping[Index, int]) -> arb | None:
    """Return the value of an expression on a drawn network with these sizes, None where it has none."""
    concrete = draw_network(NETWORK, seed, {Size("n"): n, Size("m"): m})
    try:
        found = evaluate(expr, concrete, at, 128)
    except (Unsettled, NetworkError):
        return None
    return found if found.is_finite() else None


def places(rng: Random) -> Iterator[tuple[int, int, int, dict[Index, int]]]:
    """Yield seeds, sizes and values of the free indices at which to compare."""
    for n, m in ((1, 2), (2, 1), (3, 2)):
        yield rng.randrange(10**6), n, m, {I: rng.randint(1, n), J: rng.randint(1, n), K: rng.randint(1, m)}


def agree(rng: Random, left: Expr, right: Expr) -> bool:
    """Whether two expressions have overlapping values wherever both have one."""
    for seed, n, m, at in places(rng):
        one, two = value(left, seed, n, m, at), value(right, seed, n, m, at)
        if one is not None and two is not None and not one.overlaps(two):
            return False
    return True


__all__ = [
    "CORNERED",
    "FREE",
    "NETWORK",
    "SMOOTH",
    "I",
    "J",
    "K",
    "M",
    "N",
    "Prod",
    "Step",
    "agree",
    "expression",
    "fun",
    "normal",
    "places",
    "rewritten",
    "same",
    "value",
]  # fmt: skip
