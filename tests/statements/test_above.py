"""What stands above a name: an index beside a transpose sign, primes that belong to the name."""

from __future__ import annotations

import pytest
from verdicts import words

LAYERED = """
forward = [
  'h^0 = x', 'z^l = W^l h^{l-1} \\quad (1 \\le l \\le L)', 'h^l = g(z^l) \\quad (1 \\le l \\le L-1)', 'h^L = z^L',
  'E = \\frac{1}{2} \\| h^L - t \\|^2',
]
shapes = [
  'W^l \\in \\mathbb{R}^{d_l \\times d_{l-1}}', 'z^l, h^l \\in \\mathbb{R}^{d_l}', 'x \\in \\mathbb{R}^{d_0}',
  't \\in \\mathbb{R}^{d_L}',
]
where = ['\\delta^l = \\nabla_{z^l} E', 'D^l = \\operatorname{diag}(g^\\prime(z^l))']
[functions]
g = "any"
"""

JUDGED = {
    r"\delta^l = D^l W^{l+1\top} \delta^{l+1}": "proved",
    r"\delta^l = D^l W^{{l+1}\intercal} \delta^{l+1}": "proved",
    r"\delta^l = D^l W^{l+1} \delta^{l+1}": "refuted",
    r"\nabla_{h^{l-1}} E = W^{l\top} \delta^l": "proved",
    r"\frac{\partial h^l}{\partial z^l} = D^l": "proved",
    r"\frac{\partial h^l}{\partial z^l} = D^l D^l": "refuted",
}


@pytest.mark.parametrize(("formula", "word"), JUDGED.items())
def test_layers_signs_and_names_that_hold_below_the_output(formula: str, word: str) -> None:
    assert words(LAYERED, formula) == [word]


TWINS = """
forward = ['u = W x', 'u^\\prime = W x^\\prime', 'C = \\frac{1}{2} \\| u - u^\\prime \\|^2']
shapes = ['W \\in \\mathbb{R}^{p \\times n}', 'x, x^\\prime \\in \\mathbb{R}^n', 'u, u^\\prime \\in \\mathbb{R}^p']
"""

PRIMED = {
    r"\nabla_{u'} C = u' - u": "proved",
    r"\frac{\partial C}{\partial u'_i} = u'_i - u_i": "proved",
    r"\nabla_W C = (u - u') x^\top + (u' - u) {x'}^\top": "proved",
    r"\nabla_W C = (u - u') x^\top": "refuted",
    r"\nabla_{x'} C = W^\top (u - u')": "refuted",
}


@pytest.mark.parametrize(("formula", "word"), PRIMED.items())
def test_a_prime_may_belong_to_a_name(formula: str, word: str) -> None:
    assert words(TWINS, formula) == [word]
