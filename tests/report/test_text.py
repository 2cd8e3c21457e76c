"""The reports that people read: full, concise, statistics, explanation."""

from __future__ import annotations

import re

from samples import FILES, LECTURE, NOTEBOOK, REFUTED

from derive.findings import VERDICTS, FileReport, Finding, NetworkPlace
from derive.report import concise, explanation, github, statistics, text_full
from derive.report.summary import WINDOW, Appearance, counts, excerpt, summary_line
from derive.source import Source, Span

PLAIN = Appearance()

FULL = """\
a b/04.md:3:3: D202 a transpose is missing
    $$\\nabla_{h} L = W \\nabla_{a} L$$
      ^^^^^^^^^^^^^^^^^^^^^^^^^
  for 1 <= k < L
  assuming \\sum_i y_i = 1
  witness: n_1 = 2, k = 1; W = [[1, 2]]
    left side  = 0.25
    right side = -3
  help: \\nabla_{h} L = W^T \\nabla_{a} L

a b/04.md:5:25: D001 cannot read: 100%, a,b
second line
    Text with $x = y$ and $z$ 100%.
                            ^

book.ipynb:cell 3:2:1: D301 no normal form
    q = r
    ^^^^^

1 proved, 1 refuted, 1 undecided, 1 not understood, 1 assumed, 1 skipped
"""

CONCISE = """\
a b/04.md:3:3: D202 a transpose is missing
a b/04.md:5:25: D001 cannot read: 100%, a,b second line
book.ipynb:cell 3:2:1: D301 no normal form
1 proved, 1 refuted, 1 undecided, 1 not understood, 1 assumed, 1 skipped
"""


def test_full() -> None:
    assert text_full.render(FILES, PLAIN) == FULL


def test_full_in_colour_says_the_same() -> None:
    colored = text_full.render(FILES, Appearance(color=True))

    assert "\x1b[31;1mD202\x1b[0m" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == FULL


def test_full_verbose_lists_the_settled_ones_too() -> None:
    shown = text_full.render(FILES, Appearance(verbose=True))
    assert "a b/04.md:5:12: proved" in shown
    assert "a b/04.md:1:3: assumed introduces Lecture" in shown
    assert "5:12" not in text_full.render(FILES, PLAIN)


def test_concise() -> None:
    assert concise.render(FILES, PLAIN) == CONCISE


def test_nothing_found_still_says_so() -> None:
    nothing = "0 proved, 0 refuted, 0 undecided, 0 not understood, 0 assumed\n"
    assert text_full.render((), PLAIN) == concise.render((), PLAIN) == nothing


def test_counts_have_all_six_verdicts_and_skipped_is_shown_only_where_there_are_any() -> None:
    assert counts(()) == dict.fromkeys(VERDICTS, 0)
    assert "skipped" not in summary_line((NOTEBOOK,))
    assert "1 skipped" in summary_line((LECTURE,))


def test_the_excerpt_of_a_paragraph_is_a_window_with_the_carets_under_the_formula() -> None:
    text = "word " * 200 + "$W = V$" + " word" * 200
    line, carets = excerpt(Source("a.md", text), Finding(1, 1002, 1, 1007, "W = V", "refuted")).split("\n")

    assert len(line) <= WINDOW + 2
    assert line[carets.index("^") : len(carets)] == "W = V"


def test_the_excerpt_of_several_lines_is_the_first() -> None:
    source = Source("a.md", "$$\na = b\nc\n$$")
    assert excerpt(source, Finding(2, 1, 3, 2, "a = b\nc", "refuted")) == "a = b\n^^^^^"


def test_the_caret_points_at_the_token_that_was_not_understood() -> None:
    finding = Finding(1, 2, 2, 6, "a = b\nc ? d", "not-understood", "D001", "cannot read", at=(2, 3))
    assert excerpt(Source("a.md", "$a = b\nc ? d$"), finding) == "c ? d$\n  ^"


def test_an_excerpt_of_places_that_do_not_exist_shows_the_formula() -> None:
    assert excerpt(Source("a.md", "short"), Finding(9, 9, 9, 9, "a = b", "refuted")) == "a = b\n^^^^^"
    assert excerpt(Source("a.md", "short"), Finding(1, 90, 1, 95, "a = b", "refuted")).startswith("short\n")


def test_statistics_count_codes() -> None:
    assert statistics.render((*FILES, FileReport("more.md", (REFUTED,)))).splitlines() == [
        "    2  D202  transpose       The formula is right with a transpose added or removed.",
        "    1  D001  not-understood  The formula could not be read completely.",
        "    1  D301  undecided       Neither a proof nor a counterexample was found.",
    ]


def test_explanation_of_a_refuted_formula_shows_the_whole_witness() -> None:
    shown = explanation.render(LECTURE, 3, PLAIN)
    assert "W = [[1, 2]]" in shown
    assert "help: \\nabla_{h} L = W^T" in shown
    assert "derive rule D202" in shown


def test_explanation_of_a_proved_formula_shows_its_steps() -> None:
    shown = explanation.render(LECTURE, 5, PLAIN)
    assert "  derivation:\n    x\n    = y by definition\n" in shown
    assert explanation.render(LECTURE, 2, PLAIN) == ""


def test_explanation_of_what_is_assumed_says_why() -> None:
    assumed = Finding(1, 1, 1, 6, "k = 4", "assumed", steps=("it sets an index to a value",))
    shown = explanation.render(FileReport("lecture.md", (assumed,), "$k = 4$\n"), 1, PLAIN)
    assert "  why:\n    it sets an index to a value\n" in shown


def test_carets_stand_below_wide_and_combined_characters() -> None:
    line = "漢字 \u00e9 e\u0301 $x = y$"
    source = Source("a.md", line)
    start = line.index("x")

    shown, below = excerpt(source, Finding(1, start + 1, 1, start + 6, "x = y", "refuted")).split("\n")

    assert shown == line
    assert below == " " * (4 + 1 + 1 + 1 + 1 + 1 + 1) + "^^^^^"
    assert source.caret(Span(0, 2)).split("\n")[1] == "^^^^"


def test_a_narrow_terminal_shows_a_narrow_excerpt() -> None:
    line = "word " * 20 + "$x = y$ " + "word " * 20
    source = Source("a.md", line)

    shown, below = excerpt(source, Finding(1, 102, 1, 107, "x = y", "refuted"), 54).split("\n")

    assert len(shown) == 56
    assert shown[below.index("^") : below.rindex("^") + 1] == "x = y"


def test_that_no_network_is_known_is_told_once_for_a_file() -> None:
    unknown = [Finding(n, 1, n, 2, "x", "not-understood", "D004", "no model") for n in (1, 2, 3)]
    file = FileReport("a.md", tuple(unknown), "x\nx\nx")

    lines = concise.render((file, FileReport("b.md", tuple(unknown[:1]), "x")), PLAIN).splitlines()

    assert lines == [
        "a.md:1:1: D004 no model; 3 formulas are not judged",
        "b.md:1:1: D004 no model",
        "0 proved, 0 refuted, 0 undecided, 4 not understood, 0 assumed; nothing was judged, since no network is known",
    ]


def misfit(number: int, fitting: int, place: NetworkPlace | None) -> FileReport:
    """Return a report of so many formulas with unknown names, and so many that are proved."""
    unknown = [Finding(n + 1, 1, n + 1, 2, "q", "not-understood", "D002", "unknown") for n in range(number)]
    return FileReport("notes.md", (*unknown, *[Finding(90, 1, 90, 2, "p", "proved")] * fitting), network=place)


def test_a_model_that_most_formulas_do_not_fit_is_told_once() -> None:
    report = misfit(6, 3, NetworkPlace("command line"))
    hint = "this is probably not the model of this lecture: 6 of 9 formulas do not fit it"

    for text in (text_full.render([report], PLAIN), concise.render([report], PLAIN)):
        assert text.count(f"notes.md: {hint}\n") == 1
    assert f"::notice file=notes.md::{hint}\n" in github.render([report], PLAIN)


def test_a_few_formulas_or_the_text_itself_say_nothing_against_a_model() -> None:
    given = NetworkPlace("directive")
    for report in (
        misfit(7, 0, given),
        misfit(6, 4, given),
        misfit(9, 0, NetworkPlace("document")),
        misfit(9, 0, None),
    ):
        assert "probably" not in text_full.render([report], PLAIN)


def test_the_networks_of_texts_stand_before_the_findings() -> None:
    report = FileReport("notes.md", (Finding(3, 1, 3, 2, "q", "undecided", "D301", "?"),), stated=("name = 'a'\n",))

    for render in (text_full.render, concise.render):
        assert render([report], Appearance(network=True)).startswith("# notes.md\nname = 'a'\n")
        assert "name" not in render([report], PLAIN)
