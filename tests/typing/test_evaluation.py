"""Values behind a bar: of functions at arrays, of derivatives by a letter of the formula's own."""

from __future__ import annotations

import pytest
from verdicts import words

LAYER = r"""
name = "layer"
forward = ['z = W x + b', 'a = \sigma(z)', 'C = \frac{1}{2} \|a - y\|^2']
shapes = ['W \in \mathbb{R}^{m \times n}', 'a, b, z, y \in \mathbb{R}^{m}', 'x \in \mathbb{R}^{n}']
[functions]
'\sigma' = "sigmoid"
"""

TRUE = [
    r"\left. \sigma'(u) \right|_{u = z} = a \odot (1 - a)",
    r"\nabla_z C = (a - y) \odot \left. \sigma'(u) \right|_{u = z}",
    r"\nabla_z C = (a - y) \odot \frac{d\sigma}{du}\Big|_{u=z}",
    r"\frac{\partial C}{\partial z_i} = (a_i - y_i) \frac{d\sigma(u)}{du}\bigg|_{u = z_i}",
    r"\left.\sum_i \frac{d}{du} (u^2 x_i) \right|_{u=2} = 4 \sum_i x_i",
    r"\frac{\partial C}{\partial z_i}\Big|_{i=1} = (a_1 - y_1) a_1 (1 - a_1)",
    r"\left. W_{ij} x_j \right|_{j=2} = W_{i2} x_2",
    r"\left.\frac{\partial a_i}{\partial z_j}\right|_{i=j} = a_i (1 - a_i)",
    r"\left.\frac{\partial a_i}{\partial z_j}\right|_{i \ne j} = 0",
]


@pytest.mark.parametrize("formula", TRUE)
def test_values_behind_bars_are_proved(formula: str) -> None:
    assert words(LAYER, formula) == ["proved"]


SLIPS = [
    r"\nabla_z C = (a - y) \odot \frac{d\sigma}{du}\Big|_{u=a}",
    r"\nabla_z C = \frac{d\sigma}{du}\Big|_{u=z}",
    r"\left. \sigma'(u) \right|_{u = z} = a \odot (1 + a)",
    r"\frac{\partial C}{\partial z_i} = (a_i + y_i) \frac{d\sigma(u)}{du}\bigg|_{u = z_i}",
    r"\left.\sum_i \frac{d}{du} (u^2 x_i) \right|_{u=2} = 2 \sum_i x_i",
    r"\frac{\partial C}{\partial z_i}\Big|_{i=1} = (a_2 - y_2) a_2 (1 - a_2)",
    r"\left. W_{ij} x_j \right|_{j=2} = W_{ij} x_2",
    r"\left.\frac{\partial a_i}{\partial z_j}\right|_{i \ne j} = a_i (1 - a_i)",
    r"\left.\frac{\partial a_i}{\partial z_j}\right|_{i=j} = a_i (1 + a_i)",
]


@pytest.mark.parametrize("formula", SLIPS)
def test_slips_behind_bars_are_refuted(formula: str) -> None:
    assert words(LAYER, formula) == ["refuted"]


@pytest.mark.parametrize("otherwise", [r"\text{caso contrário}", r"\text{иначе}", r"\text{否则}", r"\text{sinon.}"])
def test_the_last_case_is_known_in_other_languages(otherwise: str) -> None:
    cases = r"\frac{\partial a_i}{\partial z_j} = \begin{cases} a_i (1 - a_i) & i = j \\ 0 & "

    assert words(LAYER, rf"{cases}{otherwise} \end{{cases}}") == ["proved"]
    assert words(LAYER, rf"{cases}{otherwise} \end{{cases}}".replace("i = j", r"i \ne j")) == ["refuted"]


@pytest.mark.parametrize(
    ("condition", "word"),
    [
        (r"\text{ for j} \ne i", "proved"),
        (r"\text{ if j}\neq \text{i}", "proved"),
        (r"\text{ if j} = i", "refuted"),
        (r"\text{ for j}\ge \text{1}", "refuted"),
    ],
)
def test_a_letter_in_the_words_before_a_sign_is_compared(condition: str, word: str) -> None:
    assert words(LAYER, rf"\frac{{\partial a_i}}{{\partial z_j}} = 0 {condition}") == [word]
