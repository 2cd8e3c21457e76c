"""How far a slash and a function without brackets reach: the verdict says where it is further than usual."""

from __future__ import annotations

import pytest

from derive.judge_formula import Judge
from derive.models.model import parse_model

NUMBERS = r"""
name = "numbers"
forward = ['p = a b + c', 'E = \frac{1}{2} (p - y)^2']
shapes = ['a, b, c, p, y, E \in \mathbb{R}']
assume = ['a > 0', 'b > 0']
"""
BELOW = "all that stands side by side behind a slash is below it"
LETTERS = "a function without brackets reaches over all letters behind it"


@pytest.mark.parametrize(
    ("formula", "assumed"),
    [
        (r"E = 1/2 (p - y)^2", ()),
        (r"\frac{d}{db} \sqrt{b} = 1/2\sqrt{b}", (BELOW,)),
        (r"\frac{d}{db} \frac{1}{3b} = -1/3b^2", (BELOW,)),
        (r"\frac{d}{db} \ln(a b) = a/ab", (BELOW,)),
        (r"\frac{d}{db} \sin ab = a \cos ab", (LETTERS,)),
        (r"\ln ab = \ln a + \ln b", (LETTERS, "a > 0", "b > 0")),
        (r"\ln a b = b \ln a", ()),
        (r"\sin 2a = \sin(2 a)", ()),
        (r"\frac{d}{da} \ln a/b = 1/a", (LETTERS,)),
        (r"\frac{d}{da} \ln a/b = \frac{1}{ab}", ()),
        (r"\exp a/b = \exp(a/b)", (LETTERS,)),
        (r"\ln(a)/b = \frac{1}{b} \ln a", ()),
    ],
)
def test_the_wider_reach_is_tried_and_named(formula: str, assumed: tuple[str, ...]) -> None:
    (verdict,) = Judge.start(parse_model(NUMBERS)).formula(formula)[0]

    assert (verdict.word, verdict.assumptions) == ("proved", assumed)


@pytest.mark.parametrize(
    "formula",
    [
        r"\frac{d}{db} \sqrt{b} = 2/2\sqrt{b}",
        r"\frac{d}{db} \ln(a b) = b/ab",
        r"\ln ab = \ln a - \ln b",
        r"\ln a/b = \ln a + \ln b",
        r"\frac{d}{da} \ln a/b = b/a",
        r"\frac{d}{db} \sin ab = \cos ab",
        r"\frac{\partial E}{\partial p} = 1/2 (p - y)",
    ],
)
def test_what_is_false_in_both_is_refuted(formula: str) -> None:
    (verdict,) = Judge.start(parse_model(NUMBERS)).formula(formula)[0]

    assert verdict.word == "refuted"
