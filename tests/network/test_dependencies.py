"""Which variable can depend on which: surely, surely not, or as open indices have it."""

from __future__ import annotations

import pytest
from test_architectures import recurrent, residual

from derive.algebra.expr import Sum, Var
from derive.algebra.index import Index, Lin, Range, lin, size, upto
from derive.algebra.index_facts import IndexFacts
from derive.network.dependencies import Dependencies, definitions_of, distinguishing_slots, variables
from derive.network.mlp import DEPTH, mlp, var
from derive.network.network import Definition, Network

K, M, I, J, T, S = (Index(letter) for letter in "kmijts")  # noqa: E741
L, STEPS = DEPTH, size("T")
MLP, RNN, RESIDUAL = (Dependencies(network) for network in (mlp(), recurrent(), residual()))
LAYERS = IndexFacts({K: upto(L), M: upto(L), T: upto(STEPS), S: upto(STEPS)})

CASES: dict[str, tuple[Dependencies, Var, Var, bool | None]] = {
    "the loss on a weight": (MLP, Var("loss"), var("W", K, I, J), True),
    "the loss on itself": (MLP, Var("loss"), Var("loss"), False),
    "a weight on the loss": (MLP, var("W", K, I, J), Var("loss"), False),
    "the input on a unit": (MLP, var("x", I), var("a", K, J), False),
    "the outputs on a pre-activation": (MLP, var("yhat", I), var("a", K, J), True),
    "a on the layer below": (MLP, var("a", K, I), var("h", lin(K) - 1, J), True),
    "a on its own activation": (MLP, var("a", K, I), var("h", K, J), False),
    "h on its own pre-activation": (MLP, var("h", K, I), var("a", K, J), True),
    "a on the layer above": (MLP, var("a", K, I), var("a", lin(K) + 1, J), False),
    "a on itself": (MLP, var("a", K, I), var("a", K, J), False),
    "a on its own weights": (MLP, var("a", K, I), var("W", K, I, J), True),
    "a on weights above": (MLP, var("a", K, I), var("W", lin(K) + 1, I, J), False),
    "a on weights two below": (MLP, var("a", K, I), var("W", lin(K) - 2, I, J), True),
    "two open layers": (MLP, var("a", K, I), var("a", M, J), None),
    "an open layer and the last": (MLP, var("a", L, I), var("a", K, J), None),
    "an open layer on the last": (MLP, var("a", K, I), var("a", L, J), False),
    "open weights": (MLP, var("a", K, I), var("W", M, I, J), None),
    "a state on the step before": (RNN, var("s", T, I), var("s", lin(T) - 1, J), True),
    "a state on the step after": (RNN, var("s", T, I), var("s", lin(T) + 1, J), False),
    "a state on shared weights": (RNN, var("s", T, I), var("W", I, J), True),
    "two open steps": (RNN, var("s", T, I), var("s", S, J), None),
    "the loss on any state": (RNN, Var("loss"), var("s", T, J), True),
    "past the short cut": (RESIDUAL, var("h", K, I), var("h", lin(K) - 1, J), True),
    "a block on the next": (RESIDUAL, var("h", K, I), var("h", lin(K) + 1, J), False),
    "a block on the next weights": (RESIDUAL, var("h", K, I), var("W", lin(K) + 1, I, J), False),
    "two open blocks": (RESIDUAL, var("h", K, I), var("h", M, J), None),
}


@pytest.mark.parametrize(("dependencies", "u", "v", "expected"), CASES.values(), ids=CASES)
def test_it_is_decided(dependencies: Dependencies, u: Var, v: Var, expected: bool | None) -> None:
    assert dependencies.possible((u.name, u.idx), (v.name, v.idx), LAYERS) is expected


def test_what_is_known_of_the_indices_decides() -> None:
    a, below = ("a", (lin(K), lin(I))), ("a", (lin(M), lin(J)))

    assert MLP.possible(a, below, IndexFacts({K: upto(L), M: upto(L)}, [lin(K) - lin(M) - 1])) is True
    assert MLP.possible(a, below, IndexFacts({K: upto(L), M: upto(L)}, [lin(M) - lin(K)])) is False


def test_the_closure_of_what_is_mentioned() -> None:
    assert MLP.below["loss"] == {"yhat", "a", "b", "W", "h", "x"}
    assert MLP.below["h"] == {"x", "a", "b", "W", "h"}
    assert "yhat" not in MLP.below["a"]
    assert RNN.below["s"] == {"a", "s", "U", "W", "x"}


def test_the_users_of_a_variable_are_the_definitions_that_mention_it() -> None:
    assert [d.name for d in MLP.users["a"]] == ["h", "yhat"]
    assert [d.name for d in MLP.users["W"]] == ["a"]
    assert [d.name for d in RESIDUAL.users["h"]] == ["a", "h", "loss"]
    assert "loss" not in MLP.users


def test_layers_and_time_steps_are_the_slots_that_shift() -> None:
    assert all(picked["a"] == 0 and picked["h"] == 0 for picked in MLP.slots)
    assert MLP.slots
    assert any(picked.get("s") == 0 for picked in RNN.slots)


def test_definitions_of_one_name_are_told_apart_by_their_layer() -> None:
    assert MLP.distinguishing == {"h": [0], "a": [], "yhat": [], "loss": []}
    assert [str(d.ranges[0]) for d in definitions_of(MLP.network, "h")] == ["0..0", "1..L-1"]


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        ([(lin(1), lin(3)), (lin(4), L)], [0]),
        ([(lin(1), lin(3)), (lin(3), L)], None),
        ([(lin(1), L - 1), (L, L)], [0]),
        ([(lin(1), L), (L, L)], None),
    ],
)
def test_ranges_that_may_overlap_tell_nothing(ranges: list[tuple[Lin, Lin]], expected: list[int] | None) -> None:
    definitions = [Definition("u", (K,), (Range(lo, hi),), var("z")) for lo, hi in ranges]

    assert distinguishing_slots(definitions) == expected


def test_definitions_with_other_numbers_of_indices_are_not_told_apart() -> None:
    one = Definition("u", (K,), (upto(L),), var("z"))
    other = Definition("u", (K, I), (upto(L), upto(3)), var("z"))

    assert distinguishing_slots([one, other]) is None


def test_variables_are_found_inside_sums() -> None:
    expr = Sum(J, upto(L), var("W", I, J) * var("h", J)) + var("b", I)

    assert {v.name for v in variables(expr)} == {"W", "h", "b"}


def test_a_network_without_recursion_has_no_shifts() -> None:
    network = Network((Definition("u", (), (), var("z") ** 2), Definition("loss", (), (), 2 * var("u"))), ())
    dependencies = Dependencies(network)

    assert dependencies.slots == []
    assert dependencies.possible(("loss", ()), ("z", ()), IndexFacts()) is True
