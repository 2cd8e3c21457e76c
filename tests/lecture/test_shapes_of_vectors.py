"""Vectors of which a text says no shape: rows before matrices, both sides of inner products, bold examples."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.check import CheckOptions, check_document

PAIRS = r"""Let $z_i \in \mathbb{R}^d$ and $t_i \in \{-1, +1\}$ for $i = 1, \dots, n$. The loss is
$$L(v) = \sum_{i=1}^{n} \log \left( 1 + \exp(-t_i PRODUCT) \right)$$ and
$$\nabla_v L(v) = SIGN\sum_{i=1}^{n} \frac{t_i z_i}{1 + \exp(t_i PRODUCT)}.$$
"""
BOLD = r"""With examples $\mathbf{x}_1, \dots, \mathbf{x}_N$ and targets $y_1, \dots, y_N$ let
$u_i = \mathbf{w} \cdot \mathbf{x}_i + b$ and
$$C = \frac{1}{N} \sum_{i=1}^N (y_i - u_i)^2.$$ Then
$$\frac{\partial C}{\partial \mathbf{w}} = \frac{2}{N} \sum_{i=1}^N (u_i - y_i) \mathbf{x}_i.$$
"""
ROW = r"""For an input $\mathbf{x}$ we compute
$$\mathbf{z} = \mathbf{x} \mathbf{W} + \mathbf{b}, \qquad \mathbf{h} = \tanh(\mathbf{z}),$$
and the loss $L$ depends on $\mathbf{h}$. Then $$\frac{\partial L}{\partial \mathbf{W}} = GRADIENT.$$
"""


def verdict(tmp_path: Path, text: str) -> str:
    lecture = tmp_path / "shapes.md"
    lecture.write_text(text, encoding="utf-8")
    return check_document(lecture, CheckOptions(mends=False)).findings[-1].verdict


@pytest.mark.parametrize("product", [r"v^T z_i", r"\langle v, z_i \rangle", r"v \cdot z_i"])
@pytest.mark.parametrize(("sign", "expected"), [("-", "proved"), ("", "refuted")])
def test_what_is_multiplied_with_an_example_is_as_long(tmp_path: Path, product: str, sign: str, expected: str) -> None:
    assert verdict(tmp_path, PAIRS.replace("PRODUCT", product).replace("SIGN", sign)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (BOLD, "proved"),
        (BOLD.replace("(u_i - y_i)", "(y_i - u_i)"), "refuted"),
        (BOLD.replace(r"\frac{2}", r"\frac{1}"), "refuted"),
    ],
)
def test_examples_counted_in_bold_are_vectors(tmp_path: Path, text: str, expected: str) -> None:
    assert verdict(tmp_path, text) == expected


@pytest.mark.parametrize(
    ("gradient", "expected"),
    [
        (r"\mathbf{x}^\top \left( \frac{\partial L}{\partial \mathbf{h}} \odot (1 - \mathbf{h}^2) \right)", "proved"),
        (r"\mathbf{x}^\top \frac{\partial L}{\partial \mathbf{h}}", "refuted"),
        (r"\mathbf{x}^\top \left( \frac{\partial L}{\partial \mathbf{h}} \odot (1 - \mathbf{z}^2) \right)", "refuted"),
    ],
)
def test_a_vector_before_its_matrix_is_a_row_and_so_is_its_bias(tmp_path: Path, gradient: str, expected: str) -> None:
    assert verdict(tmp_path, ROW.replace("GRADIENT", gradient)) == expected
