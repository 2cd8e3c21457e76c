"""The guard reads a statement back from its text and holds it against the oracle."""

from __future__ import annotations

from dataclasses import replace

import pytest
from certify_subjects import subjects
from flint import arb

from derive.certify.certificate import stated
from derive.certify.guard import guard
from derive.certify.meaning import GuardError, evaluate
from derive.certify.reading import (
    Apply,
    Binder,
    Items,
    Name,
    Number,
    Operation,
    Reader,
    ReadingError,
    Text,
    definitions,
    tokens,
)
from derive.certify.statement import Statement
from derive.errors import DeriveError


def statement(name: str) -> Statement:
    return stated(subjects()[name])


def tampered(name: str, old: str, new: str) -> Statement:
    found = statement(name)
    assert old in found.text
    return replace(found, text=found.text.replace(old, new))


@pytest.mark.parametrize("name", list(subjects()))
def test_the_statements_of_all_theorems_pass(name: str) -> None:
    assert guard(statement(name)) > 1


TAMPERED = {
    "indices swapped in the claim": ("hidden layer", '("W", [k + 1; m; i]', '("W", [k + 1; i; m]'),
    "another layer in the claim": ("weights", '("h", [k - 1; j]', '("h", [k; j]'),
    "sign in the network": ("softmax + cross-entropy (class)", "Num (-1)", "Num 1"),
    "another range in the network": ("unrolled", "(Sum 1 (n L)", "(Sum 2 (n L)"),
    "another range in the claim": ("output gradient sum", "(sumZ 1 (n L)", "(sumZ 2 (n L)"),
    "another function": ("sigmoid + squared (vector)", "Fn sigmoid sigmoid'", "Fn tanh tanh'"),
    "another slope in the claim": ("elementwise + squared (vector)", "(O1' (I", "(O1 (I"),
    "an entry left out": ("pre-activation", "(1 <= k <= L - 1)%Z", "(2 <= k <= L - 1)%Z"),
    "a hypothesis that nothing meets": ("pre-activation", "  sat (network", "  (1 <= 0)%Z ->\n  sat (network"),
    "an entry of another variable": ("identity derivative", '(d ("expression 1", []%Z) ("z"', '(d ("z", []%Z) ("z"'),
    "another function far below the claim": ("softmax", "Fn g g'", "Fn exp exp"),
    "more entries than there are": ("softmax + cross-entropy (class)", "Bind 1 (L - 1)%Z", "Bind 1 (L + 1)%Z"),
    "more free indices than there are": ("pre-activation", "(1 <= k <= L - 1)%Z", "(1 <= k <= L)%Z"),
    "another free index": ("biases", "forall k, (1", "forall j, (1"),
    "an open function with the slope of another": ("hidden layer", "is_derive (g) x (g' x)", "is_derive (g') x (g x)"),
    "a target that is not said": ("sigmoid + squared (vector)", "  sat (", '  ((I ("y", [1]%Z)) = 1) ->\n  sat ('),
    "a label from 2": ("biases", "  (1 <= l <= (n L))%Z ->", "  (2 <= l <= (n L))%Z ->"),
    "a label from 0": ("weights", "  (1 <= l <= (n L))%Z ->", "  (0 <= l <= (n L))%Z ->"),
    "a label up to the depth": ("input", "  (1 <= l <= (n L))%Z ->", "  (1 <= l <= (n L + L))%Z ->"),
    "a function of nothing": ("tanh derivative", "Fn tanh tanh' (", "Fn Fn tanh' ("),
    "a variable for another": ("biases", '= (d ("loss", []%Z) ("a"', '= (d ("loss", []%Z) ("W"'),
}


@pytest.mark.parametrize(("name", "old", "new"), TAMPERED.values(), ids=TAMPERED)
def test_a_wrong_translation_does_not_pass(name: str, old: str, new: str) -> None:
    with pytest.raises(DeriveError):
        guard(tampered(name, old, new))


FORMS = {
    "other parameters": ("R, (forall u v, pd (network n L", "R, (forall u v, pd (network n 1"),
    "no forward pass": ("  sat (network n L l g g') I ->\n", ""),
    "derivatives of nothing": ("(forall u v, pd (network n L l g g') I u v (d u v))", "(1 = 1)"),
}


@pytest.mark.parametrize(("old", "new"), FORMS.values(), ids=FORMS)
def test_a_statement_about_something_else_does_not_pass(old: str, new: str) -> None:
    with pytest.raises(GuardError):
        guard(tampered("hidden layer", old, new))


def test_a_power_of_what_may_be_0_has_a_value() -> None:
    """Two numbers that are drawn may be the same, as balls: (x - c)^2 once had no value there."""
    ball = arb(0, 1e-90)

    assert arb(evaluate(Reader(tokens("x ^ 2")).term(), {"x": ball})).contains(arb(0))
    assert evaluate(Reader(tokens("x ^ 3")).term(), {"x": -2}) == -8


def test_terms_are_read_as_rocq_reads_them() -> None:
    k, one = Name("k"), Number(1)
    read = {
        "- k ^ 2 * 1": Operation("*", (Operation("-", (Operation("^", (k, Number(2))),)), one)),
        "k - 1 - k": Operation("-", (Operation("-", (k, one)), k)),
        "/ k * 1": Operation("*", (Operation("/", (k,)), one)),
        'f ("x", [k; 1]%Z)': Apply(Name("f"), Items((Text("x"), Items((k, one))), pair=True)),
        "fun k => k = 1 -> k": Binder("fun", ("k",), Operation("->", (Operation("=", (k, one)), k))),
        'k (* "a" *) + 1': Operation("+", (k, one)),
        "Z.eqb (hd 0%Z k) 1": Apply(Apply(Name("Z.eqb"), Apply(Apply(Name("hd"), Number(0)), k)), one),
    }  # fmt: skip
    for text, term in read.items():
        assert Reader(tokens(text)).term() == term


@pytest.mark.parametrize("text", ["(k", "k +", "f ]", "Definition", "k ? 1", "Definition k := 1"])
def test_what_cannot_be_read_is_a_fault(text: str) -> None:
    with pytest.raises(ReadingError):
        definitions(text)
