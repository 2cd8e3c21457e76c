"""Arrays of which a text says no more than the shape, beside a network of other names."""

from __future__ import annotations

from verdicts import last

LOSS = r"We minimize $E = \|A w - t\|^2$ with $A \in \mathbb{R}^{m \times d}$ and $a_i \in \mathbb{R}^d$."


def test_an_array_that_nothing_ties_to_the_network_refutes_nothing() -> None:
    assert last(rf"{LOSS} $$\nabla_w E = 2 \sum_{{i=1}}^m (w^\top a_i - t_i) a_i$$") == "undecided"


def test_two_forms_of_a_letter_refute_nothing() -> None:
    assert last(rf"{LOSS} $$A^\top A = \sum_{{i=1}}^m a_i a_i^\top$$") == "undecided"


def test_a_claim_about_arrays_of_its_own_is_refuted() -> None:
    own = r"Let $B \in \mathbb{R}^{n \times n}$ and $v \in \mathbb{R}^n$."

    assert last(rf"{LOSS} {own} $$\nabla_v (v^\top B v) = 2 B v$$") == "refuted"
