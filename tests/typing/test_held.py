"""What derivatives hold fixed, and what sums and powers without an index may mean."""

from __future__ import annotations

import pytest

from derive.judge_formula import Judge
from derive.models.model import Model, parse_model
from derive.source import Source

RECURRENCE = r"""
name = "recurrence"
forward = ['s_k = F(u_k, s_{k-1}, \omega) \quad (1 \le k \le K)', 'Q = \sum_{k=1}^{K} c(s_k)']
shapes = ['u_k, s_k \in \mathbb{R}', '\omega, Q \in \mathbb{R}']
[functions]
F = "any scalar"
c = "any scalar"
"""
STATES = r"""
name = "states"
forward = ['p_t = B q_{t-1} \quad (1 \le t \le T)', 'q_t = \tanh(p_t) \quad (1 \le t \le T)', 'E = \| q_T \|^2']
shapes = ['p_t, q_t \in \mathbb{R}^{n}', 'B \in \mathbb{R}^{n \times n}', 'E \in \mathbb{R}']
"""
COLUMNS = r"""
name = "columns"
forward = ['Z = W X + b', 'J = \frac{1}{m} \| Z \|_F^2']
shapes = [
  'X \in \mathbb{R}^{d \times m}', 'W \in \mathbb{R}^{c \times d}', 'b \in \mathbb{R}^{c}',
  'Z \in \mathbb{R}^{c \times m}', 'J \in \mathbb{R}',
]
where = ['dZ = \frac{\partial J}{\partial Z}']
broadcast = true
"""


def words(formula: str, toml: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return verdict and assumptions of each link."""
    model: Model = parse_model(toml, Source("model", toml))
    found, _ = Judge.start(model).formula(formula)
    return [(verdict.word, verdict.assumptions) for verdict in found]


@pytest.mark.parametrize(
    ("formula", "toml", "word"),
    [
        (r"\frac{\partial s_k}{\partial \omega} = \frac{\partial F(u_k, s_{k-1}, \omega)}{\partial \omega}"
         r" + \frac{\partial F(u_k, s_{k-1}, \omega)}{\partial s_{k-1}} \frac{\partial s_{k-1}}{\partial \omega}",
         RECURRENCE, "proved"),
        (r"\frac{\partial s_k}{\partial \omega} = 2 \frac{\partial F(u_k, s_{k-1}, \omega)}{\partial \omega}",
         RECURRENCE, "refuted"),
        (r"\nabla_{B} E = \sum_{t=1}^{T} \frac{\partial E}{\partial q_t} \frac{\partial q_t}{\partial B}",
         STATES, "proved"),
        (r"\nabla_{B} E = 2 \sum_{t=1}^{T} \frac{\partial E}{\partial q_t} \frac{\partial q_t}{\partial B}",
         STATES, "refuted"),
        (r"\frac{\partial J}{\partial b} = \sum dZ", COLUMNS, "proved"),
        (r"\frac{\partial J}{\partial b} = 2 \sum dZ", COLUMNS, "refuted"),
        (r"\frac{\partial J}{\partial b} = \sum_{i=1}^{m} dZ^{(i)}", COLUMNS, "proved"),
        (r"\frac{\partial J}{\partial W} = \frac{\partial J}{\partial Z} \frac{\partial Z}{\partial W} = dZ X^T",
         COLUMNS, "proved"),
        (r"\frac{\partial J}{\partial W} = \frac{\partial J}{\partial Z} \frac{\partial Z}{\partial W} = X dZ^T",
         COLUMNS, "refuted"),
    ],
)  # fmt: skip
def test_what_notes_leave_unsaid_is_tried_in_each_reading(formula: str, toml: str, word: str) -> None:
    assert words(formula, toml)[-1][0] == word


def test_a_verdict_says_what_was_held_fixed() -> None:
    held = words(
        r"\frac{\partial s_k}{\partial \omega} - \frac{\partial F(u_k, s_{k-1}, \omega)}{\partial \omega}"
        r" = \frac{\partial F(u_k, s_{k-1}, \omega)}{\partial s_{k-1}} \frac{\partial s_{k-1}}{\partial \omega}",
        RECURRENCE,
    )

    assert held == [("proved", ("∂f(u, v)/∂v read with u held fixed",))]


def test_the_end_of_a_sum_that_is_an_index_of_the_formula_is_no_size() -> None:
    assert words(r"Q = \sum_{i=1}^{k-1} c(s_i) + 0 \cdot s_k", RECURRENCE)[0][0] == "refuted"


def test_the_power_of_a_matrix_may_stand_open() -> None:
    assert words(r"(B^T)^{T-t+1} q_t = B^{T-t+1} q_t", STATES)[0][0] == "refuted"
    assert words(r"B^{T-t} B q_t = B^{T-t+1} q_t", STATES)[0][0] in {"proved", "undecided"}


def test_a_divisor_may_stand_before_the_sign_of_a_derivative() -> None:
    halves = r"\frac{\partial Q}{2 \partial \omega} = \frac{1}{2} \frac{\partial Q}{\partial \omega}"

    assert words(halves, RECURRENCE) == [("proved", ())]
