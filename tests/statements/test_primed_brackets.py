"""Rules of calculus with primes on brackets, in a document that has a model with the same letters."""

from __future__ import annotations

import pytest
from verdicts import words

MODEL = r"""
name = "unit"
forward = ['u = w x + b', 'v = \tanh(u)', 'E = \frac{1}{2} (v - t)^2']
shapes = ['w, x, b, u, v, t, E \in \mathbb{R}']
"""

RULES = [
    r"(u v)' = u' v + u v'",
    r"(f + g)' = f' + g'",
    r"(f g h)' = f' g h + f g' h + f g h'",
    r"\left(\frac{f}{g}\right)' = \frac{f' g - f g'}{g^2}",
    r"\left(\frac{1}{u}\right)' = -\frac{u'}{u^2}",
    r"(e^u)' = u' e^u",
    r"(z^3)' = 3 z^2",
    r"(\ln z)' = \frac{1}{z}",
    r"(\sin z)' = \cos z",
]


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_with_primes_on_brackets_is_proved(rule: str) -> None:
    assert words(MODEL, rule) == ["proved"]


SLIPS = [
    r"(u v)' = u' v'",
    r"\left(\frac{f}{g}\right)' = \frac{f' g + f g'}{g^2}",
    r"\left(\frac{1}{u}\right)' = \frac{u'}{u^2}",
    r"(e^u)' = e^u",
    r"(z^3)' = 3 z^3",
    r"(A B)' = A' B'",
    r"(f(u) g)' = f'(u) g'",
]


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_in_such_a_rule_is_not(slip: str) -> None:
    assert words(MODEL, slip)[0] in {"refuted", "not-understood", "undecided"}
