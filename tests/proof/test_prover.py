"""How far the search expands: a network of given depth down to its inputs, whatever lies between."""

from __future__ import annotations

import pytest
from verdicts import words

from derive.budget import Budget
from derive.models.model import parse_model
from derive.proof.prover import BRIEFLY, Prover
from derive.reader.parser import parse_statement
from derive.source import Source
from derive.statements.claims import lower_statement, start

DEEP = r"""
name = "deep"
forward = ['p = A x', 'q = f(p)', 'r = B q', 's = f(r)', 'u = C s', 'v = f(u)', 'E = \frac{1}{2} \|t - v\|^2']
shapes = [
  'x \in \mathbb{R}^{k}',
  'A \in \mathbb{R}^{l \times k}', 'B \in \mathbb{R}^{m \times l}', 'C \in \mathbb{R}^{n \times m}',
  't \in \mathbb{R}^{n}',
]
[functions]
f = "any"
"""


@pytest.mark.parametrize(
    ("formula", "word"),
    [
        (r"E = \frac{1}{2} \| t - f(C f(B f(A x))) \|^2", "proved"),
        (r"E = \frac{1}{2} \| t - f(C f(B A x)) \|^2", "refuted"),
        (r"E = \frac{1}{2} \sum_i (t_i - f(\sum_j C_{ij} f(\sum_p B_{jp} q_p)))^2", "proved"),
    ],
)
def test_a_loss_is_written_out_down_to_the_inputs(formula: str, word: str) -> None:
    assert words(DEEP, formula) == [word]


SPEECH = r"""
name = "speech"
forward = [
  's_0 = 0',
  'u_t = A s_{t-1} + B x_t \quad (1 \le t \le T)',
  's_t = \tanh(u_t) \quad (1 \le t \le T)',
  'o_t = C s_t + c \quad (1 \le t \le T)',
  'q_t = \mathrm{softmax}(o_t) \quad (1 \le t \le T)',
  'J = -\sum_{t=1}^{T} \sum_i z_{t,i} \log q_{t,i}',
]
shapes = [
  'x_t \in \mathbb{R}^{d}', 's_t, u_t \in \mathbb{R}^{H}', 'o_t, q_t, z_t, c \in \mathbb{R}^{K}',
  'A \in \mathbb{R}^{H \times H}', 'B \in \mathbb{R}^{H \times d}', 'C \in \mathbb{R}^{K \times H}',
  'J \in \mathbb{R}',
]
assume = ['\sum_i z_{t,i} = 1']
"""


def test_a_way_without_end_leaves_its_steps_to_a_short_one() -> None:
    model = parse_model(SPEECH)
    source = Source("formula", r"\nabla_c J = \sum_t (q_t - z_t)")
    (link,) = lower_statement(parse_statement(source), model, start(model), source).links
    (claim,) = link.options[0].claims
    budget = Budget(100_000)

    assert Prover(claim, budget).prove() is not None
    assert budget.left > 100_000 - 3 * BRIEFLY
