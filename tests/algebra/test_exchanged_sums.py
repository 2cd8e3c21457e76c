"""Sums over pairs of indices: exchanging the two maps the sum to itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from random_expressions import I, J, N, same

from derive.algebra.expr import ZERO, Expr, Functional, IndexValue, Lambda, Sum, Var
from derive.algebra.functions import call
from derive.algebra.index import Index, Lin, Range, fresh, lin, upto

Body = Callable[[Index, Index], Expr]


def var(name: str, *idx: Lin | Index | int) -> Var:
    return Var(name, tuple(lin(e) for e in idx))


def pairs(body: Body) -> Sum:
    i, j = fresh("i"), fresh("j")
    return Sum(i, upto(N), Sum(j, upto(N), body(i, j)))


def exchanged_pairs(body: Body) -> Sum:
    """The same sum, with the second index named and summed first."""
    j, i = fresh("j"), fresh("i")
    return Sum(j, upto(N), Sum(i, upto(N), body(i, j)))


def below(body: Body) -> Sum:
    i, j = fresh("i"), fresh("j")
    return Sum(i, upto(N), Sum(j, Range(lin(1), lin(i)), body(i, j)))


def gap(i: Index, j: Index) -> Expr:
    return var("x", i) - var("x", j)


def squares(i: Index, j: Index) -> Expr:
    return var("x", i) ** 2 + var("x", j) ** 2


OPPOSITE: dict[str, Callable[[Expr], Expr]] = {
    "sigmoid": lambda d: 1 - call("sigmoid", -d),
    "softplus": lambda d: d + call("softplus", -d),
    "tanh": lambda d: -call("tanh", -d),
    "sin": lambda d: -call("sin", -d),
    "cos": lambda d: call("cos", -d),
    "erf": lambda d: -call("erf", -d),
}


@pytest.mark.parametrize("name", OPPOSITE)
def test_a_function_of_a_difference_may_be_turned_round_inside_a_sum(name: str) -> None:
    plain = pairs(lambda i, j: var("A", i, j) * call(name, gap(i, j)))

    assert same(plain, exchanged_pairs(lambda i, j: var("A", j, i) * call(name, gap(j, i))))
    assert same(plain, exchanged_pairs(lambda i, j: var("A", i, j) * OPPOSITE[name](gap(i, j))))
    assert same(plain, pairs(lambda i, j: var("A", i, j) * OPPOSITE[name](gap(i, j))))
    assert not same(plain, pairs(lambda i, j: var("A", j, i) * call(name, gap(i, j)))) or name == "cos"


TRUE = {
    "Σ σ(x_i - x_j) = n²/2": (pairs(lambda i, j: call("sigmoid", gap(i, j))), IndexValue(N) ** 2 / 2),
    "Σ tanh(x_i - x_j) = 0": (pairs(lambda i, j: call("tanh", gap(i, j))), ZERO),
    "Σ x_i / (x_i + x_j)": (pairs(lambda i, j: var("x", i) / (var("x", i) + var("x", j))), IndexValue(N) ** 2 / 2),
    "Σ x_i² / (x_i² + x_j²)": (pairs(lambda i, j: var("x", i) ** 2 / squares(i, j)), IndexValue(N) ** 2 / 2),
    "Σ 1 / (x_i - x_j + 1), renamed": (
        pairs(lambda i, j: 1 / (gap(i, j) + 1)),
        exchanged_pairs(lambda i, j: 1 / (gap(j, i) + 1)),
    ),
}
FALSE = {
    "Σ σ(x_i - x_j) = n²": (pairs(lambda i, j: call("sigmoid", gap(i, j))), IndexValue(N) ** 2),
    "Σ_{j<=i} σ(x_i - x_j) = n(n+1)/4": (
        below(lambda i, j: call("sigmoid", gap(i, j))),
        IndexValue(N) * (IndexValue(N) + 1) / 4,
    ),
    "Σ_{j<=i} x_i/(x_i + x_j)": (
        below(lambda i, j: var("x", i) / (var("x", i) + var("x", j))),
        IndexValue(N) * (IndexValue(N) + 1) / 4,
    ),
    "Σ A_ij tanh(x_i - x_j) = 0": (pairs(lambda i, j: var("A", i, j) * call("tanh", gap(i, j))), ZERO),
    "Σ x_i y_i / (x_i + x_j)": (
        pairs(lambda i, j: var("x", i) * var("y", i) / (var("x", i) + var("x", j))),
        pairs(lambda i, j: var("y", i)) / 2,
    ),
    "Σ softplus(x_i - x_j) = 0": (pairs(lambda i, j: call("softplus", gap(i, j))), ZERO),
}


@pytest.mark.parametrize(("left", "right"), TRUE.values(), ids=TRUE)
def test_a_sum_is_its_mean_with_the_exchanged_one(left: Expr, right: Expr) -> None:
    assert same(left, right)


@pytest.mark.parametrize(("left", "right"), FALSE.values(), ids=FALSE)
def test_what_exchange_does_not_map_to_itself_is_no_mean(left: Expr, right: Expr) -> None:
    assert not same(left, right)


def test_partials_of_an_open_function_may_be_summed_in_either_order() -> None:
    index = fresh("s")
    array = Lambda((index,), (upto(N),), var("x", index))

    def partial(*entries: Index) -> Functional:
        return Functional("F", (array,), tuple((0, (lin(e),)) for e in entries))

    one = pairs(lambda i, j: var("A", i, j) * partial(i, j))
    assert same(one, exchanged_pairs(lambda i, j: var("A", i, j) * partial(j, i)))
    assert not same(one, pairs(lambda i, j: var("A", i, j) * partial(i, i)))
    assert not same(partial(I, J), partial(J, J))
