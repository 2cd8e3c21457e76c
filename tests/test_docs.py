"""The README and the documentation: every example does what its page says, every link leads somewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from doc_examples import ROOT, commands, matches, pages, run_page

from derive.codes import CODES

DOCS = ROOT / "docs"
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^(`{3,}).*?^\1", re.MULTILINE | re.DOTALL)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", pages(), ids=name)
def test_the_examples_of_a_page_do_what_it_says(path: Path, tmp_path: Path) -> None:
    failures = run_page(path, tmp_path)

    assert not failures, "\n\n".join(f"{name(path)}:{line}\n{reason}" for line, reason, _ in failures)


@pytest.mark.parametrize("path", [*pages(), *sorted(ROOT.glob("*.md"))[:-1]], ids=name)
def test_links_lead_to_files_and_headings_that_exist(path: Path) -> None:
    for link in LINK.findall(FENCED.sub("", path.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        file, _, anchor = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        assert target.exists(), f"{name(path)}: {link}"
        if anchor:
            assert anchor in anchors(target), f"{name(path)}: {link}"


def anchors(path: Path) -> set[str]:
    """Return the anchors of the headings of a page, as GitHub and MyST make them."""
    text = FENCED.sub("", path.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def test_every_page_is_reached_from_the_index() -> None:
    listed = {
        found.resolve()
        for page in DOCS.rglob("*.md")
        for entry in toctree(page)
        for found in page.parent.glob(f"{entry}.md")
    }
    written = {page.resolve() for page in DOCS.rglob("*.md") if "_build" not in page.parts}

    assert written - listed == {(DOCS / "index.md").resolve()}


def test_every_code_has_a_page() -> None:
    assert {path.stem for path in (DOCS / "rules").glob("D*.md")} == set(CODES)


def toctree(page: Path) -> list[str]:
    found = re.findall(r"^```\{toctree\}\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    lines = [line.strip() for block in found for line in block.splitlines()]
    return [line for line in lines if line and not line.startswith(":")]


def test_the_documentation_builds_without_warnings(tmp_path: Path) -> None:
    pytest.importorskip("sphinx")
    pytest.importorskip("myst_parser")
    pytest.importorskip("furo")
    command = [sys.executable, "-m", "sphinx", "-W", "-q", "-b", "html", "-d", str(tmp_path / "trees"), str(DOCS)]
    done = subprocess.run(
        [*command, str(tmp_path / "html")], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONWARNINGS": "default"},
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    page = (tmp_path / "html" / "architecture.html").read_text(encoding="utf-8")
    assert "<math" in page
    assert "<svg class" in page
    assert not re.search(r'(src|href)="https?://[^"]*\.(js|css)', page)


def test_a_wrong_output_is_noticed() -> None:
    assert matches("a\n...\nz\n", "a\nb\nz\n")
    assert not matches("a\nb\n", "a\nc\n")
    assert list(commands("$ one\nout\n\nmore\n$ two\n")) == [("one", "out\n\nmore\n"), ("two", "")]


def test_an_example_that_fails_is_reported_with_its_line(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("Text\n\n```console\n$ derive --version\nderive 0\n```\n\n```python\n>>> 1 + 1\n3\n```\n")

    assert [line for line, _, _ in run_page(page, tmp_path)] == [3, 9]


@pytest.mark.parametrize("block", ["```fortran\nx\n```\n", "```\nx\n```\n", '```toml\nforward = ["y = "]\n```\n'])
def test_a_block_that_cannot_be_executed_is_an_error(block: str, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(block)

    with pytest.raises(Exception, match=r"neither executed|empty|expected|nothing"):
        assert not run_page(page, tmp_path), run_page(page, tmp_path)[0][1]
