"""How the last of several cases says that none of the others holds, by one row of phrases in each language."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.check import CheckOptions, check_document
from derive.notation.phrases import says_otherwise

MODEL = r"""<!-- derive:model
forward = ['h = \max(0, a)', 'L = h^2']
shapes = ['a, h, L \in \mathbb{R}']
-->

"""


@pytest.mark.parametrize("words", ["otherwise", "Else,", "if not", "o.w.", "in all other cases", "sonst", "否则"])
def test_words_for_the_last_case(words: str) -> None:
    assert says_otherwise(words)


@pytest.mark.parametrize("words", ["if not masked", "if", "not", "unless masked", "if masked, otherwise", ""])
def test_words_that_name_a_case(words: str) -> None:
    assert not says_otherwise(words)


@pytest.mark.parametrize(
    ("last", "verdict"),
    [("otherwise", "proved"), ("if not", "proved"), ("if not masked", "not-understood"), ("masked", "not-understood")],
)
def test_a_case_that_is_not_understood_is_not_the_last_one(last: str, verdict: str) -> None:
    cases = rf"\begin{{cases}} 2 a & a > 0 \\ 0 & \text{{{last}}} \end{{cases}}"
    text = rf"{MODEL}$$\frac{{\partial L}}{{\partial a}} = {cases}$$"
    (finding,) = check_document(Path("cases.md"), CheckOptions(mends=False), text=text).findings

    assert finding.verdict == verdict
