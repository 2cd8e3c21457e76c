"""The pages of the codes keep their word: their examples are refuted, and what they advise is proved."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from derive.check import CheckOptions, check_document
from derive.codes import page

KHAPRA = CheckOptions(model="khapra")
REFUTED = [f"D{number}" for number in (101, 102, 103, *range(200, 211), *range(212, 217))]
SAME_CODE = ["D101", "D102", "D103", "D200", "D201", "D206", "D207", "D209", "D212", "D213", "D214", "D215", "D216"]


def formulas(text: str) -> str:
    return "\n\n".join(re.findall(r"\$\$.*?\$\$", text, re.DOTALL))


def sections(code: str) -> tuple[str, str]:
    """Return the formulas of the example and those to use instead."""
    example, instead = page(code).split("## Example")[1].split("## Use instead")
    return formulas(example), formulas(instead)


def verdicts(text: str) -> list[tuple[str, str]]:
    report = check_document(Path("page.md"), KHAPRA, text=text)
    return [(finding.verdict, finding.code) for finding in report.findings]


@pytest.mark.parametrize("code", REFUTED)
def test_the_example_is_refuted(code: str) -> None:
    found = verdicts(sections(code)[0])
    assert [verdict for verdict, _ in found] == ["refuted"]
    if code in SAME_CODE:
        assert found == [("refuted", code)]


@pytest.mark.parametrize("code", [*REFUTED, "D211"])
def test_what_to_use_instead_is_proved(code: str) -> None:
    found = verdicts(sections(code)[1])
    assert {verdict for verdict, _ in found} == {"proved"}


def test_a_formula_in_the_other_layout_is_proved_with_that_assumption() -> None:
    (finding,) = check_document(Path("page.md"), KHAPRA, text=sections("D211")[0]).findings
    assert finding.verdict == "proved"
    assert any("layout" in assumption for assumption in finding.assumptions)
