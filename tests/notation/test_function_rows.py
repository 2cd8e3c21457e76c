"""Each row of the table of functions, walked through all its uses: a row is all that a new function needs."""

from __future__ import annotations

import math

import numpy as np
import pytest
from flint import arb
from verdicts import words

from derive.algebra.expr import Var
from derive.algebra.functions import call
from derive.algebra.normal_form import Algebra
from derive.algebra.sympy_bridge import from_sympy, to_sympy
from derive.export.helpers import ERF, helper
from derive.judge_formula import Judge
from derive.models.model import parse_model
from derive.names.notation import Notation
from derive.notation.functions import FUNCTIONS, READS, WORDS, Function
from derive.proof import known
from derive.writing.printer import to_latex
from derive.writing.unicode import to_unicode

ROWS = [row for row in FUNCTIONS if row.arity == 1]
MODEL = r"""
forward = ['v = F', 'E = \frac{1}{2} (v - y)^2']
shapes = ['v, x, y \in \mathbb{R}']
[functions]
g = "NAME"
"""


def model(name: str, value: str) -> str:
    return MODEL.replace("NAME", name).replace("F", value, 1)


def id_of(row: Function) -> str:
    return row.name


@pytest.mark.parametrize(("read", "name"), [(r, n) for r, n in READS.items() if n not in ("max", "min")])
def test_every_name_in_a_formula_is_read(read: str, name: str) -> None:
    shown = read if read.startswith("\\") else rf"\operatorname{{{read}}}"
    text = model(name, f"{shown}(x)")

    assert words(text, r"v = g(x)") == ["proved"]
    assert words(text, r"v = 2 g(x)") == ["refuted"]
    if name not in ("identity", "sign"):
        assert words(text, r"\frac{\partial E}{\partial x} = (v - y) g'(x)") == ["proved"]
        assert words(text, r"\frac{\partial E}{\partial x} = (v - y) g(x) g'(x)") == ["refuted"]


@pytest.mark.parametrize("word", [*WORDS, *(row.name for row in ROWS)])
def test_every_word_of_a_model_is_known(word: str) -> None:
    read = next(read for read, name in READS.items() if name == WORDS.get(word, word))

    assert words(model(word, "g(x)"), rf"v = \operatorname{{{read}}}(x)") == ["proved"]
    assert words(model(word, "g(x)"), rf"v = 3 \operatorname{{{read}}}(x)") == ["refuted"]


@pytest.mark.parametrize("row", ROWS, ids=id_of)
def test_what_is_printed_names_the_function(row: Function) -> None:
    printed = to_latex(call(row.name, Var("x")), Notation({}))

    assert printed == {"abs": r"\left|x\right|", "sqrt": r"\sqrt{x}"}.get(row.name) or row.written in printed
    assert "x" in to_unicode(call(row.name, Var("x")))


@pytest.mark.parametrize("row", ROWS, ids=id_of)
def test_sympy_gives_it_back(row: Function) -> None:
    found = from_sympy(to_sympy(call(row.name, Var("x"))))
    assert Algebra().normal(found) == Algebra().normal(call(row.name, Var("x")))


@pytest.mark.parametrize("row", ROWS, ids=id_of)
def test_exported_code_has_the_values_of_the_oracle(row: Function) -> None:
    given: dict[str, object] = {"np": np, "math": math}
    if row.numpy:
        function = getattr(np, row.numpy)
    else:
        exec(helper(row.name).format(name="f", xp="np", erf=ERF["numpy"]), given)
        function = given["f"]
    for value in (0.25, 1.75):
        exact = known.partials(row.name, (arb(value),))((0,))
        assert exact is not None
        assert float(exact) == pytest.approx(float(function(np.float64(value))))


@pytest.mark.parametrize("row", [row for row in ROWS if row.name not in ("identity", "exp", "sign")], ids=id_of)
def test_a_lost_prime_is_repaired(row: Function) -> None:
    judge = Judge.start(parse_model(model(row.name, "g(x)")))
    (found,), _ = judge.formula(r"\frac{\partial E}{\partial x} = (v - y) g(x)")

    assert found.word == "refuted"
    assert found.suggestion is not None
    assert "g'" in found.suggestion
