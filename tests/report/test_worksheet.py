"""Worksheets: three levels of what is left blank, and mistakes to find that derive refutes and mends."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.check import CheckOptions, check_document
from derive.errors import UsageError
from derive.report.content import Blank, Display, Handout, Line, Paragraph, Solution
from derive.report.content_mistakes import mistakes, slips, unbracketed
from derive.report.content_worksheet import LEVELS, worksheet
from derive.report.handout import chosen_model
from derive.report.options import HandoutOptions
from derive.report.render import render
from derive.report.subject import Subject
from tests.report.combinations import combination, handout, most


def blanks(sheet: Handout) -> list[Blank]:
    return [block for section in sheet.sections for block in section.blocks if isinstance(block, Blank)]


@pytest.mark.parametrize("model", ["khapra", "nielsen", "ng"])
def test_each_level_leaves_more_to_do(model: str) -> None:
    sheets = {level: worksheet(combination(model), level)[0] for level in LEVELS}
    shown = {level: render(sheet, "md") for level, sheet in sheets.items()}
    lines = {
        level: sum(len(b.lines) for s in sheet.sections for b in s.blocks if isinstance(b, Display) and not b.numeric)
        for level, sheet in sheets.items()
    }
    results = [b.title for s in combination(model).sections for b in s.blocks if isinstance(b, Display) and b.title]

    assert lines[1] > lines[2] >= lines[3]
    assert [blank.title for blank in blanks(sheets[3]) if blank.title] == results
    assert len(blanks(sheets[1])) == len(blanks(sheets[2])) > len(blanks(sheets[3]))
    assert "Over all paths upwards" in shown[1]
    assert "Over all paths upwards" not in shown[3]


@pytest.mark.parametrize("level", LEVELS)
def test_what_is_left_blank_stands_in_the_solutions_under_its_number(level: int) -> None:
    whole = combination("khapra")
    sheet, answers = worksheet(whole, level)
    solved = [block for section in answers.sections for block in section.blocks if isinstance(block, Solution)]
    text = render(sheet, "md")
    results = [b.lines[0].right for s in whole.sections for b in s.blocks if isinstance(b, Display) and b.title]

    assert {blank.number for blank in blanks(sheet)} == {solution.number for solution in solved}
    assert [right for right in results if len(right) > 12 and right in text] == []
    assert set(results) <= {line.right for solution in solved for line in solution.display.lines}


def test_what_was_asked_before_is_asked_again_only_in_another_form() -> None:
    """The closed form of the inputs' gradient is more than the sum over paths; the gain's is the same again."""
    sheet, answers = worksheet(handout(model="layer-norm"), 2)
    (stated,) = (section for section in sheet.sections if section.name == "results")
    titles = [block.title for block in stated.blocks if isinstance(block, Blank)]
    number = next(blank.number for blank in blanks(sheet) if blank.prompts == (r"\frac{\partial L}{\partial x_{ij}}",))

    assert f"Inputs (another form of blank {number})" in titles
    assert not {"Normalised entries", "Gain", "Shift"} & {title.split(" (")[0] for title in titles}
    assert "held fixed, the derivative" not in render(sheet, "md")
    assert len(blanks(sheet)) == max(b.number for s in answers.sections for b in s.blocks if isinstance(b, Solution))


def test_two_words_are_not_one_word_counted_twice_and_a_gradient_is_a_derivative_by_an_array() -> None:
    sheet, _ = worksheet(handout(model="skip-gram"), 2)
    (stated,) = (section for section in sheet.sections if section.name == "results")
    titles = [block.title for block in stated.blocks if isinstance(block, Blank)]
    number = {blank.title: blank.number for blank in blanks(sheet)}

    assert titles == [
        f"Centre word (another form of blank {number['Gradient by $v_{c}$']})",
        f"Outside word (another form of blank {number['Gradient by $u_{o}$']})",
        f"Drawn words (another form of blank {number['Gradient by $u_s$']})",
    ]


def test_another_level_is_an_error() -> None:
    with pytest.raises(UsageError, match="there is no level 4 of worksheets; there are 1, 2 and 3"):
        HandoutOptions(level=4)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (r"= \hat{y} - y", r"y - \hat{y}"),
        (r"= W_{k+1}^T \nabla_{a_{k+1}} L", r"W_{k+1} \nabla_{a_{k+1}} L"),
        (r"= \nabla_{h_k} L \odot g'(a_k)", r"\nabla_{h_k} L"),
        (r"= \nabla_{a_k} L h_{k-1}^T", r"\nabla_{a_k} L h_{k}^T"),
    ],
)
def test_slips_are_those_that_people_make(right: str, wrong: str) -> None:
    assert wrong in slips(Line("u", right), "^T")


EXERCISED = (
    "khapra",
    "nielsen",
    "ng",
    "attention",
    "conv2d",
    "layer-norm",
    "linear-regression",
    "lstm",
    "rnn",
    "skip-gram",
)


@pytest.mark.parametrize("model", most(EXERCISED, ("khapra", "conv2d", "linear-regression")))
def test_a_mistake_is_refuted_and_its_correction_proved(model: str) -> None:
    """Both are judged anew here: nothing is a mistake because it is called one."""
    about = Subject(chosen_model(HandoutOptions(model=model)))
    whole = handout(model=model, sections=("gradients", "results"))
    found = mistakes(whole, about)
    head = f"<!-- derive:model\n{whole.model}\n-->\n"
    lines = [f"\n$$\n{line.left} {line.ranged}\n$$\n" for one in found for line in (one.wrong, one.right)]
    findings = check_document(Path("x.md"), CheckOptions(mends=False), text=head + "".join(lines)).findings

    assert len(found) >= 3
    assert len({one.words for one in found}) > 1
    assert [finding.verdict for finding in findings] == ["refuted", "proved"] * len(found)


def test_mistakes_are_asked_in_the_sheet_and_mended_in_the_solutions() -> None:
    whole = combination("khapra")
    found = mistakes(whole, Subject(chosen_model(HandoutOptions())))
    sheet, answers = worksheet(whole, 2, found)
    asked, told = sheet.sections[-1], answers.sections[-1]
    words = [piece.value for b in told.blocks if isinstance(b, Paragraph) for piece in b.text]

    assert [b.lines[0] for b in asked.blocks if isinstance(b, Display)] == [one.wrong for one in found]
    assert [b.lines[0] for b in told.blocks if isinstance(b, Display)] == [one.right for one in found]
    assert any("wrong sign" in word for word in words)
    text = render(sheet, "md")
    assert text.count("<!-- derive:off a mistake to find -->") == len(found)
    assert check_document(Path("x.md"), CheckOptions(mends=False), text=text).findings
    assert not any(
        f.verdict == "refuted" for f in check_document(Path("x.md"), CheckOptions(mends=False), text=text).findings
    )


@pytest.mark.parametrize(
    ("wrong", "right", "written"),
    [
        (r"\g = (\sigma(u^\top v) ) v", r"\g = (\sigma(u^\top v) - 1) v", r"\g = \sigma(u^\top v) v"),
        (r"S = r \left( \delta_{ij}  \right)", r"S = r \left( \delta_{ij} - a \right)", r"S = r \delta_{ij}"),
        ("S = a (b + c)", "S = a (b - c)", "S = a (b + c)"),
        ("S = (A B)^\\top", "S = (A + B)^\\top", "S = (A B)^\\top"),
        (r"S = (A \odot B) C", r"S = (A - B) C", r"S = (A \odot B) C"),
        ("S = f(a) b", "S = f(a - c) b", "S = f(a) b"),
    ],
)  # fmt: skip
def test_a_lost_term_leaves_no_brackets_that_tell_where_it_was(wrong: str, right: str, written: str) -> None:
    assert unbracketed(wrong, right) == written
