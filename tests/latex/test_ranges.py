"""Over which layers a formula speaks: where all its names are defined, and its functions are applied."""

from __future__ import annotations

import pytest
from verdicts import LAYERS, words

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
