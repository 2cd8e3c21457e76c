"""Which letters below names are indices: those that count something, not those that only tell names apart."""

from __future__ import annotations

from derive.algebra.index import lin, size
from derive.models.model import parse_model

GATES = r"""
name = "letters"
forward = [
  'z^{\langle t \rangle} = W_{aa} a^{\langle t-1 \rangle} + W_{ax} x^{\langle t \rangle} + b_a \quad (1 \le t \le T)',
  'a^{\langle t \rangle} = \tanh(z^{\langle t \rangle}) \quad (1 \le t \le T)',
  'y^{\langle t \rangle} = W_{ya} a^{\langle t \rangle} + b_y \quad (1 \le t \le T)',
  'L = \sum_{t=1}^{T} \| y^{\langle t \rangle} \|^2',
]
shapes = [
  'x^{\langle t \rangle} \in \mathbb{R}^{n_x}',
  'z^{\langle t \rangle}, a^{\langle t \rangle}, b_a \in \mathbb{R}^{n_a}',
  'y^{\langle t \rangle}, b_y \in \mathbb{R}^{n_y}', 'W_{aa} \in \mathbb{R}^{n_a \times n_a}',
  'W_{ax} \in \mathbb{R}^{n_a \times n_x}', 'W_{ya} \in \mathbb{R}^{n_y \times n_a}',
]
"""
LAYERS = r"""
name = "layers"
forward = ['h_0 = x', 'h_k = W_k h_{k-1}', 'E = \|h_L\|^2']
shapes = ['W_k \in \mathbb{R}^{n_k \times n_{k-1}}', 'h_k \in \mathbb{R}^{n_k}', 'x \in \mathbb{R}^{n_0}']
"""


def test_a_letter_that_counts_nothing_belongs_to_the_name_and_to_the_size() -> None:
    model = parse_model(GATES)

    assert model.layers == {"t"}
    assert [entry.fixed_sub for entry in model.table.entries["b"]] == [("a",), ("y",)]
    assert {"n_{a}", "n_{x}", "n_{y}"} <= set(model.table.sizes)


def test_a_letter_that_is_shifted_counts_layers() -> None:
    assert parse_model(LAYERS).layers == {"k"}


def test_the_capital_letter_where_layers_are_counted_is_their_number() -> None:
    model = parse_model(LAYERS)

    assert "L" in model.table.sizes
    assert model.network.definitions[-1].body.range.hi == size("n", size("L"))  # type: ignore[attr-defined]


STEPS = r"""
name = "steps"
forward = ['s_t = \tanh(W s_{t-1})', 'E_t = \|s_t\|^2', 'E = \sum_t E_t']
shapes = ['s_t \in \mathbb{R}^{n}', 'W \in \mathbb{R}^{n \times n}', 'E_t, E \in \mathbb{R}']
"""


def test_a_sum_over_steps_without_bounds_takes_all_of_them() -> None:
    body = parse_model(STEPS).network.definitions[-1].body

    assert (body.range.lo, body.range.hi) == (lin(1), size("T"))  # type: ignore[attr-defined]


def test_a_scalar_may_have_a_number_below() -> None:
    model = parse_model("name = 'plain'\nforward = ['h = w_1 x + w_2', 'E = h^2']")

    assert {leaf.name for leaf in model.network.leaves} == {"w_{1}", "w_{2}", "x"}


RESIDUAL = r"""
name = "residual"
forward = ['x_0 = x', 'x_{l+1} = x_l + f(x_l) \quad (0 \le l \le L-1)', 'E = \|x_L\|^2']
shapes = ['x_l, x \in \mathbb{R}^{d}']
[functions]
f = "any"
"""


def test_an_input_may_bear_the_letter_of_the_layers() -> None:
    assert [definition.name for definition in parse_model(RESIDUAL).network.definitions][-1] == "E"
