"""Names as they are written: indices with and without commas, layers above and below, fonts, numbers, aliases."""

from __future__ import annotations

import re

import pytest
from statements.lowering import NETWORK, first, links

from derive.algebra.substitute import walk

ABOVE = r"""
name = "above"
forward = [
  'a^{(0)} = x',
  'z^{(l)} = W^{(l)} a^{(l-1)} + b^{(l)} \quad (1 \le l \le L)',
  'a^{(l)} = f^{(l)}(z^{(l)}) \quad (1 \le l \le L)',
  'C_0 = \|a^{(L)} - t\|^2',
  'C = C_0 + \lambda \sum_{l=1}^{L} \|W^{(l)}\|_F^2',
]
shapes = [
  'W^{(l)} \in \mathbb{R}^{n_l \times n_{l-1}}', 'a^{(l)}, z^{(l)}, b^{(l)} \in \mathbb{R}^{n_l}',
  'x \in \mathbb{R}^{n_0}',
  't \in \mathbb{R}^{n_L}',
]
where = ['w^{(l)}_{jk} = W^{(l)}_{jk}', 'dW^{(l)} = \frac{\partial C}{\partial W^{(l)}}',
  '\overline{W^{(l)}} = \nabla_{W^{(l)}} C_0']
[functions]
'f^{(l)}' = "any"
"""

TWO_LAYERS = r"""
name = "two layers"
forward = [
  '\mathbf{z}_1 = \mathbf{W}_1 \mathbf{x} + \mathbf{b}_1',
  '\mathbf{h} = \sigma_1(\mathbf{z}_1)',
  '\mathbf{z}_2 = \mathbf{W}_2 \mathbf{h} + \mathbf{b}_2',
  'L = \|\mathbf{z}_2 - \mathbf{y}\|^2',
]
shapes = [
  '\mathbf{x} \in \mathbb{R}^{d}', '\mathbf{W}_1 \in \mathbb{R}^{p \times d}',
  '\mathbf{W}_2 \in \mathbb{R}^{q \times p}',
  '\mathbf{z}_1, \mathbf{h}, \mathbf{b}_1 \in \mathbb{R}^{p}',
  '\mathbf{z}_2, \mathbf{b}_2, \mathbf{y} \in \mathbb{R}^{q}',
]
[functions]
'\sigma_1' = "any"
"""

SAME = {
    "commas between indices": (NETWORK, r"W_{kij}", r"W_{k,i,j}"),
    "a number for each digit": (NETWORK, r"W_{112}", r"W_{1,1,2}"),
    "a sign joins": (NETWORK, r"h_{k-1j}", r"h_{k-1,j}"),
    "the depth in an index": (NETWORK, r"a_{Li}", r"a_{L,i}"),
    "an index of an index": (NETWORK, r"a_{L_i}", r"a_{Li}"),
    "bold letters": (NETWORK, r"\mathbf{a}_k", r"a_k"),
    "arrows": (NETWORK, r"\vec{a}_k", r"a_k"),
    "arguments of the loss": (NETWORK, r"\nabla_{a_k} L", r"\nabla_{a_k} \mathcal{L}(\theta)"),
    "a column of a matrix": (NETWORK, r"W_{k,\cdot,j}", r"\begin{bmatrix} W_{k1j} \\ \vdots \\ W_{knj} \end{bmatrix}"),
    "an entry of brackets": (NETWORK, r"(W_k h_{k-1})_i", r"\sum_m W_{kim} h_{k-1,m}"),
    "an entry of an application": (NETWORK, r"g(a_k)_i", r"g(a_{ki})"),
    "transposed twice": (NETWORK, r"(W_k^T)^\top", r"W_k"),
    "layers bare or in brackets": (ABOVE, r"z^l", r"z^{(l)}"),
    "layers in square brackets": (ABOVE, r"z^{[l]}_j", r"z^{(l)}_j"),
    "a transpose beside the layer": (ABOVE, r"W^{(l)T} z^{(l)}", r"{W^{(l)}}^{\top} z^{(l)}"),
    "a second name for entries": (ABOVE, r"w^{(l)}_{jk}", r"W^{(l)}_{jk}"),
    "a name of two letters": (ABOVE, r"dW^{(l)}", r"\nabla_{W^{(l)}} C"),
    "a line above a name": (ABOVE, r"\overline{W^{(2)}}", r"\frac{\partial C_0}{\partial W^{(2)}}"),
    "a prime beside the layer": (ABOVE, r"f^{(l)\prime}(z^{(l)})", r"{f^{(l)}}'(z^{(l)})"),
    "numbers in names": (TWO_LAYERS, r"z_{1,i}", r"(\mathbf{z}_1)_i"),
    "numbers in names of matrices": (TWO_LAYERS, r"W_{1,ij}", r"\mathbf{W}_{1,i,j}"),
    "numbers in names of functions": (TWO_LAYERS, r"\sigma_1'(\mathbf{z}_1)_i", r"\sigma_1'(z_{1i})"),
    "derivatives on one line": (TWO_LAYERS, r"\partial L / \partial z_{2,i}", r"\frac{\partial L}{\partial z_{2i}}"),
    "a subscript derivative": (TWO_LAYERS, r"\partial_{\mathbf{h}} L", r"\nabla_{\mathbf{h}} L"),
    "an operator before": (TWO_LAYERS, r"\frac{\partial}{\partial h_i} L", r"\frac{\partial L}{\partial h_i}"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "one", "other"), SAME.values(), ids=SAME)
def test_two_ways_to_write_the_same(text: str, one: str, other: str) -> None:
    option = first(f"{one} = {other}", text=text)

    assert option.kind == "claim", option.message
    assert not option.code, option.message
    assert [shape(claim.left) for claim in option.claims] == [shape(claim.right) for claim in option.claims]


def shape(expr: object) -> str:
    """Return an expression as text, in which bound indices have no particular letter."""
    text = str(expr)
    for number, letter in enumerate(re.findall(r"Σ\[(\w+)=", text)):
        text = re.sub(rf"\b{letter}\b", f"bound{number}", text)
    return text


NOT_READ = {
    "too many indices": r"b_{kij} = 0",
    "an index that is no number": r"b_{k,1.5} = 0",
    "a sum of an unknown range": r"\eta = \sum_q 1",
    "dots without a pattern": r"b_k = [b_{k1}, \dots, h_{k3}]",
    "an operator that means nothing here": r"a_k = b_k \star h_k",
    "an inverse": r"b_k = W_k^{-1} a_k",
    "orders that differ": r"\frac{\partial^2 L}{\partial b_{k1}} = 0 \eta",
    "a function without its argument": r"\eta = \exp",
}


@pytest.mark.parametrize("formula", NOT_READ.values(), ids=NOT_READ)
def test_what_cannot_be_read_says_where(formula: str) -> None:
    option = first(formula)

    assert option.kind == "not-understood"
    assert option.error is not None
    assert option.error.span is not None


def test_a_product_with_dots_is_a_chain_over_the_layers() -> None:
    option = first(
        r"\frac{\partial a_L}{\partial h_k} = W_L \operatorname{diag}(g'(a_{L-1})) W_{L-1} \cdots "
        r"\operatorname{diag}(g'(a_{k+1})) W_{k+1}"
    )

    chains = [type(node).__name__ for node in walk(option.claims[0].right)]
    assert "Chain" in chains


def test_pi_of_matrices_may_be_read_in_both_orders() -> None:
    options = links(r"\frac{\partial a_L}{\partial a_k} = \prod_{t=k+1}^{L} \frac{\partial a_t}{\partial a_{t-1}}")[
        0
    ].options

    assert any("from the last factor to the first" in " ".join(option.assumptions) for option in options)
