"""The handout: options to content to files."""

from __future__ import annotations

import json
import re
import tomllib
from html.parser import HTMLParser
from pathlib import Path

import pytest

from derive.errors import UsageError
from derive.models.registry import BUNDLED
from derive.report import pdf
from derive.report.content import Blank, Display, Handout, Solution
from derive.report.content_build import build
from derive.report.handout import build_handout, write_handout
from derive.report.options import HandoutOptions
from derive.report.render import render
from tests.report.combinations import COMBINATIONS, require_tex

HOSTILE = r"\input{/etc/passwd} <script>alert(1)</script> $x_1$ 100% a&b #1 ~ ^ é ß ŷ"
VOID = {"meta", "line", "circle", "mspace", "br", "img", "hr"}


def handout(**options: object) -> Handout:
    return build(HandoutOptions(**options), (), "0.0")  # type: ignore[arg-type]


class Page(HTMLParser):
    """Collects the elements, checks that they are closed in order, and remembers what they refer to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, self.getpos()

    def attributes(self, name: str) -> list[str]:
        return [value for _, attrs in self.seen if (value := attrs.get(name))]


@pytest.mark.parametrize("worksheet", [False, True], ids=["handout", "worksheet"])
@pytest.mark.parametrize("name", COMBINATIONS)
def test_the_page_is_well_formed_and_stands_alone(name: str, worksheet: bool) -> None:
    text = render(handout(**COMBINATIONS[name], worksheet=worksheet), "html")
    page = Page(text)
    tags = {tag for tag, _ in page.seen}
    ids = page.attributes("id")

    assert page.open == []
    assert tags.isdisjoint({"script", "link", "img", "iframe", "object", "merror"})
    assert page.attributes("src") == []
    assert not re.search(r"url\(|@import|\bon[a-z]+=", text)
    assert len(ids) == len(set(ids))
    assert {link.removeprefix("#") for link in page.attributes("href")} <= set(ids)


@pytest.mark.parametrize("name", COMBINATIONS)
def test_every_chapter_is_there_in_every_format(name: str) -> None:
    content = handout(**COMBINATIONS[name])

    names = ["setting", "forward", "idea", "output", "hidden", "weights", "biases", "algorithm", "example"]
    assert [section.name for section in content.sections] == names
    for kind in ("tex", "html", "md"):
        text = render(content, kind)
        assert all(section.title in text for section in content.sections)


@pytest.mark.parametrize("name", COMBINATIONS)
def test_the_model_in_the_handout_is_toml_and_stands_in_tex_and_markdown(name: str) -> None:
    content = handout(**COMBINATIONS[name])
    model = tomllib.loads(content.model)

    assert len(model["forward"]) == 5
    assert f"<!-- derive:model\n{content.model}\n-->" in render(content, "md")
    assert "% derive:model\n" + "".join(f"% {line}\n" for line in content.model.splitlines()) in render(content, "tex")


def test_all_results_are_proved_and_the_version_is_given() -> None:
    content = build_handout(HandoutOptions(activation="tanh", target="distribution"))
    text = render(content, "md")
    rows = [line for line in text.splitlines() if line.startswith("|") and line.endswith("proved |")]

    assert content.sections[-1].name == "proofs"
    assert len(rows) == 11
    assert "undecided" not in text
    assert content.version in text
    assert any("assuming the targets sum to 1" in row for row in rows)


def test_equations_continue_with_a_relation() -> None:
    """Each line of a derivation begins with its relation sign, so that it is a claim of its own."""
    for options in COMBINATIONS.values():
        for section in handout(**options).sections:
            for block in section.blocks:
                if isinstance(block, Display) and len(block.lines) > 1:
                    assert all(line.right.startswith("=") for line in block.lines), block


def test_numbers_are_between_directives_that_keep_the_checker_out() -> None:
    text = render(handout(), "md")
    outside = re.sub(r"<!-- derive:off.*?<!-- derive:on -->", "", text, flags=re.DOTALL)

    assert text.count("<!-- derive:off") == text.count("<!-- derive:on -->") > 5
    assert r"\begin{bmatrix} 0.5" not in outside
    assert r"\leftarrow" not in outside


def test_titles_are_shown_as_typed_and_never_run(tmp_path: Path) -> None:
    options = HandoutOptions(title=HOSTILE, author=HOSTILE, course=HOSTILE, date=HOSTILE, output=tmp_path / "x")
    content = handout(title=HOSTILE, author=HOSTILE, course=HOSTILE, date=HOSTILE)
    page = render(content, "html")

    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; $x_1$ 100% a&amp;b #1 ~ ^ é ß ŷ</h1>" in page
    assert "<script" not in render(content, "md")
    assert r"\input" not in render(content, "tex")
    assert options.stem == tmp_path / "x"


def test_a_hostile_title_is_typeset(tmp_path: Path) -> None:
    require_tex()
    options = HandoutOptions(title=HOSTILE, author=HOSTILE, course=HOSTILE, formats=("pdf",), output=tmp_path / "x.pdf")

    assert write_handout(options) == [tmp_path / "x.pdf"]
    assert (tmp_path / "x.pdf").read_bytes().startswith(b"%PDF-")


def test_letters_without_a_font_are_an_error_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"the author has letters that pdfTeX cannot set: 你\. .*--format html,md"):
        write_handout(HandoutOptions(author="你", output=tmp_path / "x"))
    assert list(tmp_path.iterdir()) == []
    files = write_handout(HandoutOptions(author="你", formats=("html",), output=tmp_path / "x"))
    assert "你" in files[0].read_text()


def test_files_of_each_format_are_written_and_nothing_else(tmp_path: Path) -> None:
    files = write_handout(HandoutOptions(formats=("tex", "html", "md"), output=tmp_path))

    assert {file.name for file in files} == {
        "backprop.tex", "backprop.html", "backprop.md",
        "backprop-network.svg", "backprop-path.svg", "backprop-example.svg",
    }  # fmt: skip
    assert set(files) == set(tmp_path.iterdir())
    linked = re.findall(r"!\[.*\]\((.*?)\)", (tmp_path / "backprop.md").read_text())
    assert all((tmp_path / name).exists() for name in linked)
    assert len(linked) == 3


def test_without_a_pdftex_the_other_formats_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "find_pdftex", lambda: None)
    told: list[str] = []
    files = write_handout(HandoutOptions(formats=("html", "pdf"), output=tmp_path / "x"), told.append)

    assert [file.name for file in files] == ["x.html"]
    assert told == [pdf.MISSING]
    assert "\n" not in pdf.MISSING
    with pytest.raises(pdf.PdfError, match="no pdfTeX"):
        write_handout(HandoutOptions(formats=("pdf",), output=tmp_path / "x"))


def test_an_old_file_stays_where_the_new_one_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.html").write_text("old")

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(UsageError, match="disk full"):
        write_handout(HandoutOptions(formats=("html",), output=tmp_path / "x"))
    assert [path.name for path in tmp_path.iterdir()] == ["x.html"]
    assert (tmp_path / "x.html").read_text() == "old"


def test_a_worksheet_has_a_blank_and_a_solution_for_every_step() -> None:
    plain, sheet = handout(), handout(worksheet=True)
    steps = [
        block for section in plain.sections for block in section.blocks if isinstance(block, Display) and block.step
    ]
    blanks = [block for section in sheet.sections for block in section.blocks if isinstance(block, Blank)]
    solutions = [block for block in sheet.sections[-1].blocks if isinstance(block, Solution)]

    assert len(steps) == len(blanks) == len(solutions) > 10
    assert [solution.display.lines for solution in solutions] == [step.lines for step in steps]
    body = render(sheet, "html").split('<section id="solutions">')[0]
    assert "quotient rule" not in body
    assert body.count('class="blank"') == len(blanks)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"activation": "step"}, 'unknown activation "step"'),
        ({"loss": "hinge"}, 'unknown loss "hinge"'),
        (
            {"output_function": "linear", "loss": "cross-entropy"},
            "the loss cross-entropy goes with the output function softmax",
        ),
        ({"output_function": "maxout"}, 'unknown output function "maxout"; there are softmax, any'),
        ({"target": "class", "loss": "squared-error"}, 'goes with the target vector, not "class"'),
        ({"target": "vector"}, "the loss cross-entropy goes with the target class or distribution"),
        ({"formats": ("docx",)}, 'unknown format "docx"'),
        ({"widths": (784, 128, 10)}, "784,128,10: the worked example"),
        ({"widths": (2, 3)}, "give 3 to 5 layers"),
        ({"widths": (2, 3, 1)}, "at least 2 units"),
    ],
)
def test_options_that_do_not_go_together_are_named(options: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        HandoutOptions(**options)  # type: ignore[arg-type]


def test_the_usual_loss_and_target_go_with_an_output() -> None:
    linear, sigmoid = HandoutOptions(output_function="linear"), HandoutOptions(output_function="sigmoid")

    assert (linear.loss, linear.target) == ("squared-error", "vector")
    assert (sigmoid.loss, sigmoid.target) == ("binary-cross-entropy", "vector")
    assert HandoutOptions().loss == "cross-entropy"


def test_an_unknown_notation_is_named() -> None:
    with pytest.raises(UsageError, match="nobody"):
        handout(model="nobody")


@pytest.mark.parametrize("name", ["a --> <script>", 'quoted " name', "line\nbreak \x1b \x7f", "back\\slash"])
def test_the_name_of_a_model_ends_neither_its_string_nor_its_comment(name: str, tmp_path: Path) -> None:
    text = (BUNDLED / "khapra.toml").read_text().replace('"khapra"', json.dumps(name).replace("\x7f", "\\u007f"), 1)
    (tmp_path / "own.toml").write_text(text)
    shown = render(handout(model=str(tmp_path / "own.toml")), "md")

    (block,) = re.findall(r"<!-- derive:model\n(.*?)-->", shown, re.DOTALL)
    assert tomllib.loads(block)["name"] == f"{name} handout"
    assert "<script>" not in shown
