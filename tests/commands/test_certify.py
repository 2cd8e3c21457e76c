"""`derive certify`."""

from __future__ import annotations

import json
import os
import tempfile
from hashlib import sha256
from pathlib import Path
from shutil import rmtree

import fakes
import pytest
from certify_subjects import compiled

from derive.certify import library, rocq
from derive.cli import run
from derive.commands import checking
from derive.commands.checking import CheckArguments
from derive.run import certified
from derive.run.certified import certify_task
from derive.run.task import Task

KEYS = ["name", "file", "line", "latex", "status", "reason", "statement_sha256", "axioms", "seconds", "coqc"]
LECTURE = r"""
<!-- derive:model use = "khapra" -->
The gradient with respect to the biases is $\nabla_{b_k} \mathcal{L} = \nabla_{a_k} \mathcal{L}$,

$$\nabla_{W_k} \mathcal{L} = \nabla_{a_k} \mathcal{L} \, h_{k-1}^T$$
"""


def listed(folder: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads((folder / "manifest.json").read_text())["certificates"]
    return found


def test_certificates_are_files_with_all_that_checks_them(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["certify", "--theorems", "--only", "bias", "--out", str(tmp_path)]) == 0

    (entry,) = listed(tmp_path)
    assert list(entry) == KEYS
    assert (entry["name"], entry["status"], entry["axioms"]) == ("biases", "unchecked", [])
    assert (tmp_path / "biases.v").read_text().startswith("(* biases\n")
    assert "-Q library Derive" in (tmp_path / "_CoqProject").read_text()
    assert (tmp_path / "library" / "Core.v").read_text() == library.sources()["Core.v"]
    assert "1 unchecked; written to" in capfd.readouterr().out


def test_the_theorems_of_all_networks_are_those_of_derive_prove(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["certify", "--theorems", "--all-networks", "--only", "biases", "--out", str(tmp_path)]) == 0
    written = [entry["latex"] for entry in listed(tmp_path)]
    capfd.readouterr()

    assert run(["prove", "biases", "--json"]) == 0
    proved = [theorem["statement"] for theorem in json.loads(capfd.readouterr().out)["theorems"]]
    assert written == proved
    assert len(written) > 3


def test_a_lecture_is_certified(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    compiled()
    lecture = tmp_path / "notes.md"
    lecture.write_text(LECTURE)

    assert run(["certify", str(lecture), "--check", "--out", str(tmp_path / "out")]) == 0

    first, second = listed(tmp_path / "out")
    assert (first["line"], second["line"]) == (3, 5)
    assert first["status"] == second["status"] == "certified"
    assert set(first["axioms"]) == rocq.AXIOMS  # type: ignore[call-overload]
    assert first["coqc"] == rocq.version()
    assert r"\nabla_{b_k}" in (tmp_path / "out" / f"{first['name']}.v").read_text()
    assert "2 certified" in capfd.readouterr().out


def test_without_coqc_the_files_are_written_and_one_line_says_how_to_get_it(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rocq, "find_coqc", lambda: None)

    assert run(["certify", "--theorems", "--only", "bias", "--out", str(tmp_path), "--check"]) == 2

    captured = capfd.readouterr()
    assert captured.err.strip() == rocq.MISSING
    assert (tmp_path / "biases.v").exists()
    assert listed(tmp_path)[0]["status"] == "unchecked"


@pytest.mark.parametrize("arguments", [[], ["--theorems", "x.md"], ["--theorems", "--only", "zz"]])
def test_arguments_that_make_no_sense(arguments: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["certify", *arguments]) == 2
    assert capfd.readouterr().err


def test_check_says_what_is_certified(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    compiled()
    lecture = tmp_path / "notes.md"
    lecture.write_text(LECTURE + "\n$$ \\nabla_{h_k} \\mathcal{L} = W_k^T \\nabla_{a_k} \\mathcal{L} $$\n")

    assert run(["check", str(lecture), "--certify", "--output-format", "json"]) == 1
    (file,) = json.loads(capfd.readouterr().out)["files"]
    assert [(finding["verdict"], finding.get("certified")) for finding in file["findings"]] == [
        ("proved", True),
        ("proved", True),
        ("refuted", None),
    ]

    assert run(["check", str(lecture), "--certify", "--output-format", "concise", "-v"]) == 1
    shown = capfd.readouterr().out
    assert "notes.md:3:45: proved (certified)" in shown
    assert "2 proved (2 certified), 1 refuted" in shown


def test_check_without_coqc_is_a_usage_error(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rocq, "find_coqc", lambda: None)
    (tmp_path / "notes.md").write_text(LECTURE)

    assert run(["check", str(tmp_path), "--certify"]) == 2
    assert "apt-get install" in capfd.readouterr().err


def test_what_a_killed_worker_leaves_behind_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rocq, "compiled_library", lambda: tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    made: list[Path] = []
    monkeypatch.setattr(checking.shutil, "rmtree", lambda path, **how: made.append(path) or rmtree(path, **how))
    (tmp_path / "notes.md").write_text("leave\n")

    assert checking.check(CheckArguments((tmp_path / "notes.md",), certify=True, jobs=1, checker=fakes.check)) == 0

    assert made
    assert not list(tmp_path.glob("derive-*"))


def test_certificates_are_tried_where_the_task_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places: list[str] = []
    monkeypatch.setattr(certified, "_certified", lambda findings, *_: places.append(tempfile.gettempdir()) or findings)
    (tmp_path / "notes.md").write_text(LECTURE)
    before = tempfile.tempdir

    certify_task(Task(tmp_path / "notes.md", "notes.md", scratch=tmp_path), lambda *_: None)

    assert places == [str(tmp_path)]
    assert tempfile.tempdir == before


LIMITED = r"""
<!-- derive:model
forward = ['h_i = \max(0, w_i x)', 'u = \sum_{i=1}^{n} h_i', 'v = u^2', 's = e^x']
shapes = ['w, h \in \mathbb{R}^n', 'x, u, v, s \in \mathbb{R}']
-->
$$ \frac{\partial v}{\partial u} = 2 u $$
$$ \frac{\partial s}{\partial x} = s $$
"""


def test_the_scope_says_where_a_certificate_is_limited_to_what_is_differentiable(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    compiled()
    (tmp_path / "notes.md").write_text(LIMITED)

    assert run(["check", str(tmp_path / "notes.md"), "--certify", "--output-format", "json"]) == 0

    (file,) = json.loads(capfd.readouterr().out)["files"]
    assert [(finding["certified"], finding["scope"]) for finding in file["findings"]] == [
        (True, "all sizes; where all is differentiable"),
        (True, "all sizes"),
    ]


ODD_NAMES = [
    b"a *) Axiom b : False. (*.md",
    b'"a.md',
    b"a\nfor all.md",
    b"\xff\xfe.md",
    b"::error::.md",
    b"a" * 250 + b".md",
]


def test_names_of_documents_do_no_harm(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ODD_NAMES:
        Path(os.fsdecode(name)).write_text(LECTURE)

    assert run(["certify", ".", "--out", str(tmp_path / "out")]) == 0

    lines = capfd.readouterr().out.splitlines()
    assert len(lines) == 2 * len(ODD_NAMES) + 1
    assert not [line for line in lines if line.startswith("::")]
    written = [(tmp_path / "out" / f"{entry['name']}.v").read_text() for entry in listed(tmp_path / "out")]
    assert len(written) == len(set(written)) == 2 * len(ODD_NAMES)
    assert [rocq.fault_of_form(text) for text in written] == [""] * len(written)
    assert all(text.splitlines()[1].startswith("     \\nabla") for text in written)


MEANS = r"""
<!-- derive:model
forward = ['v = \frac{1}{n} \sum_{i=1}^{n} x_i', 'u = \sum_{i=1}^{n} x_i']
shapes = ['x \in \mathbb{R}^n', 'u, v \in \mathbb{R}']
-->
$$ \frac{\partial v}{\partial x_i} = \frac{1}{n} $$
$$ \frac{\partial u}{\partial x_i} = 1 $$
"""


def test_the_scope_of_a_certified_formula_says_which_sizes_are_at_least_1(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    compiled()
    (tmp_path / "notes.md").write_text(MEANS)

    assert run(["check", str(tmp_path / "notes.md"), "--certify", "--output-format", "json"]) == 0

    (file,) = json.loads(capfd.readouterr().out)["files"]
    assert [(finding["certified"], finding["scope"]) for finding in file["findings"]] == [
        (True, "all 1 <= i <= n; n >= 1"),
        (True, "all 1 <= i <= n"),
    ]


@pytest.mark.parametrize("kept", ["", "[true", '[true, ["easy"], ""]', '[1, [], "", 2]', '{"accepted": true}'])
def test_what_is_kept_counts_only_as_it_was_written(kept: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = compiled()
    text = "From Derive Require Import Prelude.\nTheorem t : 1 + 2 = 4. Proof. lra. Qed.\nPrint Assumptions t.\n"
    refused = rocq.remembered(text, folder)
    assert not refused.accepted
    (file,) = [f for f in (folder / "asked").iterdir() if f.stem == sha256(text.encode()).hexdigest()]

    with monkeypatch.context() as known:
        known.setattr(rocq, "check", lambda *_: pytest.fail("it was known"))
        assert rocq.remembered(text, folder).reason == refused.reason
    file.write_text(kept)

    assert not rocq.remembered(text, folder).accepted


def test_that_the_time_was_up_is_not_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = compiled()
    monkeypatch.setattr(rocq, "check", lambda *_: rocq.Checked(False, (), rocq.TIME_LIMIT, 1.0))
    assert not rocq.remembered("slow", folder).accepted
    monkeypatch.setattr(rocq, "check", lambda *_: rocq.Checked(True, (), "", 1.0))

    assert rocq.remembered("slow", folder).accepted


def test_what_was_accepted_once_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = compiled()
    text = "From Derive Require Import Prelude.\nTheorem t : 1 + 1 = 2. Proof. lra. Qed.\nPrint Assumptions t.\n"
    first = rocq.remembered(text, folder)
    monkeypatch.setattr(rocq, "check", lambda *_: pytest.fail("it was known"))

    again = rocq.remembered(text, folder)

    assert first.accepted
    assert (again.accepted, again.axioms) == (True, first.axioms)
