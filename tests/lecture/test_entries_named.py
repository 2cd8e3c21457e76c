"""How a text calls the entries of an array, A = (w_{ij}), and pairs of indices of which one counts vectors."""

from __future__ import annotations

import pytest
from verdicts import verdicts

WAYS = (
    r"$A = (w_{ij})$",
    r"$A = [w_{ij}] \in \mathbb{R}^{p \times q}$",
    r"$A = (w_{ij})_{i,j}$",
    r"$A = \left(w_{ij}\right)_{1 \le i \le p, 1 \le j \le q}$",
)
PAIRS = r"""Each of $M$ songs has a vector $p_m \in \mathbb{R}^d$ and a lyric $q_m \in \mathbb{R}^d$. With
$r_{ij} = p_i^\top q_j / \kappa$, $\kappa > 0$, and $\Pi_{ij} = e^{r_{ij}} / \sum_{k=1}^M e^{r_{ik}}$ the loss is
$F = -\frac{1}{M} \sum_{i=1}^M \log \Pi_{ii}$."""


@pytest.mark.parametrize("way", WAYS)
def test_an_array_is_called_by_its_entries(way: str) -> None:
    network = rf"Let {way}, $u \in \mathbb{{R}}^q$, $$o = A u, \qquad F = \tfrac12 \|o - s\|^2.$$"
    right = r"$$\frac{\partial F}{\partial w_{ij}} = (o_i - s_i) u_j$$ $$\frac{\partial F}{\partial A} = (o - s) u^T$$"
    wrong = r"$$\frac{\partial F}{\partial w_{ij}} = (o_j - s_j) u_i$$"
    found = verdicts(f"{network} {right} {wrong}")

    assert found[-3:] == ["proved", "proved", "refuted"]
    assert set(found[:-3]) == {"assumed"}


@pytest.mark.parametrize("way", WAYS)
def test_the_entries_may_be_what_is_computed_with(way: str) -> None:
    network = rf"Let {way}, $u \in \mathbb{{R}}^q$, $$o_i = \sum_{{j=1}}^q w_{{ij}} u_j, \qquad F = \sum_i o_i^2.$$"
    found = verdicts(network + r" $$\frac{\partial F}{\partial w_{ij}} = 2 o_i u_j$$")

    assert found[-1] == "proved"
    assert "refuted" not in found


def test_brackets_with_a_power_are_no_array() -> None:
    text = r"Let $u \in \mathbb{R}^q$ and $F = \sum_{j=1}^q (u_j)^2$. $$\frac{\partial F}{\partial u_j} = (u_j)^2$$"

    assert verdicts(text)[-1] == "refuted"


@pytest.mark.parametrize(
    ("latex", "verdict"),
    [
        (r"\frac{\partial F}{\partial r_{ij}} = \frac{1}{M} (\Pi_{ij} - \delta_{ij})", "proved"),
        (r"\frac{\partial F}{\partial q_j} = \frac{1}{M \kappa} (\sum_{i=1}^M \Pi_{ij} p_i - p_j)", "proved"),
        (r"\frac{\partial F}{\partial q_j} = \frac{1}{M \kappa} (\sum_{i=1}^M \Pi_{ji} p_i - p_j)", "refuted"),
        (r"\frac{\partial F}{\partial r_{ij}} = \Pi_{ij} - \delta_{ij}", "refuted"),
    ],
)
def test_pairs_of_indices_are_entries_though_one_counts_vectors(latex: str, verdict: str) -> None:
    assert verdicts(f"{PAIRS} $${latex}$$")[-1] == verdict
