"""How far LaTeX may include: up to the root of the repository, or the folder on the command line, and never further."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.commands.checking import CheckArguments, check
from derive.document.document import read_document
from derive.errors import InputError
from derive.run.cache import dependencies, key
from derive.run.discover import folder_given
from derive.run.task import Task

FORMULA = r"$\bz = 1$"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A repository with macros beside and above its chapters, and with what is none of a document's business."""
    root = tmp_path / "course"
    files = {
        "shared/macros.tex": r"\newcommand{\bz}{z_0}",
        "notation.sty": r"\newcommand{\bz}{z_0}",
        "notes.txt": "$n$",
        ".hidden/key.tex": "$h$",
        "chapters/one/main.tex": "",
    }
    for name, text in {f"course/{name}": text for name, text in files.items()}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "secret.tex").write_text("$s$", encoding="utf-8")
    return root


def latex_of(course: Path, text: str, within: Path | None = None) -> list[str]:
    main = course / "chapters" / "one" / "main.tex"
    main.write_text(text, encoding="utf-8")
    document = read_document(main, within=within)
    return [formula.latex for formula in document.formulas]


INSIDE = {
    "beside": r"\input{../../shared/macros}" + FORMULA,
    "package above": r"\usepackage{notation}" + FORMULA,
    "package by its path": r"\usepackage{../../notation}" + FORMULA,
}


@pytest.mark.parametrize("text", INSIDE.values(), ids=INSIDE)
@pytest.mark.parametrize("marker", ["folder", "file", "command line"])
def test_files_below_the_root_are_read(course: Path, text: str, marker: str) -> None:
    if marker == "folder":
        (course / ".git").mkdir()
    elif marker == "file":
        (course / ".git").write_text("gitdir: elsewhere", encoding="utf-8")

    assert latex_of(course, text, course if marker == "command line" else None) == [r"\bz = 1"]


OUTSIDE = {
    "above": r"\input{../../../secret}",
    "far above": r"\input{../../../../../../../../etc/passwd}",
    "absolute": r"\input{/etc/passwd}",
    "around": r"\input{../../shared/../../secret}",
    "link to a file": r"\input{link}",
    "link to a folder": r"\input{out/secret}",
    "link above": r"\input{../../shared/link}",
    "no LaTeX": r"\input{../../notes.txt}",
    "hidden": r"\input{../../.hidden/key}",
}


@pytest.mark.parametrize("text", OUTSIDE.values(), ids=OUTSIDE)
@pytest.mark.parametrize("repository", [True, False])
def test_nothing_else_is_read(course: Path, text: str, repository: bool) -> None:
    (course / ".git").mkdir() if repository else None
    secret = course.parent / "secret.tex"
    (course / "chapters" / "one" / "link.tex").symlink_to(secret)
    (course / "chapters" / "one" / "out").symlink_to(course.parent)
    (course / "shared" / "link.tex").symlink_to(secret)

    with pytest.raises(InputError, match="outside the folder"):
        latex_of(course, text, course)


@pytest.mark.parametrize("name", ["../../../notation", "/etc/notation", "../../.hidden/notation", "link"])
def test_a_package_from_elsewhere_is_none(course: Path, name: str) -> None:
    (course / ".git").mkdir()
    (course / "notation.sty").unlink()
    for place in (course.parent, course / ".hidden"):
        (place / "notation.sty").write_text(r"\def\be{\begin{equation}}\def\ee{\end{equation}}", encoding="utf-8")
    (course / "link.sty").symlink_to(course.parent / "notation.sty")

    assert latex_of(course, rf"\usepackage{{{name}}} \be a \ee $b$") == ["b"]


def test_the_nearest_repository_is_the_limit(course: Path) -> None:
    (course / ".git").mkdir()
    (course / "chapters" / ".git").mkdir()

    with pytest.raises(InputError, match="outside the folder"):
        latex_of(course, r"\input{../../shared/macros}", course)


def test_without_a_repository_or_a_folder_the_document_has_its_own_folder(course: Path) -> None:
    with pytest.raises(InputError, match="outside the folder"):
        latex_of(course, r"\input{../../shared/macros}")


def test_a_folder_that_does_not_hold_the_document_gives_it_nothing(course: Path) -> None:
    with pytest.raises(InputError, match="outside the folder"):
        latex_of(course, r"\input{../../shared/macros}", course / "shared")


def test_the_folder_given_is_the_widest_argument() -> None:
    path = Path("a/b/c.tex")

    assert folder_given(path, [Path("x"), path]) is None


def test_the_command_line_says_how_far(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main = course / "chapters" / "one" / "main.tex"
    main.write_text(r"\input{../../shared/macros} $\bz = \bz$", encoding="utf-8")

    check(CheckArguments((course,), no_cache=True, jobs=1))
    assert "outside" not in capsys.readouterr().err
    assert check(CheckArguments((main,), no_cache=True, jobs=1)) == 2
    assert "outside the folder" in capsys.readouterr().err


def test_what_is_known_depends_on_files_above(course: Path) -> None:
    (course / ".git").mkdir()
    main = course / "chapters" / "one" / "main.tex"
    main.write_text(r"\usepackage{notation} $a$", encoding="utf-8")
    task, text = Task(main, "main.tex"), main.read_text(encoding="utf-8")
    before = key(task, text)

    assert course / "notation.sty" in dependencies(main, text, None)
    (course / "notation.sty").write_text(r"\newcommand{\bz}{z_1}", encoding="utf-8")
    assert key(task, text) != before
