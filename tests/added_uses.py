"""Uses of the rows that `added_rows` adds, run by test_contributing.py where that plugin is on."""

from __future__ import annotations

from pathlib import Path

import pytest
from verdicts import LAYERS, words

from derive.cli import run

TEXT = r"""
Let $A$ be an $m \times n$ addedmatrix, $q \in \mathbb{R}^n$ and $r \in \mathbb{R}^m$. Then
$$ s = A q, \qquad E = r^T s $$
and the gradient is
$$ \nabla_A E = r q^T $$
"""


def test_an_added_accent() -> None:
    model = LAYERS.replace("a^", r"\addedhat{a}^")

    assert words(model, r"\nabla_{z^L} C = (\addedhat{a}^L - y) \odot \sigma'(z^L)") == ["proved"]
    assert words(model, r"\nabla_{z^L} C = (y - \addedhat{a}^L) \odot \sigma'(z^L)") == ["refuted"]


def test_an_added_phrase_of_a_condition() -> None:
    formula = r"\nabla_{z^l} C = ((W^{l+1})^T \nabla_{z^{l+1}} C) \odot g'(z^l)"

    assert words(LAYERS, rf"{formula} \quad \text{{addedly if }} l < L") == ["proved"]
    assert words(LAYERS, rf"{formula} \quad \text{{addedly if }} l \le L") != ["proved"]


@pytest.fixture
def lecture(tmp_path: Path) -> str:
    path = tmp_path / "lecture.md"
    path.write_text(TEXT, encoding="utf-8")
    return str(path)


def test_an_added_word_that_declares(lecture: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", lecture, "--no-cache", "--jobs", "1"]) == 0
    assert "1 proved, 0 refuted" in capsys.readouterr().out


def test_an_added_output_format(lecture: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", lecture, "--no-cache", "--jobs", "1", "--output-format", "added"]) == 0
    assert "1 proved, 0 refuted" in capsys.readouterr().out
