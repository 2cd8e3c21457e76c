"""The worked example: every number confirmed by the oracle, and none that is wrong."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from derive.errors import InternalDisagreement
from derive.report.content_example import number, short
from derive.report.example import worked_example
from derive.report.example_check import check_example
from derive.report.options import HandoutOptions
from tests.report.combinations import COMBINATIONS


@pytest.mark.parametrize("name", COMBINATIONS)
def test_the_oracle_confirms_every_number(name: str) -> None:
    options = HandoutOptions(**COMBINATIONS[name])  # type: ignore[arg-type]
    example = worked_example(options)

    weights = sum(above * (below + 1) for below, above in pairwise(options.widths))
    assert check_example(example, options) > weights + sum(options.widths[1:])


@pytest.mark.parametrize("field", ["pre", "hidden", "d_pre", "d_hidden", "d_weights"])
def test_one_wrong_number_is_a_disagreement(field: str) -> None:
    options = HandoutOptions()
    example = worked_example(options)
    layers = list(getattr(example, field))
    first, *rest = layers[1]
    layers[1] = ((first[0] + 1e-6, *first[1:]) if isinstance(first, tuple) else first + 1e-6, *rest)

    with pytest.raises(InternalDisagreement):
        check_example(replace(example, **{field: tuple(layers)}), options)


def test_no_preactivation_is_near_a_kink() -> None:
    example = worked_example(HandoutOptions(activation="relu", widths=(3, 4, 3, 2)))

    assert min(abs(value) for layer in example.pre for value in layer) > 0.01
    assert {value > 0 for value in example.pre[1]} == {True, False}


def test_a_small_step_lowers_the_loss() -> None:
    for options in COMBINATIONS.values():
        example = worked_example(HandoutOptions(**options))  # type: ignore[arg-type]
        assert example.next_loss < example.loss


def test_numbers_are_rounded_without_a_negative_zero() -> None:
    assert number(-0.00001) == "0.0000"
    assert number(-0.25) == "-0.2500"
    assert short(2.0) == "2.0"
    assert short(-0.35) == "-0.35"
