"""Formulas of Markdown: which dollars and brackets delimit one, and where it stands."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.document.document import FormulaRegion, read_document
from derive.source import Position


def formulas(text: str) -> tuple[FormulaRegion, ...]:
    return read_document(Path("notes.md"), text).formulas


def latex(text: str) -> list[str]:
    return [formula.latex for formula in formulas(text)]


READ = {
    "inline": ("so $a = b$ holds", ["a = b"]),
    "blanks inside": ("so $ a = b $ holds", ["a = b"]),
    "blank on one side": ("so $a $ and $ b$", ["a", "b"]),
    "display": ("so\n$$\na = b\n$$\nholds", ["a = b"]),
    "display in a paragraph": ("so $$a$$ and $$b$$.", ["a", "b"]),
    "display over a blank line": ("$$\na\n\n= b\n$$\nthen $c$", ["a\n\n= b", "c"]),
    "round brackets": (r"so \(a\) holds", ["a"]),
    "square brackets": ("\\[\na \\\\[2pt] b\n\\]", [r"a \\[2pt] b"]),
    "doubled backslashes": (r"so \\(a\\) and \\[b\\]", ["a", "b"]),
    "backticks": ("so $`a_1`$ holds", ["a_1"]),
    "fence": ("```math\na = b\n```\n", ["a = b"]),
    "fence of MyST": ("```{math}\n:label: eq\na = b\n```\n", ["a = b"]),
    "directive of MyST": (":::{math}\n:label: eq\na = b\n:::\nthen $c$", ["a = b", "c"]),
    "role of MyST": ("so {math}`a = b` and `c`", ["a = b"]),
    "front matter": ("---\ntitle: the $n$ of $m$\n---\n$a$", ["a"]),
    "a rule is no front matter": ("---\n\n$a$\n\n---\n$b$", ["a", "b"]),
    "front matter that never ends": ("---\ntitle: $a$\n", ["a"]),
    "fence in a list": ("- item\n  ```math\n  a\n  ```\n", ["a"]),
    "bare environment": ("so\n\\begin{align}\na &= b\n\\end{align}", ["\\begin{align}\na &= b\n\\end{align}"]),
    "bare equation": (r"\begin{equation}a\end{equation}", ["a"]),
    "equation in dollars": (r"$$\begin{equation} a \end{equation}$$", ["a"]),
    "side by side": ("$a$$b$", ["a", "b"]),
    "ordinals": ("the $n$th and the $k$-th", ["n", "k"]),
    "table": ("| $a$ | $b$ |\n|---|---|\n", ["a", "b"]),
    "dollars in text": (r"$\text{if $x>0$ then } y$", [r"\text{if $x>0$ then } y"]),
    "open brace in text": (r"$\text{a$ and $b$", [r"\text{a", "b"]),
    "escaped dollar inside": (r"$a = \$5$", [r"a = \$5"]),
    "pseudo-code": ("```\nfor i in $n:\n  $\\theta \\leftarrow 0$ ;\n```\n", [r"\theta \leftarrow 0"]),
    "several lines": ("so $a\n= b$ holds", ["a\n= b"]),
    "unclosed display": ("$$ a = \\frac{1}{2}\n\nthen $b$", [r"a = \frac{1}{2}", "b"]),
    "display that opens twice": ("$$ a =\n\nHere are words and more words.\n\n$$ c = d $$", ["c = d"]),
    "before a price": ("it costs $5 and $f(x)=1$ holds", ["f(x)=1"]),
    "lost dollar": ("a stray $ then $x$ and $y$", ["x", "y"]),
    "windows line breaks": ("$$\r\na\r\n$$\r\n$b$\r\n", ["a", "b"]),
}


@pytest.mark.parametrize(("text", "expected"), READ.values(), ids=READ)
def test_a_formula_is_read(text: str, expected: list[str]) -> None:
    assert latex(text) == expected


NOT_READ = {
    "prices": "it costs $5 and $10 today",
    "price ranges": "from $5-$10 or $5 to $6",
    "prices with blanks": "US$ 20 or A$ 30",
    "currency behind": "it costs 5$ in Berlin and 6$ in Paris",
    "one dollar": "a $ b",
    "escaped": r"\$a = b\$",
    "code": "`$a$` and ``$b`$`` and\n```python\n$c$\n```\n~~~\n$d$\n~~~\n",
    "open fence": "```python\n$c$\n",
    "comment": "<!-- $a$ \\(b\\) -->",
    "html": "<pre>$a$</pre><code>$b$</code><script>$c$</script>",
    "blank line": "$a\n\nb$",
    "nothing": "$ $ $$ $$ \\(\\) $$$",
    "escaped link": r"\[not a link\](url) and \(see below\)",
    "definition only": r"$\newcommand{\R}{\mathbb R}$",
    "mentioned environment": r"use \begin{align} for rows",
}


@pytest.mark.parametrize("text", NOT_READ.values(), ids=NOT_READ)
def test_what_is_no_formula_is_not_read(text: str) -> None:
    assert latex(text) == []


def test_only_what_stands_on_its_own_line_is_displayed() -> None:
    assert [formula.display for formula in formulas("$a$ \\(b\\) $$c$$ \\[d\\]\n```math\ne\n```")] == [False] * 2 + [
        True
    ] * 3


CLEAN = {
    "underscore": (r"$W\_{ij} = a\*b$", r"W _{ij} = a *b"),
    "underscore in a name": (r"$max\_iter$", r"max\_iter"),
    "underscore in text": (r"$\mathrm{max\_i}$", r"\mathrm{max\_i}"),
    "row break": (r"\\[a \\\\ b\\]", r"a \\   b"),
    "entities": ("$a &lt; b &amp; c$", "a <    b &     c"),
    "comment": ("$$a % why\n+ 50\\%$$", "a      \n+ 50\\%"),
    "quote": ("> $$\n> a\n> + b\n> $$", "a\n  + b"),
    "quoted fence": ("> ```math\n> a\n> > b\n> ```", "a\n    b"),
    "greater than": ("$$a\n> b$$", "a\n> b"),
    "definition": (r"$\def\x{y} \x = 1$", r"\x = 1"),
}


@pytest.mark.parametrize(("text", "expected"), CLEAN.values(), ids=CLEAN)
def test_the_clean_text_is_what_tex_would_see_at_the_same_offsets(text: str, expected: str) -> None:
    (formula,) = formulas(text)

    assert formula.clean.excerpt(formula.span).strip() == expected
    assert len(formula.clean.text) == len(text)
    assert formula.source.text == text


def test_a_formula_of_definitions_contributes_macros() -> None:
    document = read_document(
        Path("notes.md"), "$\\newcommand{\\R}{\\mathbb R}$\n\n$$\\def\\v#1{\\mathbf{#1}} \\v x \\in \\R$$"
    )

    assert {"\\R", "\\v"} <= set(document.formulas[0].macros.table)
    assert [formula.clean.excerpt(formula.span) for formula in document.formulas] == [r"\v x \in \R"]


SCOPES = {
    "braces": r"$\newcommand{\o}{+}$ ${\renewcommand{\o}{-} a \o b}$ $a \o c$",
    "an environment": r"$\def\o{+}$ $$\begin{aligned}\def\o{-} a \o b\end{aligned}$$ $a \o c$",
    "begingroup": r"$\def\o{+}$ $\begingroup\def\o{-} a \o b\endgroup$ $a \o c$",
    "no group, as viewers count it": r"$\def\o{-}$ $a \o b$ $\def\o{+} c$ $a \o c$",
    "braces around definitions alone": r"${\newcommand{\o}{+}}$ ${\def\o{-} a \o b}$ $a \o c$",
}


@pytest.mark.parametrize("text", SCOPES.values(), ids=SCOPES)
def test_a_definition_in_a_group_of_a_formula_holds_in_this_formula_alone(text: str) -> None:
    signs = [formula.macros.table["\\o"].body[0].text for formula in formulas(text)]

    assert (signs[0], signs[-1]) == ("-", "+")


PROSE = st.lists(st.sampled_from(["word", "Two words.", "5", ",", "(see)", "λ", "a-b"]), min_size=1).map(" ".join)
FORMULA = st.lists(
    st.sampled_from(["a", "W_{ij}", "= ", "\\frac{x}{y}", "\\\\ ", "\\text{ if }", "+", "\\{", "\n"]), min_size=1
)
DELIMITERS = [("$", "$"), ("$$", "$$"), ("\\(", "\\)"), ("\\[", "\\]"), ("$$\n", "\n$$"), ("\n```math\n", "\n```\n")]


@settings(deadline=None)
@given(st.lists(st.tuples(PROSE, FORMULA, st.sampled_from(DELIMITERS)), max_size=8))
def test_the_excerpt_is_verbatim_what_stands_between_the_delimiters(
    parts: list[tuple[str, list[str], tuple[str, str]]],
) -> None:
    text, expected = "", []
    for prose, pieces, (opening, closing) in parts:
        inside = "= x" + re.sub("\n+", "\n", "".join(pieces)).strip() + "z"
        text += f"{prose}\n\n{opening}{inside}{closing}\n\n"
        expected.append((inside, text.rindex(inside)))

    found = formulas(text)

    assert [(formula.latex, formula.span.start) for formula in found] == [(inside, start) for inside, start in expected]
    for formula in found:
        before = text[: formula.span.start]
        naive = Position(before.count("\n") + 1, len(before) - before.rfind("\n"))
        assert formula.source.position(formula.span.start) == naive


TOKENS = [
    "$",
    "$$",
    "\\(",
    "\\)",
    "\\[",
    "\\]",
    "\\",
    "`",
    "```",
    "```math\n",
    "\n",
    "\n\n",
    "> ",
    "- ",
    "<!--",
    "-->",
    "a",
    " ",
    "5",
    "{",
    "}",
]
TOKENS += [
    "\\text{",
    "\\begin{align}",
    "\\end{align}",
    "\\newcommand",
    "\\def\\x",
    "%",
    "&lt;",
    "\\_",
    "~~~",
    "<pre>",
    "</pre>",
]


@settings(deadline=None)
@given(st.lists(st.sampled_from(TOKENS), max_size=40).map("".join), st.sampled_from([".md", ".txt", ".tex", ".rst"]))
def test_no_text_makes_the_reader_stumble(text: str, extension: str) -> None:
    found = read_document(Path("notes" + extension), text).formulas

    ends = [0, *(formula.span.end for formula in found)]
    assert all(end <= formula.span.start < formula.span.end for end, formula in zip(ends, found, strict=False))
    assert all(len(formula.clean.text) == len(text) for formula in found)
    assert all(formula.latex == formula.latex.strip() for formula in found)


@pytest.mark.parametrize("extension", [".md", ".tex"])
@pytest.mark.parametrize(
    "text",
    ["$ " * 100_000, "$a$ " * 50_000, "$\\text{ " * 50_000, "x" * 10_000_000, "\\( \\[ " * 100_000, "` `` " * 100_000,
     "$" + "{" * 1_000_000 + "$", "<!-- <pre " * 100_000, "\\begin{align} " * 100_000, "$\\def\\a{$ " * 30_000],
    ids=lambda text: text[:16],
)  # fmt: skip
def test_hostile_texts_are_read_in_linear_time(text: str, extension: str) -> None:
    # Quadratic time would be minutes: each text has 10^5 delimiters or 10^7 characters.
    start = time.process_time()
    found = read_document(Path("notes" + extension), text).formulas

    assert time.process_time() - start < 10
    assert len(found) <= len(text)
