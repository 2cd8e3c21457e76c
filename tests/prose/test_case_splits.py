"""Cases that a text goes through one after the other hold for all formulas of theirs, in several paragraphs too."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.check import CheckOptions, check_document

MODEL = r"""<!-- derive:model
forward = ['z = W x', 'p = \operatorname{softmax}(z)', 'J = \ell(p)']
shapes = ['x \in \mathbb{R}^d', 'z, p \in \mathbb{R}^K', 'W \in \mathbb{R}^{K \times d}']
[functions]
'\ell' = "any scalar"
-->
"""
SAME, OTHER = r"\frac{\partial p_k}{\partial z_j} = p_k (1 - p_k)", r"\frac{\partial p_k}{\partial z_j} = -p_k p_j"
WRONG = r"\frac{\partial p_k}{\partial z_j} = p_k (1 + p_k)"
GENERAL = r"\frac{\partial p_k}{\partial z_j} = p_k (1_{k=j} - p_j)"
LONG = r"\frac{\partial p_k}{\partial z_j} = \frac{-e^{z_k} e^{z_j}}{(\sum_t e^{z_t})^2},"


def verdicts(text: str) -> list[str]:
    found = check_document(Path("x.md"), CheckOptions(mends=False), text=MODEL + text).findings
    return [f.verdict for f in found if r"\partial p" in f.latex]


def split(first: str, second: str, opening: str = "For the case when", turning: str = "When") -> str:
    """Return a text with two cases, in the first of which another paragraph stands before the formula."""
    return (
        f"There are two cases. {opening} $j = k$:\n\nOne of the terms, $u = e^{{z_k}}$, depends on it.\n\n"
        f"By the quotient rule\n\n$$\n{first}\n$$\n\n{turning} $j \\ne k$, the numerator is different, and we have\n\n"
        f"$$\n{second}\n$$\n"
    )


@pytest.mark.parametrize("opening", ["For the case when", "When", "Let us begin with the case", "If"])
def test_the_first_case_lasts_until_the_opposite_one(opening: str) -> None:
    assert verdicts(split(SAME, OTHER, opening)) == ["undecided", "proved"]


def test_what_is_false_in_its_case_too_is_refuted() -> None:
    assert verdicts(split(WRONG, OTHER)) == ["refuted", "proved"]
    assert verdicts(split(SAME, WRONG)) == ["undecided", "refuted"]


@pytest.mark.parametrize(
    "text",
    [
        f"When $j = k$, it is simple.\n\nThe derivative of the output is\n\n$$\n{SAME}\n$$\n",  # no other case comes
        split(GENERAL, OTHER) + f"\n## Results\n\nThe derivative is\n\n$$\n{SAME}\n$$\n",
        split(GENERAL, OTHER).replace("By the quotient rule", "In general") + f"\nIn both cases\n\n$$\n{SAME}\n$$\n",
        f"For $j = k$ and $i < k$ there is one.\n\nThe derivative is\n\n$$\n{SAME}\n$$\n\nWhen $j = 1$, none.\n",
    ],
)
def test_what_no_case_is_said_for_is_meant_of_all(text: str) -> None:
    assert verdicts(text)[-1] == "refuted"


@pytest.mark.parametrize(
    ("opens", "closes"),
    [("", ""), ("\\begin{equation*}\n", "\n\\end{equation*}"), ("\\begin{aligned}\n", "\n\\end{aligned}")],
)
@pytest.mark.parametrize("goes_on", ["which simplifies to", "and this is", "so that"])
def test_a_sentence_that_goes_on_behind_a_display_keeps_its_case(opens: str, closes: str, goes_on: str) -> None:
    """…, which simplifies to $$…$$ was judged for all j and k."""
    text = f"When $j \\neq k$, it is similar. We have\n\n$$\n{LONG}\n$$\n\n{goes_on}\n\n$$\n{opens}{{}}\n{closes}\n$$\n"
    assert verdicts(text.replace("{}", OTHER)) == ["undecided", "undecided"]
    assert verdicts(text.replace("{}", WRONG)) == ["undecided", "refuted"]


def test_a_new_sentence_begins_anew() -> None:
    text = f"When $j \\neq k$, it is similar. We have\n\n$$\n{LONG}\n$$\n\nThe derivative is\n\n$$\n{OTHER}\n$$\n"
    assert verdicts(text) == ["undecided", "refuted"]
