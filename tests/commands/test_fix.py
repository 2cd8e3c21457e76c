"""`derive check --fix` and `--diff`: only proved repairs, each judged again in its place, and nothing else changed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from derive.cli import derive
from derive.findings import Edit, FileReport, Finding
from derive.run.fixes import edited, fixed
from derive.run.task import Fault, Task

SIGN, MENDED = r"\nabla_{a_L} \mathcal{L}(\theta) = y - \hat{y}", r"\nabla_{a_L} \mathcal{L}(\theta) = \hat{y} - y"
CHAIN = r"""$$
\begin{aligned}
\frac{\partial \mathcal{L}(\theta)}{\partial W_{kij}} % by the chain rule
  &= \frac{\partial \mathcal{L}(\theta)}{\partial a_{ki}} \frac{\partial a_{ki}}{\partial W_{kij}} \\
  &= \color{red}{\frac{\partial \mathcal{L}(\theta)}{\partial a_{ki}}} h_{k-1,i} \tag{3}
\end{aligned}
$$
"""
LOST = (
    r"The hidden layers: $\nabla_{h_k} \mathcal{L}(\theta) = W_{k+1} \nabla_{a_{k+1}} \mathcal{L}(\theta)$, and 5 \$."
)


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "derive.toml").write_text('models = { "**" = "khapra" }\n')
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check(*arguments: str, given: str | None = None) -> Result:
    line = ["check", *arguments, "--no-cache", "--jobs", "1"]
    result = CliRunner().invoke(derive, line, input=given, standalone_mode=False)
    assert result.exception is None, result.exception
    return result


def test_repairs_are_written_and_everything_else_stays(course: Path) -> None:
    """Alignment, comments, colours, tags and the line ends of the author are no part of a repair."""
    text = f"# Slips\r\n\r\n{LOST}\r\n\r\n$${SIGN}$$\r\n\r\n" + CHAIN.replace("\n", "\r\n")
    (course / "a.md").write_bytes(b"\xef\xbb\xbf" + text.encode())

    result = check("--fix", "a.md")

    wanted = text.replace(SIGN, MENDED).replace("W_{k+1} ", "W_{k+1}^T ").replace("h_{k-1,i}", "h_{k-1,j}")
    assert (course / "a.md").read_bytes() == b"\xef\xbb\xbf" + wanted.encode()
    assert result.return_value == 0
    assert "a.md: 3 repairs written" in result.stderr
    assert "4 proved, 0 refuted" in result.stdout
    assert "a.md" not in check("--fix", "a.md").stderr


def test_the_status_is_that_of_the_files_after_the_edit(course: Path) -> None:
    hopeless = r"$\nabla_{a_L} \mathcal{L}(\theta) = \hat{y}^5 - 7 y + 11 \hat{y} \odot y$"
    (course / "a.md").write_text(f"$${SIGN}$$\n\nand {hopeless}\n")

    result = check("--fix", "a.md", "--output-format", "json")

    assert result.return_value == 1
    assert [f["verdict"] for f in json.loads(result.stdout)["files"][0]["findings"]] == ["proved", "refuted"]
    assert MENDED in (course / "a.md").read_text()
    assert hopeless in (course / "a.md").read_text()


def test_a_diff_is_alone_on_the_standard_output_and_writes_nothing(course: Path) -> None:
    (course / "a.md").write_text(f"Before.\n\n$${SIGN}$$")
    (course / "b.md").write_text(f"$${MENDED}$$\n")

    result = check("--diff", "a.md", "b.md")

    assert result.return_value == 1
    assert result.stdout == (
        f"--- a/a.md\n+++ b/a.md\n@@ -1,3 +1,3 @@\n Before.\n \n-$${SIGN}$$\n\\ No newline at end of file\n"
        f"+$${MENDED}$$\n\\ No newline at end of file\n"
    )
    assert "2 proved, 0 refuted" in result.stderr
    assert (course / "a.md").read_text() == f"Before.\n\n$${SIGN}$$"
    assert check("--diff", "b.md").return_value == 0
    assert check("--diff", "b.md").stdout == ""


def test_a_diff_of_the_standard_input(course: Path) -> None:
    result = check("--diff", "-", "--stdin-filename", "x.md", given=f"$${SIGN}$$\n")

    assert f"+$${MENDED}$$" in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [("--fix", "--diff", "a.md"), ("--fix", "-"), ("--fix", "a.md", "--write-baseline", "b"),
     ("--diff", "--explain", "a.md:1")],
)  # fmt: skip
def test_what_does_not_go_together(course: Path, arguments: tuple[str, ...]) -> None:
    (course / "a.md").write_text(f"$${SIGN}$$\n")
    result = CliRunner().invoke(derive, ["check", *arguments], standalone_mode=False)

    assert type(result.exception).__name__ == "UsageError"
    assert (course / "a.md").read_text() == f"$${SIGN}$$\n"


def test_only_what_is_selected_is_mended(course: Path) -> None:
    (course / "a.md").write_text(f"$${SIGN}$$\n\n{LOST}\n")
    check("--fix", "a.md", "--select", "D201")

    assert (course / "a.md").read_text() == f"$${MENDED}$$\n\n{LOST}\n"


def test_in_a_notebook_the_cell_changes_and_no_other_byte(course: Path) -> None:
    cells = [
        {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": ["x = 'é'"]},
        {"cell_type": "markdown", "metadata": {}, "source": ["# Slips\n", f"$${SIGN}$$\n", "end"]},
    ]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    text = json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
    (course / "a.ipynb").write_text(text, encoding="utf-8")
    (course / "b.ipynb").write_text(json.dumps(notebook), encoding="utf-8")

    result = check("--fix", "a.ipynb", "b.ipynb")

    assert (course / "a.ipynb").read_text(encoding="utf-8") == text.replace(
        json.dumps(SIGN)[1:-1], json.dumps(MENDED)[1:-1]
    )
    assert (course / "b.ipynb").read_text(encoding="utf-8") == json.dumps(notebook)
    assert "b.ipynb: 0 repairs written; left: the notebook is laid out otherwise" in result.stderr
    assert result.return_value == 1


# How repairs are chosen, on reports that are made up


def finding(line: int, verdict: str, text: str = "") -> Finding:
    edits = (Edit(line, 1, line, 2, text),) if text else ()
    return Finding(line, 1, line, 2, "x", verdict, edits=edits)


def reports(*verdicts: str) -> FileReport:
    found = tuple(finding(n, verdict) for n, verdict in enumerate(verdicts, 1))
    return FileReport("a.md", found)


@pytest.fixture
def slips() -> FileReport:
    found = (finding(1, "refuted", "A"), finding(2, "proved"), finding(3, "refuted", "C"))
    return FileReport("a.md", found, text="a\nb\nc\n")


@pytest.mark.parametrize(
    ("answers", "after", "written"),
    [
        ({"A\nb\nC\n": ("proved", "proved", "proved")}, "A\nb\nC\n", 2),
        # together the first takes the second its proof; the third alone does not
        (
            {
                "A\nb\nC\n": ("proved", "undecided", "proved"),
                "A\nb\nc\n": ("proved", "refuted", "refuted"),
                "a\nb\nC\n": ("refuted", "proved", "proved"),
            },
            "a\nb\nC\n",
            1,
        ),
        ({}, "a\nb\nc\n", 0),
        ({"A\nb\nC\n": ("proved", "proved")}, "a\nb\nc\n", 0),
    ],
)
def test_a_repair_that_costs_another_formula_its_proof_is_left_out(
    slips: FileReport, answers: dict[str, tuple[str, ...]], after: str, written: int
) -> None:
    def judge(task: Task) -> FileReport | Fault:
        assert task.text is not None
        verdicts = answers.get(task.text)
        return Fault("a.md", "input", "no") if verdicts is None else reports(*verdicts)

    found = fixed(Task(Path("a.md"), "a.md"), slips, slips.findings, judge)

    assert (found.after, found.written) == (after, written)
    assert bool(found.spared) == (written < 2)


def test_what_an_included_file_holds_is_left_to_that_file(slips: FileReport) -> None:
    inside = replace(slips, findings=tuple(replace(f, path="chapter.tex") for f in slips.findings))
    found = fixed(Task(Path("a.tex"), "a.tex"), inside, inside.findings, lambda task: reports())

    assert not found.changed
    assert found.spared == ("2 in files that it includes",)


def test_edits_of_one_line_do_not_move_each_other() -> None:
    one = Finding(1, 1, 1, 9, "x", "refuted", edits=(Edit(1, 3, 1, 4, "long"), Edit(1, 5, 1, 5, "new")))
    assert edited("a=b+c", [one], notebook=False) == "a=long+newc"


def test_a_document_with_two_names_is_mended_once_and_reported_under_both(course: Path) -> None:
    (course / "a.md").write_text(f"$${SIGN}$$\n")
    (course / "b.md").symlink_to("a.md")
    (course / "c.md").write_text(f"$${SIGN}$$\n")

    result = check("--fix", ".")

    assert result.return_value == 0
    assert "3 proved, 0 refuted" in result.stdout
    assert (course / "b.md").is_symlink()
    assert {(course / name).read_text() for name in ("a.md", "b.md", "c.md")} == {f"$${MENDED}$$\n"}


def test_a_document_that_cannot_be_written_does_not_stop_the_others(course: Path) -> None:
    (course / "elsewhere").mkdir()
    (course / "lectures").mkdir()
    (course / "elsewhere" / "a.md").write_text(f"$${SIGN}$$\n")
    (course / "lectures" / "a.md").symlink_to("../elsewhere/a.md")  # a link out of its folder is not followed
    (course / "lectures" / "b.md").write_text(f"$${SIGN}$$\n")

    result = check("--fix", "lectures")

    assert result.return_value == 2
    assert "cannot write lectures/a.md" in result.stderr
    assert "1 proved, 0 refuted" in result.stdout
    assert (course / "elsewhere" / "a.md").read_text() == f"$${SIGN}$$\n"
    assert (course / "lectures" / "b.md").read_text() == f"$${MENDED}$$\n"


def test_the_report_on_a_document_is_that_of_its_parts_as_they_are_now(course: Path) -> None:
    (course / "derive.toml").write_text('models = { "**" = "khapra" }\n')
    (course / "a.tex").write_text("\\input{part}\n")
    (course / "part.tex").write_text(f"$${SIGN}$$\n")

    result = check("--fix", "a.tex", "part.tex")

    assert (course / "part.tex").read_text() == f"$${MENDED}$$\n"
    assert "0 refuted" in result.stdout
    assert result.return_value == 0


def test_no_comment_inside_a_formula_is_lost(course: Path) -> None:
    text = SIGN.replace("= y", "= y % the target\n ") + " % the prediction"
    (course / "a.tex").write_text(f"\\[\n{text}\n\\]\n")

    result = check("--fix", "a.tex")

    assert (course / "a.tex").read_text() == f"\\[\n{text}\n\\]\n"
    assert "0 repairs written; left: 1 in whose place a comment stands" in result.stderr
    assert result.return_value == 1
