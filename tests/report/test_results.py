"""Handouts of convolutions and normalisations: results as lectures state them, inputs, letters, shapes and numbers."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from derive.lecture.stated import load_model
from derive.report.content import Handout, Table
from derive.report.handout import build_handout, chosen_model
from derive.report.options import HandoutOptions
from derive.report.render import render

PART = ("setting", "gradients", "results", "algorithm", "example", "proofs")


@cache
def about(model: str) -> tuple[Handout, str]:
    whole, hidden = build_handout(HandoutOptions(model=model, sections=PART))
    assert hidden == ()
    return whole, render(whole, "md")


@pytest.mark.parametrize("model", ["conv1d", "rms-norm", "logistic-regression"])
def test_what_the_lecture_states_is_boxed_and_among_what_is_proved(model: str) -> None:
    whole, text = about(model)
    theorems = load_model(model).theorems
    rows = next(block for block in whole.sections[-1].blocks if isinstance(block, Table)).rows

    assert [f"**{one.name[0].upper()}{one.name[1:]}**" in text for one in theorems] == [True] * len(theorems)
    assert len(rows) >= len(theorems) > 0


def test_what_a_model_states_and_derive_does_not_prove_is_said(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    text = load_model("linear-regression").text
    head, *theorems = text.split("[[theorems]]")
    wrong = theorems[0].replace("J = h - y", "J = 2 (h - y)", 1)
    assert wrong != theorems[0]
    path.write_text("[[theorems]]".join((head, wrong, *theorems[1:])))
    whole, hidden = build_handout(HandoutOptions(model=str(path), sections=("results",)))
    name = load_model("linear-regression").theorems[0].name

    assert hidden == ()
    assert f"not proved, and so not shown: {name}." in render(whole, "md")
    assert f"**{name[0].upper()}{name[1:]}**" not in render(whole, "md")


def test_a_model_that_options_change_states_its_results_no_more() -> None:
    assert chosen_model(HandoutOptions(model="mlp-columns")).theorems
    assert not chosen_model(HandoutOptions(model="mlp-columns", activation="relu")).theorems


def test_the_gradient_by_the_input_is_derived_where_the_loss_is_open() -> None:
    assert "The input $x$" in about("layer-norm")[1]
    assert "The input" not in about("logistic-regression")[1]


def test_a_local_derivative_is_by_an_entry_in_letters_of_its_own() -> None:
    """∂y[n,f,m]/∂x[n,c,m] would be about one place of the window only."""
    text = re.sub(r"(?<=\w),(?=\w)", "", about("conv1d")[1])
    found = re.findall(r"From the definition of \$y_\{?(\w+)\}?\$, by \$x_\{?(\w+)\}?\$", text)

    assert found
    assert all(upper[0] == lower[0] and not set(upper[1:]) & set(lower[1:]) for upper, lower in found)


def test_shapes_are_lengths_also_where_counting_begins_at_zero() -> None:
    text = about("conv1d")[1]

    assert r"| $w$ | $\mathbb{R}^{F \times C \times K}$ | learnt |" in text
    assert not re.search(r"\\mathbb\{R\}\^\{[^$]*-1\}", text)


@pytest.mark.parametrize("model", ["conv1d", "depthwise-conv", "squeeze-excitation", "khapra"])
def test_a_step_of_descent_lowers_the_loss_of_the_example(model: str) -> None:
    found = re.search(r"takes the loss from \$([\d.]+)\$ to \$([\d.]+)\$", about(model)[1])

    assert found is not None
    assert float(found[2]) < float(found[1])


def test_arrays_of_many_axes_are_shown_matrix_by_matrix() -> None:
    text = about("depthwise-conv")[1]

    assert "\\left(\\begin{bmatrix}" not in text
    assert re.search(r"[FK]_\{\d,\w,\w\} (&= |= )\\begin\{bmatrix\}", text)
