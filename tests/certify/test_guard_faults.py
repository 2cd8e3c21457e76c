"""A fault in any rule by which statements are written is noticed by the guard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from certify_subjects import subjects
from test_certified_formulas import subject

from derive.algebra.expr import Var
from derive.algebra.index import Range
from derive.certify import statement, terms
from derive.certify.certificate import stated
from derive.certify.functions import Known
from derive.certify.guard import guard
from derive.certify.statement import _Writer
from derive.certify.terms import Terms
from derive.errors import DeriveError


def later(range_: Range) -> Range:
    return Range(range_.lo + 1, range_.hi)


def longer(range_: Range) -> Range:
    return Range(range_.lo, range_.hi + 1)


Fault = tuple[str, object, str, Callable[[Any], Any]]
FAULTS: dict[str, Fault] = {
    "indices turned round": (
        "hidden layer", Terms, "entry",
        lambda rule: lambda self, var: rule(self, Var(var.name, var.idx[::-1])),
    ),
    "an index lost": (
        "weights", Terms, "entry",
        lambda rule: lambda self, var: rule(self, Var(var.name, var.idx[1:])),
    ),
    "the number in an index lost": (
        "weights", Terms, "sum_of_integers",
        lambda rule: lambda self, e: rule(self, e if e.is_const else e - e.const),
    ),
    "an index from 2": (
        "biases", Terms, "bounds", lambda rule: lambda self, index, range_: rule(self, index, later(range_)),
    ),
    "an index up to n + 1": (
        "pre-activation", Terms, "bounds", lambda rule: lambda self, index, range_: rule(self, index, longer(range_)),
    ),
    "a sum from 2": ("output gradient sum", Terms, "span", lambda rule: lambda self, range_: rule(self, later(range_))),
    "a sum up to n + 1": ("hidden layer", Terms, "span", lambda rule: lambda self, range_: rule(self, longer(range_))),
    "another delta": (
        "softmax Jacobian", Terms, "delta",
        lambda rule: lambda self, delta: rule(self, replace(delta, right=delta.right + 1)),
    ),
    "a product over layers turned round": (
        "unrolled", Terms, "chain",
        lambda rule: lambda self, chain: rule(self, replace(chain, left=chain.right, right=chain.left)),
    ),
    "a sign lost": ("softmax + cross-entropy (class)", terms, "number", lambda rule: lambda value: rule(abs(value))),
    "a slope for a function": (
        "pre-activation", Terms, "function", lambda rule: lambda self, name, idx, order=0: rule(self, name, idx, 0),
    ),
    "another function": (
        "a slope that parts a sum", terms, "KNOWN", lambda known: {**known, "tanh": Known("sigmoid", "sigmoid'")},
    ),
    "another power": ("a broken power", terms, "_constant", lambda rule: lambda e: rule(e) and 3 * rule(e)),
    "a root for another power": ("a broken power", terms, "HALF", lambda _: Fraction(3, 2)),
    "another array": (
        "an open loss of two arrays", Terms, "array",
        lambda rule: lambda self, args, write: rule(self, args[::-1], write),
    ),
    "arrays of other shapes": (
        "an open loss of two arrays", Terms, "shape", lambda rule: lambda self, args: rule(self, args[::-1]),
    ),
    "the least for the largest": ("a maximum", terms, "LARGEST", lambda _: {"max": ("smallest", "trough")}),
    "a slope of the least": ("a maximum", terms, "LARGEST", lambda _: {"max": ("largest", "trough")}),
    "a fact about fewer entries": (
        "an assumed symmetry in a sum", _Writer, "_fact",
        lambda rule: lambda self, fact: rule(self, replace(fact, ranges=tuple(map(later, fact.ranges)))),
    ),
    "another kink": (
        "relu derivative", _Writer, "_condition",
        lambda rule: lambda self, condition: rule(self, replace(condition, expr=condition.expr + 1)),
    ),
    "a definition of fewer entries": (
        "softmax", _Writer, "_row",
        lambda rule: lambda self, row: rule(self, replace(row, ranges=tuple(map(later, row.ranges)))),
    ),
    "a definition of another name": (
        "softmax", _Writer, "_row", lambda rule: lambda self, row: rule(self, row).replace('"a"', '"h"'),
    ),
    "a derivative in one forward pass only": (
        "a Hessian", _Writer, "_said_of",
        lambda rule: lambda self, slope, applied: rule(self, slope, applied).replace("forall J,", "forall J, J = I ->"),
    ),
    "a derivative by another": (
        "a Hessian", _Writer, "_said_of",
        lambda rule: lambda self, slope, net: rule(self, replace(slope, of=replace(slope.of, var=slope.entry)), net),
    ),
    "more said of values": (
        "weights", _Writer, "_premises",
        lambda rule: lambda self, labels: [*rule(self, labels), statement.Hypothesis('(0 < (I ("b", [1; 1]%Z)))')],
    ),
    "fewer classes": (
        "weights", _Writer, "_labels",
        lambda rule: lambda self, network: {label: later(range_) for label, range_ in rule(self, network).items()},
    ),
    "more said of sizes": (
        "weights", _Writer, "_premises",
        lambda rule: lambda self, labels: [*rule(self, labels), statement.Hypothesis("((1 <= L)%Z)")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "where", "rule", "wrong"), FAULTS.values(), ids=FAULTS)
def test_a_fault_in_a_rule_is_noticed(
    name: str, where: object, rule: str, wrong: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = subjects()[name] if name in subjects() else subject(name)
    right = stated(found)
    assert guard(right) > 1
    monkeypatch.setattr(where, rule, wrong(getattr(where, rule)))

    def faulty() -> int:
        made = stated(found)
        assert made.text != right.text
        return guard(made)

    with pytest.raises(DeriveError):
        faulty()
