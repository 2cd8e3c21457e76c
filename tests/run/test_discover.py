"""Which documents are checked."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from derive.commands.check import command
from derive.config import Config
from derive.document.types import TYPES
from derive.errors import UsageError
from derive.files import LARGEST
from derive.run.discover import documents


@pytest.fixture
def course(tmp_path: Path) -> Path:
    for name in ("b.md", "a.tex", "c.py", "deep/d.ipynb", "deep/e.TXT", ".hidden/f.md", "deep/.g/h.md", "empty/x.pdf"):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).touch()
    return tmp_path


def names(course: Path, *paths: str, **settings: object) -> list[str]:
    found = documents([course / path for path in paths], Config(course, **settings))  # type: ignore[arg-type]
    return [path.relative_to(course).as_posix() for path in found]


def test_a_folder_stands_for_its_documents(course: Path) -> None:
    assert names(course, ".") == ["a.tex", "b.md", "deep/d.ipynb", "deep/e.TXT"]


def test_files_are_taken_as_given_and_once(course: Path) -> None:
    assert names(course, "c.py", "b.md", ".hidden/f.md", "b.md", ".") == [
        "c.py", "b.md", ".hidden/f.md", "a.tex", "deep/d.ipynb", "deep/e.TXT",
    ]  # fmt: skip


def test_what_another_document_includes_is_judged_there(course: Path) -> None:
    (course / "a.tex").write_text("\\input{deep/one}\n% \\input{deep/two}\n\\usepackage{own}\n")
    (course / "own.sty").write_text("\\newcommand{\\R}{\\mathbb{R}}\n")
    for name in ("deep/one.tex", "deep/two.tex"):
        (course / name).write_text("$x \\in \\R$\n")

    assert names(course, ".") == ["a.tex", "b.md", "deep/d.ipynb", "deep/e.TXT", "deep/two.tex"]
    assert "deep/one.tex" in names(course, ".", "deep/one.tex")
    assert names(course, "deep") == ["deep/d.ipynb", "deep/e.TXT", "deep/one.tex", "deep/two.tex"]


def test_a_document_that_cannot_be_read_takes_nothing_in(course: Path) -> None:
    (course / "a.tex").write_text("\\input{deep/one}\n\\input{missing}\n")
    (course / "deep/one.tex").write_text("$x = x$\n")

    assert "deep/one.tex" in names(course, ".")


def test_excluded_documents_are_left_out_of_folders_only(course: Path) -> None:
    assert names(course, ".", exclude=("deep/**",)) == ["a.tex", "b.md"]
    assert names(course, "deep/d.ipynb", exclude=("deep/**",)) == ["deep/d.ipynb"]


def test_what_is_not_there_is_refused(course: Path) -> None:
    with pytest.raises(UsageError, match="no such file or folder"):
        names(course, "gone.md")
    with pytest.raises(UsageError, match="no documents here"):
        names(course, "empty")


def test_a_folder_gives_regular_files_of_a_size_that_can_be_read(course: Path) -> None:
    os.mkfifo(course / "pipe.md")
    (course / "zero.md").symlink_to("/dev/zero")
    (course / "loop.md").symlink_to("loop.md")
    (course / "round").symlink_to(".")
    (course / "folder.md").mkdir()
    (course / "large.txt").touch()
    os.truncate(course / "large.txt", LARGEST + 1)
    (course / "link.md").symlink_to("b.md")
    told: list[str] = []
    found = documents([course], Config(course), told.append)

    assert [path.name for path in found] == ["a.tex", "b.md", "link.md", "d.ipynb", "e.TXT"]
    assert [Path(line.partition(": ")[0]).name for line in told] == ["large.txt", "loop.md", "pipe.md", "zero.md"]


def test_every_way_in_knows_the_same_types() -> None:
    hook = (Path(__file__).parents[2] / ".pre-commit-hooks.yaml").read_text()
    pattern = re.search(r"files: (.*)", hook)
    assert pattern is not None
    for suffix in TYPES:
        for name in (f"lectures/04{suffix}", f"A B{suffix.upper()}"):
            assert re.search(pattern[1], name)
    for name in ("a.py", "a.mdx", "md", "a.tex.bak"):
        assert not re.search(pattern[1], name)
    assert command.help is not None
    assert [f"*{suffix}" for suffix in TYPES] == re.findall(r"\*\.\w+", command.help)


def test_folders_in_folders_without_end(tmp_path: Path) -> None:
    depth, here = 0, os.open(tmp_path, os.O_RDONLY)
    while depth < 1800:
        os.mkdir("a", dir_fd=here)
        inner = os.open("a", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here, depth = inner, depth + 1
    os.close(here)
    (tmp_path / "z.md").touch()
    assert documents([tmp_path], Config(tmp_path)) == [tmp_path / "z.md"]
    _remove(tmp_path / "a")


def _remove(folder: Path) -> None:
    """Take a deep folder away, outermost first, as shutil recurses before Python 3.13."""
    while True:
        inner = folder / "a"
        if not inner.exists():
            folder.rmdir()
            return
        spare = folder.parent / "spare"
        inner.rename(spare)
        folder.rmdir()
        spare.rename(folder)
