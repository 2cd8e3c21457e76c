"""The algorithm can be run as it stands: no line reads what a later one computes for the same layer."""

from __future__ import annotations

import re
from typing import Any

import pytest
from bundled_models import LECTURES, NETWORKS

from derive.lecture.stated import load_model
from derive.report.content import Algorithm
from derive.report.content_algorithm import algorithm
from derive.report.content_updates import LETTERS, SYMBOL, _own_letters
from derive.report.inline import Math
from derive.report.subject import Subject
from tests.report.combinations import KINDS, most

PASSES = ("forward pass", "backward pass", "one step of gradient descent")


def lines(model: str) -> list[list[str]]:
    """Return the lines of the three passes as text, each loop opened by one that begins with "for".

    What learns nothing takes no step of descent.
    """
    about = Subject(load_model(model))
    _, block = algorithm(about).blocks
    assert isinstance(block, Algorithm)
    found: list[list[str]] = []
    for step in block.steps:
        if step.depth == 0:
            found.append([])
        else:
            text = "".join(piece.value for piece in step.text if isinstance(piece, Math))
            found[-1].append(("for " if step.opens else "") + text)
    assert len(found) == len(PASSES) - (not about.parameters)
    assert all(found)
    return found


def marks(model: str) -> set[str]:
    """Return the lines of the backward pass that open loops, as they are read."""
    _, block = algorithm(Subject(load_model(model))).blocks
    assert isinstance(block, Algorithm)
    begins = [n for n, step in enumerate(block.steps) if step.depth == 0]
    backward = block.steps[begins[1] : begins[2]]
    return {"".join(piece.value for piece in step.text) for step in backward if step.depth and step.opens}


@pytest.mark.parametrize("model", most((*LECTURES, *NETWORKS), KINDS | {*LECTURES, "rnn"}))
def test_every_line_stands_after_what_it_reads(model: str) -> None:
    for steps in lines(model)[:2]:
        pairs = [tuple(step.split(r" \leftarrow ", 1)) for step in steps if r"\leftarrow" in step]
        lefts = [left for left, _ in pairs]
        for n, (left, right) in enumerate(pairs):
            later = [
                other for other in lefts[n + 1 :] if re.search(rf"(?<![A-Za-z]){re.escape(other)}(?![A-Za-z_^])", right)
            ]
            assert later == [], f"{left} reads {later}"


DEPTH = 3
"""The number of layers or steps for which a loop is written out."""
OPENS = re.compile(r"for (\S+) from (\S+) (down )?to (\S+) do")
NARROWER = re.compile(r"for (\S+) \\le \S+ \\le ([^\s,]+)")

ALONE = re.compile(r"for \S+ = ([^\s,]+)")


def number(text: str, values: dict[str, int]) -> int:
    """Return the number that an index such as l+1 or 2 is, where letters have values."""
    return sum(values[part] if part in values else int(part) for part in re.split(r"\+|(?=-)", text))


def numbered(text: str, values: dict[str, int]) -> str:
    """Return a formula with numbers for the letters of layers: x_{l+1} with l = 2 is x_{3}."""
    letters = "|".join(map(re.escape, values))
    found = re.sub(rf"(?<![A-Za-z\\])(?:{letters})(?:[+-]\d+)?(?![A-Za-z])", lambda m: str(number(m[0], values)), text)
    return re.sub(r"([_^])(\d)(?!\d)", r"\1{\2}", found)


def written_out(model: str, which: int) -> list[tuple[str, str]]:
    """Return the assignments of one pass in the order in which they are made, its loops written out."""
    _, block = algorithm(Subject(load_model(model))).blocks
    assert isinstance(block, Algorithm)
    begins = [n for n, step in enumerate(block.steps) if step.depth == 0]
    steps = block.steps[begins[which] + 1 : (*begins, None)[which + 1]]  # type: ignore[misc]
    heads = (OPENS.match("".join(piece.value for piece in step.text)) for step in block.steps if step.opens)
    tops = {re.sub(r"[+-]\d+", "", head[2 if head[3] else 4]): DEPTH for head in heads if head is not None}
    found = list[tuple[str, str]]()
    for n, step in enumerate(steps):
        if step.opens:
            head = OPENS.match("".join(piece.value for piece in step.text))
            assert head is not None
            inside = list[Any]()
            for other in steps[n + 1 :]:
                if other.depth <= step.depth:
                    break
                inside.append(other)
            first, last = (number(head[k], tops) for k in (2, 4))
            for at in range(first, last - 1, -1) if head[3] else range(first, last + 1):
                for line in inside:
                    told = "".join(piece.value for piece in line.remark)
                    said, alone = NARROWER.search(told), ALONE.search(told)
                    ends = said.groups() if said else (alone[1], alone[1]) if alone else head.group(4, 2)
                    if min(number(e, tops) for e in ends) <= at <= max(number(e, tops) for e in ends):
                        found.append(assignment(line, {head[1]: at, **tops}))
        elif step.depth == 1:
            found.append(assignment(step, tops))
    return [(left, right) for left, right in found if right]


def assignment(step: Any, values: dict[str, int]) -> tuple[str, str]:
    text = "".join(piece.value for piece in step.text if isinstance(piece, Math))
    left, _, right = text.partition(r" \leftarrow ")
    return numbered(left, values), numbered(right, values)


LOOPED = ("residual-block", "rnn", "rnn-linear", "lstm", "khapra", "nielsen", "goodfellow")


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("model", LOOPED)
def test_written_out_every_line_stands_after_what_it_reads(model: str, which: int) -> None:
    """x_{l+1} of one layer is x_l of the next, and the loss reads x_{L+1}."""
    steps = written_out(model, which)
    lefts = [left for left, _ in steps]

    assert len(steps) > DEPTH
    assert len(set(lefts)) == len(lefts)
    for n, (left, right) in enumerate(steps):
        later = [other for other in lefts[n:] if re.search(rf"(?<![A-Za-z^\\]){re.escape(other)}(?![A-Za-z_^])", right)]
        assert later == [], f"{left} reads {later}"


@pytest.mark.parametrize(("model", "loops"), [("rnn", [1, 1, 0]), ("khapra", [1, 1, 1]), ("layer-norm", [0, 0, 0])])
def test_what_is_for_all_layers_stands_in_one_loop(model: str, loops: list[int]) -> None:
    assert [sum(step.startswith("for") for step in steps) for steps in lines(model)] == loops


def test_the_sums_over_time_stand_behind_the_loop() -> None:
    _, backward, _ = lines("rnn")
    at = next(n for n, step in enumerate(backward) if r"\delta^{(t)} \leftarrow" in step)

    assert backward.index(r"\nabla_{W_{h}} J \leftarrow \sum_{t=1}^{T} \delta^{(t)} {h^{(t-1)}}^\top") > at
    assert any(r"\nabla_{h^{(t)}} J \leftarrow" in step for step in backward[:at])


@pytest.mark.parametrize("model", [*LECTURES, *NETWORKS])
def test_the_rules_of_update_have_letters_of_their_own(model: str) -> None:
    """Momentum with a beta and a velocity v is no good beside batch normalisation, which has both."""
    about = Subject(load_model(model))
    own = _own_letters(about)

    assert not set(own.values()) & set(SYMBOL.findall(" ".join((*about.model.forward, *about.model.where))))
    assert len(set(own.values())) == len(LETTERS)


def test_drawn_words_have_no_order_and_layers_go_down() -> None:
    """No score of skip-gram rests on another, so nothing goes from K down to 1."""
    assert marks("skip-gram") == {"for s from 1 to K do"}
    assert marks("rnn") == {"for t from T down to 1 do"}


def test_a_gradient_over_all_heads_is_a_sum_of_arrays() -> None:
    _, backward, _ = lines("multi-head-attention")

    assert backward[-1] == (
        r"\nabla_{X} L \leftarrow \sum_{r=1}^{h} \nabla_{K_r} L {W^{K}_r}^\top"
        r" + \sum_{r=1}^{h} \nabla_{Q_r} L {W^{Q}_r}^\top + \sum_{r=1}^{h} \nabla_{V_r} L {W^{V}_r}^\top"
    )
