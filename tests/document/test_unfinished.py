"""Formulas that end with their sign go on in the display below."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.check import CheckOptions, check_document
from derive.document.document import read_document
from derive.document.unfinished import has_relation

MODEL = '<!-- derive:model use = "khapra" -->\n'
LEFT = r"\nabla_{a_L} \mathcal{L}(\theta)"
RIGHT = r"\hat{y} - e(\ell)"
WRONG = r"e(\ell) - \hat{y}"


def verdicts(text: str) -> list[tuple[str, str]]:
    report = check_document(Path("lecture.md"), CheckOptions(mends=False), text=MODEL + text)
    return [(finding.latex, finding.verdict) for finding in report.findings]


@pytest.mark.parametrize(
    "text",
    [
        f"It is ${LEFT} =$\n\n$${RIGHT}$$",
        f"It is \\({LEFT} = \\)\n\\[\n{RIGHT}\n\\]",
        f"> It is ${LEFT}=$\n> $${RIGHT}$$",
    ],
)
def test_the_display_is_the_right_side(text: str) -> None:
    assert verdicts(text) == [(LEFT, "assumed"), (RIGHT, "proved")]
    assert verdicts(text.replace(RIGHT, WRONG)) == [(LEFT, "assumed"), (WRONG, "refuted")]


def test_a_display_that_says_its_left_side_again_is_judged_by_itself() -> None:
    whole = f"{LEFT} = {WRONG}"
    assert verdicts(f"It is ${LEFT} =$\n\n$${whole}$$") == [(LEFT, "assumed"), (whole, "refuted")]


@pytest.mark.parametrize(
    "text",
    [
        f"It is ${LEFT} =$ where\n\n$${RIGHT}$$",
        f"It is ${LEFT} =$ ${RIGHT}$",
        f"It is $${LEFT} =$$ $${RIGHT}$$",
        f"It is ${LEFT} :=$\n\n$${RIGHT}$$",
        f"It is ${LEFT} =$\n\n<!-- derive:ignore -->\n$${RIGHT}$$",
        f"It is ${LEFT} =$",
    ],
)
def test_elsewhere_the_missing_side_is_named(text: str) -> None:
    assert verdicts(text)[0][1] == "not-understood"


def test_each_of_many_goes_on_in_its_own() -> None:
    found = verdicts(f"First ${LEFT} =$ $${RIGHT}$$ and then ${LEFT} =$ $${WRONG}$$")
    assert [verdict for _, verdict in found] == ["assumed", "proved", "assumed", "refuted"]


def test_the_place_of_the_display_stays_its_own() -> None:
    document = read_document(Path("lecture.md"), f"It is ${LEFT} =$\n\n$${RIGHT}$$")
    upper, lower = document.formulas
    assert (upper.latex, lower.latex) == (LEFT, RIGHT)
    assert lower.goes_on
    assert lower.clean.excerpt(lower.read_span) == f"={RIGHT}"


@pytest.mark.parametrize("latex", ["a = b", r"a \le b", r"\begin{aligned} a &= b \end{aligned}", "{" * 40 + "}" * 40])
def test_a_sign_of_relation_is_seen(latex: str) -> None:
    assert has_relation(latex)


@pytest.mark.parametrize("latex", ["a + b", r"\sum_{i=1}^n a_i", r"\frac{1}{\sum_{i = 1} a}", r"\left( a \right)"])
def test_one_inside_braces_is_none(latex: str) -> None:
    assert not has_relation(latex)
