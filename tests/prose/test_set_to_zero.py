"""Gradients that a sentence sets to zero in words: what follows is assumed of that equation, solutions are proved."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.check import CheckOptions, check_document
from derive.findings import Finding
from derive.recall import Recall

MODEL = r"""<!-- derive:model
name = "fit"
forward = ['F = \frac{1}{2} \sum_{i=1}^{m} (r_i - \theta s_i)^2 + \sum_{i=1}^m (r_i - c)^2']
shapes = ['r, s \in \mathbb{R}^m', '\theta, c \in \mathbb{R}']
-->

"""
SLOPE = r"$$ \frac{\partial F}{\partial \theta} = -\sum_{i=1}^m s_i (r_i - \theta s_i) $$" + "\n\n"
NORMAL = r"\theta \sum_{i=1}^m s_i^2 = \sum_{i=1}^m s_i r_i"


def last(text: str) -> Finding:
    """Return what is found of the last formula of a text behind the model."""
    return check_document(Path("fit.md"), CheckOptions(), text=MODEL + text).findings[-1]


@pytest.mark.parametrize(
    "words",
    [
        "Setting it to zero gives", "Setting this equal to 0, we get", "Set the derivative to zero:",
        r"We equate $\frac{\partial F}{\partial \theta}$ to $0$ and obtain",
        "Setzt man die Ableitung gleich null, so folgt", "Setzen wir dies gleich 0:",
        "En posant cette dérivée égale à zéro, on obtient", "En annulant la dérivée on trouve",
        "Igualando a cero se obtiene", "Igualando a derivada a zero,", "Ponendo la derivata uguale a zero,",
        "Приравнивая производную к нулю, получаем",
    ],
)  # fmt: skip
@pytest.mark.parametrize("written", ["${}$.", "\n\n$$ {} $$"])
def test_a_rearrangement_of_what_words_set_to_zero_is_assumed(words: str, written: str) -> None:
    finding = last(f"{SLOPE}{words} {written.replace('{}', NORMAL)}")

    assert finding.verdict == "assumed"
    assert r"\frac{\partial F}{\partial \theta} = 0" in finding.message


@pytest.mark.parametrize(
    "slip",
    [
        r"\theta \sum_{i=1}^m s_i^2 = -\sum_{i=1}^m s_i r_i", r"\theta \sum_{i=1}^m s_i = \sum_{i=1}^m s_i r_i",
        r"\theta \sum_{i=1}^m s_i^2 = \sum_{i=1}^m r_i^2",
    ],
)  # fmt: skip
def test_what_does_not_follow_is_refuted(slip: str) -> None:
    assert last(f"{SLOPE}Setting it to zero gives ${slip}$.").verdict == "refuted"


def test_a_solution_is_proved_and_a_wrong_one_is_not() -> None:
    solution = r"\theta = \frac{\sum_{i=1}^m s_i r_i}{\sum_{i=1}^m s_i^2}"
    finding = last(f"{SLOPE}Setting the derivative to zero, ${NORMAL}$, so that ${solution}$.")
    wrong = last(
        f"{SLOPE}Setting the derivative to zero, ${NORMAL}$, so that ${solution.replace('s_i r_i', 'r_i^2')}$."
    )

    assert finding.verdict == "proved"
    assert any(r"\frac{\partial F}{\partial \theta} = 0" in said for said in finding.assumptions)
    assert wrong.verdict not in {"proved", "assumed"}


def test_where_it_is_not_clear_what_is_set_to_zero_nothing_is_refuted() -> None:
    both = r"$\frac{\partial F}{\partial \theta} = -\sum_{i=1}^m s_i (r_i - \theta s_i)$ and " + (
        r"$\frac{\partial F}{\partial c} = -2 \sum_{i=1}^m (r_i - c)$. Setting both to zero gives "
    )
    assert last(f"Here {both}${NORMAL}$.").verdict == "undecided"
    assert last(f"Setting the derivative to zero gives ${NORMAL}$.").verdict == "undecided"


@pytest.mark.parametrize("words", ["Setting the weight to zero gives", "It is set apart.", "We add zero and get", ""])
def test_other_words_set_no_derivative_to_zero(words: str) -> None:
    assert last(f"{SLOPE}{words} ${NORMAL}$.").verdict == "refuted"


def test_the_equation_counts_where_the_formulas_before_are_recalled(tmp_path: Path) -> None:
    text = f"{MODEL}{SLOPE}Setting it to zero gives ${NORMAL}$, or "
    first, recall = f"{text}$r = s$.", Recall()
    check_document(tmp_path / "a.md", CheckOptions(), text=first, recall=recall)
    again = Recall(known=recall.kept)
    turned = r"\sum_{i=1}^m s_i r_i = \theta \sum_{i=1}^m s_i^2"
    report = check_document(tmp_path / "a.md", CheckOptions(), text=f"{text}${turned}$.", recall=again)

    assert report.findings[-1].verdict == "assumed"
