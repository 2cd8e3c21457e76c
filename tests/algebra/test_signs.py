"""Signs of what may be zero on a whole region: rectified values, and what is made of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import prod
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.algebra.expr import Add, Expr, Fun, Mul, Num, Pow, Step, Var
from derive.algebra.factors import subtract
from derive.algebra.functions import call
from derive.algebra.normal_form import Algebra
from derive.algebra.primes import TooLargeError
from derive.algebra.rebuild import to_expr
from derive.judge_formula import Judge
from derive.models.model import parse_model

P, Q, R = (Var(name) for name in "pqr")
ZERO = Num(Fraction(0))
TENTH = Num(Fraction(1, 10))

PIECEWISE: dict[str, Callable[..., Fraction]] = {
    "relu": lambda x: max(x, Fraction(0)),
    "abs": abs,
    "sign": lambda x: Fraction((x > 0) - (x < 0)),
    "max": max,
    "min": min,
    "leaky_relu": lambda x, slope: x if x > 0 else slope * x,
}


def value(expr: Expr, at: Mapping[str, Fraction]) -> Fraction:
    """Return the exact value at a point, with [0 > 0] = 0."""
    match expr:
        case Num(number):
            return number
        case Var(name, ()):
            return at[name]
        case Add(args):
            return sum((value(arg, at) for arg in args), Fraction(0))
        case Mul(args):
            return prod((value(arg, at) for arg in args), start=Fraction(1))
        case Pow(base, Num(exponent)) if exponent.denominator == 1 and exponent > 0:
            return value(base, at) ** int(exponent)
        case Step(arg):
            return Fraction(value(arg, at) > 0)
        case Fun(name, args) if name in PIECEWISE and not any(expr.order):
            return PIECEWISE[name](*(value(arg, at) for arg in args))
    raise TypeError(f"no value for {expr}")


def piecewise(rng: Random, depth: int) -> Expr:
    """Return a random expression of rectified values, absolute values, maxima, signs and steps inside each other."""

    def smaller() -> Expr:
        return piecewise(rng, depth - 1)

    if depth == 0 or rng.random() < 0.08:
        return rng.choice((P, Q, R, P, Q, Num(Fraction(rng.choice((-2, -1, 1, 2))))))
    match rng.randrange(12):
        case 0:
            return smaller() + smaller()
        case 1:
            return smaller() - smaller()
        case 2:
            return smaller() * smaller()
        case 3:
            return Pow(smaller(), Num(Fraction(2)))
        case 4:
            return -smaller()
        case 5:
            return Step(smaller())
        case 6:
            return call(rng.choice(("max", "min")), smaller(), smaller())
        case 7:
            return call("leaky_relu", smaller(), TENTH)
        case 8:
            return call(rng.choice(("abs", "sign")), smaller())
        case _:
            return call("relu", smaller())


def points(rng: Random) -> list[dict[str, Fraction]]:
    """Return points in general position: no polynomial with small coefficients vanishes there."""
    signs = [(a, b, c) for a in (1, -1) for b in (1, -1) for c in (1, -1)]
    return [
        {name: Fraction(sign * rng.randint(1, 10**9), 10**9 + 7) for name, sign in zip("pqr", row, strict=True)}
        for row in signs * 2
    ]


@given(st.integers(0, 2**32))
@settings(max_examples=250, deadline=None)
def test_the_normal_form_of_nested_corners_has_their_value_also_where_inner_ones_are_zero(seed: int) -> None:
    rng = Random(seed)
    expr = piecewise(rng, 4)
    try:
        found = to_expr(Algebra().normal(expr))
    except TooLargeError:
        return

    for at in points(rng):
        assert value(found, at) == value(expr, at)


@given(st.integers(0, 2**32))
@settings(max_examples=150, deadline=None)
def test_expressions_with_the_same_normal_form_are_equal_everywhere(seed: int) -> None:
    rng = Random(seed)
    inner = piecewise(rng, 3)
    forms = [
        Step(inner), 1 - Step(-inner), call("sign", inner), 2 * Step(inner) - 1, -call("sign", -inner),
        call("abs", inner), call("relu", inner) + call("relu", -inner), call("max", inner, -inner),
        call("relu", call("relu", inner)), call("relu", inner), inner * Step(inner), inner * (1 - Step(-inner)),
    ]  # fmt: skip
    algebra = Algebra()
    try:
        normal = [algebra.normal(form) for form in forms]
    except TooLargeError:
        return

    for one, p in zip(forms, normal, strict=True):
        for other, q in zip(forms, normal, strict=True):
            if subtract(p, q).is_zero:
                assert all(value(one, at) == value(other, at) for at in points(rng)), f"{one} = {other}"


def relu(x: Expr) -> Expr:
    return call("relu", x)


SAME = {
    "[-x > 0] = 1 - [x > 0] for a leaf": (Step(-P), 1 - Step(P)),
    "a sum of leaves": (Step(P - Q), 1 - Step(Q - P)),
    "a product of leaves": (Step(-P * Q), 1 - Step(P * Q)),
    "tanh": (Step(call("tanh", -P)), 1 - Step(call("tanh", P))),
    "a bias": (Step(relu(P) - Q), 1 - Step(Q - relu(P))),
    "[relu x > 0]": (Step(relu(P)), Step(P)),
    "[-relu x > 0]": (Step(-relu(P)), ZERO),
    "[relu(-x) > 0]": (Step(relu(-P)), 1 - Step(P)),
    "relu(-relu x)": (relu(-relu(P)), ZERO),
    "relu of relu": (relu(relu(P)), relu(P)),
    "|relu x|": (call("abs", relu(P)), relu(P)),
    "sign of relu": (call("sign", relu(P)), Step(P)),
    "|-x| = |x| for any x": (call("abs", Q * relu(P) - R * relu(P)), call("abs", R * relu(P) - Q * relu(P))),
    "x = relu x - relu(-x) for any x": (relu(Q * relu(P)) - relu(-Q * relu(P)), Q * relu(P)),
    "max is symmetric": (call("max", relu(P), relu(Q)), call("max", relu(Q), relu(P))),
    "[h² > 0]": (Step(relu(P) ** 2), Step(P)),
    "[x² > 0] for a leaf": (Step(P**2), Num(Fraction(1))),
    "leaky inside": (Step(-call("leaky_relu", P, TENTH)), 1 - Step(P)),
}
DIFFERENT = {
    "[-h > 0] = 1 - [h > 0]": (Step(-relu(P)), 1 - Step(relu(P))),
    "sign h = 2[h > 0] - 1": (call("sign", relu(P)), 2 * Step(relu(P)) - 1),
    "[h² > 0] = 1": (Step(relu(P) ** 2), Num(Fraction(1))),
    "[-qh > 0] = 1 - [qh > 0]": (Step(-Q * relu(P)), 1 - Step(Q * relu(P))),
    "[h - k > 0] of two rectified": (Step(relu(P) - relu(Q)), 1 - Step(relu(Q) - relu(P))),
    "sin h": (Step(call("sin", relu(P))), 1 - Step(call("sin", -relu(P)))),
    "an open function may be zero": (Step(Fun("f", (P,), (0,))), 1 - Step(-Fun("f", (P,), (0,)))),
}


@pytest.mark.parametrize(("left", "right"), SAME.values(), ids=SAME)
def test_what_holds_also_where_an_inner_value_is_zero(left: Expr, right: Expr) -> None:
    algebra = Algebra()

    assert algebra.normal(left - right).is_zero


@pytest.mark.parametrize(("left", "right"), DIFFERENT.values(), ids=DIFFERENT)
def test_what_fails_where_an_inner_value_is_zero(left: Expr, right: Expr) -> None:
    assert not Algebra().normal(left - right).is_zero


LAYERS = r"""
name = "layers"
forward = ['h_0 = x', 'z_k = W_k h_{k-1} + b_k \quad (1 \le k \le L)', 's_k = W_k h_{k-1} \quad (1 \le k \le L)',
  'h_k = \operatorname{relu}(z_k) \quad (1 \le k \le L)', 'd = q \cdot u', 'C = \frac{1}{2} d^2']
shapes = ['W_k \in \mathbb{R}^{n_k \times n_{k-1}}',
  'z_k, s_k, b_k, h_k \in \mathbb{R}^{n_k}', 'x \in \mathbb{R}^{n_0}', 'q, u, v, w \in \mathbb{R}']
assume = ['u \in \{0, 1\}', 'v^2 = w']
[functions]
"\\operatorname{relu}" = "relu"
"\\operatorname{sgn}" = "sign"
"""


@pytest.mark.parametrize(
    ("formula", "proved"),
    [
        (r"\operatorname{sgn}(z_{k,i}) = 2\,\mathbb{1}[z_{k,i} > 0] - 1", True),
        (r"\operatorname{sgn}(s_{k,i}) = 2\,\mathbb{1}[s_{k,i} > 0] - 1", False),
        (r"\operatorname{sgn}(s_{1,i}) = 2\,\mathbb{1}[s_{1,i} > 0] - 1", True),
        (r"\operatorname{sgn}(h_{k,i}) = 2\,\mathbb{1}[h_{k,i} > 0] - 1", False),
        (r"\operatorname{sgn}(h_{k,i}) = \mathbb{1}[h_{k,i} > 0]", True),
        (r"\operatorname{sgn}(q) = 2\,\mathbb{1}[q > 0] - 1", True),
        (r"\operatorname{sgn}(u) = 2\,\mathbb{1}[u > 0] - 1", False),
        (r"\operatorname{sgn}(d) = 2\,\mathbb{1}[d > 0] - 1", False),
        (r"\operatorname{sgn}(v) = 2\,\mathbb{1}[v > 0] - 1", False),
        (r"|h_{k,i}| = h_{k,i}", True),
        (r"\operatorname{relu}(-h_{k,i}) = 0", True),
        (r"\operatorname{relu}(s_{k,i}) - \operatorname{relu}(-s_{k,i}) = s_{k,i}", True),
    ],
)
def test_a_sign_is_turned_round_only_where_zero_is_rare(formula: str, proved: bool) -> None:
    found, _ = Judge.start(parse_model(LAYERS)).formula(formula)

    assert [verdict.word == "proved" for verdict in found] == [proved]
