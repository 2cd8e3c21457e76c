"""Which documents are checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.config import Config
from derive.errors import UsageError
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


def test_excluded_documents_are_left_out_of_folders_only(course: Path) -> None:
    assert names(course, ".", exclude=("deep/**",)) == ["a.tex", "b.md"]
    assert names(course, "deep/d.ipynb", exclude=("deep/**",)) == ["deep/d.ipynb"]


def test_what_is_not_there_is_refused(course: Path) -> None:
    with pytest.raises(UsageError, match="no such file or folder"):
        names(course, "gone.md")
    with pytest.raises(UsageError, match="no documents here"):
        names(course, "empty")
