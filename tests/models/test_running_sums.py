"""Sums that end at an index of what a line of the forward pass defines, and over what their arrays then run."""

from __future__ import annotations

import pytest

from derive.models.model import Model, parse_model

SHAPES = r"shapes = ['x, c \in \mathbb{R}^n', 'g_t, s_t, w_{ts} \in \mathbb{R}']"


def model(*forward: str) -> Model:
    lines = ", ".join(f"'{line}'" for line in forward)
    return parse_model(f"name = 'sums'\nforward = [{lines}]\n{SHAPES}")


@pytest.mark.parametrize(("end", "shown"), [("i", "i"), ("i-1", "i-1"), ("n", "n")])
def test_a_sum_ends_where_it_is_written(end: str, shown: str) -> None:
    found = model(rf"c_i = \sum_{{j=1}}^{{{end}}} x_j \quad (1 \le i \le n)", r"L = \sum_i c_i^2")

    definition = next(one for one in found.network.definitions if one.name == "c")
    assert f"Σ[j=1..{shown}]" in str(definition)


def test_steps_of_which_a_running_sum_takes_some_are_all_steps() -> None:
    found = model(r"s_t = \sum_{u=1}^t g_u \quad (1 \le t \le T)", r"L = \sum_t s_t^2")

    leaf = next(one for one in found.network.leaves if one.name == "g")
    assert [str(range_) for range_ in leaf.ranges] == ["1..T"]
