"""Formulas of LaTeX, and the files that it includes."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.document.document import Document, read_document
from derive.errors import InputError


def read(text: str) -> Document:
    return read_document(Path("notes.tex"), text)


def latex(text: str) -> list[str]:
    return [formula.latex for formula in read(text).formulas]


READ = {
    "inline": (r"so $a$ and \(b\)", ["a", "b"]),
    "display": (r"so $$a$$ and \[b\]", ["a", "b"]),
    "equation": ("\\begin{equation*}\na\n\\end{equation*}", ["a"]),
    "align": (r"\begin{align}a&=b\\&=c\end{align}", [r"\begin{align}a&=b\\&=c\end{align}"]),
    "gather": (r"\begin{gather*}a\end{gather*}", [r"\begin{gather*}a\end{gather*}"]),
    "aligned in a display": (r"\[\begin{aligned}a\end{aligned}\]", [r"\begin{aligned}a\end{aligned}"]),
    "math": (r"\begin{math}a\end{math}", ["a"]),
    "after a comment": ("% $x$\n100\\% $y$ % $z$\n", ["y"]),
    "verbatim": (r"\begin{verbatim}$x$\end{verbatim}\verb|$y$| \lstinline{$v$} $z$", ["z"]),
    "drawings": (r"\begin{tikzpicture}\node at ($(a)+(b)$) {};\end{tikzpicture} $z$", ["z"]),
    "switched off by TeX": (r"\iffalse $x$ \fi $y$", ["y"]),
    "links": (r"\url{a%20b$} $y$", ["y"]),
    "text in a formula": (r"$\text{if $a$} b$", [r"\text{if $a$} b"]),
    "after the end": (r"$a$ \end{document} $x$", ["a"]),
    "own names of environments": (
        r"\newcommand{\be}{\begin{equation}}\newcommand\ee{\end{equation}} \be a \ee $b$",
        ["a", "b"],
    ),
    "environments of the author's own": (
        r"\newenvironment{eq}{\begin{equation}}{\end{equation}} \begin{eq}a\end{eq} $b$",
        ["a", "b"],
    ),
    "environments with arguments": (
        r"\newenvironment{box2}[1]{\textbf{#1}\begin{align}}{\end{align}} \begin{box2}{so}a\end{box2} $b$",
        ["a", "b"],
    ),
    "an environment of the author's own for text": (
        r"\newenvironment{note}{\begin{quote}}{\end{quote}} \begin{note}so $a$\end{note}",
        ["a"],
    ),
    "definitions": (r"\newcommand{\x}[1]{$#1$}\def\y{$b$} $a$", ["a"]),
    "never closed": ("\\begin{align} a = b\n\nthen $c$", [r"\begin{align} a = b", "c"]),
    "escaped dollar": (r"\$5 and $a$", ["a"]),
    "row break before a bracket": (r"\\[2pt] $a$", ["a"]),
}


@pytest.mark.parametrize(("text", "expected"), READ.values(), ids=READ)
def test_a_formula_is_read(text: str, expected: list[str]) -> None:
    assert latex(text) == expected


def test_comments_in_a_formula_are_blank_in_clean_text_only() -> None:
    (formula,) = read("\\[ a % why\n% a line of its own\n= b \\]").formulas

    assert formula.latex == "a % why\n% a line of its own\n= b"
    assert formula.clean.excerpt(formula.span).split() == ["a", "=", "b"]
    assert formula.clean.position(formula.span.end) == formula.source.position(formula.span.end)


def test_definitions_are_collected_from_preamble_and_body() -> None:
    document = read(
        "\\newcommand{\\pd}[2]{\\frac{\\partial #1}{\\partial #2}} % \\def\\no{}\n"
        "\\DeclareMathOperator*{\\argmin}{arg\\,min}\n\\begin{document}\n"
        "$\\let\\x\\theta \\x$\\renewcommand\\R{\\mathbb R}"
    )

    assert document.macro_text.splitlines() == [
        r"\newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}}",
        r"\DeclareMathOperator*{\argmin}{arg\,min}",
        r"\let\x\theta",
        r"\renewcommand\R{\mathbb R}",
    ]


@pytest.fixture
def course(tmp_path: Path) -> Path:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "one.tex").write_text("\n $b$ \\input{parts/two}", encoding="utf-8")
    (tmp_path / "parts" / "two.tex").write_text("\\newcommand{\\R}{\\mathbb R}$c$", encoding="utf-8")
    (tmp_path / "notation.sty").write_text("\\newcommand{\\W}{\\mathbf W} % \\def\\no{}", encoding="utf-8")
    return tmp_path


def test_included_files_are_read_where_they_stand_and_reported_under_their_own_path(course: Path) -> None:
    main = course / "main.tex"
    text = "\\usepackage{amsmath, notation}\n$a$ \\input{parts/one} $d$ \\include{parts/two}"

    document = read_document(main, text)

    assert [formula.latex for formula in document.formulas] == ["a", "b", "c", "d"]
    names = [formula.source.name for formula in document.formulas]
    assert names == [str(main), str(course / "parts" / "one.tex"), str(course / "parts" / "two.tex"), str(main)]
    assert str(document.formulas[1].source.position(document.formulas[1].span.start)) == "2:3"
    assert document.macro_text.splitlines() == [r"\newcommand{\W}{\mathbf W}", r"\newcommand{\R}{\mathbb R}"]


def test_switching_off_reaches_into_included_files(course: Path) -> None:
    document = read_document(course / "main.tex", "% derive:off draft\n\\input parts/one.tex\n% derive:on\n$d$")

    assert [formula.skip for formula in document.formulas] == ["draft", "draft", None]


FAULTS = {
    "missing": ("\n \\input{nowhere}", "2:2: there is no file"),
    "above": (r"\input{../secret}", "outside the folder"),
    "absolute": (r"\input{/etc/passwd}", "outside the folder"),
    "link": (r"\input{link}", "outside the folder"),
    "folder": (r"\input{parts}", "there is no file"),
    "itself": (r"\input{main}", "includes itself"),
    "long name": (r"\input{" + "a" * 5000 + "}", "there is no file"),
    "macro": (r"\input{\folder/one}", "without macros"),
    "no text": (r"\input{binary}", "not UTF-8"),
}


@pytest.mark.parametrize(("text", "message"), FAULTS.values(), ids=FAULTS)
def test_a_file_that_cannot_be_included_is_an_error_at_its_place(course: Path, text: str, message: str) -> None:
    (course / "lectures").mkdir()
    main = course / "lectures" / "main.tex"
    main.write_text(text, encoding="utf-8")
    (course / "lectures" / "parts").mkdir()
    (course / "secret.tex").write_text("$s$", encoding="utf-8")
    (course / "lectures" / "link.tex").symlink_to(course / "secret.tex")
    (course / "lectures" / "binary.tex").write_bytes(b"\xe9")

    with pytest.raises(InputError) as caught:
        read_document(main)

    assert message in str(caught.value)
    assert str(caught.value).startswith(f"{main}:")


def test_files_that_include_each_other_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.tex").write_text(r"\input{b}", encoding="utf-8")
    (tmp_path / "b.tex").write_text(r"\input{a}", encoding="utf-8")

    with pytest.raises(InputError, match="includes itself"):
        read_document(tmp_path / "a.tex")
