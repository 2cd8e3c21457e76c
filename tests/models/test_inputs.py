"""Names that a forward pass uses without a shape: numbers, with an axis for each index that has a range."""

from __future__ import annotations

import pytest
from verdicts import words

from derive.errors import ModelError
from derive.models.model import parse_model
from derive.models.registry import load_model

INDICES = r"""
forward = [
  'a_j = \sum_{i=1}^{D} u_{ji}^{(1)} x_i + u_{j0}^{(1)}',
  'z_j = \tanh(a_j)',
  'c_k = \sum_{j=1}^{M} u_{kj}^{(2)} z_j + u_{k0}^{(2)}',
  'E = \frac{1}{2} \sum_{k=1}^{K} (c_k - d_k)^2',
]
"""
SPELT = r"""
forward = [
  'net_{h1} = v_1 * i_1 + v_2 * i_2 + b_1 * 1',
  'out_{h1} = \frac{1}{1 + e^{-net_{h1}}}',
  'net_{o1} = v_3 out_{h1} + b_2',
  'out_{o1} = \frac{1}{1 + e^{-net_{o1}}}',
  'E_{total} = \frac{1}{2} (goal_{o1} - out_{o1})^2',
]
shapes = ['goal_{o1} \in \mathbb{R}']
"""
EXAMPLES = r"""
forward = [
  's^{(i)} = v^\top x^{(i)} + b',
  'p^{(i)} = \sigma(s^{(i)})',
  'J = -\frac{1}{m} \sum_{i=1}^{m} \left( y^{(i)} \log p^{(i)} + (1 - y^{(i)}) \log(1 - p^{(i)}) \right)',
]
shapes = ['v, x^{(i)} \in \mathbb{R}^{d}']
[functions]
'\sigma' = "sigmoid"
"""
CHAIN = r"""
forward = [
  'a_0 = x',
  'z_l = w_l a_{l-1} + b_l \quad (1 \le l \le L)',
  'a_l = f(z_l)',
  'C = (a_L - y)^2',
]
[functions]
f = "any"
"""
ENTRIES = r"""
forward = [
  'a_j = \sum_{i=1}^{D} w_{ji} x_i',
  'E = \frac{1}{2} \sum_{j=1}^{M} (a_j - d_j)^2',
]
shapes = ['W \in \mathbb{R}^{M \times D}', 'x \in \mathbb{R}^{D}', 'a, d \in \mathbb{R}^{M}']
where = ['w_{ji} = W_{ji}', 'e_j = \frac{\partial E}{\partial a_j}']
"""


UPPER = r"\frac{\partial E}{\partial u_{ji}^{(1)}}"


@pytest.mark.parametrize(
    ("model", "formula", "verdict"),
    [
        (INDICES, r"\frac{\partial E}{\partial u_{kj}^{(2)}} = (c_k - d_k) z_j", "proved"),
        (INDICES, r"\frac{\partial E}{\partial u_{k0}^{(2)}} = c_k - d_k", "proved"),
        (
            INDICES,
            r"\frac{\partial E}{\partial u_{ji}^{(1)}} = (1 - z_j^2) x_i \sum_k u_{kj}^{(2)} (c_k - d_k)",
            "proved",
        ),
        (INDICES, rf"{UPPER} = (1 - z_j^2) \sum_k u_{{kj}}^{{(2)}} (c_k - d_k)", "refuted"),
        (INDICES, r"\frac{\partial E}{\partial u_{k0}^{(2)}} = (c_k - d_k) z_k", "refuted"),
        (SPELT, r"\frac{\partial E_{total}}{\partial out_{o1}} = -(goal_{o1} - out_{o1})", "proved"),
        (SPELT, r"\frac{\partial out_{o1}}{\partial net_{o1}} = out_{o1} (1 - out_{o1})", "proved"),
        (
            SPELT,
            r"\frac{\partial E_{total}}{\partial v_1} = \frac{\partial E_{total}}{\partial out_{h1}} "
            r"\frac{\partial out_{h1}}{\partial net_{h1}} \frac{\partial net_{h1}}{\partial v_1}",
            "proved",
        ),
        (SPELT, r"\frac{\partial net_{h1}}{\partial v_1} = i_2", "refuted"),
        (EXAMPLES, r"\frac{\partial J}{\partial v} = \frac{1}{m} \sum_{i=1}^{m} (p^{(i)} - y^{(i)}) x^{(i)}", "proved"),
        (EXAMPLES, r"\frac{\partial J}{\partial b} = \sum_{i=1}^{m} (p^{(i)} - y^{(i)})", "refuted"),
        (CHAIN, r"\frac{\partial C}{\partial w_L} = 2 (a_L - y) f'(z_L) a_{L-1}", "proved"),
        (CHAIN, r"\frac{\partial C}{\partial z_l} = w_{l+1} f'(z_l) \frac{\partial C}{\partial z_{l+1}}", "proved"),
        (CHAIN, r"\frac{\partial C}{\partial z_l} = w_l f'(z_l) \frac{\partial C}{\partial z_{l+1}}", "refuted"),
        (ENTRIES, r"\frac{\partial E}{\partial W_{ji}} = e_j x_i", "proved"),
        (ENTRIES, r"\frac{\partial E}{\partial w_{ji}} = e_i x_j", "refuted"),
    ],
)
def test_formulas_over_names_without_a_shape(model: str, formula: str, verdict: str) -> None:
    assert words(model, formula) == [verdict]


def leaves(model: str) -> dict[str, int]:
    """Return the leaves of a model with the number of their indices."""
    return {leaf.name: len(leaf.params) for leaf in parse_model(model).network.leaves}


def test_a_bias_beyond_the_range_of_its_index_is_a_name_of_its_own() -> None:
    shaped = INDICES + r"shapes = ['x \in \mathbb{R}^{D}']"
    assert leaves(shaped) == {"x": 1, "u^{(1)}": 2, "u_{0}^{(1)}": 1, "u^{(2)}": 2, "u_{0}^{(2)}": 1, "d": 1}


def test_letters_side_by_side_are_one_name_where_they_are_declared() -> None:
    assert set(leaves(SPELT)) == {"goal_{o1}", "v_{1}", "v_{2}", "v_{3}", "i_{1}", "i_{2}", "b_{1}", "b_{2}"}


def test_a_recursion_of_numbers_has_no_leaf_for_its_own_past() -> None:
    assert leaves(CHAIN) == {"x": 0, "w": 1, "b": 1, "y": 0}


def test_a_power_above_belongs_to_no_name() -> None:
    model = r"""forward = ['y = \sum_{i=1}^{n} c_i^2 + q^3']"""
    assert leaves(model) == {"c": 1, "q": 0}


@pytest.mark.parametrize(
    ("forward", "name"),
    [
        (r"""forward = ['y = \sum_{i=1}^{n} c_{ij}']""", "c_{ij}"),
        (r"""forward = ['y = c_k']""", "c_k"),
        ("forward = ['y_j = \\sum_{i=1}^{n} W_{ij} x_i']\nshapes = ['x \\in \\mathbb{R}^{n}']", "W_{ij}"),
    ],
)
def test_an_index_letter_without_a_range_is_an_error(forward: str, name: str) -> None:
    with pytest.raises(ModelError, match="is not a name") as caught:
        parse_model(forward)
    assert f'"{name}"' in caught.value.message


BESIDE = r"""
forward = [
  'p_j^{(n)} = \sum_{i=1}^{D} w_{ji} x_i^{(n)} + b_j \quad (1 \le j \le M, 1 \le n \le N)',
  'E = \frac{1}{2} \sum_{n=1}^{N} \sum_{j=1}^{M} (p_j^{(n)} - t_j^{(n)})^2',
]
shapes = ['b \in \mathbb{R}^M']
"""


def test_an_index_above_counts_beside_declared_arrays_too() -> None:
    assert leaves(BESIDE) == {"b": 1, "w": 2, "x": 2, "t": 2}
    right = r"\frac{\partial E}{\partial w_{ji}} = \sum_{n=1}^{N} (p_j^{(n)} - t_j^{(n)}) x_i^{(n)}"
    assert words(BESIDE, right) == ["proved"]
    assert words(BESIDE, right.replace("x_i^{(n)}", "x_i^{(1)}")) == ["refuted"]


BELOW = r"""forward = ['a_0 = x', 'a_l = \tanh(w a_{l-1}) \quad (1 \le l \le L)', 'E = a_L y']"""
ABOVE = BELOW.replace("a_", "a^")
BRACKETS = ABOVE.replace("{l-1}", "{(l-1)}").replace("^0", "^{(0)}").replace("^l", "^{(l)}").replace("^L", "^{(L)}")


@pytest.mark.parametrize("model", [BELOW, ABOVE, BRACKETS])
def test_the_start_of_a_recursion_of_numbers_is_one_of_them(model: str) -> None:
    assert leaves(model) == {"x": 0, "w": 0, "y": 0}


def test_what_is_used_at_a_sum_of_indices_runs_as_far_as_that() -> None:
    model = r"""forward = ['y_i = \sum_{a=1}^{F} w_a x_{i+a-1} \quad (1 \le i \le B)', 'E = \sum_{i=1}^{B} y_i']
shapes = ['w \in \mathbb{R}^F', 'y \in \mathbb{R}^B']"""
    (x,) = (leaf for leaf in parse_model(model).network.leaves if leaf.name == "x")

    assert str(x.ranges[0]) == "1..B+F-1"
    assert words(model, r"\frac{\partial E}{\partial w_a} = \sum_{i=1}^{B} x_{i+a-1}") == ["proved"]
    assert words(model, r"\frac{\partial E}{\partial w_a} = \sum_{i=1}^{B} x_{i+a}") != ["proved"]


def test_an_index_that_no_size_ends_is_no_index() -> None:
    model = parse_model(r"""
name = "one example"
forward = [
  'h_0 = W_0 x_i', 'h_k = \tanh(W_k h_{k-1}) \quad (1 \le k \le K)', '\ell_i = \| h_K - y_i \|^2',
]
shapes = ['W_k \in \mathbb{R}^{n \times n}', 'h_k \in \mathbb{R}^n', 'x_i \in \mathbb{R}^n', 'y_i \in \mathbb{R}^n']
""")
    loss = model.network.definitions[-1]

    assert not loss.params


def test_a_model_says_what_is_not_learnt() -> None:
    """A mask, the features of ridge regression and the tokens of a head: names with indices, listed or one by one."""
    masked, features, tokens = (load_model(name) for name in ("attention-masked", "ridge", "rnn"))

    assert (masked.inputs, masked.given) == ({"q", "k", "v"}, {"m"})
    assert (features.inputs, features.given) == (frozenset(), {r"\Phi"})
    assert tokens.inputs == {"e"}
