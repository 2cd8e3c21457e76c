"""What holds on one side of a kink only is not refuted where its sentence says so, and is where it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.check import CheckOptions, check_document

HINGE = r"Let $f = w^T x$ with $w, x \in \mathbb{R}^d$ and $L = \max(0, 1 - y f)$ for a number $y$."
ACTIVE = r"$$\frac{\partial L}{\partial w} = -y x$$"


def word(lead: str, formula: str = ACTIVE) -> str:
    text = f"{HINGE}\n{lead}\n{formula}\n"
    found = check_document(Path("lecture.md"), CheckOptions(mends=False), text=text, progress=lambda *_: None).findings
    return found[-1].verdict


@pytest.mark.parametrize(
    "lead",
    [
        "Where the loss is positive,",
        "For violated margins",
        "Inside the margin we get",
        "For positive loss,",
        "On the active side of the kink",
        "For misclassified examples,",
        "If the loss is zero, nothing happens. Otherwise, we get",
        "Für falsch klassifizierte Beispiele gilt",
        "Pour les exemples mal classés,",
        "Para ejemplos mal clasificados,",
    ],
)
def test_words_that_limit_a_formula_keep_it_from_being_refuted(lead: str) -> None:
    assert word(lead) == "undecided"


@pytest.mark.parametrize(
    "lead",
    [
        "The weights receive",
        "For the output layer we get",
        "In the first layer",
        "For all examples",
        "Otherwise put,",
    ],
)
def test_words_that_limit_nothing_do_not(lead: str) -> None:
    assert word(lead) == "refuted"


@pytest.mark.parametrize(
    "inside", [r"\text{(active examples)}", r"\text{where } L \text{ is positive}", r"\text{(violated margin)}"]
)
def test_words_beside_a_formula_limit_it_too(inside: str) -> None:
    assert word("The weights receive", ACTIVE.replace(" x$$", rf" x \quad {inside}$$")) == "undecided"
    assert word("The weights receive", ACTIVE.replace(" x$$", r" x \quad \text{for all examples}$$")) == "refuted"
