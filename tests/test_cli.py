"""The command line: exit statuses, options against configuration, and what a cold start loads."""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import subprocess
import sys
import time
from pathlib import Path

import fakes
import pexpect
import pytest
from processes import start

from derive.cli import COMMANDS, run
from derive.codes import CODES, page

HEAVY = ("sympy", "flint", "rich", "jinja2", "multiprocessing")


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    fakes.write(tmp_path, good="x\ny", bad="x\nfalse claim", open="open question\nunread sign")
    (tmp_path / "derive.toml").touch()
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check(*arguments: str) -> int:
    return run(["check", *arguments], fakes.check)


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["good.md"], 0),
        (["bad.md"], 1),
        (["good.md", "bad.md"], 1),
        (["open.md"], 0),
        (["open.md", "--strict"], 1),
        (["good.md", "--strict"], 0),
        (["bad.md", "--ignore", "D201"], 0),
        (["bad.md", "--ignore", "D3,D2"], 0),
        (["bad.md", "--select", "D1"], 0),
        (["bad.md", "--select", "D2"], 1),
        (["."], 1),
        ([], 2),
        (["gone.md"], 2),
        (["good.md", "--jobs", "0"], 2),
        (["good.md", "--time-limit", "0"], 2),
        (["good.md", "--time-limit", "nan"], 2),
        (["good.md", "--time-limit", "inf"], 2),
        (["good.md", "--time-limit", "-1"], 2),
        (["good.md", "--time-limit", "1e308"], 2),
        (["good.md", "--time-limit", "86400"], 0),
        (["bad.md", "-o", "bad.md"], 2),
        (["bad.md", "-o", "derive.toml"], 2),
        (["bad.md", "-o", "/dev/full"], 2),
        (["bad.md", "-o", "/dev/null"], 2),
        (["bad.md", "-o", "folder"], 2),
        (["bad.md", "--write-baseline", "bad.md"], 2),
        (["bad.md", "--write-baseline", "/dev/null"], 2),
        (["good.md", "--output-format", "html"], 2),
        (["good.md", "--select", "E1"], 2),
        (["good.md", "--config", "gone.toml"], 2),
        (["good.md", "--baseline", "gone.json"], 2),
        (["good.md", "--statistics", "--output-format", "json"], 2),
        (["good.md", "--show-network", "--output-format", "json"], 2),
        (["good.md", "-o", "no/folder/report"], 2),
        (["--explain", "good.md"], 2),
        (["--explain", "good.md:9"], 2),
        (["bad.md", "--explain", "good.md:1"], 2),
    ],
)
def test_exit_status(course: Path, arguments: list[str], status: int, capfd: pytest.CaptureFixture[str]) -> None:
    assert check(*arguments) == status
    shown = capfd.readouterr()
    assert "Traceback" not in shown.err
    assert bool(shown.err) == (status == 2)
    assert (course / "bad.md").read_text() == "x\nfalse claim"


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("homeless", 2),
        ("homeless\nmodel", 2),
        ("homeless\nunread", 2),
        ("homeless\nx", 0),
        ("homeless\nfalse", 1),
        ("homeless\nopen", 0),
        ("model", 0),
        ("unread", 0),
        ("", 0),
    ],
)
def test_a_run_without_any_model_is_no_success(
    course: Path, text: str, status: int, capfd: pytest.CaptureFixture[str]
) -> None:
    fakes.write(course, some=text)
    assert check("some.md", "--output-format", "concise") == status
    assert "assumed" in capfd.readouterr().out


def test_the_highest_exit_status_counts_and_the_report_is_whole(
    course: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    fakes.write(course, lost="x\nfalse\n" + "die\n" * 9, trouble="disagree")
    assert check("lost.md", "--jobs", "1", "--output-format", "concise") == 2
    shown = capfd.readouterr()
    assert shown.err.startswith("derive: lost.md: the document could not be checked within the limits")
    assert "lost.md:2:1: D201" in shown.out
    assert check("bad.md", "trouble.md", "lost.md", "--output-format", "concise") == 3
    assert "bad.md:2:1: D201" in capfd.readouterr().out


def test_input_that_cannot_be_used_is_named_and_the_rest_is_checked(
    course: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    fakes.write(course, wrong="fault")
    assert check("wrong.md", "bad.md", "--output-format", "concise") == 2
    shown = capfd.readouterr()
    assert shown.err == "derive: wrong.md: a wrong model\n"
    assert shown.out.startswith("bad.md:2:1: D201 another sign\n")


@pytest.mark.parametrize(("text", "what"), [("disagree", "prover and oracle"), ("bug", "ValueError: a bug")])
def test_a_bug_of_derive_is_reported_as_such(
    course: Path, text: str, what: str, capfd: pytest.CaptureFixture[str]
) -> None:
    fakes.write(course, trouble=text, wrong="fault")
    assert check("trouble.md", "bad.md", "wrong.md") == 3
    error = capfd.readouterr().err
    assert "INTERNAL ERROR: this is a bug in derive" in error
    assert what in error
    assert "sympy" in error


def test_the_standard_input(course: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    for arguments, name in (([], "<stdin>"), (["--stdin-filename", "notes/a.tex"], "notes/a.tex")):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"x\nfalse")))
        assert check("-", "--output-format", "concise", *arguments) == 1
        assert capfd.readouterr().out.startswith(f"{name}:2:1: D201")


def test_standard_input_that_is_no_text(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xff\xfe")))
    assert check("-") == 2


def test_a_standard_input_without_end_is_not_read_to_it(
    course: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with Path("/dev/zero").open() as endless:
        monkeypatch.setattr(sys, "stdin", endless)
        assert check("-") == 2
    assert capfd.readouterr().err == "derive: the standard input has more than 32 MiB\n"


def test_json_on_the_standard_output(course: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert check("good.md", "bad.md", "--output-format", "json") == 1
    report = json.loads(capfd.readouterr().out)
    assert [file["path"] for file in report["files"]] == ["good.md", "bad.md"]
    assert report["summary"]["refuted"] == 1


def test_a_report_goes_to_a_file(course: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert check("bad.md", "--output-format", "junit", "-o", "report.xml") == 1
    assert (course / "report.xml").read_text().startswith("<?xml")
    assert capfd.readouterr().out == ""


def test_configuration_is_used_and_the_command_line_wins(course: Path, capfd: pytest.CaptureFixture[str]) -> None:
    fakes.write(course, model="model")
    (course / "derive.toml").write_text("models = { 'model.md' = 'nielsen' }\nstrict = true\ntime-limit = 3\n")

    assert check("model.md", "-v", "--output-format", "concise") == 0
    assert "assumed nielsen 3.0 0" in capfd.readouterr().out
    options = ("--model", "khapra", "--time-limit", "4", "--seed", "5")
    assert check("model.md", "-v", "--output-format", "concise", *options) == 0
    assert "assumed khapra 4.0 5" in capfd.readouterr().out
    assert check("open.md") == 1
    assert check("open.md", "--no-strict") == 0


def test_a_wrong_setting_ends_the_run(course: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (course / "derive.toml").write_text("job = 2\n")
    assert check("good.md") == 2
    assert "did you mean 'jobs'?" in capfd.readouterr().err


def test_a_baseline_hides_what_was_known(course: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert check("bad.md", "--write-baseline", "base.json") == 0
    assert capfd.readouterr().err == "base.json: 1 finding is known from now on\n"
    assert check("bad.md", "--baseline", "base.json") == 0
    assert "1 skipped" in capfd.readouterr().out
    (course / "bad.md").write_text("new line\nfalse claim\nfalse again")
    assert check("bad.md", "--baseline", "base.json") == 1


def test_statistics_stand_before_the_summary(course: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for style in ("full", "concise"):
        check(".", "--statistics", "--output-format", style)
        lines = capfd.readouterr().out.splitlines()
        assert any(line.startswith("    1  D201  wrong-sign") for line in lines)
        assert lines[-1].startswith("3 proved, 1 refuted, 1 undecided, 1 not understood")


def test_statistics_tell_the_processor_time_of_all_processes(course: Path, capfd: pytest.CaptureFixture[str]) -> None:
    fakes.write(course, busy="busy\ndie\nbusy")
    check("busy.md", "--statistics", "--no-cache")
    found = re.fullmatch(
        r"processor time: ([\d.]+) s in the main process, ([\d.]+) s in its workers\n", capfd.readouterr().err
    )
    assert found is not None
    assert float(found[1]) > 0
    assert float(found[2]) >= 1.1  # of two processes, of which one died at its second formula
    check("good.md", "--no-cache")
    assert capfd.readouterr().err == ""


def test_explain_prints_the_formulas_of_a_line(course: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert check("--explain", "bad.md:2") == 0
    shown = capfd.readouterr().out
    assert shown.startswith("bad.md:2:1: refuted\n    false claim\n")
    assert "derive rule D201" in shown


def test_the_cache_lies_where_it_is_asked_for(course: Path) -> None:
    (course / "good.log").touch()
    check("good.md", "--cache-dir", "elsewhere")
    check("good.md", "--cache-dir", "elsewhere")
    assert (course / "good.log").read_text() == "checked\n"
    check("good.md", "--no-cache")
    assert (course / "good.log").read_text() == "checked\n" * 2
    assert not (course / ".derive_cache").exists()


def test_a_cache_that_comes_with_the_documents_is_neither_read_nor_written(course: Path) -> None:
    shipped = course / ".derive_cache"
    check("bad.md", "--cache-dir", str(shipped))
    for entry in shipped.glob("*.json"):
        entry.write_text(entry.read_text().replace("refuted", "proved"))
    before = {entry: entry.read_bytes() for entry in shipped.iterdir()}
    for settings in ("", "strict = false"):
        (course / "derive.toml").write_text(settings)
        assert check("bad.md") == check(".") == 1
    assert {entry: entry.read_bytes() for entry in shipped.iterdir()} == before


def test_a_cache_of_somebody_else_is_named_once(course: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (course / "real").mkdir()
    (course / "link").symlink_to("real")
    assert check("good.md", "bad.md", "--cache-dir", "link", "--output-format", "concise") == 1
    assert capfd.readouterr().err == "link: not used as a cache, as it is a link, or somebody else's\n"
    assert not list((course / "real").iterdir())


@pytest.mark.parametrize("arguments", [["check", "bad.md"], ["models", "khapra"], ["rule"], ["--help"], ["--version"]])
def test_a_standard_output_that_is_full_is_one_clear_line(course: Path, arguments: list[str]) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    with Path("/dev/full").open("w") as full, start(arguments, course, stdout=full) as process:
        _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert err.endswith("No space left on device\n")
    assert err.count("\n") == 1


def test_no_colours_where_nobody_sees_them(course: Path, capfd: pytest.CaptureFixture[str]) -> None:
    check("bad.md")
    assert "\x1b" not in capfd.readouterr().out


def test_a_terminal_sees_colours_and_a_bar(course: Path) -> None:
    folder = str(Path(fakes.__file__).parent)
    code = (
        f"import sys; sys.path.insert(0, {folder!r}); from derive.cli import run; import fakes; "
        "run(['check', 'bad.md', '--no-cache'], fakes.check)"
    )
    environment = {**os.environ, "TERM": "xterm", "NO_COLOR": ""}
    for no_color in ("", "1"):
        command = ["-c", code]
        shown = pexpect.run(
            f"{sys.executable} {shlex.join(command)}", cwd=str(course), env={**environment, "NO_COLOR": no_color}
        ).decode()
        assert ("\x1b[31;1mD201" in shown) == (not no_color)
        assert "bad.md" in shown


def python(code: str, folder: Path) -> str:
    path = os.pathsep.join([str(Path(fakes.__file__).parent), *sys.path])
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": path}
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["check", "--help"], ["rule", "D202"]])
def test_a_cold_start_loads_nothing_heavy(arguments: list[str], tmp_path: Path) -> None:
    allowed = ("multiprocessing",) if arguments[0] == "check" else ()
    code = f"import sys; from derive.cli import run; run({arguments}); print([n for n in {HEAVY} if n in sys.modules])"
    loaded = python(code, tmp_path).splitlines()[-1]
    assert loaded in ("[]", str(list(allowed)))


def test_a_warm_run_loads_no_algebra_and_is_quick(course: Path) -> None:
    fakes.write(course, **{f"warm{number}": "x\nloaded" for number in range(5)})
    code = (
        "import sys; from derive.cli import run; from fakes import check, FORBIDDEN\n"
        "run(['check', *[f'warm{number}.md' for number in range(5)], '-v'], check)\n"
        "print([name for name in FORBIDDEN if name in sys.modules])"
    )
    python(code, course)
    start = time.monotonic()
    shown = python(code, course)
    took = time.monotonic() - start
    assert shown.splitlines()[-1] == "[]"
    assert shown.count("assumed []") == 5
    assert took < 2  # about 0.25 s on a machine that does nothing else


def test_every_command_has_help() -> None:
    for name in COMMANDS:
        assert run([name, "--help"]) == 0


def test_an_unknown_command_is_a_usage_error(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["chekc"]) == 2
    assert "No such command" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "status"), [(["rule"], 0), (["check", "good.md"], 0), (["check", "bad.md"], 1), (["--help"], 0)]
)
def test_a_reader_that_has_gone_changes_no_status(arguments: list[str], status: int, course: Path) -> None:
    program = "import sys, fakes, derive.cli; sys.exit(derive.cli.run(sys.argv[1:], fakes.check))"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", program, *arguments]
    with subprocess.Popen(
        command, cwd=course, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert (process.stderr.read(), process.wait()) == (b"", status)


def test_python_dash_m(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "derive", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("derive ")


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_page_of_the_fixed_shape(code: str) -> None:
    name, sentence = CODES[code]
    lines = page(code).splitlines()
    assert lines[0] == f"# {code} {name}"
    assert lines[2] == sentence
    headings = [line for line in lines if line.startswith("## ")]
    assert headings == ["## What it does", "## Why it is wrong", "## Example", "## Use instead"]


def test_rules_by_code_by_name_and_all(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["rule", "d202"]) == run(["rule", "transpose"]) == 0
    first, second = capfd.readouterr().out.split("# D202 transpose")[1:]
    assert first == second
    assert run(["rule"]) == 0
    assert [line.split()[0] for line in capfd.readouterr().out.splitlines()] == list(CODES)
    assert run(["rule", "D999"]) == 2


def test_the_documentation_includes_every_page() -> None:
    docs = Path(__file__).parent.parent / "docs" / "rules"
    assert {file.stem for file in docs.glob("D*.md")} == set(CODES)
    for code in CODES:
        assert f"../../derive/rules/{code}.md" in (docs / f"{code}.md").read_text()
