"""What the tests of certificates are about: bundled theorems, slips of them, and whether Rocq is there."""

from __future__ import annotations

import os
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from derive.algebra.expr import ONE, Expr, Iverson, Mul, Num, Sum
from derive.algebra.index import Lin, fresh, lin, upto
from derive.certify import rocq
from derive.certify.certificate import Subject, file_text, stated
from derive.certify.collect import subjects_of_theorems
from derive.network import closed_forms as forms
from derive.network.closed_forms import gradient
from derive.network.mlp import DEPTH, var, width
from derive.proof.theorems import bundled


def compiled() -> Path:
    """Return the compiled library; skip the test where Rocq is missing, but not where the tests decide of a change."""
    if rocq.find_coqc() is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI needs coqc: apt-get install coq libcoq-coquelicot")
        pytest.skip("needs coqc (Debian: coq libcoq-coquelicot)")
    return rocq.compiled_library()


@cache
def subjects() -> dict[str, Subject]:
    """Return all bundled theorems by their names."""
    return {subject.name: subject for subject in subjects_of_theorems(bundled())}


def with_right(subject: Subject, right: Expr) -> Subject:
    """Return a subject with another right side, which its verdict knows nothing of."""
    return replace(subject, claim=replace(subject.claim, right=right))


def text_of(subject: Subject) -> str:
    """Return the file of a subject without asking the guard, which would not let a slip pass."""
    statement = stated(subject, stated(subject).sizes)
    return file_text(subject, statement, subject.verdict.hints)


LAYER, UNIT, BELOW = forms.LAYER, forms.UNIT, forms.BELOW
M = fresh("m")
ABOVE, HERE = lin(LAYER) + 1, lin(LAYER)
YHAT, CLASS = var("yhat", UNIT), Iverson("=", lin(UNIT), lin(forms.LABEL))
SAME = Iverson("=", lin(UNIT), lin(BELOW))


def _over(layer: Lin, weight: Expr) -> Expr:
    """Return Σ_m weight ∂L/∂a_m at a layer."""
    return Sum(M, upto(width(layer)), weight * gradient("a", layer, M))


SLIPS: dict[str, tuple[str, Expr]] = {
    "sign of the target": ("softmax + cross-entropy (class)", YHAT + CLASS),
    "a factor 2": ("softmax + cross-entropy (class)", 2 * (YHAT - CLASS)),
    "sign in the Jacobian": ("softmax Jacobian", YHAT * (SAME + var("yhat", BELOW))),
    "one index twice in the Jacobian": ("softmax Jacobian", YHAT * (SAME - YHAT)),
    "the sum is 1": ("output gradient sum", ONE),
    "wrong layer of the activations": ("weights", gradient("a", LAYER, UNIT) * var("a", lin(LAYER) - 1, BELOW)),
    "transpose lost": ("hidden layer", Sum(M, upto(width(ABOVE)), var("W", ABOVE, UNIT, M) * gradient("a", ABOVE, M))),
    "weights of the layer": (
        "hidden layer",
        Sum(M, upto(width(HERE)), var("W", HERE, M, UNIT) * gradient("a", HERE, M)),
    ),
    "slope lost": ("pre-activation", gradient("h", LAYER, UNIT)),
    "bias of the activation": ("biases", gradient("h", LAYER, UNIT)),
    "input without weights": ("input", gradient("a", 1, UNIT)),
    "2 lost": ("linear + squared (vector)", YHAT - var("y", UNIT)),
    "target forgotten": ("sigmoid + binary-cross-entropy (vector)", YHAT),
    "product for difference": ("softmax + cross-entropy (distribution)", YHAT * var("y", UNIT)),
    "top gradient at every layer": ("unrolled", gradient("a", DEPTH, UNIT)),
}


def slip(name: str) -> Subject:
    """Return a theorem with one of its slips for a right side."""
    theorem, right = SLIPS[name]
    return with_right(subjects()[theorem], right)


def twice(subject: Subject) -> Subject:
    """Return a theorem whose right side is twice what it should be, plus one: false for whatever it is."""
    return with_right(subject, Mul((Num(Fraction(2)), subject.claim.right)) + 1)
