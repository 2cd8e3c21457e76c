"""Names of derivatives that are rows: said in words they are, and unsaid they keep true formulas from being refuted."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.check import CheckOptions, check_document

NETWORK = r"""The input is $x \in \mathbb{R}^n$, and $$z = W x + b, \qquad h = f(z), \qquad \theta = U h$$
with $W \in \mathbb{R}^{m \times n}$, $U \in \mathbb{R}^{c \times m}$
and a function $f$ of each entry. The loss $J$ depends on $\theta$.

"""
UNSAID = r"Let $\delta_1 = \frac{\partial J}{\partial \theta}$ and $\delta_2 = \frac{\partial J}{\partial z}$."
SAID = f"{UNSAID[:-1]}, which are row vectors."
TRUE = (
    r"\frac{\partial J}{\partial W} = \delta_2^T x^T",
    r"\frac{\partial J}{\partial x} = (\delta_2 W)^T",
    r"\frac{\partial J}{\partial U} = \delta_1^T h^T",
)
FALSE = (
    r"\frac{\partial J}{\partial W} = \delta_2^T h^T",
    r"\frac{\partial J}{\partial x} = (\delta_1 W)^T",
    r"\frac{\partial J}{\partial U} = -\delta_1^T h^T",
)
COLUMNS = (r"\frac{\partial J}{\partial W} = \delta_2 x^T", r"\frac{\partial J}{\partial x} = W^T \delta_2")
PAIRED = r"\frac{\partial J}{\partial z} = \delta_1 U \circ f'(z)"
MISPAIRED = r"\frac{\partial J}{\partial z} = \delta_1 U \circ f(z)"


def verdict(tmp_path: Path, words: str, formula: str) -> str:
    lecture = tmp_path / "rows.md"
    lecture.write_text(f"{NETWORK}{words} Then\n\n$${formula}$$\n", encoding="utf-8")
    return check_document(lecture, CheckOptions(mends=False)).findings[-1].verdict


@pytest.mark.parametrize("formula", TRUE)
def test_said_to_be_rows_they_are(tmp_path: Path, formula: str) -> None:
    assert verdict(tmp_path, SAID, formula) == "proved"


@pytest.mark.parametrize("formula", TRUE)
def test_unsaid_what_holds_of_rows_is_not_refuted(tmp_path: Path, formula: str) -> None:
    assert verdict(tmp_path, UNSAID, formula) == "undecided"


@pytest.mark.parametrize("formula", FALSE)
@pytest.mark.parametrize("words", [SAID, UNSAID])
def test_slips_are_refuted_all_the_same(tmp_path: Path, words: str, formula: str) -> None:
    assert verdict(tmp_path, words, formula) == "refuted"


@pytest.mark.parametrize("formula", COLUMNS)
def test_columns_are_the_usual_reading(tmp_path: Path, formula: str) -> None:
    assert verdict(tmp_path, UNSAID, formula) == "proved"


@pytest.mark.parametrize("words", [SAID, UNSAID])
def test_a_row_beside_a_column_is_no_reason_to_refute(tmp_path: Path, words: str) -> None:
    assert verdict(tmp_path, words, PAIRED) == "undecided"
    assert verdict(tmp_path, words, MISPAIRED) == "refuted"
