"""The slides: one step a frame, in LaTeX for beamer and as one HTML page that stands alone."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest

from derive.errors import UsageError
from derive.models.registry import list_models
from derive.report.content import Algorithm, Code, Display, Paragraph, Table
from derive.report.content_slides import CODE, KEPT, ROWS, STEPS, Slide, slides
from derive.report.handout import write_handout
from derive.report.options import HandoutOptions
from derive.report.render import render
from tests.report.combinations import COMBINATIONS, combination, handout, most, require_tex
from tests.report.test_handout import Page


def derivations(frames: tuple[Slide, ...]) -> list[Display]:
    blocks = [block for slide in frames for block in slide.blocks]
    return [b for b in blocks if isinstance(b, Display) and any(line.rule for line in b.lines)]


@pytest.mark.parametrize("model", most(name for name in list_models() if name in COMBINATIONS))
def test_a_derivation_comes_one_step_a_frame(model: str) -> None:
    """Each frame of a derivation has one line more than the frame before; the last ones stay to be compared with."""
    whole = combination(model)
    frames = slides(whole)
    shown = [display.lines for display in derivations(frames)]
    wanted = [
        block.lines[: n + 1]
        for section in whole.sections for block in section.blocks
        if isinstance(block, Display) and any(line.rule for line in block.lines) and not block.numeric
        for n in range(len(block.lines))
    ]  # fmt: skip

    assert len(shown) == len(wanted) > 20
    assert all(len(lines) <= KEPT + 1 for lines in shown)
    assert [lines[-1].right for lines in shown] == [lines[-1].right for lines in wanted]
    assert all(lines[0].left for lines in shown)


@pytest.mark.parametrize("model", most(name for name in list_models() if name in COMBINATIONS))
def test_no_frame_is_overfull_and_none_leads_to_nothing(model: str) -> None:
    frames = slides(combination(model))
    blocks = [block for slide in frames for block in slide.blocks]

    assert all(len(block.rows) <= ROWS for block in blocks if isinstance(block, Table))
    assert all(len(block.steps) <= STEPS for block in blocks if isinstance(block, Algorithm))
    assert all(len(block.text.splitlines()) <= CODE for block in blocks if isinstance(block, Code))
    ends = [slide.blocks[-1] for slide in frames]
    assert [b for b in ends if isinstance(b, Paragraph) and b.text[-1].value.endswith(":")] == []


def test_every_formula_of_the_handout_is_on_a_slide() -> None:
    whole = combination("khapra")
    said = {line.right for slide in slides(whole) for b in slide.blocks if isinstance(b, Display) for line in b.lines}
    wanted = {line.right for s in whole.sections for b in s.blocks if isinstance(b, Display) for line in b.lines}

    assert said == wanted


def test_a_remark_on_a_result_stands_with_it() -> None:
    frames = slides(combination("khapra"))
    (frame,) = [s for s in frames if any("What the network says" in str(block) for block in s.blocks)]

    assert isinstance(frame.blocks[-2], Display)
    assert frame.blocks[-2].title == "Gradient by the pre-activations"


def test_the_page_of_slides_stands_alone_and_runs_its_own_script_only() -> None:
    text = render(handout(title="<script>alert(1)</script>"), "deck")
    page = Page(text)
    (sheet,), (script,) = (re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL) for tag in ("style", "script"))
    hashes = [b64encode(sha256(part.encode()).digest()).decode() for part in (sheet, script)]

    policy = f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'"
    assert f'content="{policy}"' in text
    assert page.open == []
    assert {tag for tag, _ in page.seen}.isdisjoint({"link", "img", "iframe", "object", "merror"})
    assert page.attributes("src") == page.attributes("style") == []
    ids = page.attributes("id")
    assert len(ids) == len(set(ids))
    assert {link.removeprefix("#") for link in page.attributes("href")} <= set(ids)


def test_a_picture_below_words_leaves_room_for_its_caption() -> None:
    """Alone it may be higher; the caption of the graph with numbers was cut off."""
    alone, below = (
        int(re.search(rf"\n\.slide {selector} {{ max-height: (\d+)vh", render(handout(), "deck"))[1])  # type: ignore[index]
        for selector in (r"\.network", r"p \+ figure \.network")
    )

    assert below + 10 < alone < 60


def test_the_script_turns_slides_by_the_keys_of_a_presenter() -> None:
    text = render(combination("khapra"), "deck")
    keys = re.findall(r"(\w+|\" \"): \(\) =>", text)

    assert {"PageDown", "PageUp", "ArrowRight", "ArrowLeft", "Home", "End", '" "'} <= set(keys)
    assert "scroll-snap-type: y mandatory" in text
    assert re.search(r"@media print \{.*break-after: page", text, re.DOTALL)


def test_slides_are_written_beside_the_handout(tmp_path: Path) -> None:
    require_tex()
    options = HandoutOptions(formats=("deck", "beamer"), sections=("gradients", "code"), output=tmp_path / "x")
    files = write_handout(options).files

    assert [file.name for file in files] == [
        "x-slides.html",
        "x-slides.tex", "x-slides.pdf",
    ]  # fmt: skip
    assert (tmp_path / "x-slides.pdf").read_bytes().startswith(b"%PDF-")
    tex = (tmp_path / "x-slides.tex").read_text()
    frames = tex.split(r"\begin{frame}")[1:]
    assert len(frames) > 30
    assert all("[fragile]" in frame for frame in frames if r"\begin{Verbatim}" in frame)


def test_a_title_that_pdftex_cannot_set_is_an_error_for_beamer_too(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the title has letters that pdfTeX cannot set"):
        write_handout(HandoutOptions(title="你", formats=("beamer",), output=tmp_path / "x"))


def test_frames_are_counted_in_order() -> None:
    numbers = [int(n) for n in re.findall(r'id="slide-(\d+)"', render(combination("nielsen"), "deck"))]

    assert all(after == before + 1 for before, after in pairwise(numbers))
