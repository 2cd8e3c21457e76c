"""A vector that a text calls one-hot, and of which it does not say where its one is."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.check import CheckOptions, check_document

TEXT = r"""The label $y \in \mathbb{R}^K$ is a one-hot vector, $p = \mathrm{softmax}(z)$ with $z \in \mathbb{R}^K$, and
$J = -\sum_{k=1}^K y_k \log p_k$.

"""
WHERE = "Here $c$ is the number of the word that is looked for.\n\n"


def verdict(formula: str, text: str = TEXT) -> str:
    found = check_document(Path("lecture.md"), CheckOptions(mends=False), text=f"{text}$${formula}$$\n").findings
    return found[-1].verdict


@pytest.mark.parametrize("text", [TEXT, TEXT + WHERE], ids=["nothing", "in words"])
@pytest.mark.parametrize(
    "formula",
    [r"J = -\log p_c", r"-y_c \log p_c = -\log p_c", r"\frac{\partial J}{\partial z_c} = p_c - 1"],
    ids=["loss", "term", "derivative"],
)
def test_what_holds_at_the_one_is_not_refuted(text: str, formula: str) -> None:
    assert verdict(formula, text) == "undecided"


@pytest.mark.parametrize(
    "formula",
    [r"\frac{\partial J}{\partial z_i} = y_i - p_i", r"\nabla_z J = y - p", r"J = \sum_{k=1}^K y_k \log p_k"],
    ids=["entry", "gradient", "sign"],
)
def test_what_fails_wherever_the_one_is_stays_refuted(formula: str) -> None:
    assert verdict(formula) == "refuted"


def test_a_line_that_goes_on_is_not_refuted_either() -> None:
    lines = r"\begin{aligned} -\sum_{k=1}^K y_k \log p_k &= -y_c \log p_c \\ &= -\log p_c \end{aligned}"

    assert verdict(lines) == "undecided"


def test_what_holds_wherever_the_one_is_stays_proved() -> None:
    assert verdict(r"\frac{\partial J}{\partial z_i} = p_i - y_i") == "proved"
