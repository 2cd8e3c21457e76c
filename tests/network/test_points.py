"""The value of a name at another point than that of its definition."""

from __future__ import annotations

import pytest

from derive.algebra.expr import Fun, Sum, Var
from derive.algebra.index import Index, Range, lin, size
from derive.errors import NetworkError
from derive.network.network import Definition, Network
from derive.network.points import Point, at_points, reached_from

AXIS, UNIT, STEP = Index("i"), Index("j"), Index("k")
UNITS = Range(lin(1), size("n"))
INPUT = Var("x", (lin(UNIT),))
NETWORK = Network(
    (
        Definition("h", (UNIT,), (UNITS,), Fun("tanh", (INPUT,))),
        Definition("f", (), (), Sum(UNIT, UNITS, Var("h", (lin(UNIT),)))),
        Definition("s", (STEP,), (UNITS,), Var("s", (lin(STEP) - 1,)) * Var("c")),
    ),
    (),
)


def test_a_point_is_put_into_all_that_depends_on_it() -> None:
    place = Point(Var("x", (lin(AXIS),)), (AXIS,), Var("v", (lin(AXIS),)))
    moved = at_points(Var("f"), [place], NETWORK)

    assert reached_from(Var("f"), NETWORK) == {"f", "h", "x"}
    assert isinstance(moved, Sum)
    assert moved.body == Fun("tanh", (Var("v", (lin(moved.index),)),))


def test_what_does_not_depend_on_it_stays() -> None:
    place = Point(Var("c"), (), Var("d"))

    assert at_points(Var("f"), [place], NETWORK) == Var("f")


def test_a_name_that_is_defined_step_by_step_has_no_value_elsewhere() -> None:
    with pytest.raises(NetworkError, match="step by step"):
        at_points(Var("s", (lin(STEP),)), [Point(Var("c"), (), Var("d"))], NETWORK)
