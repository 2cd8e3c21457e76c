"""Witnesses can be computed by hand: sizes, values, and the functions that stand for those left open."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

import pytest

from derive.judge_formula import Judge
from derive.models.model import parse_model

MODEL = r"""
forward = ['u = g(x)', 'v_i = f(z)_i', 'c = C(v, u)']
shapes = ['x, u \in \mathbb{R}', 'v, z \in \mathbb{R}^n']
[functions]
g = "any"
f = "any"
C = "any scalar"
"""


def witness(latex: str) -> Mapping[str, object]:
    found = Judge.start(parse_model(MODEL, name="open")).formula(latex)[0][-1].witness
    assert found is not None
    return found


def by_hand(formula: str, values: Mapping[str, float]) -> float:
    """Return the right side of g(z) = 1/2 \\sin(3 z + 1/4) + z for values of its arguments."""
    text = formula.split(" = ")[1].replace(r"\sin", "sin")
    for name in sorted(values, key=len, reverse=True):
        text = text.replace(name, f"({values[name]!r})")
    return float(eval(re.sub(r"(?<=\d) (?=[(s])", "*", text), {"sin": math.sin}))


def functions(found: Mapping[str, object]) -> dict[str, str]:
    table = found["functions"]
    assert isinstance(table, dict)
    return table


def test_the_function_of_a_witness_gives_its_sides() -> None:
    found = witness("u = 2 x")
    x = eval(dict(found["values"])["x"])  # type: ignore[call-overload]
    left, right = (float(str(found[side]).strip("[").split(" ")[0]) for side in ("left", "right"))

    assert functions(found)["g"].startswith("g(z) = ")
    assert by_hand(functions(found)["g"], {"z": x}) == pytest.approx(left, rel=1e-6)
    assert 2 * x == pytest.approx(right, rel=1e-6)


def test_entries_and_several_arguments_have_letters() -> None:
    formula = functions(witness("c = 2 u"))["C"]

    assert formula.startswith("C(u, v) = ")
    assert "u_{1}" in formula
    assert re.search(r" v(?![_\w])", formula)


def test_a_witness_without_open_functions_names_none() -> None:
    assert functions(witness("x^2 = x")) == {}
