"""Numbers: arrays in and out, derivatives against differences of the loss itself, and faults of what is given."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from derive import Net, load_network
from derive.errors import UsageError


def moved(values: dict[str, Any], layer: int, place: tuple[int, int], step: float) -> dict[str, Any]:
    weights = {k: array.copy() for k, array in values["W"].items()}
    weights[layer][place] += step
    return {**values, "W": weights}


@pytest.mark.parametrize(("layer", "place"), [(1, (0, 1)), (1, (2, 0)), (2, (1, 2))])
def test_a_partial_is_the_limit_of_differences(small: Net, layer: int, place: tuple[int, int]) -> None:
    values = small.sample(seed=5)
    step = 1e-5
    exact = small.partial(small["W"][layer, place[0] + 1, place[1] + 1]).numeric(values)

    above, below = (small.loss.numeric(moved(values, layer, place, sign * step)) for sign in (1, -1))
    assert (above - below) / (2 * step) == pytest.approx(exact, abs=1e-8)


def test_the_forward_pass_is_the_ordinary_one(small: Net) -> None:
    values = small.sample(seed=1)
    hidden = np.tanh(values["b"][1] + values["W"][1] @ values["x"])
    logits = values["b"][2] + values["W"][2] @ hidden

    np.testing.assert_allclose(small["yhat"].numeric(values), np.exp(logits) / np.exp(logits).sum(), atol=1e-12)
    np.testing.assert_allclose(small["h"][1].numeric(values), hidden, atol=1e-12)


def test_sizes_follow_from_the_arrays(small: Net) -> None:
    values = small.sample()
    open_net = load_network("khapra", activation="tanh")

    assert open_net.partial("W_{112}").numeric(values) == pytest.approx(small.partial("W_{112}").numeric(values))


def test_layers_may_be_a_list_and_arrays_may_be_lists(small: Net) -> None:
    values = small.sample()
    lists = {**values, "W": [values["W"][1].tolist(), values["W"][2].tolist()], "b": [values["b"][1], values["b"][2]]}

    assert small.partial("W_{112}").numeric(lists) == small.partial("W_{112}").numeric(values)


def test_a_label_by_its_name(small: Net) -> None:
    values = {name: value for name, value in small.sample().items() if name != "l"}

    by_class = [small.partial("W_{112}").numeric(values, l=label) for label in (1, 2)]
    assert by_class[0] != pytest.approx(by_class[1])


def test_samples_are_reproducible(small: Net) -> None:
    one, two, other = small.sample(3), small.sample(3), small.sample(4)

    np.testing.assert_array_equal(one["W"][1], two["W"][1])
    assert not np.array_equal(one["W"][1], other["W"][1])


class TestFaults:
    def test_an_open_function(self, khapra: Net, small: Net) -> None:
        with pytest.raises(UsageError, match="function g is left open"):
            khapra.partial("W_{112}").numeric(small.sample())

    def test_a_missing_value(self, small: Net) -> None:
        with pytest.raises(UsageError, match="no value is given for W, b, l"):
            small.partial("W_{112}").numeric({"x": [1, 2]})

    def test_a_wrong_shape(self, small: Net) -> None:
        with pytest.raises(UsageError, match=r"x has 3 entries along an axis of n\[0\] = 2"):
            small.partial("W_{112}").numeric({**small.sample(), "x": [1, 2, 3]})

    def test_too_few_axes(self, small: Net) -> None:
        with pytest.raises(UsageError, match="x must be an array with 1 axes"):
            small.partial("W_{112}").numeric({**small.sample(), "x": 3.0})

    def test_no_finite_number(self, small: Net) -> None:
        with pytest.raises(UsageError, match="an entry of x is no finite number"):
            small.partial("W_{112}").numeric({**small.sample(), "x": [1.0, float("nan")]})

    def test_open_sizes(self) -> None:
        with pytest.raises(UsageError, match="the size L is open"):
            load_network("khapra").sample()

    def test_a_label_out_of_range(self, small: Net) -> None:
        with pytest.raises(UsageError, match="cannot be evaluated"):
            small.loss.numeric({**small.sample(), "l": 7})

    def test_an_unknown_parameter(self, small: Net) -> None:
        with pytest.raises(UsageError, match='there is no "V"'):
            small.loss.numeric({**small.sample(), "V": 1.0})
