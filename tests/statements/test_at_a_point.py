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


@pytest.mark.parametrize(
    ("formula", "word"),
    [
        (r"\frac{d}{dx} x^2 = 2 x", "undecided"),
        (r"\frac{d}{dx} e^{-x} = -e^{-x}", "undecided"),
        (r"\frac{d}{dx} \sqrt{x} = \frac{1}{2 \sqrt{x}}", "undecided"),
        (r"\frac{d}{dx} x^2 = x", "refuted"),
        (r"\frac{d}{dx} e^{-x} = e^{-x}", "refuted"),
        (r"\frac{d}{dx} y x = y", "refuted"),
    ],
)
def test_what_holds_of_numbers_is_not_refuted_because_the_letter_is_a_vector_elsewhere(formula: str, word: str) -> None:
    assert words(LAYERS, formula) == [word]


def test_a_function_of_the_document_counts_before_a_name_of_the_model() -> None:
    definition = r"q(x) = \ln(1 + e^x)"
    model = LAYERS.replace("shapes", "where = ['q(x) = a^{L}']\nshapes")
    assert words(model, definition)[0] == "assumed"
    assert words(model, definition, r"q'(x) = \frac{1}{1 + e^{-x}}") == ["proved"]
    assert words(model, definition, r"q'(x) = \frac{1}{1 + e^{x}}") == ["refuted"]
