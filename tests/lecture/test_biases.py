"""What is added to each example of a product, and of which a text says no shape: the b of W X + b."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.check import CheckOptions, check_document

LOSS = r"$J = \frac12 \|Z - Y\|^2$"


def verdict(setting: str, claim: str) -> str:
    report = check_document(
        Path("a.md"), CheckOptions(mends=False), text=f"{setting} and {LOSS}. Then\n\n$${claim}$$\n"
    )
    return report.findings[-1].verdict


COLUMNS = r"Let $X \in \mathbb{R}^{n \times m}$, $Y \in \mathbb{R}^{k \times m}$ with $Z = W X + b$"
ROWS = r"Let $X \in \mathbb{R}^{m \times n}$, $Y \in \mathbb{R}^{m \times k}$ with $Z = X W + b$"
ONE_ROW = r"Let $X \in \mathbb{R}^{n \times m}$, $w \in \mathbb{R}^n$, $Y$ of shape $(1, m)$ with $Z = w^\top X + b$"
ONE_COLUMN = r"Let $X \in \mathbb{R}^{m \times n}$, $w \in \mathbb{R}^n$, $Y \in \mathbb{R}^m$ with $Z = X w + b$"
EACH = r"\frac{\partial J}{\partial b} = Z - Y"


@pytest.mark.parametrize(
    ("setting", "total"),
    [
        (COLUMNS, r"\sum_{i=1}^m (Z_{:,i} - Y_{:,i})"),
        (ROWS, r"\sum_{i=1}^m (Z_{i,:} - Y_{i,:})"),
        (ONE_ROW, r"\sum_{i=1}^m (Z_i - Y_i)"),
        (ONE_COLUMN, r"\sum_{i=1}^m (Z_i - Y_i)"),
    ],
)
def test_a_bias_is_the_same_for_all_examples(setting: str, total: str) -> None:
    assert verdict(setting, rf"\frac{{\partial J}}{{\partial b}} = {total}") == "proved"
    assert verdict(setting, EACH) == "refuted"


def test_a_bias_that_is_said_to_be_a_matrix_is_one() -> None:
    assert verdict(rf"{COLUMNS}, where $b \in \mathbb{{R}}^{{k \times m}}$ is a matrix", EACH) == "proved"


def test_what_is_added_to_products_that_do_not_tell_weights_from_data_is_asked_for() -> None:
    setting = r"Let $P \in \mathbb{R}^{n \times k}$, $Y \in \mathbb{R}^{n \times m}$ with $Z = P Q + b$"

    assert verdict(setting, EACH) == "not-understood"


ONE_BIAS_ROW = (
    r"Let $W$ have shape $n \times k$, $b$ the shape $1 \times k$, $Y \in \mathbb{R}^{m \times k}$, $Z = X W + b$"
)


def test_a_bias_that_is_said_to_lie_leaves_open_how_many_examples_there_are() -> None:
    assert verdict(ONE_BIAS_ROW, r"\frac{\partial J}{\partial W} = X^\top (Z - Y)") == "proved"
    assert verdict(ONE_BIAS_ROW, r"\frac{\partial J}{\partial W} = X^\top Z") == "refuted"
    assert verdict(ONE_BIAS_ROW, EACH) == "refuted"


@pytest.mark.parametrize("axis", ["row by row", "row-wise", "over each row"])
def test_a_note_in_a_formula_says_along_which_axis_it_is_meant(axis: str) -> None:
    setting = rf"With $S \in \mathbb{{R}}^{{m \times k}}$ let $$Z = \mathrm{{softmax}}(S) \text{{ ({axis})}}$$"

    assert verdict(setting, r"Z_{ij} = \frac{e^{S_{ij}}}{\sum_{l=1}^k e^{S_{il}}}") == "proved"
    assert verdict(setting, r"Z_{ij} = \frac{e^{S_{ij}}}{\sum_{l=1}^m e^{S_{lj}}}") == "refuted"


@pytest.mark.parametrize("loss", ["Le coût $E$ dépend de $v$", "Der Verlust $E$ ist eine Funktion von $v$"])
def test_losses_are_named_in_other_languages(loss: str) -> None:
    text = rf"With $A \in \mathbb{{R}}^{{m \times n}}$, $u = A x$ and $v = \tanh(u)$. {loss}."
    right = r"$$\frac{\partial E}{\partial A} = \frac{\partial E}{\partial u} x^\top$$"
    wrong = r"$$\frac{\partial E}{\partial A} = \frac{\partial E}{\partial v} x^\top$$"
    found = check_document(Path("a.md"), CheckOptions(mends=False), text=f"{text}\n\n{right}\n\n{wrong}\n").findings

    assert [finding.verdict for finding in found[-2:]] == ["proved", "refuted"]
