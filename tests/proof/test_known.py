"""The derivatives of the known functions, against difference quotients and against the calculus."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import arb, ctx, fmpq
from small_networks import flat

from derive.algebra.expr import Num
from derive.algebra.functions import DERIVATIVES, KNOWN
from derive.errors import NetworkError
from derive.proof import known
from derive.proof.draw import draw_network
from derive.proof.evaluate import evaluate, precision
from derive.proof.exact import ball
from derive.proof.faults import Unsettled

POINTS = {"log": (2, 5), "sqrt": (2, 5), "arcsin": (1, 3), "arccos": (-1, 3)}
BOTH = ((7, 5), (-3, 4))
TWO = ("leaky_relu", "elu", "max", "min")
STEP = arb(fmpq(1, 2**60))


def points(name: str) -> list[tuple[int, int]]:
    return [POINTS[name]] if name in POINTS else list(BOTH)


def at(name: str, args: tuple[arb, ...], order: tuple[int, ...]) -> arb:
    value = known.partials(name, args)(order)
    return arb(0) if value is None else value


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("name", sorted(set(known.SMOOTH) | set(known.CORNERED)))
def test_each_derivative_is_the_slope_of_the_one_before(name: str, order: int) -> None:
    for point in points(name):
        with precision(400):
            x = arb(fmpq(*point))
            quotient = (at(name, (x + STEP,), (order,)) - at(name, (x - STEP,), (order,))) / (2 * STEP)

            assert abs(quotient - at(name, (x,), (order + 1,))) < 1e-25


@pytest.mark.parametrize("order", [(0, 0), (1, 0), (0, 1), (1, 1)])
@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize("name", TWO)
def test_each_partial_of_two_arguments_is_the_slope_of_the_one_before(
    name: str, place: int, order: tuple[int, int]
) -> None:
    for first in BOTH:
        with precision(400):
            point = [arb(fmpq(*first)), arb(fmpq(2, 3))]
            above, below = list(point), list(point)
            above[place] += STEP
            below[place] -= STEP
            quotient = (at(name, tuple(above), order) - at(name, tuple(below), order)) / (2 * STEP)
            further = (order[0] + (place == 0), order[1] + (place == 1))

            assert abs(quotient - at(name, tuple(point), further)) < 1e-25


def test_the_oracle_knows_every_function_of_the_calculus() -> None:
    assert known.NAMES >= KNOWN


@pytest.mark.parametrize("name", sorted(KNOWN - {"pi"}))
def test_the_calculus_states_the_same_derivatives(name: str) -> None:
    concrete = draw_network(flat())
    for point in points(name):
        args = (Fraction(*point), Fraction(2, 3))[: 2 if name in TWO else 1]
        stated = DERIVATIVES[name](*map(Num, args))
        for place, slope in enumerate(stated):
            order = tuple(int(place == other) for other in range(len(args)))

            with precision(64):
                value = at(name, tuple(map(ball, args)), order)
                assert evaluate(slope, concrete).overlaps(value)
                assert value.rad() < 1e-12


@pytest.mark.parametrize("name", ["relu", "abs", "sign", "leaky_relu", "elu"])
def test_a_corner_has_no_derivative(name: str) -> None:
    with pytest.raises(Unsettled, match="corner"):
        known.partials(name, (arb(0),))((1,))


def test_a_wrong_number_of_arguments_is_an_error() -> None:
    with pytest.raises(NetworkError, match="exp is given 2 arguments"):
        known.partials("exp", (arb(1), arb(2)))


def test_the_precision_is_restored() -> None:
    before = ctx.prec
    with precision(500):
        assert ctx.prec == 500
    assert ctx.prec == before
