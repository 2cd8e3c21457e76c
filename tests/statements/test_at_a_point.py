"""Equations between functions, with and without their argument."""

from __future__ import annotations

import pytest
from verdicts import LAYERS, words


@pytest.mark.parametrize(
    ("formula", "word"),
    [
        (r"\sigma' = \sigma (1 - \sigma)", "proved"),
        (r"\frac{d\sigma}{dz} = \sigma (1 - \sigma)", "proved"),
        (r"\frac{d \sigma}{d z} = \sigma(z) (1 - \sigma(z))", "proved"),
        (r"\frac{\partial \sigma}{\partial s} = \sigma(s) \sigma(-s)", "proved"),
        (r"\sigma'(z) = \sigma(z) (1 - \sigma(z))", "proved"),
        (r"\frac{d\tanh}{dx} = 1 - \tanh^2", "proved"),
        (r"\frac{d \log \sigma(z)}{d z} = 1 - \sigma(z)", "proved"),
        (r"\sigma' = \sigma (1 + \sigma)", "refuted"),
        (r"\frac{d\sigma}{dz} = \sigma(z) (1 + \sigma(z))", "refuted"),
    ],
)
def test_an_equation_between_functions_is_one_at_every_point(formula: str, word: str) -> None:
    assert words(LAYERS, formula) == [word]
