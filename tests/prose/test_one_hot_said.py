"""What words say of one-hot vectors, and what they do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.check import CheckOptions, check_document

MODEL = r"""<!-- derive:model
name = "scores"
forward = ['p = \operatorname{softmax}(s)', 'L = -\log p_c']
shapes = ['s, p \in \mathbb{R}^K']
-->

"""


def verdict(text: str) -> str:
    """Return the verdict on ∂L/∂s = p - t behind a text."""
    claim = "\n\n" + r"$$\frac{\partial L}{\partial s} = p - t$$"
    report = check_document(Path("lecture.md"), CheckOptions(mends=False), text=MODEL + text + claim)
    return report.findings[-1].verdict


@pytest.mark.parametrize(
    "text",
    [
        "Here $t$ is the one-hot vector of $c$.",
        "Let $t$ be a one-hot vector with a 1 at position $c$, and 0 elsewhere.",
        "The one-hot vector $t$ of the true class $c$ is known.",
        r"The one-hot target $\mathbf{t}$ has its 1 in place $c$.",
        "$t$ is one-hot for the class $c$.",
        "Dabei ist $t$ der One-Hot-Vektor mit einer 1 an der Stelle $c$.",
        "Ici $t$ est le vecteur one-hot de la classe $c$.",
        "Aquí $t$ es el vector one-hot de la clase $c$.",
    ],
)
def test_a_vector_that_words_call_one_hot_is_that(text: str) -> None:
    assert verdict(text) == "proved"


@pytest.mark.parametrize(
    "text",
    [
        "Here $t$ is not the one-hot vector of $c$.",
        "Here $t$ is a vector of class $c$.",
        "Here $t$ is a one-hot vector. In class $c$ it differs.",
        "Here $t$ is a one-hot vector of the length $c$.",
        "Here $t$ is a one-hot vector of $k$.",
    ],
)
def test_other_words_do_not_say_which_entry_is_1(text: str) -> None:
    assert verdict(text) == "not-understood"
