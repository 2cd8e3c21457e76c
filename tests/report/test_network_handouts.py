"""Handouts of the bundled networks beyond the perceptron: written, and judged by derive itself without a doubt."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bundled_models import LECTURES, NETWORKS

from derive.cli import run
from derive.lecture.stated import load_model
from derive.report.content_build import assembled, sections_of
from derive.report.handout import chosen_model, write_handout
from derive.report.options import SECTIONS, HandoutOptions
from derive.report.pdf import typeset_with_log
from derive.report.render import render
from derive.report.subject import Subject
from derive.report.tex import math
from tests.report.combinations import KINDS, handout, most, require_tex


@pytest.mark.parametrize("name", sorted(KINDS))
def test_the_handout_of_a_network_is_written_with_nothing_left_out(name: str, tmp_path: Path) -> None:
    written = write_handout(HandoutOptions(model=name, formats=("md",), output=tmp_path / "x"))

    assert written.hidden == ()
    assert written.files[-1].read_text().count("$$") > 10


@pytest.mark.handouts
@pytest.mark.parametrize("worksheet", [False, True], ids=["handout", "worksheet"])
@pytest.mark.parametrize("name", [*LECTURES, *NETWORKS])
def test_every_section_in_every_format_has_nothing_refuted_or_left_out(
    name: str, worksheet: bool, tmp_path: Path
) -> None:
    formats = ("md", "html", "tex", "deck")
    options = HandoutOptions(model=name, formats=formats, sections=SECTIONS, worksheet=worksheet, output=tmp_path / "x")
    written = write_handout(options)

    assert written.hidden == ()
    assert len([file for file in written.files if file.suffix != ".svg"]) == len(formats) * (1 + worksheet)


@pytest.mark.parametrize("kind", ["tex", "beamer"])
@pytest.mark.parametrize("name", most([*LECTURES, *NETWORKS], ()))
def test_every_page_and_slide_has_room(name: str, kind: str) -> None:
    """TeX sets every section, no line is wider and no slide higher than there is room for."""
    require_tex()
    log = typeset_with_log(render(handout(model=name, sections=SECTIONS), kind)).log

    over = [match[0] for match in re.finditer(r"Overfull \\[hv]box \((\S+)pt.*", log) if float(match[1]) > 1]
    assert over == []
    assert re.findall(r".*undefined.*|.*multiply defined.*|.*Rerun to get.*", log) == []


def test_time_is_counted_by_its_letter_and_assumptions_are_used() -> None:
    """Σ_t, not Σ_m; the sum of the targets is one; what is held fixed is said once."""
    options = HandoutOptions(model="rnn", sections=("setting", "gradients"))
    sections = sections_of(Subject(chosen_model(options)), options)
    text = render(assembled(options, sections, "", ""), "md")

    assert r"\nabla_{W_{h}} J = \sum_{t=1}^{T} \delta^{(t)} {h^{(t-1)}}^\top" in text
    assert r"\nabla_{o^{(t)}} J = \frac{1}{T} \left( \hat{y}^{(t)} - y^{(t)} \right)" in text
    assert r"It is assumed that $\sum_{i=1}^{V} y^{(t)}_i = 1$." in text
    assert text.count("the derivative of its definition alone, with $h^{(t-1)}$ held fixed") == 1
    assert text.count("As before, $h^{(t-1)}$ is held fixed") == 2
    assert "Back through time" in text


@pytest.mark.parametrize("model", ["attention-causal", "attention-masked"])
def test_the_gradients_of_a_network_whose_indices_count_positions_are_written(model: str) -> None:
    """An index of positions is counted as steps in some gradients only; what is held fixed says nothing of it."""
    options = HandoutOptions(model=model, sections=("gradients",))

    assert sections_of(Subject(chosen_model(options)), options)


@pytest.mark.parametrize("model", ["attention-masked", "average-pooling"])
def test_a_network_that_learns_nothing_takes_no_step(model: str) -> None:
    """Its inputs are checked by differences all the same."""
    options = HandoutOptions(model=model, sections=("example", "updates"))
    sections = sections_of(Subject(chosen_model(options)), options)
    text = render(assembled(options, sections, "", ""), "md")

    assert [section.name for section in sections] == ["example"]
    assert "learning rate" not in text
    assert "**Numeric check.**" in text


def test_a_script_that_a_command_begins_has_braces() -> None:
    assert math(r"\|W\|_\textrm{F}^2 + x^\mathrm{T}") == r"\|W\|_{\textrm{F}}^2 + x^{\mathrm{T}}"


@pytest.mark.parametrize(
    ("model", "options", "title"),
    [
        ("layer-norm", {}, "Backpropagation, step by step: layer normalisation"),
        ("khapra", {}, "Backpropagation, step by step: a multilayer perceptron for classification"),
        ("khapra", {"loss": "squared-error"}, "Backpropagation, step by step: a multilayer perceptron"),
        ("rnn", {"title": "Week 6"}, "Week 6"),
    ],
)
def test_a_title_names_the_network(model: str, options: dict[str, str], title: str) -> None:
    assert handout(model=model, sections=("forward",), **options).meta.title == title


@pytest.mark.parametrize("name", [*LECTURES, *NETWORKS])
def test_every_bundled_model_says_what_it_is(name: str) -> None:
    assert load_model(name).description


def test_the_file_for_latex_is_read_back_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Boxes that draw a wide formula smaller, and ranges on a line of their own, hide nothing."""
    write_handout(HandoutOptions(model="lstm", sections=("gradients",), formats=("tex",), output=tmp_path / "x"))

    assert "\\adjustbox{max width" in (tmp_path / "x.tex").read_text()
    assert run(["check", "--no-cache", "--strict", str(tmp_path / "x.tex")]) == 0
    assert ", 0 not understood" in capsys.readouterr().out
