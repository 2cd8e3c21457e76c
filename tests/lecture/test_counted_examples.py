"""Letters that stand for one example in one section, and are counted over the examples in the next."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.check import CheckOptions, check_document

UNIT = r"""# A unit with two inputs

## What it computes

$$r = \sigma(p v_1 + q v_2 + c)$$ with $\sigma(p) = \frac{1}{1 + e^{-p}}$.

## How wrong it is

Over $n$ measurements, of which $r_i$ is what was to come out,

\begin{align}
h_i &= \sigma(p_i v_1 + q_i v_2 + c) \\
E &= \frac{1}{n} \sum_{i=1}^{n} (h_i - r_i)^2
\end{align}

"""
TRUE = (
    r"\partial_{v_1} h_i = h_i (1 - h_i) p_i",
    r"\partial_{c} h_i = h_i (1 - h_i)",
    r"\partial_{v_2} E = \frac{1}{n} \sum_{i=1}^{n} 2 (h_i - r_i) h_i (1 - h_i) q_i",
    r"\frac{\partial E}{\partial c} = \frac{2}{n} \sum_{i=1}^{n} (h_i - r_i) h_i (1 - h_i)",
    r"\frac{\partial E}{\partial h_i} = \frac{2}{n} (h_i - r_i)",
)
FALSE = (
    r"\partial_{v_1} h_i = h_i (1 - h_i) q_i",
    r"\partial_{c} h_i = h_i (1 + h_i)",
    r"\partial_{v_2} E = \frac{1}{n} \sum_{i=1}^{n} 2 (h_i - r_i) h_i (1 - h_i) p_i",
    r"\partial_{v_2} E = \frac{1}{n} \sum_{i=1}^{n} (h_i - r_i) h_i (1 - h_i) q_i",
    r"\frac{\partial E}{\partial c} = \frac{2}{n} \sum_{i=1}^{n} (h_i - r_i) h_i",
    r"\frac{\partial E}{\partial h_i} = \frac{2}{n} \sum_{i=1}^{n} (h_i - r_i)",
)
LAYER = r"""# A layer of units

## All at once

$$u = V x + c$$ $$h = \tanh(u)$$ where $x \in \mathbb{R}^d$ and $V \in \mathbb{R}^{m \times d}$.

## One by one

$$h_i = \tanh(u_i)$$ $$E = \frac{1}{2} \sum_{i=1}^{m} (h_i - t_i)^2$$

"""


def _verdicts(text: str) -> dict[str, str]:
    found = check_document(Path("lecture.md"), CheckOptions(mends=False), text=text).findings
    return {finding.latex: finding.verdict for finding in found}


@pytest.mark.parametrize("formula", TRUE)
def test_what_is_counted_over_examples_is_no_entry_of_what_one_example_gives(formula: str) -> None:
    assert _verdicts(f"{UNIT}$${formula}$$\n")[formula] == "proved"


@pytest.mark.parametrize("formula", FALSE)
def test_slips_over_examples_are_refuted(formula: str) -> None:
    assert _verdicts(f"{UNIT}$${formula}$$\n")[formula] == "refuted"


def test_the_unit_of_one_example_keeps_its_own_reading() -> None:
    derivative, slip = (
        r"\frac{\partial r}{\partial p} = r (1 - r) v_1",
        r"\frac{\partial r}{\partial p} = r (1 - r) v_2",
    )
    text = UNIT.replace("## How wrong", f"$${derivative}$$ $${slip}$$\n\n## How wrong")
    verdicts = _verdicts(text)
    assert (verdicts[derivative], verdicts[slip]) == ("proved", "refuted")


@pytest.mark.parametrize(
    ("formula", "verdict"),
    [
        (r"\frac{\partial E}{\partial u_i} = (h_i - t_i) (1 - h_i^2)", "proved"),
        (r"\frac{\partial E}{\partial V_{ij}} = (h_i - t_i) (1 - h_i^2) x_j", "proved"),
        (r"\frac{\partial E}{\partial V_{ij}} = (h_i - t_i) (1 - h_i^2) x_i", "refuted"),
    ],
)
def test_entries_of_a_layer_stay_entries(formula: str, verdict: str) -> None:
    assert _verdicts(f"{LAYER}$${formula}$$\n")[formula] == verdict
