"""The indicator of where an array is largest, in sums, products and substitutions, and written in SymPy."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy

from derive.algebra.arithmetic import UndefinedError
from derive.algebra.differentiate import derivative, entry_delta
from derive.algebra.expr import ONE, ZERO, Expr, Functional, Iverson, Lambda, Num, Sum, Var
from derive.algebra.index import Index, Lin, Range, fresh, lin, size, times, upto
from derive.algebra.index_facts import IndexFacts
from derive.algebra.normal_form import Algebra
from derive.algebra.rebuild import to_expr
from derive.algebra.sympy_bridge import from_sympy, to_sympy

U, J = Index("i"), Index("j")
N, K, S = size("n"), size("K"), size("s")
WHOLE = upto(N)


def x(value: Lin) -> Var:
    return Var("x", (value,))


def largest(body_of: object = x, over: Range = WHOLE, at: Lin | None = None, name: str = "max of") -> Functional:
    q = fresh("q")
    array = Lambda((q,), (over,), body_of(lin(q)))  # type: ignore[operator]
    return Functional(name, (array,), () if at is None else ((0, (at,)),))


def over(range_: Range, body_of: object) -> Expr:
    p = fresh("p")
    return Sum(p, range_, body_of(lin(p)))  # type: ignore[operator]


EQUAL: dict[str, tuple[Expr, Expr]] = {
    "one place": (over(upto(N), lambda p: largest(at=p)), ONE),
    "one place of three": (over(Range(lin(1), lin(3)), lambda p: largest(over=Range(lin(1), lin(3)), at=p)), ONE),
    "shifted": (over(Range(lin(0), N - 1), lambda p: largest(at=p + 1)), ONE),
    "the value": (over(upto(N), lambda p: x(p) * largest(at=p)), largest()),
    "twice": (largest(at=lin(U)) * largest(at=lin(U)), largest(at=lin(U))),
    "two places": (largest(at=lin(U)) * largest(at=lin(J)), Iverson("=", lin(U), lin(J)) * largest(at=lin(U))),
    "a number added": (largest(lambda q: x(q) + Var("c")), largest() + Var("c")),
    "a positive factor": (largest(lambda q: 3 * x(q)), 3 * largest()),
    "a negative factor": (largest(lambda q: -x(q)), -1 * largest(name="min of")),
    "of one": (largest(over=Range(lin(2), lin(2))), x(lin(2))),
    "out of the range": (largest(at=N + 1), ZERO),
}


@pytest.mark.parametrize("sides", EQUAL.values(), ids=EQUAL)
def test_the_normal_forms_are_the_same(sides: tuple[Expr, Expr]) -> None:
    algebra = Algebra(IndexFacts({U: upto(N), J: upto(N)}))
    left, right = map(algebra.normal, sides)

    assert left == right
    assert algebra.normal(to_expr(left)) == right


DIFFERENT: dict[str, tuple[Expr, Expr]] = {
    "a part of the places": (over(Range(lin(2), N), lambda p: largest(at=p)), ONE),
    "another array": (over(upto(N), lambda p: largest(lambda q: Var("z", (q,)), at=p) * largest(at=p)), ONE),
    "a negative number": (largest(lambda q: Num(Fraction(-2)) * x(q)), -2 * largest()),
    "smallest": (largest(name="min of"), largest()),
    "windows of another stride": (largest(lambda q: x(q + lin(U))), largest(lambda q: x(q + times(S, lin(U))))),
}


@pytest.mark.parametrize("sides", DIFFERENT.values(), ids=DIFFERENT)
def test_what_differs_keeps_another_normal_form(sides: tuple[Expr, Expr]) -> None:
    algebra = Algebra(IndexFacts({U: upto(N)}))

    assert algebra.normal(sides[0]) != algebra.normal(sides[1])


def test_of_equal_numbers_none_is_the_largest() -> None:
    with pytest.raises(UndefinedError):
        Algebra().normal(largest(lambda q: Var("c")))


def test_the_derivative_is_the_indicator_and_has_none_itself() -> None:
    algebra, by = Algebra(IndexFacts({U: upto(N)})), x(lin(U))
    slope = derivative(largest(), by, entry_delta)

    assert algebra.normal(slope) == algebra.normal(largest(at=lin(U)))
    assert algebra.normal(derivative(slope, x(lin(J)), entry_delta)).is_zero


def test_a_sum_over_all_entries_meets_each_window_once() -> None:
    """Σ_u Σ_i g_i [u - s i = argmax of window i] = Σ_i g_i."""
    u, i = fresh("u"), fresh("i")
    window = largest(lambda q: x(q + times(S, lin(i))), Range(lin(0), K - 1), lin(u) - times(S, lin(i)))
    g = Var("g", (lin(i),))
    places, positions = Range(lin(0), times(S, N) - S + K - 1), Range(lin(0), N - 1)

    found = Algebra().normal(Sum(u, places, Sum(i, positions, g * window)))
    assert found == Algebra().normal(Sum(i, positions, g))
    assert found != Algebra().normal(Sum(u, Range(lin(1), places.hi), Sum(i, positions, g * window)))


@pytest.mark.parametrize("expr", [largest(), largest(at=lin(U)), largest(name="min of"), 2 * largest(at=lin(U)) + 1])
def test_sympy_keeps_it(expr: Expr) -> None:
    back = from_sympy(to_sympy(expr), sizes={"n"})

    assert Algebra().normal(back) == Algebra().normal(expr)
    assert to_sympy(expr).has(sympy.core.function.AppliedUndef)
