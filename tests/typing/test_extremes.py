"""The largest and the smallest entry of an array, and a number beside an array."""

from __future__ import annotations

import pytest

from derive.judge_formula import Judge, LinkVerdict
from derive.models.model import parse_model

SCORES = r"""
name = "scores"
forward = [
  'c_i = \frac{\exp(s_i)}{\sum_{j=1}^n \exp(s_j)} \quad (1 \le i \le n)', 'r = B s', 'e = \frac{1}{n} \sum_{i=1}^n r_i',
  'Q = \ell(c)',
]
shapes = ['s, c, r \in \mathbb{R}^n', 'B \in \mathbb{R}^{n \times n}', 'e, \lambda, \mu \in \mathbb{R}']
[functions]
'\ell' = "any scalar"
"""


def judged(formula: str) -> LinkVerdict:
    (verdict,) = Judge.start(parse_model(SCORES)).formula(formula)[0]
    return verdict


@pytest.mark.parametrize(
    "formula",
    [
        r"c_i = \frac{\exp(s_i - \max(s))}{\sum_{j=1}^n \exp(s_j - \max(s))}",
        r"c_i = \frac{\exp(s_i - \max_m s_m)}{\sum_{j=1}^n \exp(s_j - \max_m s_m)}",
        r"\sum_{i=1}^n \min(\mathbf{s}) = n \min(s)",
        r"\max_{1 \le m \le n} r_m = \max(B s)",
        r"\max(\lambda, \mu) = \max(\mu, \lambda)",
    ],
)
def test_the_largest_entry_is_a_number(formula: str) -> None:
    assert judged(formula).word == "proved"


@pytest.mark.parametrize(
    "formula",
    [r"\max(s) = s_1", r"\max(-s) = -\min(s)", r"\max \lambda \mu = \mu", r"\max(s) = \max(s) + 1", r"\max_m s_m = e"],
)
def test_what_is_not_known_of_it_is_not_understood(formula: str) -> None:
    verdict = judged(formula)

    assert verdict.word == "not-understood"
    assert "internal error" not in verdict.message


def test_a_number_beside_an_array_needs_the_switch() -> None:
    one, both = judged(r"r = B s + \mu - \mu"), judged(r"r - e = B s - e")
    for verdict in (one, both):
        assert verdict.word == "undecided"
        assert "broadcast = true" in verdict.message


def test_a_number_beside_an_array_that_is_wrong_with_the_switch_too_is_refuted() -> None:
    assert judged(r"r = B s + \mu").word == "refuted"
    assert judged(r"r - 1 = B s - 1").word == "proved"
