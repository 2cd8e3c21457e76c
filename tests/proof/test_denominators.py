"""What is divided by and may be 0 for a size, an index or a kind of value is assumed not to be, or stops the proof."""

from __future__ import annotations

import pytest

from derive.judge_formula import Judge
from derive.link_verdicts import LinkVerdict
from derive.models.model import parse_model
from derive.proof.draw import draw_network
from derive.proof.sizes import outline, plan

SAMPLES = r"""
name = "samples"
forward = [
  's = \sum_{i=1}^{n} u_i', 'v = \frac{1}{n-1} \sum_{i=1}^{n} u_i', 'r = \max(0, c)',
  'z = \frac{q}{b} + \log p', 'Q = v + r s',
]
shapes = ['u, t \in \mathbb{R}^n', 'c, q, a, b, p \in \mathbb{R}']
assume = ['t_i \in \{0, 1\}'ASSUMED]
"""


def judged(formula: str, assumed: str = "") -> LinkVerdict:
    model = parse_model(SAMPLES.replace("ASSUMED", f", '{assumed}'" if assumed else ""))
    (verdict,) = Judge.start(model).formula(formula)[0]
    return verdict


@pytest.mark.parametrize(
    ("formula", "assumed"),
    [
        (r"\frac{n-1}{n-1} s = s", "n-1 is not 0"),
        (r"(n - 1) v = s", "n-1 is not 0"),
        (r"\frac{1}{n-1} \sum_{i=1}^{n-1} 1 = 1", "n-1 is not 0"),
        (r"\frac{r}{r} s = s", "denominators are not 0"),
        (r"\frac{t_i}{t_i} s = s", "denominators are not 0"),
        (r"\frac{c}{c} = 1", "denominators are not 0"),
        (r"\frac{a q}{a} = q", "denominators are not 0"),
        (r"u_i u_i^{-1} s = s", "denominators are not 0"),
        (r"\frac{c^3}{c^2} = c", "denominators are not 0"),
        (r"\frac{c - q}{c - q} s = s", "denominators are not 0"),
    ],
)
def test_what_may_be_zero_is_assumed_not_to_be(formula: str, assumed: str) -> None:
    verdict = judged(formula)

    assert verdict.word == "proved"
    assert assumed in verdict.assumptions


@pytest.mark.parametrize(
    "formula",
    [
        r"\frac{n}{n} s = s",
        r"\frac{s}{s} q = q",
        r"\frac{b p}{p} = b",
        r"\frac{2 c}{2 + 2 c^2} = \frac{c}{1 + c^2}",
        r"\frac{\partial z}{\partial q} = \frac{1}{b}",
        r"\sum_{i=2}^{n} \frac{i-1}{i-1} u_i = s - u_1",
        r"\frac{1}{n+1} s + \frac{n}{n+1} s = s",
    ],
)
def test_what_is_zero_nowhere_or_almost_nowhere_is_not_mentioned(formula: str) -> None:
    verdict = judged(formula)

    assert (verdict.word, verdict.assumptions) == ("proved", ())


def test_a_sum_that_meets_the_zero_has_no_value() -> None:
    assert judged(r"\sum_{i=1}^{n} \frac{i-1}{i-1} u_i = s").word == "undecided"


def test_what_is_assumed_of_a_size_settles_it() -> None:
    assert judged(r"(n - 1) v = s", r"n \ge 2").assumptions == ()
    assert judged(r"\frac{n-2}{n-2} s = s", r"n \ge 2").assumptions == ("n-2 is not 0",)
    assert judged(r"\frac{n-2}{n-2} s = s", r"n > 2").assumptions == ()


def test_what_is_assumed_to_be_positive_may_be_divided_by() -> None:
    assert judged(r"\frac{a q}{a} = q", "a > 0").assumptions == ()


@pytest.mark.parametrize(
    "formula", [r"\frac{a}{a} = 1", r"\frac{\sqrt{a}}{a} = \frac{1}{\sqrt{a}}", r"\frac{a q}{a} = q"]
)
def test_what_may_be_zero_at_the_end_of_its_range_is_assumed_not_to_be(formula: str) -> None:
    assert judged(formula, r"a \ge 0").assumptions == ("denominators are not 0",)


def test_what_is_false_stays_refuted_whatever_it_divides_by() -> None:
    assert judged(r"\frac{a q}{a} = c").word == "refuted"


def test_a_bound_that_may_be_met_says_that_it_is_not() -> None:
    verdict = judged(r"|a| = a", r"a \ge 0")

    assert verdict.word == "proved"
    assert r"a \ge 0, never with equality" in verdict.assumptions


def test_a_width_of_one_is_drawn() -> None:
    network = parse_model(SAMPLES.replace("ASSUMED", "")).network
    drawn = {draw: {plan(outline(network), seed, draw, 0)("n", ()) for seed in range(6)} for draw in range(4)}

    assert min(drawn[0]) > 1
    assert 1 in drawn[2] | drawn[3]
    assert draw_network(network).size("n", ()) >= 1
