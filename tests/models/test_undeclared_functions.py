"""Letters that the forward pass only has before brackets are functions, also where nothing declares them."""

from __future__ import annotations

import pytest

from derive.models.model import parse_model


def _kinds(*forward: str) -> dict[str, str]:
    lines = ", ".join(f"'{line}'" for line in forward)
    return {name: function.kind for name, function in parse_model(f"forward = [{lines}]").table.functions.items()}


@pytest.mark.parametrize("letter", ["g", r"\sigma", "r"])
def test_a_letter_before_a_name_in_brackets_is_an_open_function(letter: str) -> None:
    assert _kinds("a = w x + b", rf"h = {letter}(a)", r"C = \frac12 (h - y)^2") == {letter: "open"}


def test_one_before_more_than_a_name_is_a_function_where_it_usually_is() -> None:
    assert _kinds(r"h = \sigma(w x + b)") == {r"\sigma": "open"}
    assert _kinds(r"h = \lambda (w x + b)") == {}


def test_a_letter_that_stands_elsewhere_too_is_a_factor() -> None:
    assert _kinds("h = g (a) + g") == {}
    assert _kinds("h = g (a)^2") == {}
