"""What words beside the rows of a display say: a note says nothing against its row, "dropping" leaves something out."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.check import CheckOptions, check_document

LAYER = r"""
Let $x \in \mathbb{R}^m$, $W \in \mathbb{R}^{n \times m}$, $\mu \in \mathbb{R}$ and $z = W x$,
$$E = \frac{1}{2} z^T z + \frac{\mu}{2} \|W\|_F^2.$$
"""


def verdicts(rows: str) -> list[str]:
    """Return the verdicts on the rows of a display."""
    text = rf"{LAYER}$$\begin{{aligned}} {rows} \end{{aligned}}$$"
    found = check_document(Path("lecture.md"), CheckOptions(mends=False), text=text).findings
    return [finding.verdict for finding in found if finding.verdict != "assumed"]


@pytest.mark.parametrize("note", ["putting in $z$", "this follows by the rule", "from the definition of $E$"])
def test_a_note_that_ends_with_a_name_says_nothing_against_its_row(note: str) -> None:
    rows = rf"\nabla_z E &= z & \text{{{note}}} \\ &= W x \\ &= x"

    assert verdicts(rows) == ["proved", "proved", "refuted"]


@pytest.mark.parametrize("words", [r"dropping $\mu$", "ignoring the penalty", r"up to terms in $\mu$"])
def test_a_row_that_leaves_something_out_is_not_refuted(words: str) -> None:
    assert verdicts(rf"\nabla_W E &= z x^T & \text{{{words}}}") == ["undecided"]


def test_words_before_a_relation_may_be_a_condition_and_are_no_note() -> None:
    assert verdicts(r"\nabla_W E &= z x^T & \text{having $\mu = 0$}") == ["not-understood"]
