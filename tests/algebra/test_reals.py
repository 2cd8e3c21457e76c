"""Roots, logarithms and steps of real numbers: nothing is rewritten that holds for some signs only."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_expressions import FREE, I, J, K, M, N, agree, same

from derive.algebra.expr import ONE, ZERO, Add, Expr, IndexValue, Iverson, Mul, Num, Pow, Step, Sum, Var
from derive.algebra.factors import subtract
from derive.algebra.functions import call
from derive.algebra.index import Index, Lin, Range, fresh, lin, upto
from derive.algebra.index_facts import IndexFacts
from derive.algebra.normal_form import POSITIVE_PARTS, Algebra
from derive.algebra.rebuild import to_expr

P, Q, X = Var("p"), Var("q"), Var("x", (lin(I),))
HALF = Fraction(1, 2)


def root(e: Expr) -> Expr:
    return Pow(e, Num(HALF))


def log(e: Expr) -> Expr:
    return call("log", e)


def exp(e: Expr) -> Expr:
    return call("exp", e)


def total(over: Lin | Range, body: Callable[[Index], Expr]) -> Sum:
    index = fresh("s")
    return Sum(index, over if isinstance(over, Range) else upto(over), body(index))


def real(rng: Random, depth: int) -> Expr:
    """A random expression with roots, logarithms and corners, of leaves of either sign."""

    def smaller() -> Expr:
        return real(rng, depth - 1)

    if depth == 0 or rng.random() < 0.1:
        return rng.choice((P, Q, X, Num(Fraction(rng.randint(-3, 4), rng.choice((1, 2))))))
    match rng.randrange(12):
        case 0 | 1:
            return Add((smaller(), smaller()))
        case 2 | 3 | 4:
            return Mul((smaller(), smaller()))
        case 5 | 6:
            return Pow(smaller(), Num(Fraction(rng.choice((-2, -1, -1, 2, 3)))))
        case 7 | 8:
            return Pow(smaller(), Num(Fraction(rng.choice((1, 1, -1, 3)), rng.choice((2, 2, 3, 4)))))
        case 9:
            return log(smaller())
        case _:
            return call(rng.choice(("abs", "relu", "sqrt", "sigmoid", "exp", "softplus", "sign")), smaller())


@given(st.integers(0, 2**32))
@settings(max_examples=200, deadline=None)
def test_the_normal_form_has_the_value_of_the_expression_wherever_both_have_one(seed: int) -> None:
    rng = Random(seed)
    expr = real(rng, 3)
    try:
        poly = Algebra(IndexFacts(dict(FREE))).normal(expr)
    except ArithmeticError:
        return

    assert agree(rng, expr, to_expr(poly))


EXPS = total(N, lambda s: exp(Var("x", (lin(s),))))
TRUE: dict[str, tuple[Expr, Expr]] = {
    "√x⁴ = x²": (root(P**4), P**2),
    "√(x²y⁴) = |x| y²": (root(P**2 * Q**4), call("abs", P) * Q**2),
    "√(e^x y) = e^(x/2) √y": (root(exp(P) * Q), exp(P / 2) * root(Q)),
    "(√x)² = x": (root(P) ** 2, P),
    "√(4x) = 2√x": (root(4 * P), 2 * root(P)),
    "√n √n = n": (root(IndexValue(N)) * root(IndexValue(N)), IndexValue(N)),
    "√(nx)/√n = √x": (root(IndexValue(N) * P) / root(IndexValue(N)), root(P)),
    "x/√x = √x": (P / root(P), root(P)),
    "log(e^x y) = x + log y": (log(exp(P) * Q), P + log(Q)),
    "log(1/x) = -log x": (log(1 / P), -log(P)),
    "log √x = log(x)/2": (log(root(P)), log(P) / 2),
    "log(2x) = log 2 + log x": (log(2 * P), log(Num(Fraction(2))) + log(P)),
    "exp log x = x": (exp(log(P)), P),
    "[2x > 0] = [x > 0]": (Step(2 * P), Step(P)),
    "[-x > 0] = 1 - [x > 0]": (Step(-P), 1 - Step(P)),
    "[x² + 1 > 0]": (Step(P**2 + 1), ONE),
    "[n > 0]": (Step(IndexValue(N)), ONE),
    "[i > 0] for i >= 1": (Step(IndexValue(lin(I))), ONE),
    "[Σ e^x > 0]": (Step(EXPS), ONE),
    "√(Σ e^x)² = Σ e^x": (root(EXPS**2), EXPS),
}  # fmt: skip

FALSE: dict[str, tuple[Expr, Expr]] = {
    "√x² = x": (root(P**2), P),
    "√(xy) √(yz) √(xz) = xyz": (root(P * Q) * root(Q * X) * root(P * X), P * Q * X),
    "√-x √-y = -√(xy)": (root(-P) * root(-Q), -root(P * Q)),
    "√-x √-y = √x √y": (root(-P) * root(-Q), root(P) * root(Q)),
    "exp(log(x²)/2) = x": (exp(log(P**2) / 2), P),
    "log x² = 2 log x": (log(P**2), 2 * log(P)),
    "log(xy) = log x + log y": (log(P * Q), log(P) + log(Q)),
    "[x > 0] = 1": (Step(P), ONE),
    "[xy > 0] = [x > 0][y > 0]": (Step(P * Q), Step(P) * Step(Q)),
    "a sum that may be empty is positive": (Step(total(N - 1, lambda s: exp(Var("x", (lin(s),))))), ONE),
    "√x³ = x √x": (root(P**3), -P * root(P)),
}


@pytest.mark.parametrize("identity", TRUE.values(), ids=TRUE)
def test_what_holds_for_all_real_numbers_is_seen(identity: tuple[Expr, Expr]) -> None:
    assert same(*identity)


@pytest.mark.parametrize("slip", FALSE.values(), ids=FALSE)
def test_what_holds_for_some_signs_only_is_not(slip: tuple[Expr, Expr]) -> None:
    assert not same(*slip)


def test_an_index_that_may_be_zero_is_not_positive() -> None:
    assert not same(Step(IndexValue(lin(K))), ONE, {K: Range(lin(0), M)})
    assert same(Step(IndexValue(lin(K))), ONE, {K: Range(lin(1), M)})


def test_factors_are_taken_to_be_positive_only_when_told_so_and_never_silently() -> None:
    algebra = Algebra(IndexFacts(dict(FREE)))
    whole, parts = log(P * Q), log(P) + log(Q)

    assert not subtract(algebra.normal(whole), algebra.normal(parts)).is_zero
    assert algebra.declined
    assert not algebra.notes

    willing = Algebra(IndexFacts(dict(FREE)))
    willing.assume_positive = True
    assert subtract(willing.normal(whole), willing.normal(parts)).is_zero
    assert willing.notes == {POSITIVE_PARTS}


def test_an_idempotent_has_its_own_powers() -> None:
    delta = Iverson("=", lin(I), lin(J))

    assert same(delta**3, delta)
    assert same(root(delta), delta)
    assert same(Step(P) ** 2, Step(P))
    assert same((1 - delta) * delta, ZERO)
