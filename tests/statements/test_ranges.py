"""Over which layers a formula speaks: where all its names are defined, and its functions are applied."""

from __future__ import annotations

import pytest
from verdicts import LAYERS, findings, words

OWN_FUNCTIONS = LAYERS.replace("g(z^{l})", "g^{l}(z^{l})").replace('g = "any"', "'g^{l}' = \"any\"")


@pytest.mark.parametrize(
    ("model", "formula"),
    [
        (LAYERS, r"\nabla_{z^l} C = \nabla_{a^l} C \odot g'(z^l)"),
        (OWN_FUNCTIONS, r"\nabla_{z^l} C = \nabla_{a^l} C \odot {g^l}'(z^l)"),
        (OWN_FUNCTIONS, r"\nabla_{z^l} C = \nabla_{a^l} C \odot (g^l)'(z^l)"),
    ],
)
def test_an_activation_is_meant_for_the_layers_that_have_it(model: str, formula: str) -> None:
    assert words(model, formula) == ["proved"]


@pytest.mark.parametrize(
    "formula",
    [
        r"\nabla_{z^l} C = \nabla_{a^l} C \odot g'(z^l) \quad (1 \le l \le L)",
        r"\nabla_{z^L} C = \nabla_{a^L} C \odot g'(z^L)",
        r"\nabla_{z^l} C = \nabla_{a^l} C \odot g'(z^{l+1})",
    ],
)
def test_a_formula_that_says_which_layers_it_is_for_is_held_to_it(formula: str) -> None:
    assert words(LAYERS, formula) == ["refuted"]


STEPS = r"""
forward = ['h_0 = 0', 'h_t = \tanh(w h_{t-1} + u x_t) \quad (1 \le t \le T)', 'L = \frac{1}{2} (h_T - y)^2']
"""
THROUGH = r"\frac{\partial h_t}{\partial h_k} = \prod_{j=k+1}^{t} w (1 - h_j^2)"


@pytest.mark.parametrize(
    ("formula", "scope"),
    [
        (THROUGH, "1 <= t <= T, 0 <= k <= t"),
        (THROUGH + r", \quad k \le t", "1 <= t <= T, 0 <= k <= t"),
        (THROUGH + r", \quad k < t", "1 <= t <= T, 0 <= k <= t-1"),
        (THROUGH + r", \quad t \ge k", "1 <= t <= T, 0 <= k <= t"),
        (THROUGH.replace("k+1", "k").replace("w (", "h_j (").replace("h_t}{", "h_t}{"), ""),
    ],
)
def test_a_product_through_the_steps_runs_upwards(formula: str, scope: str) -> None:
    (found,) = findings(STEPS, formula)
    assert (found.word, found.scope.removeprefix("all ")) == (("proved", scope) if scope else ("refuted", ""))


def test_a_product_may_be_written_from_its_upper_end() -> None:
    assert words(STEPS, THROUGH.replace("j=k+1}^{t}", "j=t}^{k+1}")) == ["proved"]
    assert words(STEPS, THROUGH.replace("j=k+1}^{t}", "j=t}^{k+2}")) == ["refuted"]


PAIRS = r"""
forward = ['s_{pq} = u_p^\top u_q \quad (1 \le p, q \le P)', 'R = \sum_{p=1}^{P} \sum_{q=1}^{P} t_{pq} s_{pq}']
shapes = ['u_p \in \mathbb{R}^{m}', 't \in \mathbb{R}^{P \times P}']
"""


@pytest.mark.parametrize(
    "limits",
    [
        r"(1 \le p, q \le P)",
        r"1 \le p, q \le P",
        r"\text{for } 1 \leq p, q \leq P",
        r"(p, q \le P)",
        r"(0 < p, q \le P)",
    ],
)
def test_one_range_may_be_that_of_several_letters(limits: str) -> None:
    assert words(PAIRS, rf"s_{{pq}} = s_{{qp}} \quad {limits}") == ["proved"]
    assert words(PAIRS, rf"s_{{pq}} = s_{{pp}} \quad {limits}") == ["refuted"]


def test_one_range_of_several_letters_leaves_no_other_values() -> None:
    formula = r"\frac{\partial s_{pq}}{\partial u_p} = u_q \quad (2 \le p, q \le P)"

    assert words(PAIRS, formula) == ["refuted"]
    assert words(PAIRS, formula.replace(r"q \le P)", r"q \le P, p \ne q)")) == ["proved"]
