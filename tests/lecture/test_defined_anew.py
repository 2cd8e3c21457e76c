"""A letter that one section uses and a later one computes from names of its own may be two things."""

from __future__ import annotations

import pytest
from verdicts import verdicts

LAYER = r"""
# A layer

Let $x \in \mathbb{R}^d$, $y \in \mathbb{R}^n$ and $F \in \mathbb{R}^{n \times d}$. The layer computes $z = F x$ with
the loss $L = \frac12 \|z - y\|^2$.

$$ \frac{\partial L}{\partial F} = (z - y) x^T $$

"""
ENERGY = r"""
# Energy

With $F = U - T$, the loss is $J = F^2$.

"""


@pytest.mark.parametrize(
    "formula",
    [
        r"\frac{\partial J}{\partial U} = 2 F", r"\frac{\partial J}{\partial T} = -2 F",
        r"\frac{\partial J}{\partial U} = 2 (U - T)", r"\frac{\partial J}{\partial F} = 2 F",
    ],
)  # fmt: skip
def test_nothing_is_refuted_of_what_may_be_another_thing(formula: str) -> None:
    assert verdicts(f"{LAYER}{ENERGY}$$ {formula} $$\n")[-1] == "not-understood"


def test_the_earlier_section_is_judged_as_before() -> None:
    wrong = LAYER.replace("= (z - y) x^T", "= x (z - y)^T")

    assert "proved" in verdicts(LAYER + ENERGY)
    assert verdicts(wrong + ENERGY).count("refuted") == 1


def test_what_is_computed_from_known_names_is_the_same_thing() -> None:
    loss = r"""
# The loss

Let $y \in \mathbb{R}^n$. The loss of the output $q$ is $L = \frac12 \|q - y\|^2$.

# The network

Let $x \in \mathbb{R}^d$ and $W \in \mathbb{R}^{n \times d}$. The output is $q = W x$.

"""
    right, wrong = r"\frac{\partial L}{\partial W} = (q - y) x^T", r"\frac{\partial L}{\partial W} = x (q - y)^T"

    assert verdicts(f"{loss}$$ {right} $$\n")[-1] == "proved"
    assert verdicts(f"{loss}$$ {wrong} $$\n")[-1] == "refuted"
