"""Formulas judged over a small model, or in a text, so that a test says on one line what it expects."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from derive.check import CheckOptions, check_document
from derive.judge_formula import Judge
from derive.link_verdicts import LinkVerdict
from derive.models.model import parse_model

LAYERS = r"""
name = "layers"
forward = [
  'a^{0} = x',
  'z^{l} = W^{l} a^{l-1} + b^{l} \quad (1 \le l \le L)',
  'a^{l} = g(z^{l}) \quad (1 \le l \le L-1)',
  'a^{L} = \sigma(z^{L})',
  'C = \frac{1}{2} \| a^{L} - y \|^2',
]
shapes = [
  'W^{l} \in \mathbb{R}^{n_l \times n_{l-1}}', 'z^{l}, a^{l}, b^{l} \in \mathbb{R}^{n_l}', 'x \in \mathbb{R}^{n_0}',
  'y \in \mathbb{R}^{n_L}', '\eta \in \mathbb{R}',
]
[functions]
g = "any"
'\sigma' = "sigmoid"
"""
"""Layers above their names, an open activation, sigmoid outputs and the squared error."""

VECTORS = r"""
name = "vectors"
forward = [
  'u = W x + b',
  'v = \tanh(u)',
  'E = \frac{1}{2} \| v - y \|^2 + \frac{\lambda}{2} \| W \|_F^2',
]
shapes = [
  'W \in \mathbb{R}^{m \times n}', 'A \in \mathbb{R}^{m \times m}', 'u, v, b, y \in \mathbb{R}^{m}',
  'x \in \mathbb{R}^{n}', '\lambda, \eta \in \mathbb{R}',
]
"""
"""One layer of tanh units, the squared error and weight decay."""


@cache
def judge_of(model: str, mends: bool = True) -> Judge:
    return replace(Judge.start(parse_model(model)), mends=mends)


def findings(model: str, *formulas: str, mends: bool = True) -> list[LinkVerdict]:
    """Return the verdicts on the links of the last of several formulas, read one after the other."""
    found: list[LinkVerdict] = []
    current = judge_of(model, mends)
    for formula in formulas:
        found, current = current.formula(formula)
    return found


def words(model: str, *formulas: str) -> list[str]:
    """Return the verdicts on the links of the last of several formulas, as words, which need no repairs."""
    return [found.word for found in findings(model, *formulas, mends=False)]


def verdicts(text: str) -> list[str]:
    """Return the verdicts on the links of a document in Markdown, which need no repairs."""
    found = check_document(Path("a.md"), CheckOptions(mends=False), text=text).findings
    return [finding.verdict for finding in found]


def last(text: str) -> str:
    """Return the verdict on the last link of a document in Markdown."""
    return verdicts(text)[-1]
