"""Which letters below names are indices: those that count something, not those that only tell names apart."""

from __future__ import annotations

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
