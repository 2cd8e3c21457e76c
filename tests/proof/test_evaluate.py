"""Worked examples: values of concrete networks with given sizes and entries."""

from __future__ import annotations

from fractions import Fraction
from threading import Event, Thread

import pytest
from flint import arb, ctx
from small_networks import I, J, L, between, flat, fun, mlp, n, recurrent, var

from derive.algebra.expr import Chain, Diff, Expr, Fun, Functional, Iverson, Lambda, Num, Pow, Prod, Step, Sum
from derive.algebra.index import Index, Size, lin, size, upto
from derive.errors import NetworkError
from derive.network.network import Definition
from derive.proof.draw import Concrete, draw_network
from derive.proof.dual import raised
from derive.proof.evaluate import evaluate, precision
from derive.proof.faults import OutOfRange, Unsettled

D = upto(size("D"))
X = {("x", (1,)): Fraction(2), ("x", (2,)): Fraction(3), ("p", ()): Fraction(1, 2), ("q", ()): Fraction(-1)}
A = {("A", (i, j)): Fraction(10 * i + j) for i in (1, 2) for j in (1, 2)}


def concrete(*definitions: Definition) -> Concrete:
    return draw_network(flat(*definitions), 0, {Size("D"): 2, Size("C"): 2}, {**X, **A})


VALUES: dict[str, tuple[Expr, Fraction]] = {
    "sum": (Sum(I, D, var("x", I)), Fraction(5)),
    "product": (Prod(I, D, var("x", I) + 1), Fraction(12)),
    "empty sum": (Sum(I, between(2, 1), var("x", I)), Fraction(0)),
    "empty product": (Prod(I, between(2, 1), var("x", I)), Fraction(1)),
    "matrix times vector": (Sum(J, D, var("A", 2, J) * var("x", J)), Fraction(108)),
    "trace of a square": (Sum(I, D, Sum(J, D, var("A", I, J) * var("A", J, I))), Fraction(121 + 2 * 12 * 21 + 484)),
    "quotient": (var("x", 1) / var("x", 2), Fraction(2, 3)),
    "difference": (var("p") - var("q"), Fraction(3, 2)),
    "square root": (Pow(var("x", 1) * 8, Num(Fraction(1, 2))), Fraction(4)),
    "power of a size": (Pow(var("x", 2), Num(Fraction(-2))), Fraction(1, 9)),
    "condition": (Sum(I, D, Iverson("=", lin(I), lin(2)) * var("x", I)), Fraction(3)),
    "order": (Sum(I, D, Iverson("<=", lin(I), lin(1)) * var("x", I)), Fraction(2)),
    "condition that solves for an index": (
        Sum(I, D, Sum(J, D, Iverson("=", lin(I), lin(3) - lin(J)) * Iverson("=", lin(J), lin(1)) * var("A", I, J))),
        Fraction(21),
    ),
    "condition on twice an index": (Sum(I, D, Iverson("=", lin(I) * 2, lin(4)) * var("x", I)), Fraction(3)),
    "condition that nothing meets": (Sum(I, D, Iverson("=", lin(I), lin(7)) * var("x", I)), Fraction(0)),
    "two conditions on one index": (
        Sum(I, D, Iverson("=", lin(I), lin(2)) * Iverson("=", lin(I), lin(1)) * var("x", I)),
        Fraction(0),
    ),
    "condition on an index of the same name": (
        Sum(I, D, Sum(I, D, Iverson("=", lin(I), lin(2)) * var("x", I))),
        Fraction(6),
    ),
    "step": (Step(var("q")) + Step(var("p")), Fraction(1)),
    "relu": (fun("relu", var("q")) + fun("relu", var("p")), Fraction(1, 2)),
    "leaky relu": (fun("leaky_relu", var("q")), Fraction(-1, 100)),
    "slope of leaky relu": (fun("leaky_relu", var("q"), var("p"), order=(1, 0)), Fraction(1, 2)),
    "maximum": (fun("max", var("q"), var("p")), Fraction(1, 2)),
    "shadowed index": (Sum(I, D, var("x", I) * Sum(I, D, var("x", I))), Fraction(25)),
    "derivative": (Diff(Sum(I, D, var("x", I) ** 3), var("x", 2)), Fraction(27)),
    "second derivative": (Diff(Diff(Sum(I, D, var("x", I) ** 3), var("x", 2)), var("x", 2)), Fraction(18)),
    "mixed derivative": (Diff(Diff(var("p") ** 2 * var("q") ** 3, var("p")), var("q")), Fraction(3)),
    "derivative by itself": (Diff(var("x", 1), var("x", 1)), Fraction(1)),
    "derivative by another entry": (Diff(var("x", 1), var("x", 2)), Fraction(0)),
}


@pytest.mark.parametrize(("expr", "value"), VALUES.values(), ids=VALUES)
def test_values_are_as_computed_by_hand(expr: Expr, value: Fraction) -> None:
    ball = evaluate(expr, concrete())

    assert ball.overlaps(arb(value.numerator) / value.denominator)
    assert ball.rad() < 1e-15


def test_sums_that_conditions_solve_are_not_walked_through() -> None:
    """Windows over images have such sums; here they would have a thousand million terms, too many to evaluate."""
    k, m, many = Index("k"), Index("m"), upto(180)
    body: Expr = var("A", I, J) * var("A", k, m)
    for index, value in ((m, 1), (k, 2), (J, 1), (I, 2)):
        body = Sum(index, many, Iverson("=", lin(index), lin(value)) * body)
    flat_ones = Sum(I, many, Sum(J, many, Sum(k, many, Sum(m, many, _selected(k, m)))))

    assert evaluate(body, concrete()) == 441
    assert evaluate(flat_ones, concrete()) == 441


def _selected(k: Index, m: Index) -> Expr:
    """Return the product of entries that conditions choose, all at the innermost place."""
    first = Iverson("=", lin(I) + lin(J), lin(3)) * Iverson("=", lin(J), lin(1))
    return (
        first * Iverson("=", lin(k) + lin(m), lin(3)) * Iverson("=", lin(m), lin(1)) * var("A", I, J) * var("A", k, m)
    )


def test_free_indices_take_the_values_assigned() -> None:
    assert evaluate(var("A", I, J) + 0, concrete(), {I: 2, J: 1}) == 21
    assert evaluate(Sum(J, D, var("A", I, J)), concrete(), {I: 2}) == 43


def chain(lo: int, hi: int) -> Chain:
    at, row, col = Index("t"), Index("r"), Index("c")
    body = var("A", row, col) + Iverson("=", lin(at), lin(2)) * Iverson("=", lin(row), lin(col))
    return Chain(at, between(lo, hi), row, col, size("D"), body, lin(I), lin(J))


def test_a_chain_is_a_product_of_matrices_in_order() -> None:
    matrices = {1: [[11, 12], [21, 22]], 2: [[12, 12], [21, 23]], 3: [[11, 12], [21, 22]]}

    def product(lo: int, hi: int) -> list[list[int]]:
        result = [[1, 0], [0, 1]]
        for at in range(lo, hi + 1):
            m = matrices[at]
            result = [[sum(row[q] * m[q][c] for q in (0, 1)) for c in (0, 1)] for row in result]
        return result

    for lo, hi in ((1, 0), (1, 1), (1, 2), (2, 3), (1, 3)):
        for i in (1, 2):
            for j in (1, 2):
                assert evaluate(chain(lo, hi), concrete(), {I: i, J: j}) == product(lo, hi)[i - 1][j - 1]


def test_a_chain_that_runs_backwards_has_no_value() -> None:
    with pytest.raises(Unsettled, match="backwards"):
        evaluate(chain(3, 1), concrete(), {I: 1, J: 1})


def test_a_definition_is_overridden_by_its_own_seed() -> None:
    """∂/∂u of u² where u = p·x_1 does not go on to p."""
    network = concrete(Definition("u", (), (), var("p") * var("x", 1)), Definition("v", (), (), var("u") ** 2))

    assert evaluate(Diff(var("v"), var("u")), network) == 2
    assert evaluate(Diff(var("v"), var("p")), network) == 4
    assert evaluate(Diff(Diff(var("v"), var("u")), var("p")), network) == 4


def test_a_derivative_may_stand_in_a_definition() -> None:
    gradient = Definition("G", (I,), (D,), Diff(Sum(J, D, var("x", J) ** 3), var("x", I)))

    assert evaluate(Sum(I, D, var("G", I)), concrete(gradient)) == 39
    assert evaluate(Diff(var("G", 1), var("x", 1)), concrete(gradient)) == 12


def test_gradients_through_time_sum_over_paths() -> None:
    values = {("w", ()): Fraction(1, 2), ("u", ()): Fraction(1), ("x", (1,)): Fraction(1), ("x", (2,)): Fraction(-1)}
    network = draw_network(recurrent(), 0, {Size("T"): 2}, values)
    s1, s2 = (evaluate(var("s", t), network) for t in (1, 2))
    y2 = evaluate(var("y", 2), network)

    assert s1.overlaps(arb(1).tanh())
    assert evaluate(Diff(var("loss"), var("w")), network).overlaps((s2 - y2) * (1 - s2**2) * s1)


def test_open_functions_are_alike_wherever_they_stand() -> None:
    network = concrete(Definition("v", (), (), fun("g", var("p"))))
    layered = [Fun("g", (var("p"),), (0,), (lin(layer),)) for layer in (1, 2)]

    assert evaluate(var("v") - fun("g", var("p")), network).contains(0)
    assert evaluate(Diff(var("v"), var("p")) - fun("g", var("p"), order=(1,)), network).contains(0)
    assert not evaluate(layered[0] - layered[1], network).contains(0)
    assert not evaluate(fun("f", var("p"), var("q")) - fun("f", var("q"), var("p")), network).contains(0)
    assert not evaluate(fun("g", var("p"), order=(1,)) - fun("g", var("p")), network).contains(0)


def test_partials_of_an_open_functional_are_its_slopes() -> None:
    network = concrete()
    x, matrix = Lambda((J,), (D,), var("x", J)), Lambda((I, J), (D, D), var("A", I, J))
    whole = Functional("F", (x, matrix))
    by_x, by_a = (0, (lin(2),)), (1, (lin(1), lin(2)))

    assert evaluate(Diff(whole, var("x", 2)) - Functional("F", (x, matrix), (by_x,)), network).contains(0)
    mixed = Diff(Diff(whole, var("x", 2)), var("A", 1, 2)) - Functional("F", (x, matrix), (by_a, by_x))
    assert evaluate(mixed, network).contains(0)
    apart = Functional("F", (x, matrix), (by_a,)) - Functional("F", (x, matrix), (by_x,))
    assert not evaluate(apart, network).contains(0)
    with pytest.raises(NetworkError, match="argument 1 of F has no entry"):
        evaluate(Functional("F", (x,), ((0, (lin(9),)),)), network)


def test_an_entry_outside_its_range_is_an_error_that_says_what_would_have_to_grow() -> None:
    network = draw_network(mlp(), 0, {Size("L"): 2, Size("n", (lin(2),)): 2})

    with pytest.raises(OutOfRange, match=r"W_\{3,1,1\} is outside the range of W") as caught:
        evaluate(var("W", 3, 1, 1), network)
    assert caught.value.growth is not None
    assert (caught.value.growth.name, caught.value.growth.args, caught.value.growth.least) == ("L", (), 3)
    with pytest.raises(OutOfRange) as caught:
        evaluate(var("b", 2, 5), network)
    assert caught.value.growth is not None
    assert (caught.value.growth.name, caught.value.growth.args, caught.value.growth.least) == ("n", (2,), 5)
    with pytest.raises(OutOfRange) as caught:
        evaluate(var("x", 0), network)
    assert caught.value.growth is None
    assert evaluate(var("h", 1, 1), network).is_finite()


def test_a_wrong_number_of_indices_is_an_error() -> None:
    with pytest.raises(NetworkError, match="A has 2 indices, not 1"):
        evaluate(var("A", 1), concrete())


def test_more_bits_give_smaller_balls() -> None:
    network = draw_network(mlp())

    coarse, fine = (evaluate(var("loss"), network, prec=prec) for prec in (64, 300))

    assert coarse.contains(fine)
    assert fine.rad() < 1e-60
    assert evaluate(var("a", L, 1), network).is_finite()
    assert n(L).subs({Size("L"): lin(2)}) == n(2)


def test_a_range_without_end_is_not_walked_through() -> None:
    with pytest.raises(Unsettled, match="too long"):
        evaluate(Sum(I, upto(10**9), var("p")), concrete())


@pytest.mark.parametrize("power", [1, 2, 3, 7])
def test_a_power_of_a_ball_around_zero_has_a_value(power: int) -> None:
    """x - x in balls is a ball around zero; Flint raises it by its logarithm, which is none."""
    third = var("x", 1) / var("x", 2)
    nothing = Sum(I, between(1, 1), third) - third
    found = evaluate(Pow(nothing, Num(Fraction(power))), concrete())

    assert found.is_finite()
    assert found.contains(0)
    assert raised(arb("0 +/- 0.5"), arb(power)).contains(arb("0.25") ** power)


def test_a_power_below_zero_of_a_ball_around_zero_has_none() -> None:
    assert not raised(arb("0 +/- 0.5"), arb(-1)).is_finite()


def test_two_threads_do_not_change_each_other_s_precision() -> None:
    """Guards of certificates run in threads: one that left took its bits from the other, and its balls were useless."""
    entered = Event()
    met: list[int] = []

    def other() -> None:
        entered.set()
        with precision(80):
            met.append(ctx.prec)

    with precision(200):
        thread = Thread(target=other)
        thread.start()
        entered.wait()
        thread.join(0.05)
        met.append(ctx.prec)
    thread.join()

    assert met == [200, 80]
