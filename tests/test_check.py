"""A document and its model to findings: models, directives, places, and formulas that exhaust the reader."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.check import CheckOptions, check_document
from derive.errors import UsageError
from derive.findings import Finding

MODEL = r"""<!-- derive:model
name = "square"
forward = ['L = x^2 + c']
shapes = ['x, c \in \mathbb{R}']
-->
"""


def findings(text: str, options: CheckOptions | None = None) -> list[Finding]:
    """Check a Markdown text."""
    return list(check_document(Path("lecture.md"), options or CheckOptions(), text=text).findings)


def test_places_are_those_of_the_document() -> None:
    (found,) = findings(MODEL + "\nSo $\\frac{dL}{dx} = 2x$ holds.\n")

    assert (found.line, found.column, found.latex) == (7, 5, r"\frac{dL}{dx} = 2x")
    assert found.verdict == "proved"


def test_a_slip_is_refuted_where_it_stands() -> None:
    (found,) = findings(MODEL + "\n$$\n\\frac{dL}{dx} = x\n$$\n")

    assert (found.line, found.verdict) == (8, "refuted")
    assert found.suggestion is not None


def test_the_verdict_alone_may_be_asked_for() -> None:
    (found,) = findings(MODEL + "\n$$\n\\frac{dL}{dx} = x\n$$\n", CheckOptions(mends=False))

    assert (found.verdict, found.suggestion) == ("refuted", None)


def test_a_formula_without_a_model_says_what_to_do() -> None:
    (found,) = findings("$a = b$\n")

    assert (found.verdict, found.code) == ("not-understood", "D004")
    assert "--model" in found.message


def test_the_model_of_the_document_wins_over_the_command_line() -> None:
    text = MODEL + "\n$\\frac{dL}{dx} = 2x$\n"

    assert findings(text, CheckOptions(model="khapra"))[0].verdict == "proved"


def test_an_ignored_formula_is_skipped_with_its_reason() -> None:
    (found,) = findings(MODEL + "\n<!-- derive:ignore a joke -->\n$L = 3$\n")

    assert (found.verdict, found.message) == ("skipped", "a joke")


def test_a_granted_fact_is_used_and_named() -> None:
    (found,) = findings(MODEL + "\n<!-- derive:assume c = 0 -->\n\n$L = x^2$\n")

    assert found.verdict == "proved"
    assert any("c = 0" in assumption for assumption in found.assumptions)


def test_without_the_fact_it_is_refuted() -> None:
    assert findings(MODEL + "\n$L = x^2$\n")[0].verdict == "refuted"


def test_an_unreadable_formula_is_not_understood_at_its_place() -> None:
    (found,) = findings(MODEL + "\n$\\frac{dL}{dx = 2x$\n")

    assert found.verdict == "not-understood"
    assert found.line == 7


def test_a_formula_that_was_left_out_is_undecided() -> None:
    text = MODEL + "\n$\\frac{dL}{dx} = 2x$ and $\\frac{dL}{dc} = 1$\n"
    found = findings(text, CheckOptions(without=frozenset({0})))

    assert [f.verdict for f in found] == ["undecided", "proved"]


def test_an_unknown_model_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match="khapra"):
        findings("$a$", CheckOptions(model="no-such-model"))


def test_a_broken_model_leaves_its_formulas_open_and_names_its_line() -> None:
    broken = MODEL.replace("x^2 + c", "x^2 + unknown_{name}")
    text = f"text\n\n{broken}\n$L = 1$\n\n{MODEL}\n$\\frac{{dL}}{{dc}} = 1$\n"
    report = check_document(Path("lecture.md"), CheckOptions(), text=text)

    assert [finding.verdict for finding in report.findings] == ["not-understood", "proved"]
    assert "its model makes no sense" in report.findings[0].message
    assert report.unfinished.startswith(" 5:") or report.unfinished.startswith("5:")


def test_progress_counts_the_formulas() -> None:
    seen: list[tuple[int, int]] = []
    check_document(
        Path("lecture.md"),
        CheckOptions(),
        text=MODEL + "\n$L = x^2 + c$ $\\frac{dL}{dc} = 1$\n",
        progress=lambda done, total, _: seen.append((done, total)),
    )

    assert list(dict.fromkeys(seen)) == [(0, 2), (1, 2), (2, 2)]  # the first one before each network that is read, too


def test_reading_the_networks_of_a_long_text_gives_signs_of_life() -> None:
    parts = [rf"# Part {n}\n\nFor real numbers $x, w$ let $y = {n} w x$." for n in range(2, 8)]
    seen: list[int] = []
    check_document(
        Path("book.md"), CheckOptions(), text="\n\n".join(parts), progress=lambda done, total, _: seen.append(done)
    )

    assert seen.count(0) > len(parts)


SYMMETRIC = r"""<!-- derive:model
name = "form"
forward = ['q = x^\top S x']
shapes = ['x, a \in \mathbb{R}^n', 'S \in \mathbb{R}^{n \times n}', 'q \in \mathbb{R}']
assume = ['S = S^\top']
-->
"""


@pytest.mark.parametrize(
    ("latex", "verdict"),
    [
        (r"\nabla_x q = 2 S x", "proved"),
        (r"\nabla_x q = S x", "refuted"),
    ],
)
def test_a_symmetric_matrix_may_be_turned_round(latex: str, verdict: str) -> None:
    assert findings(SYMMETRIC + f"\n$${latex}$$\n")[0].verdict == verdict


@pytest.mark.parametrize("empty", ["$\\,$", "$$ $$", "${}$", "$\\quad$", "$\\label{eq:a}$", "$$% nothing\n$$"])
def test_an_empty_formula_says_nothing_and_stops_nothing(empty: str) -> None:
    text = f'<!-- derive:model use = "khapra" -->\n\nHere {empty} and $a_k = b_k + W_k h_{{k-1}}$.\n'
    report = check_document(Path("lecture.md"), CheckOptions(), text=text)

    assert [finding.verdict for finding in report.findings if finding.verdict != "assumed"] == ["proved"]
