"""Every partial of a perceptron with given widths is derived, and matched entry by entry with what lectures state."""

from __future__ import annotations

from dataclasses import replace
from math import prod

import pytest

from derive.algebra.expr import Iverson
from derive.algebra.index import lin
from derive.errors import NetworkError
from derive.network import closed_forms as forms
from derive.network.closed_forms import BELOW, UNIT, ClosedForm
from derive.network.mlp import var
from derive.proof import entrywise
from derive.proof.entrywise import Kind, count_entries, match_every_entry

WIDTHS = (3, 4, 2)
KINDS = [
    Kind(),
    Kind(activation="tanh"),
    Kind(activation="sigmoid", target="distribution"),
    Kind(activation="relu", target="vector"),
    Kind("tanh", "linear", "squared", "vector"),
    Kind("g", "linear", "half-squared", "vector"),
    Kind("tanh", "sigmoid", "binary-cross-entropy", "vector"),
    Kind("softplus", "sigmoid", "half-squared", "vector"),
    Kind("g", "elementwise", "squared", "vector"),
]


def expected_counts(widths: tuple[int, ...]) -> dict[tuple[str, int | None], int]:
    """How many entries each array has: W_k, b_k, a_k for every layer, h_k below the last, and input and output."""
    counts: dict[tuple[str, int | None], int] = {("x", None): widths[0], ("yhat", None): widths[-1]}
    for k in range(1, len(widths)):
        counts["W", k] = widths[k] * widths[k - 1]
        counts["b", k] = counts["a", k] = widths[k]
    counts.update({("h", k): n for k, n in enumerate(widths[:-1])})
    return counts


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.activation}-{kind.output}-{kind.loss}-{kind.target}")
def test_every_entry_is_matched(kind: Kind) -> None:
    counted: list[int] = []
    found = list(match_every_entry(kind, WIDTHS, counted.append))

    assert [array for array in found if array.failed] == []
    assert {(a.name, a.layer): a.count for a in found} == expected_counts(WIDTHS)
    assert sum(counted) == sum(array.count for array in found) == count_entries(kind, WIDTHS)


def test_only_the_output_needs_targets_that_sum_to_one() -> None:
    found = match_every_entry(Kind(target="distribution"), WIDTHS)

    assert {(a.name, a.layer) for a in found if "the targets sum to 1" in a.assumptions} == {("a", 2)}


@pytest.mark.parametrize("widths", [(1, 1), (2, 1), (1, 3), (2, 2, 2), (2, 1, 1, 3)])
def test_any_depth_and_width_will_do(widths: tuple[int, ...]) -> None:
    found = list(match_every_entry(Kind(activation="tanh"), widths))

    assert {(a.name, a.layer): a.count for a in found} == expected_counts(widths)
    assert all(not array.failed for array in found)


def changed(monkeypatch: pytest.MonkeyPatch, name: str, change: object) -> None:
    """Plant a fault in a closed form."""
    stated = getattr(forms, name)
    monkeypatch.setattr(entrywise.forms, name, lambda *args: change(stated(*args)))  # type: ignore[operator]


def test_a_wrong_closed_form_is_found_at_every_place(monkeypatch: pytest.MonkeyPatch) -> None:
    changed(monkeypatch, "weight_gradient", lambda form: replace(form, right=2 * form.right))
    failed = {(a.name, a.layer): a.failed for a in match_every_entry(Kind(), WIDTHS) if a.failed}

    assert failed == {
        ("W", k): tuple((i, j) for i in range(1, WIDTHS[k] + 1) for j in range(1, WIDTHS[k - 1] + 1)) for k in (1, 2)
    }


def test_a_closed_form_that_is_wrong_at_one_place_fails_there_only(monkeypatch: pytest.MonkeyPatch) -> None:
    def off_at_one_place(form: ClosedForm) -> ClosedForm:
        there = Iverson("=", lin(UNIT), lin(2)) * Iverson("=", lin(BELOW), lin(3))
        return replace(form, right=form.right + there * var("x", BELOW))

    changed(monkeypatch, "weight_gradient", off_at_one_place)
    failed = {(a.name, a.layer): a.failed for a in match_every_entry(Kind(), WIDTHS) if a.failed}

    assert failed == {("W", 1): ((2, 3),), ("W", 2): ((2, 3),)}


def test_a_lost_slope_is_found_in_the_hidden_layer_only(monkeypatch: pytest.MonkeyPatch) -> None:
    changed(
        monkeypatch, "pre_activation_gradient", lambda form: replace(form, right=forms.gradient("h", forms.LAYER, UNIT))
    )
    failed = {(a.name, a.layer): a.failed for a in match_every_entry(Kind("tanh"), WIDTHS) if a.failed}

    assert failed == {("a", 1): ((1,), (2,), (3,), (4,))}


def test_a_single_unit_is_named_too(monkeypatch: pytest.MonkeyPatch) -> None:
    changed(monkeypatch, "bias_gradient", lambda form: replace(form, right=-form.right))
    failed = {
        (a.name, a.layer): a.failed for a in match_every_entry(Kind("g", "linear", "squared", "vector"), (2, 1, 2))
    }

    assert {array: places for array, places in failed.items() if places} == {("b", 1): ((1,),), ("b", 2): ((1,), (2,))}


@pytest.mark.parametrize("widths", [(), (3,), (3, 0), (3, -1, 2)])
def test_widths_that_make_no_sense_are_an_error(widths: tuple[int, ...]) -> None:
    with pytest.raises(NetworkError, match="at least two positive numbers"):
        list(match_every_entry(Kind(), widths))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Kind(output="argmax"), "unknown output 'argmax'"),
        (Kind(loss="hinge"), "unknown loss 'hinge'"),
        (Kind(target="picture"), "unknown target 'picture'"),
        (Kind(output="linear"), "take output softmax"),
        (Kind(loss="binary-cross-entropy"), "take output sigmoid"),
    ],
)
def test_a_kind_that_makes_no_sense_is_an_error(kind: Kind, text: str) -> None:
    with pytest.raises(NetworkError, match=text):
        count_entries(kind, WIDTHS)


def test_the_number_of_partials_is_known_before() -> None:
    weights = sum(a * b for a, b in ((784, 128), (128, 10)))
    units = 784 * 2 + 128 * 3 + 10 * 3

    assert count_entries(Kind(), (784, 128, 10)) == weights + units
    assert prod((784, 128)) + prod((128, 10)) == weights
