"""Where a formula may be broken in a cell of a table, and what its letters are for TeX."""

from __future__ import annotations

import pytest

from derive.report.content import Paragraph
from derive.report.content_proofs import proofs
from derive.report.inline import Math, Text
from derive.report.tex import cell, math
from derive.report.width import breakable

BREAK = r"\allowbreak "


@pytest.mark.parametrize(
    ("latex", "pieces"),
    [
        (r"a = b c", [r"a = b", "c"]),
        (r"\sum_{f=1}^{F} \sum_{i=0}^{H-1} g_{f i} w_f", [r"\sum_{f=1}^{F} \sum_{i=0}^{H-1} g_{f i}", "w_f"]),
        (r"\frac{\partial L}{x y} = \mathbf{1}[s = u]", [r"\frac{\partial L}{x y} = \mathbf{1}[s = u]"]),
        (r"\alpha x + y z", [r"\alpha", "x + y", "z"]),
        (r"A \odot B^\top C", [r"A \odot B^\top", "C"]),
    ],
)  # fmt: skip
def test_a_formula_is_broken_between_factors_only(latex: str, pieces: list[str]) -> None:
    found = breakable(latex)

    assert found.split(BREAK) == pieces
    assert found.replace(BREAK, " ") == latex


def test_a_cell_is_not_drawn_small() -> None:
    wide = " ".join(f"w_{{{n}}}" for n in range(60))

    assert "adjustbox" not in cell((Math(wide), Text(", all")))
    assert cell((Math(wide), Text(", all"))).count("allowbreak") == 59


def test_the_indicator_is_bold_where_blackboard_letters_have_no_digits() -> None:
    """TeX sets another sign for \\mathbb{1}, and says nothing."""
    assert math(r"x \mathbb{1}[i = j] \in \mathbb{R}") == r"x \mathbf{1}[i = j] \in \mathbb{R}"


def test_without_results_no_empty_table() -> None:
    (block,) = proofs((), 0, (), "1.0").blocks

    assert isinstance(block, Paragraph)
