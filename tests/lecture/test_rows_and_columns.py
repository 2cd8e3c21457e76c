"""Rows and columns of matrices that a text calls by names."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from verdicts import last

from derive.document.document import read_document
from derive.lecture.network import network_of

LOSS = r"We minimize $E = \|A w - t\|^2$ with $A \in \mathbb{R}^{m \times d}$ and $a_i \in \mathbb{R}^d$."


def parts(text: str) -> list[str]:
    found = network_of(read_document(Path("lecture.md"), text).formulas)
    return tomllib.loads(found.toml)["forward"][:-1] if found is not None else []


@pytest.mark.parametrize(
    "words",
    [
        r"The $i$-th row of $A$ is $a_i^\top$.",
        r"The rows of $A$ are the vectors $a_i^\top$.",
        r"Here $a_i^\top$ denotes the $i^{th}$ row of $A$.",
        r"The design matrix $A$ with rows $a_1^\top, \dots, a_m^\top$ is given.",
    ],
)
def test_words_say_that_vectors_are_the_rows_of_a_matrix(words: str) -> None:
    assert parts(rf"{LOSS} {words} Then $E = \sum_{{i=1}}^m (w^\top a_i - t_i)^2$.") == [
        r"a_i = A_{i,:}^\top \quad (i = 1, \dots, m)"
    ]


def test_words_say_that_vectors_are_the_columns_of_a_matrix() -> None:
    text = r"""We minimize $E = \|A^\top w\|^2$ with $A \in \mathbb{R}^{d \times m}$;
the columns of $A$ are $a^{(j)}$, and $E = \sum_{j=1}^m (w^\top a^{(j)})^2$."""

    assert parts(text) == [r"a^{(j)} = A_{:,j} \quad (j = 1, \dots, m)"]


@pytest.mark.parametrize(("words", "verdict"), [("", "undecided"), (r"The rows of $A$ are $a_i^\top$.", "proved")])
def test_an_array_that_nothing_ties_to_the_network_refutes_nothing(words: str, verdict: str) -> None:
    claim = r"$$\nabla_w E = 2 \sum_{i=1}^m (w^\top a_i - t_i) a_i$$"

    assert last(f"{LOSS} {words}\n\n{claim}") == verdict


@pytest.mark.parametrize(
    "words", [r"The $i$-th row of $A$ is the softmax of $a_i$.", r"Here $a_i$ is not a row of $A$."]
)
def test_what_is_computed_from_rows_is_no_row(words: str) -> None:
    assert parts(rf"{LOSS} {words} Then $E = \sum_{{i=1}}^m (w^\top a_i - t_i)^2$.") == []
