"""Chains: an index of an earlier side keeps its range where it comes back in a condition alone."""

from __future__ import annotations

import pytest
from verdicts import VECTORS, words


def test_an_index_runs_where_an_earlier_side_says() -> None:
    chain = r"\frac{\partial v_i}{\partial u_j} = (1 - v_i^2) \delta_{ij}"
    chain += r" = (1 - v_i^2) \mathbb{1}_{i=j} = (1 - v_i^2) [i = j]"

    assert words(VECTORS, chain) == ["proved"] * 3


@pytest.mark.parametrize("slip", [r"\frac{\partial v_i}{\partial u_j} = (1 - v_i^2) \delta_{ij} = (1 - v_j) [i = j]"])
def test_the_last_link_of_a_chain_is_held_to_its_indices(slip: str) -> None:
    assert words(VECTORS, slip) == ["proved", "refuted"]
