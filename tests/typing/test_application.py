"""Brackets behind a name: the arguments that it was defined with, other ones, what it depends on, or a factor."""

from __future__ import annotations

import pytest
from verdicts import findings, words

from derive.errors import ModelError
from derive.judge_formula import Judge
from derive.models.model import parse_model

EXAMPLES = r"""
name = "examples"
forward = [
  'q(x_n) = \tanh(v^\top x_n + c) \quad (1 \le n \le N)',
  'E = \frac{1}{N} \sum_{n=1}^{N} (q(x_n) - t_n)^2',
]
shapes = ['x_n, v, u \in \mathbb{R}^{d}', 't_n, c \in \mathbb{R}']
"""
"""A number for each example, defined by the example that it is applied to."""

MAPS = r"""
name = "maps"
forward = ['F(r) = \tanh(A r)', 'h = B r', 'G = \| F(h) - F(s) \|^2', 'K(r) = w^\top h', 'J = K(s)']
shapes = ['A \in \mathbb{R}^{k \times m}', 'B \in \mathbb{R}^{m \times m}', 'r, s, h, w \in \mathbb{R}^{m}']
"""
"""A map of vectors at several points, and a number that depends on its argument through h."""

STEPS = r"""
name = "steps"
forward = [
  's_0 = 0',
  's_t = \tanh(W s_{t-1} + x_t) \quad (1 \le t \le T)',
  'C = \sum_{t=1}^{T} \| s_t - y_t \|^2',
]
shapes = ['s_t, x_t, y_t, a \in \mathbb{R}^m', 'W \in \mathbb{R}^{m \times m}']
where = [
  '\rho(s_t, y_t) = \| s_t - y_t \|^2', 'R_t = \sum_{u=t}^{T} \rho(s_u, y_u)',
  'g^{s_t} = \frac{\partial R_t}{\partial s_t}',
]
"""
"""A recurrence, the loss of one step, what comes after a step, and its gradient with the step inside its name."""

JUDGED = {
    "one example after the other": (EXAMPLES, [r"q(x_1) = q(x_2)"], "refuted"),
    "another letter for the example": (EXAMPLES, [r"q(x_m) = \tanh(c + v^\top x_m)"], "proved"),
    "the sum over the examples": (EXAMPLES, [r"\sum_{m=1}^N q(x_m) = N q(x_n)"], "refuted"),
    "the example of the argument": (EXAMPLES, [r"\nabla_v q(x_n) = (1 - q(x_n)^2) x_n"], "proved"),
    "the example of another argument": (EXAMPLES, [r"\nabla_v q(x_n) = (1 - q(x_m)^2) x_n"], "refuted"),
    "a vector that is no example": (EXAMPLES, [r"q(u) = \tanh(v^\top u + c)"], "proved"),
    "an example for a vector": (EXAMPLES, [r"q(u) = q(x_1)"], "refuted"),
    "without its argument": (EXAMPLES, [r"E = q"], "not-understood"),
    "its own argument": (MAPS, [r"F(r) = \tanh(A r)"], "proved"),
    "all parameters": (MAPS, [r"K(\theta) = w^\top h"], "proved"),
    "another letter that nothing declares": (MAPS, [r"K(z) = w^\top h"], "not-understood"),
    "a sum for the argument": (EXAMPLES, [r"q(x_1 + x_2) = q(x_1) + q(x_2)"], "refuted"),
    "another argument": (MAPS, [r"F(s) = \tanh(A s)"], "proved"),
    "the wrong argument": (MAPS, [r"F(s) = F(r)"], "refuted"),
    "an expression for the argument": (MAPS, [r"F(B s) = \tanh(A B s)"], "proved"),
    "through another definition": (MAPS, [r"K(s) = w^\top B s"], "proved"),
    "in the network": (MAPS, [r"\nabla_s J = B^\top w"], "proved"),
    "a gradient elsewhere": (MAPS, [r"\nabla_s G = -2 A^\top ((F(h) - F(s)) \odot (1 - F(s)^2))"], "proved"),
    "a gradient at the wrong place": (MAPS, [r"\nabla_s G = -2 A^\top ((F(h) - F(s)) \odot (1 - F(h)^2))"], "refuted"),
    "what it does not depend on": (MAPS, [r"G(w) = G"], "not-understood"),
    "what it depends on": (MAPS, [r"G(A, s) = G"], "proved"),
    "a vector of what it depends on": (MAPS, [r"h(r) = B r"], "proved"),
    "a product with a row in brackets": (MAPS, [r"h (r)^\top = B r r^\top"], "proved"),
    "a matrix times a vector": (MAPS, [r"B(r) = h"], "proved"),
    "the loss of a step": (STEPS, [r"C = \sum_{k=1}^T \rho(s_k, y_k)"], "proved"),
    "the loss of one step for all": (STEPS, [r"C = T \rho(s_1, y_1)"], "refuted"),
    "two steps": (STEPS, [r"\rho(s_1, y_1) = \rho(s_2, y_2)"], "refuted"),
    "state and target of two steps": (STEPS, [r"\rho(s_1, y_2) = \| s_1 - y_2 \|^2"], "proved"),
    "state and target mixed up": (STEPS, [r"\rho(s_1, y_2) = \| s_1 - y_1 \|^2"], "refuted"),
    "a sum from its step on": (STEPS, [r"R_T = \| s_T - y_T \|^2"], "proved"),
    "an index inside a name above": (STEPS, [r"g^{s_{t-1}} = \frac{\partial R_{t-1}}{\partial s_{t-1}}"], "proved"),
    "a wrong one": (STEPS, [r"g^{s_{t-1}} = \frac{\partial R_{t-1}}{\partial s_t}"], "refuted"),
    "a definition of the document": (STEPS, [r"e(s_t) = a^\top s_t", r"e(s_1) = a^\top s_1"], "proved"),
    "and its other steps": (STEPS, [r"e(s_t) = a^\top s_t", r"e(s_1) = e(s_t)"], "refuted"),
    "two names for all parameters": (STEPS, [r"C(\theta) = C(\phi)"], "not-understood"),
    "one name for all parameters": (STEPS, [r"C(\theta) = \sum_k \rho(s_k, y_k)"], "proved"),
    "a product is no definition": (STEPS, [r"\mu (a - s_1) = W s_1"], "not-understood"),
}


@pytest.mark.parametrize(("model", "formulas", "word"), JUDGED.values(), ids=JUDGED)
def test_arguments_count(model: str, formulas: list[str], word: str) -> None:
    assert words(model, *formulas) == [word]


def test_a_fault_names_what_the_loss_does_not_depend_on() -> None:
    (found,) = findings(MAPS, r"G(w) = G")

    assert found.message.startswith('"G" does not depend on "w"')


def test_an_index_that_nothing_binds_is_a_fault_at_its_line() -> None:
    free = STEPS.replace(r"\rho(s_t, y_t) =", r"\rho =")

    with pytest.raises(ModelError, match="nothing says which"):
        parse_model(free)


SCORES = r"""
name = "scores"
forward = [
  'f_\beta(x) = \beta^\top x',
  'e_n = t_n - f_\beta(x_n) \quad (1 \le n \le N)',
  'E(\beta) = \frac{1}{2} \sum_{n=1}^N e_n^2 + \rho \|\beta\|^2',
]
shapes = ['\beta, x, x_n \in \mathbb{R}^M', 't_n, \rho, E \in \mathbb{R}']
"""

TWO_EXAMPLES = {
    r"f_\beta(x_n) - f_\beta(x_m) = f_\beta(x_n - x_m)": "proved",
    r"f_\beta(x_n) + f_\beta(x_m) = f_\beta(x_n - x_m)": "refuted",
    r"f_\beta(x_n) = f_\beta(x_m)": "refuted",
    r"\frac{\partial f_\beta(x)}{\partial x_m} = \beta_m": "proved",
    r"E(0) = \frac{1}{2} \sum_{n=1}^N t_n^2": "proved",
    r"E(0) = \sum_{n=1}^N t_n^2": "refuted",
}


@pytest.mark.parametrize(("formula", "word"), TWO_EXAMPLES.items(), ids=TWO_EXAMPLES)
def test_another_letter_may_count_examples_where_the_shapes_say_so(formula: str, word: str) -> None:
    assert words(SCORES, formula) == [word]


def test_a_label_among_the_arguments_stands_for_itself_alone() -> None:
    model = parse_model(r"""
name = "policy"
forward = ['z = \Theta s', 'q(a|s) = e^{z_a} / \sum_b e^{z_b}']
shapes = ['\Theta \in \mathbb{R}^{K \times d}', 's \in \mathbb{R}^d']
""")
    judge = Judge.start(model)

    assert judge.formula(r"q(a|s) = e^{z_a} / \sum_b e^{z_b}")[0][0].word == "proved"
    for formula in (r"q(k|s) = e^{z_k} / \sum_b e^{z_b}", r"q(3|s) = e^{z_3} / \sum_b e^{z_b}"):
        assert judge.formula(formula)[0][0].word == "not-understood"


def test_a_function_of_entries_of_a_matrix_and_a_vector_is_not_understood() -> None:
    model = r"""
name = "two"
forward = ['B(m, b) = m + 2 b', 'q = \|W x\|^2']
shapes = ['W \in \mathbb{R}^{n \times d}', 'x \in \mathbb{R}^d']
"""
    assert words(model, r"q = B(W, x)") == ["not-understood"]


CLASS_SCORES = r"""
name = "scores"
forward = ['z = U v', 'p = \operatorname{softmax}(z)', 'C = -\log p_c']
shapes = ['U \in \mathbb{R}^{K \times D}', 'v \in \mathbb{R}^{D}', 'z, p \in \mathbb{R}^{K}', 'c \in \{1, \dots, K\}']
"""


@pytest.mark.parametrize(
    ("formula", "word"),
    [
        (r"softmax(z)_k = p_k", "proved"),
        (r"softmax_k(z) = p_k", "proved"),
        (r"softmax(U v)_k - 1 = p_k - 1", "proved"),
        (r"softmax(z)_k = z_k", "refuted"),
        (r"softmax_k(v) = p_k", "refuted"),
    ],
)
def test_a_function_spelled_by_letters_has_entries(formula: str, word: str) -> None:
    assert words(CLASS_SCORES, formula) == [word]


def test_an_index_that_is_computed_defines_nothing() -> None:
    assert words(CLASS_SCORES, r"z_{\arg\max_k z_k} = 0") == ["not-understood"]
    assert words(CLASS_SCORES, r"z_{\arg\max_k z_k} = 0", r"z_k = \sum_d U_{kd} v_d") == ["proved"]
