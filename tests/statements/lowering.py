"""Formulas lowered over a small model, for tests of how they are read (nothing is proved here)."""

from __future__ import annotations

from functools import cache

from derive.models.model import Model, parse_model
from derive.reader.parser import parse_formula
from derive.source import Source, Span
from derive.statements.claims import lower_statement, start
from derive.statements.link_claims import LinkClaim, LinkReadings

NETWORK = r"""
name = "network"
forward = [
  'h_0 = x',
  'a_k = b_k + W_k h_{k-1} \quad (1 \le k \le L)',
  'h_k = g(a_k) \quad (1 \le k \le L-1)',
  '\hat{y} = O(a_L)',
  '\mathcal{L}(\theta) = -\log \hat{y}_\ell',
]
shapes = [
  'W_k \in \mathbb{R}^{n_k \times n_{k-1}}', 'a_k, b_k, h_k \in \mathbb{R}^{n_k}', 'x \in \mathbb{R}^{n_0}',
  'y, \hat{y} \in \mathbb{R}^{n_L}', '\eta \in \mathbb{R}',
]
where = ['y = e(\ell)', 'L(\theta) = \mathcal{L}(\theta)', 'f(x) = \hat{y}']
[functions]
g = "any"
O = "softmax"
"""


@cache
def model(text: str = NETWORK) -> Model:
    return parse_model(text)


def links(*formulas: str, text: str = NETWORK) -> list[LinkReadings]:
    """Return the links of the last of several formulas of one document."""
    state = start(model(text))
    found: list[LinkReadings] = []
    for formula in formulas:
        source = Source("formula", formula)
        found = []
        for statement in parse_formula(source, Span(0, len(formula))).statements:
            lowered = lower_statement(statement, model(text), state, source)
            state = lowered.state
            found.extend(lowered.links)
    return found


def first(*formulas: str, text: str = NETWORK) -> LinkClaim:
    """Return the last formula's first link in its most natural reading."""
    return links(*formulas, text=text)[0].options[0]
