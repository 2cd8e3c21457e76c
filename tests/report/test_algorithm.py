"""The algorithm can be run as it stands: no line reads what a later one computes for the same layer."""

from __future__ import annotations

import re

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
