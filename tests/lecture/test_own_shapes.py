"""What a letter is in the section that computes with it, where another section declares it with another shape."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.check import CheckOptions, check_document

SCORER = r"""# Two machines

## A scorer

A column $\boldsymbol{w} \in \mathbb{R}^p$ scores $\boldsymbol{u} \in \mathbb{R}^p$:

$$s = \boldsymbol{w}^T \boldsymbol{u}$$ $$\frac{\partial s}{\partial \boldsymbol{u}} = \boldsymbol{w}$$
"""
LAYER = r"""
## A layer

Each unit adds up what reaches it, and the cost compares it with a target $t_j$:

$$c_j = \sum_{i=1}^{q} w_{ij} v_i$$ $$K = \frac{1}{2} \sum_{j=1}^{r} (c_j - t_j)^2$$

$$\frac{\partial K}{\partial w_{ij}} = (c_j - t_j) v_i$$ $$\frac{\partial K}{\partial w_{ij}} = (c_j - t_j) v_j$$
"""
AFTERWARDS = r"""
## Afterwards

$$\frac{\partial s}{\partial \boldsymbol{u}} = \boldsymbol{w}$$
"""
TABLE = r"""# Layers

## Words

The table has a row $\boldsymbol{v} \in \mathbb{R}^k$ for each word, and $\boldsymbol{w} \in \mathbb{R}^k$ reads it.

## Units

<!-- derive:model
use = "document"
forward = ['a_h = \sum_{i=1}^m v_{hi} x_i', 'b_h = g(a_h)', 'o_j = \sum_{h=1}^q w_{jh} b_h', 'E = \frac{1}{2} \sum_{j=1}^n (o_j - t_j)^2']
-->

$$\frac{\partial E}{\partial v_{hi}} = \sum_{j=1}^n (o_j - t_j) w_{jh} g'(a_h) x_i$$

$$\frac{\partial E}{\partial v_{hi}} = \sum_{j=1}^n (o_j - t_j) w_{jh} g'(b_h) x_i$$

## More words

Here $\boldsymbol{h} \in \mathbb{R}^q$ is another word.
"""  # noqa: E501
NUMBERS = r"""# Costs

## A line

For numbers $w, x, b, t$ let $o = w x + b$ and $J = (o - t)^2$. Then

$$\frac{\partial J}{\partial w} = 2 (o - t) x$$ $$\frac{\partial J}{\partial w} = (o - t) x$$

## The network

The input is $x \in \mathbb{R}^m$.
"""


def verdicts(text: str) -> list[str]:
    found = check_document(Path("lecture.md"), CheckOptions(mends=False), text=text).findings
    return [one.verdict for one in found if one.verdict != "assumed"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SCORER + LAYER, ["proved", "proved", "refuted"]),
        (LAYER + SCORER.replace("# Two machines", ""), ["proved", "refuted", "proved"]),
        (NUMBERS, ["proved", "refuted"]),
        (TABLE, ["proved", "refuted"]),
    ],
    ids=["more indices", "fewer", "numbers before an array", "what a model adds"],
)
def test_a_letter_is_in_its_section_what_that_says_of_it(text: str, expected: list[str]) -> None:
    assert verdicts(text) == expected


def test_what_hangs_on_a_letter_that_is_something_else_meanwhile_is_not_judged() -> None:
    assert verdicts(SCORER + LAYER + AFTERWARDS)[-1] == "not-understood"


WORDS = r"""# Words

We have a vector $v \in \mathbb{R}^d$ for each word, and $A \in \mathbb{R}^{d \times d}$.

# Pairs

The score of two words is $s = v_a^T v_b$.

$$\frac{\partial s}{\partial v_a} = v_b$$

# Entries

With the matrix above let $u_i = \sum_j A_{ij} v_j$.

$$\frac{\partial u_i}{\partial v_j} = A_{ij}$$ $$\frac{\partial u_i}{\partial v_j} = A_{ji}$$
"""


def test_what_a_section_transposes_with_an_index_is_no_entry_there() -> None:
    first, *others = verdicts(WORDS)

    assert first not in {"proved", "refuted"}
    assert others == ["proved", "refuted"]
