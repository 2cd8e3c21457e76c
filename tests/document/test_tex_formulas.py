"""Formulas of LaTeX, and the files that it includes."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.document.document import Document, read_document
from derive.errors import InputError
from derive.reader.macros import Macro


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
    "a macro that displays its argument": (
        r"\newcommand{\show}[1]{ \begin{align*} #1 \end{align*} } \show{a &= \frac{b}{c} \\ &= d} $e$",
        [r"a &= \frac{b}{c} \\ &= d", "e"],
    ),
    "a macro that displays its argument between brackets": (r"\def\show#1{\[ #1 \]} \show{a} $b$", ["a", "b"]),
    "a macro that displays more than its argument": (
        r"\newcommand{\named}[2]{\begin{equation} #1 \label{#2} \end{equation}} \named{a}{b} $c$",
        ["c"],
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
        "$\\let\\x\\theta \\x$\\renewcommand\\R{\\mathbb X} $y$"
    )

    first, last = (formula.macros.table for formula in document.formulas)
    assert {"\\pd", "\\argmin", "\\x"} <= set(first)
    assert "\\no" not in first
    assert "\\x" not in last
    assert body(last["\\R"]) == r"\mathbbX"


def body(macro: Macro) -> str:
    return "".join(token.text for token in macro.body if token.kind != "space")


SCOPES = {
    "a definition behind counts from there": (r"\newcommand{\o}{+} $a$ \renewcommand{\o}{-} $b$", ["+", "-"]),
    "a group ends": (r"\def\o{+} {\def\o{-} $a$} $b$", ["-", "+"]),
    "a group ends behind formulas": (r"\def\o{+} $c$ $d$ {\def\o{-} $a$} $b$", ["+", "+", "-", "+"]),
    "an environment ends": (r"\def\o{+} \begin{center}\def\o{-} $a$\end{center} $b$", ["-", "+"]),
    "begingroup and endgroup": (r"\def\o{+}\begingroup\def\o{-} $a$\endgroup $b$", ["-", "+"]),
    "a formula is a group": (r"\def\o{+} $\def\o{-} a$ $b$", ["-", "+"]),
    "braces in a formula are none of the text": (r"\def\o{+} $\frac{a}{b}$ \def\o{-} $c$", ["+", "-"]),
    "a global definition leaves its group": (r"\def\o{+} {\gdef\o{-} $a$} $b$", ["-", "-"]),
    "global before def": (r"\def\o{+} {\global\def\o{-} $a$} $b$", ["-", "-"]),
    "newcommand of what there is is an error": (r"\newcommand{\o}{+} \newcommand{\o}{-} $a$ $b$", ["+", "+"]),
    "providecommand keeps what there is": (r"\def\o{+} \providecommand{\o}{-} $a$ $b$", ["+", "+"]),
    "providecommand of something new": (r"\providecommand{\o}{-} $a$ $b$", ["-", "-"]),
    "let keeps what it copies": (r"\def\p{+} \let\o\p \def\p{-} $a$ $b$", ["+", "+"]),
    "edef works out its body": (r"\def\p{+} \edef\o{\p} \def\p{-} $a$ $b$", ["+", "+"]),
    "a comment defines nothing": ("\\def\\o{+}\n% \\def\\o{-}\n$a$ $b$", ["+", "+"]),
}


@pytest.mark.parametrize(("text", "expected"), SCOPES.values(), ids=SCOPES)
def test_macros_count_where_tex_counts_them(text: str, expected: list[str]) -> None:
    assert [body(formula.macros.table["\\o"]) for formula in read(text).formulas] == expected


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
    assert ["\\W" in formula.macros.table for formula in document.formulas] == [True] * 4


def test_a_package_and_a_file_before_name_the_displays_of_a_chapter(course: Path) -> None:
    (course / "notation.sty").write_text(r"\newcommand{\be}{\begin{equation}}\def\ee{\end{equation}}", encoding="utf-8")
    (course / "macros.tex").write_text(r"\newcommand{\show}[1]{\begin{align} #1 \end{align}}", encoding="utf-8")
    (course / "chapter.tex").write_text(r"\be b \ee \show{c}", encoding="utf-8")

    document = read_document(course / "main.tex", r"\usepackage{notation}\input{macros} \show{a} \input{chapter}")

    assert [formula.latex for formula in document.formulas] == ["a", "b", "c"]


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
