"""Updates are assignments, whatever marks the next step; what a document names in them can be used."""

from __future__ import annotations

import pytest
from verdicts import VECTORS, words

UPDATES = [
    r"W \leftarrow W - \eta \nabla_W E",
    r"W^{new} = W - \eta \nabla_W E",
    r"W_{\text{new}} = W - \eta \nabla_W E",
    r"W^{(t+1)} = W^{(t)} - \eta \nabla_W E",
    r"W_{t+1} = W_t - \eta \nabla_W E",
    r"b_{t+1} = b_t - \eta \nabla_b E",
    r"b^{t+1} = b^t - \eta \nabla_b E",
    r"W' = W - \eta \nabla_W E",
    r"W^{+} = W - \eta \nabla_W E",
    r"\tilde{W} = W - \eta \nabla_W E",
    r"W -= \eta \nabla_W E",
    r"W \mathrel{-}= \eta \nabla_W E",
    r"b_{\mathrm{new}} = b_{\mathrm{old}} - \eta \nabla_b E",
    r"\theta^{(t+1)} = \theta^{(t)} - \eta \nabla_\theta E",
    r"m_t = \beta m_{t-1} + (1 - \beta) g_t",
]


@pytest.mark.parametrize("formula", UPDATES)
def test_an_update_claims_nothing(formula: str) -> None:
    assert words(VECTORS, formula) == ["assumed"]


def test_a_list_of_parameters_claims_nothing() -> None:
    assert words(VECTORS, r"\theta = \{W, b\}") == ["assumed"]


@pytest.mark.parametrize(
    ("claim", "word"),
    [
        (r"W^{new} - W = -\eta \frac{\partial E}{\partial W}", "proved"),
        (r"W^{new} - W = \eta \frac{\partial E}{\partial W}", "refuted"),
        (r"W^{new} = W - \eta \frac{\partial E}{\partial u} x^T - \eta \lambda W", "proved"),
        (r"W^{new} = W - \eta \frac{\partial E}{\partial u} x^T", "refuted"),
    ],
)
def test_what_an_update_has_named_can_be_claimed_of(claim: str, word: str) -> None:
    assert words(VECTORS, r"W^{new} = W - \eta \nabla_W E", claim) == [word]


@pytest.mark.parametrize(
    ("claim", "word"),
    [
        (r"u = u - b + b", "assumed"),
        (r"u_{i} = u_{i} - b_i + b_i", "assumed"),
        (r"u_{2} = u_{1} + W_{21} x_1", "assumed"),
        (r"u_{j} = \sum_i W_{ji} x_i - b_j", "refuted"),
    ],
)
def test_only_what_has_the_form_of_an_update_is_one(claim: str, word: str) -> None:
    assert words(VECTORS, claim) == [word]


@pytest.mark.parametrize("formula", [r"\sqrt{x \odot x} = |x|", r"A^{\odot 2} = A \odot A", r"x^{\circ 2} = x \odot x"])
def test_roots_and_powers_are_taken_entry_by_entry(formula: str) -> None:
    assert words(VECTORS, formula) == ["proved"]


@pytest.mark.parametrize(
    ("claim", "word"),
    [
        (r"\Delta W = -\alpha \frac{\partial E}{\partial W}", "proved"),
        (r"\Delta W_{ij} = -\alpha \frac{\partial E}{\partial W_{ij}}", "proved"),
        (r"\Delta W = \alpha \frac{\partial E}{\partial W}", "refuted"),
        (r"\Delta b = -\alpha \frac{\partial E}{\partial b}", "assumed"),
        (r"\Delta b = -\omega \nabla_b E", "not-understood"),
    ],
)
def test_a_step_has_a_size_that_need_not_be_declared(claim: str, word: str) -> None:
    assert words(VECTORS, r"\Delta W = -\alpha \nabla_W E", claim) == [word]
