"""What is recalled of an earlier check: as right as judging anew, and no more than what has changed is judged."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from derive import judge_formula
from derive.check import CheckOptions, check_document
from derive.findings import Finding
from derive.link_verdicts import LinkVerdict
from derive.recall import Recall, Recalled, digest
from derive.source import Span

LECTURE = r"""<!-- derive:model
use = "nielsen"
-->
$\newcommand{\err}[1]{\delta^{#1}}$
Let $v^l = z^l$ for short, and $u = x^2$.

$$\err{L} = a^L - y$$
$$= v^L - y$$

The step below: $\err{l} = (w^{l+1})^T \err{l+1} \odot \sigma'(v^l)$, and $\frac{d}{dx}(u + x) = 2x + 1$.

<!-- derive:assume $y_j = 1$ -->
With the bias: $\frac{\partial C}{\partial b^l} = \err{l}$, unread: $\err{l} = \frac{1}{$ here.

And at last $C = 3 C$.
"""
EDITS = {
    "nothing": ("", ""),
    "a new first line": ("<!--", "A new line.\n\n<!--"),
    "a claim": (r"\odot \sigma'(v^l)$", r"\odot \sigma'(v^{l+1})$"),
    "a definition": ("v^l = z^l", "v^l = a^l"),
    "a definition of calculus": ("u = x^2", "u = x^3"),
    "the side before an equals sign": ("= a^L - y", "= y - a^L"),
    "a formula taken out": (r"$$\err{L} = a^L - y$$", ""),
    "a macro": (r"{\delta^{#1}}", r"{\nabla_{z^{#1}} C}"),
    "the model": ('"nielsen"', '"nielsen-cross-entropy"'),
    "an assumption": ("y_j = 1", "y_j = 0"),
    "an assumption taken out": ("<!-- derive:assume $y_j = 1$ -->", ""),
    "a place where reading stops": (r"= \frac{1}{$", r"= \frac{1}{2$"),
    "the last formula": ("C = 3 C", "C = C"),
}


def check(text: str, recall: Recall) -> list[Finding]:
    report = check_document(Path("lecture.md"), CheckOptions(), text=text, recall=recall)
    return [replace(finding, milliseconds=0.0) for finding in report.findings]


@pytest.fixture(scope="module")
def known() -> dict[str, object]:
    recall = Recall()
    check(LECTURE, recall)
    return json.loads(json.dumps(recall.kept))


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The links that are judged, in the order in which they are."""
    seen: list[str] = []
    link = judge_formula.Judge._link

    def counted(self: judge_formula.Judge, option: object) -> tuple[LinkVerdict, object]:
        verdict, layout = link(self, option)  # type: ignore[arg-type]
        seen.append(verdict.word)
        return verdict, layout

    monkeypatch.setattr(judge_formula.Judge, "_link", counted)
    return seen


@pytest.mark.parametrize("edit", EDITS)
def test_recalling_finds_what_judging_finds(edit: str, known: dict[str, object]) -> None:
    before, after = EDITS[edit]
    assert before in LECTURE
    text = LECTURE.replace(before, after, 1)
    assert check(text, Recall(known)) == check(text, Recall())


@pytest.mark.parametrize(
    ("edit", "number"),
    [("nothing", 0), ("a new first line", 0), ("a claim", 1), ("the last formula", 1),
     ("the side before an equals sign", 2), ("a definition of calculus", 7), ("an assumption", 2)],
)  # fmt: skip
def test_only_what_may_mean_something_else_is_judged(
    edit: str, number: int, known: dict[str, object], judged: list[str]
) -> None:
    check(LECTURE.replace(*EDITS[edit], 1), Recall(known))
    assert len(judged) == number


def test_a_chain_of_recalled_lines_is_read_again_where_a_new_one_goes_on_from_it() -> None:
    text = (
        '<!-- derive:model\nuse = "nielsen"\n-->\n$$\\delta^L = a^L - y$$\n\n$$= (a^L - y) + 0$$\n\n$$= a^L - 1 y$$\n'
    )
    recall = Recall()
    check(text, recall)
    longer = text + "\n$$= a^L - 2 y$$\n"
    assert check(longer, Recall(recall.kept)) == check(longer, Recall())


@pytest.mark.parametrize(
    "words",
    ["Here $g$ is the hyperbolic tangent.", "In the first layer, $g$ is the logistic function.", "Let $g$ be odd."],
)
def test_what_the_words_around_a_letter_say_is_not_recalled_where_they_have_changed(words: str) -> None:
    slope = r"\nabla_{a_k} \mathcal{L}(\theta) = \nabla_{h_k} \mathcal{L}(\theta) \odot h_k \odot (1 - h_k)"
    text = f'<!-- derive:model\nuse = "khapra"\n-->\nHere $g$ is the logistic function.\n\n$${slope}$$\n'
    recall = Recall()
    before = check(text, recall)
    changed = text.replace("Here $g$ is the logistic function.", words)

    assert before[-1].verdict == "proved"
    assert check(changed, Recall(recall.kept)) == check(changed, Recall())
    assert check(changed, Recall())[-1].verdict != "proved"


def test_what_the_time_limit_ended_is_judged_again() -> None:
    recall = Recall()
    recall.put("key", Recalled((LinkVerdict(Span(0, 3), "undecided", "D302"),), (1.0,)))
    assert recall.kept == {}


def test_what_does_not_move_with_its_formula_is_judged_again() -> None:
    recall = Recall()
    recall.put("key", Recalled((LinkVerdict(Span(0, 3), "not-understood", "D001", fault=Span(-9, -8)),), (1.0,)))
    assert recall.kept == {}


def test_a_damaged_entry_is_as_good_as_none() -> None:
    assert Recall({"key": {"verdicts": []}}).get("key", None) is None
    assert Recall({"key": {"verdicts": 3, "milliseconds": []}}).get("key", None) is None


def test_only_what_this_check_came_by_is_kept(known: dict[str, object]) -> None:
    recall = Recall(known)
    check(LECTURE.replace(*EDITS["the last formula"], 1), recall)
    assert len(recall.kept) == len(known)
    assert len(recall.kept.keys() - known.keys()) == 1


def test_lists_of_texts_do_not_run_together() -> None:
    assert len({digest("ab", "c"), digest("a", "bc"), digest("abc"), digest("", "abc"), digest(None, "abc")}) == 5
