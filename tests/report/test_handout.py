"""The handout: options to content to files."""

from __future__ import annotations

import json
import re
import tomllib
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest
from bundled_models import LECTURES

from derive.errors import NetworkError, UsageError
from derive.models.registry import BUNDLED
from derive.report import pdf
from derive.report.content import Algorithm, Blank, Display, Handout, Line, Paragraph, Solution
from derive.report.content_example import shown
from derive.report.content_worksheet import worksheet
from derive.report.handout import build_handout, write_handout
from derive.report.html import mathml
from derive.report.inline import Math
from derive.report.options import HandoutOptions
from derive.report.render import render
from derive.report.tex import math
from derive.report.width import broken
from tests.report.combinations import COMBINATIONS, combination, handout, most, require_tex

HOSTILE = r"\input{/etc/passwd} <script>alert(1)</script> $x_1$ 100% a&b #1 ~ ^ é ß ŷ \(a = b\) \[c\]"
VOID = {"meta", "line", "circle", "mspace", "br", "img", "hr"}
OWN = r"""
name = "own"
forward = [
  'u^{(1)} = v',
  's^{(p)} = c^{(p)} + V^{(p)} u^{(p-1)} \quad (2 \le p \le D)',
  'u^{(p)} = \phi(s^{(p)}) \quad (2 \le p \le D)',
  'E = \frac{1}{2} \| u^{(D)} - t \|^2',
]
shapes = [
  'V^{(p)} \in \mathbb{R}^{d_p \times d_{p-1}}', 's^{(p)}, c^{(p)}, u^{(p)} \in \mathbb{R}^{d_p}',
  'v \in \mathbb{R}^{d_1}', 't \in \mathbb{R}^{d_D}',
]
[functions]
'\phi' = "tanh"
"""


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


def lines_of(content: Handout) -> Iterator[Line]:
    for section in content.sections:
        for block in section.blocks:
            if isinstance(block, Display):
                yield from block.lines


@pytest.mark.parametrize("name", most(COMBINATIONS))
def test_the_page_is_well_formed_and_stands_alone(name: str) -> None:
    for content in (combination(name), *worksheet(combination(name))):
        text = render(content, "html")
        page = Page(text)
        tags = {tag for tag, _ in page.seen}
        ids = page.attributes("id")

        assert page.open == []
        assert tags.isdisjoint({"script", "link", "img", "iframe", "object", "merror"})
        assert page.attributes("src") == page.attributes("style") == []
        assert not re.search(r"url\(|@import|\bon[a-z]+=", text)
        assert len(ids) == len(set(ids))
        assert {link.removeprefix("#") for link in page.attributes("href")} <= set(ids)


def test_the_page_says_that_nothing_is_loaded_and_nothing_else_styles_it() -> None:
    text = render(combination("khapra"), "html")
    (sheet,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    digest = b64encode(sha256(sheet.encode()).digest()).decode()

    assert f"content=\"default-src 'none'; style-src 'sha256-{digest}'\"" in text


def test_narrow_pages_and_print_cut_and_part_nothing() -> None:
    """On a phone ranges and rules go below their formula; in print what leads to a formula stays with it."""
    text = render(combination("khapra"), "html")
    narrow, paper = (
        re.findall(rf"@media {what} \{{(.*?)\n\}}", text, re.DOTALL)[-1] for what in (r"\(max.*?\)", "print")
    )

    assert ".lines .where { display: block" in narrow
    assert ".lines .rule { grid-column: 1 / -1" in narrow
    assert re.search(r"p:has\(\+ \.plain\).*break-after: avoid", paper)
    assert re.search(r'<p>[^<]*begins[^<]*:</p>\s*<div class="plain">', text)


def test_no_page_begins_with_a_last_line_alone() -> None:
    content = combination("khapra")
    tex = render(content, "tex")
    displays = [block for section in content.sections for block in section.blocks if isinstance(block, Display)]

    assert tex.count("\\\\*\n") == sum(len(block.lines) > 1 for block in displays) > 8
    assert re.search(r"\\nopagebreak\s+\\algorithmline.*\n\\end\{algorithmbox\}", tex)


def test_primes_are_as_large_as_in_print() -> None:
    text = render(combination("khapra"), "html")

    assert '<mo class="prime">′</mo>' in text
    assert "<mo>′</mo>" not in text
    assert re.search(r"math \.prime \{ font-size: 1\.\d+em", text)


@pytest.mark.parametrize("name", most(COMBINATIONS))
def test_all_formats_have_the_same_formulas(name: str) -> None:
    """One content is rendered: the formulas of the page and of the LaTeX, which becomes the PDF, are the same list."""
    content = combination(name)
    page, tex, markdown = (render(content, kind) for kind in ("html", "tex", "md"))
    for line in lines_of(content):
        assert str(mathml(line.right, display=True)) in page
        assert broken(*map(math, (line.right, line.where, line.left))) in tex
        assert line.ranged in markdown
    assert page.count('<span class="right">') == sum(1 for _ in lines_of(content))


@pytest.mark.parametrize("name", most(COMBINATIONS))
def test_the_model_that_it_is_about_stands_in_tex_and_markdown(name: str) -> None:
    content = combination(name)
    model = tomllib.loads(content.model)

    assert len(model["forward"]) >= 4
    assert f"<!-- derive:model\n{content.model}\n-->" in render(content, "md")
    assert "% derive:model\n" + "".join(f"% {line}\n" for line in content.model.splitlines()) in render(content, "tex")


@pytest.mark.parametrize("model", most(LECTURES))
def test_the_forward_pass_is_that_of_the_model(model: str) -> None:
    """Activation, output, loss, batch and penalty are the model's, as it writes them."""
    text = render(combination(model), "md").replace("&=", "=").replace(r"\qquad", r"\quad")
    for line in tomllib.loads((BUNDLED / f"{model}.toml").read_text())["forward"]:
        assert line.replace("  ", " ") in text


@pytest.mark.parametrize(
    ("model", "formula"),
    [
        ("nielsen", r"\delta^L = (a^L - y) \odot \sigma'(z^L)"),
        ("nielsen", r"\delta^l = \left({w^{l+1}}^T \delta^{l+1}\right) \odot \sigma'(z^l)"),
        ("nielsen-cross-entropy", r"\delta^L = a^L - y"),
        ("nielsen-cross-entropy", r"\nabla_{w^l} C = \lambda w^l + \delta^l {a^{l-1}}^T"),
        ("ng", r"dZ^{[L]} = A^{[L]} - Y"),
        ("ng", r"dW^{[l]} = \frac{1}{m} dZ^{[l]} {A^{[l-1]}}^T"),
        ("goodfellow", r"\nabla_{\boldsymbol{W}^{(k)}} J = \lambda \boldsymbol{W}^{(k)} + "
                       r"\nabla_{\boldsymbol{a}^{(k)}} J {\boldsymbol{h}^{(k-1)}}^T"),
        ("khapra-regression", r"\nabla_{a_L} \mathcal{L} = \hat{y} - y"),
        ("d2l", r"\nabla_{\mathbf{h}} J = {\mathbf{W}^{(2)}}^T \nabla_{\mathbf{o}} J"),
    ],
)  # fmt: skip
def test_results_are_in_the_names_of_the_model(model: str, formula: str) -> None:
    results = [f"{line.left} {line.right}" for line in lines_of(combination(model))]

    assert formula in results


@pytest.mark.parametrize("model", most(LECTURES))
def test_the_algorithm_computes_what_it_uses(model: str) -> None:
    """Each gradient that a step of descent takes is assigned above it."""
    (block,) = [b for s in combination(model).sections for b in s.blocks if isinstance(b, Algorithm)]
    lines = [
        piece.value for step in block.steps for piece in step.text if isinstance(piece, Math) and "arrow" in piece.value
    ]
    assigned = {line.split(r" \leftarrow ")[0] for line in lines}
    steps = [re.fullmatch(r".* - \\\w+ \\, (.*)", line) for line in lines]
    taken = [step[1] for step in steps if step is not None]

    assert len(taken) >= 2
    for gradient in taken:
        entry = gradient.split("{")[-1].split("}")[0]
        assert any(name == gradient or name.startswith(gradient) for name in assigned) or any(
            entry in name and r"\partial" in name for name in assigned
        ), gradient


def test_the_top_layer_keeps_the_rule_of_its_own() -> None:
    text = render(combination("nielsen"), "md")

    assert r"$\delta^l \leftarrow \nabla_{a^l} C \odot \sigma'(z^l)$ — *for $1 \le l \le L-1$" in text


@pytest.mark.parametrize("model", most(LECTURES))
def test_what_needs_a_layer_above_is_not_for_the_top_layer(model: str) -> None:
    """No W_{k+1} where k may be L: neither in a display, nor in the algorithm."""
    sections = combination(model).sections
    steps = [step for s in sections for b in s.blocks if isinstance(b, Algorithm) for step in b.steps]
    said = [("".join(p.value for p in step.text), "".join(p.value for p in step.remark)) for step in steps]
    results = [b.lines[0] for s in sections for b in s.blocks if isinstance(b, Display) and b.title]
    said += [(f"{line.left} {line.right}", line.where) for line in results]
    above = [(text, found[1], where) for text, where in said if (found := re.search(r"\b([a-z])\+1\b", text))]

    below = r"\b{0} \\le \w+-1|prod_{{{0}=\w+}}\^{{\w+-1}}"  # the range of the letter ends below the top
    assert [text for text, letter, where in above if not re.search(below.format(letter), text + where)] == []
    assert above or model == "d2l"


@pytest.mark.parametrize(
    ("title", "rules"),
    [
        ("Gradient by the weights: an outer product", ["collect into a matrix"]),
        ("Gradient by the activations: a transposed matrix", ["collect into a vector", "a matrix product"]),
        ("Gradient by the pre-activations: an elementwise product", ["collect into a vector"]),
    ],
)
def test_what_an_array_is_recognised_as_is_said_line_by_line(title: str, rules: list[str]) -> None:
    section = next(s for s in combination("khapra").sections if any(named(block) == title for block in s.blocks))
    place = next(n for n, block in enumerate(section.blocks) if named(block) == title)
    before, remark = section.blocks[place - 2 : place]

    assert isinstance(before, Display)
    assert isinstance(remark, Paragraph)
    assert [line.rule for line in before.lines] == rules


def test_the_unrolled_product_is_proved_by_induction() -> None:
    whole, _ = build_handout(HandoutOptions())
    text = render(whole, "md")

    assert r"= \left( \prod_{t=k}^{L-1} \operatorname{diag}(g'(a_t)) W_{t+1}^T \right) \nabla_{a_L}" in text
    base = r"\nabla_{a_{L-1}} \mathcal{L} = \operatorname{diag}(g'(a_{L-1})) W_L^T \nabla_{a_L} \mathcal{L}"
    assumed = r"\nabla_{a_{k+1}} \mathcal{L} = \left( \prod_{t=k+1}^{L-1}"
    step = r"\nabla_{a_k} \mathcal{L} = \operatorname{diag}(g'(a_k)) W_{k+1}^T \nabla_{a_{k+1}} \mathcal{L}"
    places = [text.index(part) for part in ("by induction from the top down", base, assumed, step, "That is (8)")]
    assert places == sorted(places)


@pytest.mark.parametrize(("model", "letter"), [("khapra", r"\theta"), ("goodfellow", r"\theta"), ("nielsen", None)])
def test_the_letter_of_all_parameters_is_said_to_be_them(model: str, letter: str | None) -> None:
    text = render(combination(model), "md")

    assert ("the parameters: all" in text) == (letter is not None)
    assert letter is None or f"| ${letter}$ |" in text


def test_the_example_has_the_target_of_its_label() -> None:
    assert r"y = \begin{bmatrix} 0 \\ 1 \end{bmatrix}" in render(combination("khapra"), "md")


def test_a_rule_says_what_it_does() -> None:
    """Linearity takes a derivative into a sum; that an entry by another entry is 0 is a line of its own."""
    lines = [line for line in lines_of(combination("khapra")) if line.rule == "linearity"]

    assert [line.right for line in lines if "mathbf{1}" in line.right] == []
    assert any(r"\frac{\partial h_{kj}}{\partial h_{ki}}" in line.right for line in lines)


def test_an_algorithm_stands_on_one_page_and_no_page_ends_with_the_head_of_a_loop() -> None:
    tex = render(combination("khapra"), "tex")
    (box,) = re.findall(r"\\begin\{algorithmbox\}(.*?)\\end\{algorithmbox\}", tex, re.DOTALL)

    assert box.startswith("[unbreakable]")
    heads = re.findall(r"\\algorithmline.*\\textbf.*\n(.*)", box)
    assert len(heads) == 6
    assert set(heads) == {r"\nopagebreak"}


def named(block: object) -> str:
    return block.title if isinstance(block, Display) else ""


def test_a_model_of_its_own_is_what_the_handout_is_about(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(OWN)
    text = render(handout(model=str(path)), "md")

    assert r"s^{(p)} &= c^{(p)} + V^{(p)} u^{(p-1)} \qquad (2 \le p \le D)" in text
    assert r"\nabla_{s^{(D)}} E = (u^{(D)} - t) \odot (1 - u^{(D)} \odot u^{(D)})" in text
    assert r"\nabla_{V^{(3)}} E &= \nabla_{s^{(3)}} E {u^{(2)}}^T" in text
    assert "softmax" not in text


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"output_function": "softmax"}, r"the output has the function \\phi of all layers, not one of its own"),
        ({"loss": "cross-entropy"}, "cross-entropy goes with the output function softmax, and the output .* is tanh"),
        ({"loss": "binary-cross-entropy"}, "goes with the output function sigmoid"),
    ],
)
def test_no_letter_becomes_two_things(options: dict[str, object], message: str, tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(OWN)
    with pytest.raises(UsageError, match=message):
        handout(model=str(path), **options)


def test_what_the_model_says_is_overridden_by_name(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(OWN)
    changed = tomllib.loads(handout(model=str(path), activation="sigmoid", loss="binary-cross-entropy").model)

    assert changed["functions"] == {r"\phi": "sigmoid"}
    assert changed["forward"][:3] == tomllib.loads(OWN)["forward"][:3]
    assert changed["forward"][3].startswith(r"E = -\sum_{")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"activation": "nosuch"}, 'unknown activation "nosuch"'),
        ({"loss": "hinge"}, 'unknown loss "hinge"'),
        ({"output_function": "maxout"}, 'unknown output function "maxout"; there are softmax'),
        ({"target": "class", "loss": "squared-error"}, 'goes with the target vector, not "class"'),
        ({"output_function": "linear", "loss": "cross-entropy"}, "goes with the output function softmax"),
        ({"formats": ("docx",)}, 'unknown format "docx"'),
        ({"widths": (784, 128, 10)}, "784,128,10: the worked example"),
        ({"widths": (2, 3)}, "give 3 to 5 layers"),
        ({"model": "nobody"}, "nobody"),
        ({"model": "ng", "loss": "squared-error"}, "because the network holds many examples"),
        ({"model": "d2l", "output_function": "softmax"}, "because the network is no multilayer perceptron"),
        (
            {"model": "khapra-regression", "output_function": "softmax"},
            "the output has no function, not one of its own",
        ),
    ],
)
def test_options_that_do_not_go_together_are_named(options: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        handout(**options)


def test_a_loss_that_is_not_defined_everywhere_is_said() -> None:
    """The logarithm of a rectifier, which is zero for half of all inputs."""
    with pytest.raises(NetworkError, match="not defined everywhere: division by an indicator"):
        handout(model="nielsen-cross-entropy", activation="relu")


def test_a_rectifier_is_said_to_have_a_corner() -> None:
    assert "no derivative at its corner" in render(combination("relu"), "md")
    assert "no derivative at its corner" not in render(combination("tanh"), "md")


def test_equations_continue_with_a_relation() -> None:
    """Each line of a derivation begins with its relation sign, so that it is a claim of its own."""
    for name in COMBINATIONS:
        assert all(line.right.startswith("=") for line in lines_of(combination(name)) if "underbrace" not in line.right)


def test_numbers_are_between_directives_that_keep_the_checker_out() -> None:
    text = render(combination("khapra"), "md")
    outside = re.sub(r"<!-- derive:off.*?<!-- derive:on -->", "", text, flags=re.DOTALL)

    assert text.count("<!-- derive:off") == text.count("<!-- derive:on -->") > 5
    assert r"\begin{bmatrix} 0.5" not in outside
    assert r"\leftarrow" not in outside


def test_given_numbers_are_exact() -> None:
    """What is printed is what is computed with: a third is a fraction."""
    text = render(handout(target="distribution", widths=(2, 2, 2)), "md")

    assert r"y = \begin{bmatrix} \frac{1}{3} \\ \frac{2}{3} \end{bmatrix}" in text


def test_numbers_are_rounded_without_a_negative_zero() -> None:
    assert shown(-0.00001) == "0.0000"
    assert shown(-0.25) == "-0.2500"


def test_a_small_step_lowers_the_loss() -> None:
    for name in COMBINATIONS:
        found = re.search(r"takes the loss from \$(\S+)\$ to \$(\S+)\$", render(combination(name), "md"))
        assert found is not None
        assert float(found[2]) < float(found[1])


def test_titles_are_shown_as_typed_and_never_run() -> None:
    content = handout(title=HOSTILE, author=HOSTILE, course=HOSTILE, date=HOSTILE)
    page, markdown = render(content, "html"), render(content, "md")

    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; $x_1$ 100% a&amp;b #1 ~ ^ é ß ŷ" in page
    assert "<script" not in markdown
    assert not re.search(r"(?<!\\)\\[(\[]", markdown.split("<!--")[0])
    assert r"\input" not in render(content, "tex")


def test_a_hostile_title_is_typeset(tmp_path: Path) -> None:
    require_tex()
    options = HandoutOptions(title=HOSTILE, author=HOSTILE, course=HOSTILE, formats=("pdf",), output=tmp_path / "x.pdf")

    assert write_handout(options).files == (tmp_path / "x.pdf",)
    assert (tmp_path / "x.pdf").read_bytes().startswith(b"%PDF-")


def test_letters_without_a_font_are_an_error_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"the author has letters that pdfTeX cannot set: 你\. .*--format html,md"):
        write_handout(HandoutOptions(author="你", output=tmp_path / "x"))
    assert list(tmp_path.iterdir()) == []
    files = write_handout(HandoutOptions(author="你", formats=("html",), output=tmp_path / "x")).files
    assert "你" in files[0].read_text()


def test_files_of_each_format_are_written_and_nothing_else(tmp_path: Path) -> None:
    files = write_handout(HandoutOptions(formats=("tex", "html", "md"), output=tmp_path)).files

    assert {file.name for file in files} == {
        "backprop.tex", "backprop.html", "backprop.md",
        "backprop-network.svg", "backprop-chain.svg", "backprop-path.svg", "backprop-example.svg",
    }  # fmt: skip
    assert set(files) == set(tmp_path.iterdir())
    linked = re.findall(r"!\[.*\]\((.*?)\)", (tmp_path / "backprop.md").read_text())
    assert all((tmp_path / name).exists() for name in linked)
    assert len(linked) == 4


def test_without_a_pdftex_the_other_formats_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "find_pdftex", lambda: None)
    told: list[str] = []
    written = write_handout(HandoutOptions(formats=("html", "pdf"), output=tmp_path / "x"), told.append)

    assert [file.name for file in written.files] == ["x.html"]
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


@pytest.mark.parametrize("name", most(LECTURES))
def test_the_answers_of_a_worksheet_stand_nowhere_in_it(name: str) -> None:
    whole = combination(name)
    steps = [block for s in whole.sections for block in s.blocks if isinstance(block, Display) and block.step]
    sheet, answers = worksheet(whole)
    blanks = [block for section in sheet.sections for block in section.blocks if isinstance(block, Blank)]
    solutions = [block for section in answers.sections for block in section.blocks if isinstance(block, Solution)]
    text = render(sheet, "md")

    assert len(steps) == len(blanks) == len(solutions) > 8
    assert [solution.display.lines for solution in solutions] == [step.lines for step in steps]
    long = [line.right for step in steps for line in step.lines if len(line.right) > 12]
    assert [right for right in long if right in text] == []


@pytest.mark.parametrize("name", ["a --> <script>", 'quoted " name', "line\nbreak \x1b \x7f", "back\\slash"])
def test_the_name_of_a_model_ends_neither_its_string_nor_its_comment(name: str, tmp_path: Path) -> None:
    text = (BUNDLED / "khapra.toml").read_text().replace('"khapra"', json.dumps(name).replace("\x7f", "\\u007f"), 1)
    (tmp_path / "own.toml").write_text(text)
    shown_text = render(handout(model=str(tmp_path / "own.toml")), "md")

    first, _, last = re.findall(r"<!-- derive:model\n(.*?)-->", shown_text, re.DOTALL)
    assert tomllib.loads(first)["name"] == tomllib.loads(last)["name"] == name
    assert "<script>" not in shown_text


def test_own_numbers_give_the_example_its_sizes(tmp_path: Path) -> None:
    """The widths follow from the matrices; what is given is printed exactly; what is left out is filled in."""
    path = tmp_path / "numbers.toml"
    path.write_text("x = [1.0, -0.5, 2]\nW_1 = [[1, 0, 2], ['1/3', 1, -1]]\nW_2 = [[1, 2], [3, 4]]\n'\\ell' = 1\n")
    text = render(handout(values=path), "md")

    assert "A network of 3, 2 and 2 units" in text
    assert r"W_1 &= \begin{bmatrix} 1 & 0 & 2 \\ \frac{1}{3} & 1 & -1 \end{bmatrix}" in text
    assert r"y = \begin{bmatrix} 1 \\ 0 \end{bmatrix}" in text
    assert r"b_2 = \begin{bmatrix}" in text


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("q = [1, 2]", "nothing is called q; there are W_1, W_2"),
        ("x = [1, 'two']", "entry 2 of x is 'two', which is no number"),
        ("x = [1, 2]\nW_1 = [[1, 2, 3]]", "x is an array of|W_1 is an array of 1 by 3, but the others ask for"),
        ("x = ", "numbers.toml"),
    ],
)
def test_numbers_that_the_network_has_no_place_for_are_named(lines: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "numbers.toml"
    path.write_text(lines)
    with pytest.raises(UsageError, match=message):
        handout(values=path)


def test_a_seed_draws_other_numbers_the_same_each_time() -> None:
    one, again, other = (render(handout(seed=seed), "md") for seed in (3, 3, 4))

    assert one == again
    assert one != other
    assert one != render(combination("khapra"), "md")


def test_the_derivatives_are_checked_by_differences() -> None:
    """Each row of the check agrees, and says what the display of the gradient says, rounded."""
    text = render(combination("khapra"), "md")
    rows = re.findall(r"^\| \$([Wb]_\{?\d+\}?)\$ \| \$(\S+)\$ \| \$(\S+)\$ \|$", text, re.MULTILINE)
    first = re.search(r"nabla_\{W_1\} .*? = .*?bmatrix\} (\S+) &", text.split("Backward.")[1])

    assert len(rows) > 4
    assert all(abs(float(slope) - float(ratio)) < 1e-6 for _, slope, ratio in rows)
    assert first is not None
    assert rows[0][0] == "W_{111}"
    assert abs(float(rows[0][1]) - float(first[1])) < 1e-4


def test_a_sum_that_is_too_wide_is_broken_before_its_signs() -> None:
    term = r"\sum_{m=1}^{n} \frac{\partial L}{\partial a_{m}} (W_{m} - x)"
    long = "= " + " + ".join([term] * 12)
    pieces = broken(long).split(r" \\ &\qquad ")

    assert len(pieces) > 2
    assert "".join(pieces) == long
    assert all(piece.startswith("+ ") for piece in pieces[1:])
    assert broken("= a + b") == "= a + b"


def test_a_range_that_has_no_room_beside_a_line_stands_below_it() -> None:
    """The forward pass of a convolution: four letters, each with its range."""
    body = r"= \sum_{c=1}^{C} \sum_{a=0}^{A-1} \sum_{b=0}^{B-1} w_{f,c,a,b} x_{n,c,si+a,rj+b} + \beta_f"
    where = r"1 \le n \le N, 1 \le f \le F, 0 \le i \le H-1, 0 \le j \le W-1"

    assert broken(body, where, "y_{n,f,i,j}") == rf"{body} \\ &\qquad \text{{for }} {where}"
    assert broken("= a", r"1 \le k \le L", "b") == r"= a \qquad (1 \le k \le L)"
