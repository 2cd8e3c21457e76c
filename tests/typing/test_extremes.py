"""The largest and the smallest entry of an array, and a number beside an array."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.check import CheckOptions, check_document
from derive.judge_formula import Judge
from derive.link_verdicts import LinkVerdict
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
        # and it is known where it stands
        r"\max(-s) = -\min(s)",
        r"\max_i (s_i + \lambda) = \max(s) + \lambda",
        r"\max_i (s_i + \lambda) = \lambda + \max_i s_i",
        r"\max_i 3 s_i = 3 \max_i s_i",
        r"\max_i \max_j (s_i + r_j) = \max_{i,j} (s_i + r_j)",
        r"\frac{\partial}{\partial s_i} \max(s) = \mathbb{1}[s_i = \max(s)]",
        r"\frac{\partial}{\partial s_i} \max_j s_j = \mathbb{1}[i = \arg\max_j s_j]",
        r"\frac{\partial}{\partial s_i} \min_j s_j = \mathbb{1}[i = \operatorname{argmin}_j s_j]",
        r"\sum_{i=1}^n \mathbb{1}[s_i = \max(s)] = 1",
        r"\log \sum_{i=1}^n \exp(s_i) = \max(s) + \log \sum_{i=1}^n \exp(s_i - \max(s))",
    ],
)
def test_the_largest_entry_is_a_number(formula: str) -> None:
    assert judged(formula).word == "proved"


@pytest.mark.parametrize(
    "formula",
    [
        r"\max(s) = s_1",
        r"\max(-s) = -\max(s)",
        r"\max(s) = \min(s)",
        r"\max(s) = \max(s) + 1",
        r"\max_m s_m = e",
        r"\max_i (-2 s_i) = -2 \max_i s_i",
        r"\max_i (s_i + r_i) = \max(s) + \max(r)",
        r"\frac{\partial}{\partial s_i} \max(s) = 1",
        r"\frac{\partial}{\partial s_i} \max(s) = s_i \mathbb{1}[s_i = \max(s)]",
        r"\frac{\partial}{\partial s_i} \max(s) = \mathbb{1}[s_i = \min(s)]",
        r"\frac{\partial}{\partial s_i} \max(s) = \mathbb{1}[s_i \ne \max(s)]",
        r"\sum_{i=1}^n \mathbb{1}[s_i = \max(s)] = n",
        r"\frac{\partial}{\partial s_i} \max(s)^2 = 2 s_i",
    ],
)
def test_what_is_wrong_of_it_is_refuted_with_a_witness(formula: str) -> None:
    verdict = judged(formula)

    assert verdict.word == "refuted"
    assert verdict.witness


def test_ties_are_left_out_and_said() -> None:
    assert "away from ties of a maximum or minimum" in judged(r"\sum_{i=1}^n \mathbb{1}[s_i = \max(s)] = 1").assumptions


@pytest.mark.parametrize(
    "formula",
    [r"\max_{i=1}^n 1 = 1", r"\max_i \mu = \mu", r"\frac{\partial}{\partial \mu} \max_{i=1}^n (0 s_i + \mu) = 1"],
)
def test_of_equal_numbers_nothing_is_claimed(formula: str) -> None:
    assert judged(formula).word in {"undecided", "not-understood"}


@pytest.mark.parametrize(
    "formula", [r"\max \lambda \mu = \mu", r"\mathbb{1}[s_i = r_i] = 0", r"\max_{i \ne 1} s_i = s_1"]
)
def test_what_is_no_maximum_over_a_range_is_not_understood(formula: str) -> None:
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


WINNERS = r"""<!-- derive:model
forward = ['m = \max_{1 \le i \le n} s_i', 'E = \frac{1}{2} m^2']
shapes = ['s \in \mathbb{R}^n', 'm, E \in \mathbb{R}']
-->

"""


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (r"$\frac{\partial m}{\partial s_i} = 1$ if $i = \arg\max_k s_k$ and $0$ otherwise.", "undecided"),
        (r"For the largest score $s_i$ we have $\frac{\partial E}{\partial s_i} = m$.", "undecided"),
        (r"$\frac{\partial E}{\partial s_i} = m \, \mathbb{1}[s_i = m]$", "proved"),
        (r"$\frac{\partial E}{\partial s_i} = m \, \mathbb{1}[s_i \ne m]$", "refuted"),
        (r"$\frac{\partial E}{\partial m} = -m$", "refuted"),
    ],
)
def test_a_text_may_say_in_words_which_entry_is_the_largest(text: str, word: str, tmp_path: Path) -> None:
    lecture = tmp_path / "lecture.md"
    lecture.write_text(WINNERS + text, encoding="utf-8")
    found = [finding.verdict for finding in check_document(lecture, CheckOptions()).findings]

    assert word in found
    assert word == "refuted" or "refuted" not in found
