"""Comparisons of values: what a display asserts is not assumed; a condition is none of what is asserted."""

from __future__ import annotations

import pytest
from verdicts import last

TEXT = r"""
Let $x \in \mathbb{R}^{d}$, $W \in \mathbb{R}^{n \times d}$, $t \in \mathbb{R}^{n}$ and $\lambda \in \mathbb{R}$.
The layer computes

$$ s = W x, \qquad q = \sigma(s), \qquad E = \frac12 \sum_{i=1}^n (q_i - t_i)^2, $$

where $\sigma$ is the logistic function.

"""


@pytest.mark.parametrize(
    "formula",
    [
        r"q_i > 1", r"E \ge 0", r"0 < q_i < 1", r"q_i (1 - q_i) \leqslant \frac14", r"|q_i - t_i| \ll 1",
        r"\frac{\partial E}{\partial s_i} \le q_i", r"\frac{\partial E}{\partial s} \propto q - t",
        r"\frac{\partial E}{\partial s_i} \approx q_i - t_i", r"\nabla_s E \simeq q - t",
        r"\sum_i W_{ij} x_j \gtrsim s_i",
    ],
)  # fmt: skip
def test_what_a_display_asserts_of_values_is_not_assumed(formula: str) -> None:
    assert last(f"{TEXT}Hence\n\n$$ {formula} $$\n") == "not-understood"


@pytest.mark.parametrize(
    "said",
    [
        r"We take $$ \lambda > 0 $$", r"It is wanted that $$ W_{ij} x_j \le t_i $$",
        r"Where $q_i > \frac12$, the unit is on.",
        r"Suppose that $$ E \le \lambda $$", r"The loss is $$ E \approx 0.69 $$", r"$$ \lambda \ll 1 $$",
    ],
)  # fmt: skip
def test_conditions_are_assumed(said: str) -> None:
    assert last(f"{TEXT}{said}\n") == "assumed"


def test_equations_in_the_same_chain_are_judged() -> None:
    right = last(TEXT + r"$$ 0 \le E = \frac12 \sum_i (\sigma(s_i) - t_i)^2 $$")
    wrong = last(TEXT + r"$$ 0 \le E = \sum_i (\sigma(s_i) - t_i)^2 $$")

    assert (right, wrong) == ("proved", "refuted")
