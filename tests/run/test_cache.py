"""The cache: what makes an entry stale, and that nothing can be lost through it."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import fakes
import pytest

from derive.errors import UsageError
from derive.findings import FileReport, Finding, NetworkPlace
from derive.run import cache as cache_module
from derive.run.cache import NAMES, Cache, dependencies
from derive.run.check_files import check_files
from derive.run.task import Task

FINDING = Finding(
    1, 2, 3, 4, "x = y", "refuted", "D200", "no", "k < L", ("a",),
    {"left": "1", "values": {"W": "2"}}, "z", 1.5, 2, ("s",), (1, 3),
)  # fmt: skip


@pytest.fixture
def task(tmp_path: Path) -> Task:
    return Task(fakes.write(tmp_path, a="x")[0], "a.md")


@pytest.fixture
def cache(tmp_path: Path, task: Task) -> Cache:
    cache = Cache(tmp_path / "cache")
    cache.put(task, "x", FileReport("a.md", (FINDING,), "x"))
    return cache


def test_a_report_comes_back_as_it_was(cache: Cache, task: Task) -> None:
    assert cache.get(task, "x") == FileReport("a.md", (FINDING,), "x")


def test_the_network_of_a_text_comes_back(tmp_path: Path, task: Task) -> None:
    report = FileReport("a.md", (), "x", network=NetworkPlace("document", ((1, 3),)), stated=("name = 'a'",))
    cache = Cache(tmp_path / "cache")
    cache.put(task, "x", report)
    found = cache.get(task, "x")
    assert (found and found.network, found and found.stated) == (report.network, report.stated)


def test_another_name_for_the_same_file_is_reported_under_that_name(cache: Cache, task: Task) -> None:
    found = cache.get(replace(task, name="./a.md"), "x")
    assert found is not None
    assert found.path == "./a.md"


@pytest.mark.parametrize("change", [{"model": "nielsen"}, {"time_limit": 1.0}, {"seed": 7}])
def test_other_options_find_nothing(cache: Cache, task: Task, change: dict[str, object]) -> None:
    assert cache.get(replace(task, **change), "x") is None  # type: ignore[arg-type]


def test_another_text_finds_nothing(cache: Cache, task: Task) -> None:
    assert cache.get(task, "x ") is None


def test_another_version_of_derive_finds_nothing(cache: Cache, task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "_program", lambda: "another")
    assert cache.get(task, "x") is None


def test_a_changed_model_file_finds_nothing(tmp_path: Path, task: Task) -> None:
    model = tmp_path / "own.toml"
    model.write_text("one")
    task = replace(task, model=str(model))
    cache = Cache(tmp_path / "cache")
    cache.put(task, "x", FileReport("a.md", (FINDING,), "x"))
    assert cache.get(task, "x") is not None
    model.write_text("two")
    assert cache.get(task, "x") is None


def test_included_files_are_found_with_what_they_include(tmp_path: Path) -> None:
    (tmp_path / "part").mkdir()
    for name, text in {
        "part/one.tex": r"\input{two}", "part/two.tex": "", "own.sty": "", "m.toml": "", "other.tex": "",
    }.items():  # fmt: skip
        (tmp_path / name).write_text(text)
    text = '\\usepackage[x]{amsmath, own}\n\\input{part/one}\n% use = "m.toml"\n\\include{missing}'
    found = dependencies(tmp_path / "main.tex", text, None)

    assert {path.name for path in found} == {"one.tex", "two.tex", "own.sty", "m.toml"}


def test_files_that_include_each_other_end(tmp_path: Path) -> None:
    (tmp_path / "a.tex").write_text(r"\input{b}")
    (tmp_path / "b.tex").write_text(r"\input{a}\input b \input{main}")
    (tmp_path / "main.tex").write_text("")
    assert len(dependencies(tmp_path / "main.tex", r"\input{a}", None)) == 2


@pytest.mark.parametrize("text", ["\\input[", "\\input ", "use = '", "\\input{" + "a" * 50])
def test_the_time_is_linear_in_a_hostile_text(tmp_path: Path, text: str) -> None:
    start = time.monotonic()
    dependencies(tmp_path / "main.tex", text * (1_000_000 // len(text)), None)
    assert time.monotonic() - start < 3


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"key": 1}', "null", "[" * 200_000, "\udc80"])
def test_a_damaged_entry_is_as_good_as_none(cache: Cache, task: Task, damage: str) -> None:
    (entry,) = cache.folder.glob("*.json")
    entry.write_text(damage, errors="surrogateescape")
    assert cache.get(task, "x") is None


def test_a_folder_that_cannot_be_written_only_costs_time(tmp_path: Path, task: Task) -> None:
    (tmp_path / "file").write_text("")
    cache = Cache(tmp_path / "file" / "cache")
    cache.put(task, "x", FileReport("a.md", (FINDING,), "x"))
    assert cache.get(task, "x") is None


def test_the_folder_is_the_users_alone(cache: Cache) -> None:
    assert stat.S_IMODE(cache.folder.stat().st_mode) == 0o700


def test_the_cache_lies_with_the_user_and_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    found = Cache.of_user()
    assert found is not None
    assert found.folder.is_relative_to(os.environ["XDG_CACHE_HOME"])
    nobody = Path("~/.cache/derive")  # what a user gets whom the system does not know
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: nobody)
    assert Cache.of_user() is None


def test_a_folder_that_is_a_link_is_not_used(cache: Cache, task: Task, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(cache.folder)
    linked = Cache(tmp_path / "link")
    assert linked.distrusted() == linked.folder
    assert linked.get(task, "x") is None
    before = sorted(cache.folder.iterdir())
    linked.put(task, "y", FileReport("a.md", (), "y"))
    assert sorted(cache.folder.iterdir()) == before
    assert cache.get(task, "x") is not None


def _foreign(entry: Path) -> None:
    try:
        os.chown(entry, 12345, 12345)
    except PermissionError:
        pytest.skip("only root gives files away")


def _linked(entry: Path) -> None:
    entry.rename(entry.with_suffix(".elsewhere"))
    entry.symlink_to(entry.with_suffix(".elsewhere"))


def _piped(entry: Path) -> None:
    entry.unlink()
    os.mkfifo(entry)


@pytest.mark.parametrize("make", [_foreign, _linked, _piped])
def test_a_file_that_is_not_the_users_own_is_neither_read_nor_written(
    cache: Cache, task: Task, make: Callable[[Path], None]
) -> None:
    (entry,) = cache.folder.glob("*.json")
    make(entry)
    before = entry.lstat()
    assert cache.distrusted([task]) == entry
    assert cache.get(task, "x") is None
    cache.put(task, "x", FileReport("a.md", (), "x"))
    assert entry.lstat() == before


def test_a_folder_of_somebody_else_is_not_used(cache: Cache, task: Task) -> None:
    _foreign(cache.folder)
    assert cache.distrusted() == cache.folder
    assert cache.get(task, "x") is None


def test_the_folder_tells_version_control_to_leave_it_alone(cache: Cache) -> None:
    assert (cache.folder / ".gitignore").read_text() == "*\n"
    assert (cache.folder / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55")


def test_a_second_run_checks_only_what_changed(tmp_path: Path) -> None:
    paths = fakes.write(tmp_path, a="x", b="false")
    for path in paths:
        path.with_suffix(".log").touch()
    cache = Cache(tmp_path / "cache")
    tasks = [Task(path, path.name) for path in paths]
    first = check_files(tasks, cache=cache, checker=fakes.check)
    paths[1].write_text("false\nx")
    second = check_files(tasks, cache=cache, checker=fakes.check)

    assert second[0] == first[0]
    assert [path.with_suffix(".log").read_text().count("checked") for path in paths] == [1, 2]


def test_what_the_limits_ended_is_not_kept(tmp_path: Path) -> None:
    (path,) = fakes.write(tmp_path, a="die\nx")
    cache = Cache(tmp_path / "cache")
    check_files([Task(path, "a.md")], cache=cache, checker=fakes.check)
    assert cache.get(Task(path, "a.md"), "die\nx") is None


@pytest.fixture
def lecture(tmp_path: Path) -> Task:
    path = tmp_path / "lecture.md"
    path.write_text("$$\\delta^L = a^L - y$$\n")
    (tmp_path / "own.toml").write_text('use = "nielsen-cross-entropy"\n')
    return Task(path, "lecture.md", model=str(tmp_path / "own.toml"))


def test_formulas_are_kept_through_an_edit(tmp_path: Path, lecture: Task) -> None:
    cache, task = Cache(tmp_path / "cache"), lecture
    text = task.path.read_text()
    cache.put_formulas(task, text, {"key": {"verdicts": []}})
    assert cache.formulas(task, "One more line.\n" + text) == {"key": {"verdicts": []}}
    assert cache.formulas(replace(task, seed=1), text) == {}


def test_formulas_of_a_changed_model_file_or_derive_are_not_kept(
    tmp_path: Path, lecture: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, task = Cache(tmp_path / "cache"), lecture
    text = task.path.read_text()
    cache.put_formulas(task, text, {"key": {}})
    with monkeypatch.context() as patch:
        patch.setattr(cache_module, "_program", lambda: "another")
        assert cache.formulas(task, text) == {}
    assert cache.formulas(task, text) == {"key": {}}
    (tmp_path / "own.toml").write_text('use = "nielsen"\n')
    assert cache.formulas(task, text) == {}


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"key": 1}', "null", "[" * 200_000, "\udc80"])
def test_damaged_formulas_are_as_good_as_none(tmp_path: Path, lecture: Task, damage: str) -> None:
    cache, task = Cache(tmp_path / "cache"), lecture
    cache.put_formulas(task, lecture.path.read_text(), {})
    (entry,) = cache.folder.glob("*.formulas.json")
    entry.write_text(damage, errors="surrogateescape")
    assert cache.formulas(task, lecture.path.read_text()) == {}


def test_a_run_writes_what_each_formula_yielded(tmp_path: Path, lecture: Task) -> None:
    cache, task = Cache(tmp_path / "cache"), lecture
    check_files([task], cache=cache)
    known = cache.formulas(task, lecture.path.read_text())
    assert [verdict["word"] for entry in known.values() for verdict in entry["verdicts"]] == ["proved"]
    check_files([task], cache=None)
    lecture.path.write_text("Another beginning.\n\n" + lecture.path.read_text())
    (report,) = check_files([task], cache=cache)
    assert isinstance(report, FileReport)
    assert [(finding.line, finding.verdict) for finding in report.findings] == [(3, "proved")]
    assert cache.formulas(task, lecture.path.read_text()) == known


def test_a_document_that_names_files_without_end_is_not_kept(tmp_path: Path) -> None:
    text = "".join(f"\\input{{part{number}}}\n" for number in range(NAMES))
    with pytest.raises(UsageError, match="too many"):
        dependencies(tmp_path / "a.md", text, None)
    task = Task(fakes.write(tmp_path, a=text)[0], "a.md")
    cache = Cache(tmp_path / "cache")
    cache.put(task, text, FileReport("a.md", (FINDING,), text))
    assert cache.get(task, text) is None
    assert cache.formulas(task, text) == {}
