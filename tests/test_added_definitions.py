"""What a model adds to a text wins over what the text says of the same names next, and over what it said before."""

from __future__ import annotations

from pathlib import Path

from derive.check import CheckOptions, check_document

COST = r"""# Costs

<!-- derive:model
use = "document"
forward = ['J = \frac{1}{2} \|o - t\|^2']
-->

## The network

For $x \in \mathbb{R}^m$ and $V \in \mathbb{R}^{n \times m}$ the output is $o = V x$. Any cost will do, such as

$$J = \sum_k (o_k - t_k)^4$$

$$\frac{\partial J}{\partial o} = o - t$$

$$\frac{\partial J}{\partial V} = x (o - t)^T$$
"""
LATER = r"""
## Another one

For $x \in \mathbb{R}^m$ and $V \in \mathbb{R}^{n \times m}$ let $o = V x$ and

$$J = \sum_k (o_k - t_k)^6$$

$$\frac{\partial J}{\partial o_k} = 6 (o_k - t_k)^5$$
"""
MIDDLE = r"""# Costs

## A line

For numbers $w, x, b, t$ let $o = w x + b$ and $J = (o - t)^2$.

## The network

The input is $x \in \mathbb{R}^m$.

<!-- derive:model
use = "document"
forward = ['a = V x', 'o_j = \sigma(a_j)', 'J = - \sum_{j=1}^n t_j \log o_j']
shapes = ['V \in \mathbb{R}^{n \times m}']
[functions]
'\sigma' = "sigmoid"
-->

$$\frac{\partial J}{\partial a_j} = - t_j (1 - o_j)$$

$$\frac{\partial J}{\partial a_j} = - t_j o_j$$
"""


def verdicts(text: str) -> list[str]:
    found = check_document(Path("lecture.md"), CheckOptions(mends=False), text=text).findings
    return [one.verdict for one in found if one.verdict != "assumed"]


def test_a_loss_of_the_model_wins_over_the_one_that_the_text_says_next() -> None:
    assert verdicts(COST) == ["not-understood", "proved", "refuted"]


def test_what_a_section_after_that_defines_is_its_own() -> None:
    assert verdicts(COST + LATER)[3:] == ["proved"]


def test_a_model_in_the_middle_wins_over_what_was_said_before_it() -> None:
    assert verdicts(MIDDLE) == ["proved", "refuted"]
