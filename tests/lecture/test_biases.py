"""What is added to each example of a product, and of which a text says no shape: the b of W X + b."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.check import CheckOptions, check_document

LOSS = r"$J = \frac12 \|Z - Y\|^2$"


def verdict(setting: str, claim: str) -> str:
    report = check_document(Path("a.md"), CheckOptions(), text=f"{setting} and {LOSS}. Then\n\n$${claim}$$\n")
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
