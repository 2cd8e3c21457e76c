"""pdfTeX, run safely."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from bundled_models import LECTURES

from derive.report import pdf
from derive.report.content_worksheet import worksheet
from derive.report.handout import build_handout
from derive.report.options import HandoutOptions
from derive.report.pdf import PdfError, typeset, typeset_with_log
from derive.report.render import render
from tests.report.combinations import COMBINATIONS, handout, most, require_tex

PAGE = r"\documentclass{article}\begin{document}%s\end{document}"
TYPESET = (*LECTURES, "distribution", "binary cross-entropy", "sigmoid, squared error", "wide", "gelu")


@pytest.mark.parametrize("sheet", [False, True], ids=["handout", "worksheet"])
@pytest.mark.parametrize("name", most(TYPESET, ("khapra", "ng", "wide")))
def test_a_handout_has_no_overfull_lines_and_no_undefined_references(name: str, sheet: bool) -> None:
    require_tex()
    whole = handout(**COMBINATIONS[name], author="A. Author", course="A course")
    log = typeset_with_log(render(worksheet(whole)[0] if sheet else whole, "tex")).log

    wide = [match[0] for match in re.finditer(r"Overfull \\hbox \((\S+)pt.*", log) if float(match[1]) > 1]
    assert wide == []
    assert re.findall(r".*undefined.*|.*multiply defined.*|.*Rerun to get.*", log) == []


@pytest.mark.parametrize("model", most(["khapra", "khapra-regression", "ng"], ("ng",)))
def test_no_page_but_the_last_is_half_empty_or_ends_before_its_formula(model: str, tmp_path: Path) -> None:
    require_tex()
    tool = shutil.which("pdftotext")
    if tool is None:
        pytest.skip("no pdftotext here")
    whole, _ = build_handout(HandoutOptions(model=model))
    (tmp_path / "x.pdf").write_bytes(typeset(render(whole, "tex")))
    subprocess.run([tool, "-bbox", "x.pdf", "x.html"], cwd=tmp_path, check=True, timeout=60)
    pages = (tmp_path / "x.html").read_text(encoding="utf-8").split("<page ")[1:]
    ends = [[float(y) for y in re.findall(r'yMax="([\d.]+)"', page)] for page in pages]
    heights = [float(re.findall(r'height="([\d.]+)"', page)[0]) for page in pages]
    filled = [max(y for y in ys if y < 0.92 * high) / high for ys, high in zip(ends, heights, strict=True)]

    words = [re.findall(r'yMax="([\d.]+)">(.*?)</word>', page) for page in pages]
    lowest = [max((float(y), word) for y, word in page if float(y) < 0.92 * high)[1]
              for page, high in zip(words, heights, strict=True)]  # fmt: skip

    assert len(filled) > 4
    assert [word for word in lowest if word.endswith(":")] == []
    assert [round(part, 2) for part in filled[:-1] if part < 0.55] == []


def test_a_page_is_a_pdf() -> None:
    require_tex()
    assert typeset(PAGE % "Hello").startswith(b"%PDF-")


def test_no_shell() -> None:
    require_tex()
    with pytest.raises(PdfError):
        typeset(PAGE % r"\immediate\write18{touch /tmp/derive-was-here}\input{|date}")
    assert not Path("/tmp/derive-was-here").exists()


@pytest.mark.parametrize("file", ["/etc/passwd", "../secret", "/etc/hostname"])
def test_no_files_outside_its_own_folder(file: str) -> None:
    require_tex()
    with pytest.raises(PdfError, match="not found"):
        typeset(PAGE % rf"\input{{{file}}}")


def test_no_writing_outside_its_own_folder(tmp_path: Path) -> None:
    require_tex()
    target = tmp_path / "written.tex"
    with pytest.raises(PdfError):
        typeset(PAGE % rf"\newwrite\f\immediate\openout\f={target}\immediate\write\f{{x}}\immediate\closeout\f x")
    assert not target.exists()


def test_an_error_is_reported_with_its_line() -> None:
    require_tex()
    with pytest.raises(PdfError, match=r"line 2 of the LaTeX source: Undefined control sequence"):
        typeset("\\documentclass{article}\\begin{document}\n\\nosuchcommand\n\\end{document}")


def test_an_endless_document_is_stopped() -> None:
    require_tex()
    start = time.monotonic()
    with pytest.raises(PdfError, match="did not end within 1 s"):
        typeset(PAGE % r"\loop\iftrue\repeat", seconds=1)
    assert time.monotonic() - start < 10


def test_without_a_pdftex_the_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "find_pdftex", lambda: None)
    with pytest.raises(PdfError, match=pdf.PACKAGES):
        typeset(PAGE % "Hello")
