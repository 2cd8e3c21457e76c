"""Names and texts that are anybody's, in every output: nothing in them acts."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import fakes
import pytest

from derive.cli import run
from derive.findings import FileReport, Finding
from derive.report.explanation import render as explanation
from derive.report.formats import FORMATS, renderer
from derive.report.summary import Appearance
from derive.visible import escaped, escaped_lines, inert, pictured

NASTY = "a\n::error::b\r\x1b[2J\x07\u202etxt.exe\u2028\x9b31m\udc80"
TEXTS = ("full", "concise", "github")


@pytest.mark.parametrize("text", [NASTY, "\x00", "\x7f", "\u2066x", "\t"])
def test_what_cannot_be_seen_is_shown(text: str) -> None:
    for shown in (escaped(text), escaped_lines(text), pictured(text)):
        assert not set(shown) & set("\x00\r\x1b\x07\u202e\u2028\x9b\udc80\x7f\u2066")
    assert "\n" not in escaped(text)
    assert escaped_lines(text).count("\n") == text.count("\n")


def test_ordinary_text_is_left_alone() -> None:
    text = "Größe → ∂L/∂W_{ij}, 漢字, नमस्ते, e\u0301, a\u00a0b: c, ##, [##], x::y"
    assert escaped(text) == pictured(text) == inert(text) == text


def test_a_picture_takes_one_place() -> None:
    assert pictured("a\x1b[1mb\tc\r") == "a␛[1mb\tc"


@pytest.mark.parametrize("command", ["::error::x", "  ::set-output name=a::b", "##[error]x", "x ##vso[task.complete]"])
def test_no_line_is_a_command(command: str) -> None:
    shown = inert(f"one\n{command}\ntwo")
    assert "\n::" not in shown.replace(" ", "")
    assert "##[" not in shown
    assert "##vso" not in shown
    assert "x3a:" in shown or "x23" in shown


def report() -> FileReport:
    texts = {"message": NASTY, "scope": NASTY, "assumptions": (NASTY,), "suggestion": NASTY, "steps": (NASTY,)}
    witness = {"where": NASTY, "left": NASTY, "right": NASTY, "values": {NASTY: NASTY}}
    refuted = Finding(1, 1, 2, 4, NASTY, "refuted", "D200", witness=witness, **texts)  # type: ignore[arg-type]
    unread = Finding(2, 1, 2, 4, NASTY, "not-understood", "D001", NASTY, at=(2, 3), cell=None)
    cell = Finding(1, 1, 1, 4, NASTY, "undecided", "D301", NASTY, cell=3)
    return FileReport(NASTY, (refuted, unread, cell), f"{NASTY}\n::warning::{NASTY}")


@pytest.mark.parametrize("style", [*FORMATS, "explain"])
def test_no_format_passes_anything_on(style: str) -> None:
    look = Appearance(verbose=True, statistics=style in TEXTS)
    shown = explanation(report(), 1, look) if style == "explain" else renderer(style)([report()], look)

    assert not set(shown) & set("\r\x1b\x07\u202e\u2028\x9b\udc80") or style in ("json", "sarif", "junit")
    lines = [line.lstrip() for line in shown.split("\n")]
    commands = [line for line in lines if line.startswith("::")]
    assert len(commands) == (3 if style == "github" else 0)
    assert all(line.startswith(("::warning file=", "::error file=")) for line in commands)
    match style:
        case "json" | "sarif":
            assert json.loads(shown)
            assert not set(shown) & set("\r\x1b\x07\udc80")
        case "junit":
            assert ET.fromstring(shown) is not None
            assert not set(shown) & set("\x1b\x07\udc80")


@pytest.fixture
def names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found = ["a\nb\x1b[31m.md", "::error::c.md", "-->.md", "--d\n::e.md"]
    for name in found:
        (tmp_path / name).write_text("false\n" + "die\n" * 9 if name[0] == "a" else "fault" if name[0] == ":" else "x")
    monkeypatch.chdir(tmp_path)
    return found


@pytest.mark.parametrize("style", ["full", "concise", "github"])
def test_names_of_files_are_harmless_on_both_streams(
    names: list[str], style: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["check", ".", "--output-format", style, "--no-cache", "--jobs", "1"], fakes.check) == 2
    assert run(["check", "gone\n::x.md"], fakes.check) == 2
    assert run(["check", *names], fakes.check) == 2  # a name is taken for an option
    shown = capfd.readouterr()
    for line in (shown.out + shown.err).splitlines():
        assert "\x1b" not in line
        assert not line.lstrip().startswith("::") or style == "github"
    assert "a\\nb\\x1b[31m.md" in shown.err
    assert "gone\\n::x.md" in shown.err
