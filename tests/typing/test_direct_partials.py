"""What derivatives hold fixed, and what sums and powers without an index may mean."""

from __future__ import annotations

import re

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
GRAPH = r"""
name = "graph"
forward = ['p = s^3', 'q = \sin(p)', 'r = p q', 'k = r + \exp(r)']
shapes = ['s, p, q, r, k \in \mathbb{R}']
"""
CENTRED = r"""
name = "centred"
forward = [
  'm = \frac{1}{n} \sum_{i=1}^{n} u_i',
  'w = \frac{1}{n} \sum_{i=1}^{n} (u_i - m)^2',
  'z_i = \frac{u_i - m}{\sqrt{w + \kappa}} \quad (1 \le i \le n)',
  'Q = \ell(z)',
]
shapes = ['u, z \in \mathbb{R}^{n}', 'm, w, \kappa, Q \in \mathbb{R}']
assume = ['\kappa > 0']
[functions]
'\ell' = "any scalar"
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


OWN = "∂f/∂v of f = f(u, v) read with u held fixed, and df/dv as the total derivative"
PATHS = {
    "total from partials": (r"\frac{dr}{dp} = ∂r/∂p + ∂r/∂q \frac{dq}{dp}", GRAPH),
    "both ends of a graph": ("∂k/∂p = ∂k/∂q ∂q/∂p + ∂k/∂r ∂r/∂p", GRAPH),
    "three ways": ("∂Q/∂u_i = ∂Q/∂z_i ∂z_i/∂u_i + ∂Q/∂w ∂w/∂u_i + ∂Q/∂m ∂m/∂u_i", CENTRED),
}
LOST = {
    "a way lost": ("∂Q/∂u_i = ∂Q/∂z_i ∂z_i/∂u_i + ∂Q/∂m ∂m/∂u_i", CENTRED),
    "a factor lost": (r"\frac{dr}{dp} = ∂r/∂p + ∂r/∂q", GRAPH),
    "straight d is total": (r"\frac{dr}{dp} = q", GRAPH),
    "false in both": ("∂r/∂p = 2 q", GRAPH),
    "a sign": ("∂Q/∂u_i = ∂Q/∂z_i ∂z_i/∂u_i - ∂Q/∂w ∂w/∂u_i + ∂Q/∂m ∂m/∂u_i", CENTRED),
    "the gradient holds nothing": (r"\nabla_p r = q", GRAPH),
}


def partials(formula: str) -> str:
    return re.sub(r"∂(\w+)/∂(\w+)", r"\\frac{\\partial \1}{\\partial \2}", formula)


@pytest.mark.parametrize(("formula", "toml"), PATHS.values(), ids=PATHS)
def test_a_partial_may_be_that_of_the_own_formula_of_its_name(formula: str, toml: str) -> None:
    assert words(partials(formula), toml) == [("proved", (OWN,))]


@pytest.mark.parametrize(
    ("formula", "toml"),
    [("∂r/∂p = q", GRAPH), (r"∂z_i/∂u_i = \frac{1}{\sqrt{w + \kappa}}", CENTRED)],
)
def test_a_partial_alone_may_be_meant_so_or_not(formula: str, toml: str) -> None:
    assert words(partials(formula), toml)[0][0] == "undecided"


def test_the_gradient_of_the_loss_counts_every_path() -> None:
    penalty = GRAPH.replace(r"k = r + \exp(r)", "k = r^2 + p^2")

    assert words(partials("∂k/∂p = 2 p"), penalty)[0][0] == "refuted"


@pytest.mark.parametrize(("formula", "toml"), LOST.values(), ids=LOST)
def test_what_is_false_whatever_is_held_fixed_is_refuted(formula: str, toml: str) -> None:
    assert words(partials(formula), toml)[0][0] == "refuted"


@pytest.mark.parametrize(
    "formula", [r"∂r/∂p = q + p \cos p", "∂k/∂q = ∂k/∂r ∂r/∂q", "∂w/∂u_i = \\frac{2}{n} (u_i - m)"]
)
def test_the_total_derivative_comes_first(formula: str) -> None:
    assert words(partials(formula), CENTRED if "u_i" in formula else GRAPH) == [("proved", ())]


def test_the_end_of_a_sum_that_is_an_index_of_the_formula_is_no_size() -> None:
    assert words(r"Q = \sum_{i=1}^{k-1} c(s_i) + 0 \cdot s_k", RECURRENCE)[0][0] == "refuted"


def test_the_power_of_a_matrix_may_stand_open() -> None:
    assert words(r"(B^T)^{T-t+1} q_t = B^{T-t+1} q_t", STATES)[0][0] == "refuted"
    assert words(r"B^{T-t} B q_t = B^{T-t+1} q_t", STATES)[0][0] in {"proved", "undecided"}


def test_a_divisor_may_stand_before_the_sign_of_a_derivative() -> None:
    halves = r"\frac{\partial Q}{2 \partial \omega} = \frac{1}{2} \frac{\partial Q}{\partial \omega}"

    assert words(halves, RECURRENCE) == [("proved", ())]
