"""What Σ and Π run over: several items below one sign, what they leave out, sets, and which letter is bound."""

from __future__ import annotations

import pytest
from verdicts import findings, words

SAMPLE = r"""
name = "sample"
forward = ['\mu = \frac{1}{n} \sum_{i=1}^{n} z_i', 's = \frac{1}{n} \sum_{i=1}^{n} (z_i - \mu)^2']
shapes = ['z \in \mathbb{R}^n']
"""
OTHERS = r" z_k = n \mu - z_i"


@pytest.mark.parametrize(
    "below",
    [
        r"_{k=1, k \ne i}^n",
        r"_{k \neq i, k=1}^{n}",
        r"_{k=1, i \ne k}^n",
        r"_{k=1; k \not= i}^n",
        r"_{k=1: k \ne i}^n",
        r"_{k \,|\, k \ne i}",
        r"_{\substack{k=1 \\ k \ne i}}^n",
        r"_{\begin{subarray}{c} k=1 \\ k \ne i \end{subarray}}^n",
        r"_{1 \le k \le n, k \ne i}",
        r"_{k \in \{1, 2, \dots, n\}, k \ne i}",
        r"_{k \in \{1, \dots, n\} \setminus \{i\}}",
        r"_{k \in [n] \setminus i}",
        r"_{k \in \{1, \dots, n\} - \{i\}}",
        r"_{k \notin \{i\}}",
        r"_{k \ne i}",
        r"_{i \ne k}",
    ],
)
def test_a_sum_over_all_but_one_is_the_total_less_one(below: str) -> None:
    assert words(SAMPLE, r"\sum" + below + OTHERS) == ["proved"]
    assert words(SAMPLE, r"\sum" + below + r" z_k = n \mu") == ["refuted"]
    assert words(SAMPLE, r"\sum" + below + r" z_k = n \mu - n z_i") == ["refuted"]


@pytest.mark.parametrize(
    ("formula", "word"),
    [
        (r"\sum_{k=1, k \ne i, k \ne j}^n z_k = n \mu - z_i - z_j + [i = j] z_i", "proved"),
        (r"\sum_{k \ne i, j} z_k = n \mu - z_i - z_j + [i = j] z_i", "proved"),
        (r"\sum_{i=1}^n \sum_{i \ne k} z_i z_k = n^2 \mu^2 - \sum_{i=1}^n z_i^2", "proved"),
        (r"\sum_{i \ne k} z_i z_k = n^2 \mu^2 - \sum_{i=1}^n z_i^2", "proved"),
        (r"\sum_{i, k \ne i} z_i z_k = n^2 \mu^2 - \sum_{i=1}^n z_i^2", "proved"),
        (r"\sum_{i \ne k} z_i z_k = n^2 \mu^2", "refuted"),
        (r"\sum_{k < i} z_k + \sum_{k > i} z_k = n \mu - z_i", "proved"),
        (r"\sum_{k \le i} z_k + \sum_{k \ge i} z_k = n \mu", "refuted"),
        (r"\sum_{1 \le i < k \le n} (z_i + z_k) = n \mu", "refuted"),
        (r"\sum_{k = 1, \dots, n} z_k = n \mu", "proved"),
        (r"\sum_{k \in [n]} z_k = n \mu", "proved"),
        (r"\sum_{k \in [1, n]} z_k = n \mu", "proved"),
        (r"\sum_{k \in [n-1]} z_k = n \mu - z_n", "proved"),
        (r"\sum_{k \in [n-1]} z_k = n \mu", "refuted"),
        (r"\prod_{k \ne i} z_k = 0 \cdot z_i", "refuted"),
    ],
)
def test_conditions_below_a_sign_count(formula: str, word: str) -> None:
    assert words(SAMPLE, formula) == [word]


@pytest.mark.parametrize(
    "below",
    [
        r"_{k \in B}",
        r"_{k \in B \setminus \{i\}}",
        r"_{k \in \{1, 3, \dots, n\}}",
        r"_{k \in \{1, n\}}",
        r"_{k \in \{i : z_i > 0\}}",
        r"_{k=1}^{\infty}",
        r"_{k=1 \vee k = 2}^n",
        r"_{k \text{ even}}",
        r"_{k \sim i}",
    ],
)
def test_a_sum_over_what_is_not_understood_is_not_understood(below: str) -> None:
    assert words(SAMPLE, r"\sum" + below + r" z_k = n \mu") == ["not-understood"]


BATCH = r"""
name = "batch"
forward = ['p_i = w z_i', 'E = \frac{1}{2} \sum_{i \in B} (p_i - t_i)^2']
shapes = ['z, p, t \in \mathbb{R}^n', 'w \in \mathbb{R}']
"""


def test_the_set_that_the_forward_pass_sums_over_is_all_that_there_is() -> None:
    assert words(BATCH, r"\frac{\partial E}{\partial w} = \sum_{i \in B} (p_i - t_i) z_i") == ["proved"]
    assert words(BATCH, r"\frac{\partial E}{\partial w} = \sum_{i=1}^n (p_i - t_i) z_i") == ["proved"]
    (found,) = findings(BATCH, r"\frac{\partial E}{\partial w} = \sum_{i \in A} (p_i - t_i) z_i")
    assert found.word == "not-understood"
    assert '"A"' in found.message
