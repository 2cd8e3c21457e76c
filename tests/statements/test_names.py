"""What a name is: its letters whatever the font, its own letters before the indices, functions spelled by letters."""

from __future__ import annotations

import pytest
from verdicts import VECTORS, words

BOLD = r"""
name = "bold"
forward = ['u = V r', '\mathbf{q} = softmax(\mathbf{u})', '\mathcal{E} = -\sum_k c_k \log q_k']
shapes = ['q, c \in \mathbb{R}^K', '\mathbf{u} \in \mathbb{R}^K', 'V \in \mathbb{R}^{K \times n}', 'r \in \mathbb{R}^n']
assume = ['\sum_k c_k = 1']
"""
"""Bold in one place and plain in the other: q and u are one vector each."""

TWO_FONTS = r"""
name = "two fonts"
forward = ['s = v^\top r', '\mathbf{s} = V r', 'E = \frac{1}{2} s^2 + \frac{1}{2} \| \mathbf{s} \|^2']
shapes = ['V \in \mathbb{R}^{m \times n}', 'v, r \in \mathbb{R}^n', 's \in \mathbb{R}', '\mathbf{s} \in \mathbb{R}^m']
"""
"""Both fonts declared: two names."""

LETTERS = r"""
name = "letters"
forward = ['Y_h = R V_h', 'E = \sum_{i=1}^{N} \sum_{k=1}^{C} (Y_h)_{ik}^2']
shapes = ['R \in \mathbb{R}^{N \times D}', 'V_h \in \mathbb{R}^{D \times C}', 'Y_h \in \mathbb{R}^{N \times C}']
where = ['y_{hik} = (Y_h)_{ik}', 'v_{hjk} = (V_h)_{jk}']
"""
"""Entries with a letter of the matrix before their indices."""

JUDGED = {
    "one vector in two fonts": (BOLD, [r"\nabla_u \mathcal{E} = q - c"], "proved"),
    "its gradient lost": (BOLD, [r"\nabla_u \mathcal{E} = q - q"], "refuted"),
    "through the plain one": (BOLD, [r"\nabla_r \mathcal{E} = V^\top (\mathbf{q} - c)"], "proved"),
    "two names in two fonts": (TWO_FONTS, [r"\nabla_r E = s v + V^\top \mathbf{s}"], "proved"),
    "taken for one another": (TWO_FONTS, [r"\nabla_r E = s v + V^\top V v"], "refuted"),
    "a sum over an index behind a letter": (LETTERS, [r"\sum_{i=1}^N y_{hik} = N y_{hik}"], "refuted"),
    "a product of entries behind letters": (
        LETTERS,
        [r"\frac{\partial E}{\partial R_{ij}} = 2 \sum_{k=1}^C y_{hik} v_{hjk}"],
        "proved",
    ),
    "indices of the other": (
        LETTERS,
        [r"\frac{\partial E}{\partial R_{ij}} = 2 \sum_{k=1}^C y_{hik} v_{hkj}"],
        "refuted",
    ),
    "a transpose before its indices": (LETTERS, [r"(R V_h)_{ik} = \sum_{j=1}^D V^\top_{h,kj} R_{ij}"], "proved"),
    "an entry of a transpose": (BOLD, [r"V^\top_{jk} = V_{kj}"], "proved"),
    "an entry that is not transposed": (BOLD, [r"V^\top_{kj} = V_{kj}"], "refuted"),
    "a gradient by entries of a transpose": (
        BOLD,
        [r"\frac{\partial \mathcal{E}}{\partial r_j} = \sum_k V^T_{jk} (q_k - c_k)"],
        "proved",
    ),
    "entries as programs write them": (BOLD, [r"u[k] = \sum_{j=1}^n V[k, j] r[j]"], "proved"),
    "the wrong ones": (BOLD, [r"u[k] = \sum_{j=1}^n V[j, k] r[j]"], "refuted"),
    "a number in brackets above": (TWO_FONTS, [r"s^{(2)} = s^2"], "not-understood"),
    "a logarithm without a backslash": (BOLD, [r"\mathcal{E} = -\sum_k c_k log(q_k)"], "proved"),
    "an unknown function beside a gradient": (BOLD, [r"\nabla_V \mathcal{E} = \text{wiggle}(q)"], "not-understood"),
    "an unknown function that names a dependence": (BOLD, [r"\mathcal{E} = \Lambda(q, c)"], "assumed"),
    "a size is no name to define": (BOLD, [r"n = \sum_k q_k"], "refuted"),
    "a function of the document": (
        BOLD,
        [r"\rho(a, b) = a - b", r"\frac{\partial \mathcal{E}}{\partial u_k} = \rho(q_k, c_k)"],
        "proved",
    ),
    "and turned round": (
        BOLD,
        [r"\rho(a, b) = a - b", r"\frac{\partial \mathcal{E}}{\partial u_k} = \rho(c_k, q_k)"],
        "refuted",
    ),
    "a claim about an unknown function": (BOLD, [r"\rho(q_1) = \rho(q_2)"], "not-understood"),
}


@pytest.mark.parametrize(("model", "formulas", "word"), JUDGED.values(), ids=JUDGED)
def test_a_name_means_what_it_is_declared_as(model: str, formulas: list[str], word: str) -> None:
    assert words(model, *formulas) == [word]


LOSS_OF_ANY_KIND = r"""
name = "any loss"
forward = ['s = V r', 'E = \ell(s)', 'q_i = f_w(p^{(i)}) \quad (1 \le i \le N)']
shapes = ['V \in \mathbb{R}^{m \times n}', 'r \in \mathbb{R}^n', 's \in \mathbb{R}^m', 'p^{(i)} \in \mathbb{R}^n']
[functions]
'\ell' = "any scalar"
'f_w' = "any scalar"
"""


def test_a_second_name_of_what_the_network_computes_is_that() -> None:
    definition = r"u = V r"
    assert words(LOSS_OF_ANY_KIND, definition, r"\nabla_V E = \frac{\partial E}{\partial u} r^\top") == ["proved"]
    assert words(LOSS_OF_ANY_KIND, definition, r"\nabla_V E = r \frac{\partial E}{\partial u}^\top") == ["refuted"]


@pytest.mark.parametrize(
    ("definition", "claim"),
    [
        (r"u = 2 s", r"\frac{\partial E}{\partial u} = \frac{1}{2} \frac{\partial E}{\partial s}"),
        (r"u = 2 s", r"\frac{\partial E}{\partial u} = \frac{\partial E}{\partial s}"),
        (r"u = V^\top s", r"\frac{\partial E}{\partial u} = 0"),
    ],
)
def test_nothing_is_said_of_a_derivative_by_a_name_through_which_nothing_is_computed(
    definition: str, claim: str
) -> None:
    assert words(LOSS_OF_ANY_KIND, definition, claim)[0] in {"not-understood", "undecided"}


def test_a_new_name_can_be_differentiated() -> None:
    assert words(LOSS_OF_ANY_KIND, r"u = V^\top s", r"\frac{\partial u}{\partial s} = V^\top") == ["proved"]
    assert words(LOSS_OF_ANY_KIND, r"u = V^\top s", r"\frac{\partial u}{\partial r} = V^\top") == ["refuted"]


def test_one_function_at_two_places_is_no_definition() -> None:
    assert words(LOSS_OF_ANY_KIND, "f_w(p^{(1)}) = f_w(p^{(2)})") == ["refuted"]


EXAMPLES = r"""
name = "examples"
forward = ['q^{(i)} = \sigma(w^\top r^{(i)}) \quad (1 \le i \le N)', 'E = -\sum_{i=1}^N c^{(i)} \log q^{(i)}']
shapes = ['r^{(i)}, w \in \mathbb{R}^n']
[functions]
'\sigma' = "sigmoid"
"""
PREDICTION = r"f_w(r) = \sigma(w^\top r)"


@pytest.mark.parametrize(
    ("formula", "word"),
    [
        (r"E = -\sum_{i=1}^N c^{(i)} \log f_w(r^{(i)})", "proved"),
        (r"E = -\sum_{i=1}^N c^{(i)} \log f_w(r^{(1)})", "refuted"),
        (r"f_w(r^{(i)}) = q^{(i)}", "proved"),
        (r"f_w(r^{(i)}) = 1 - q^{(i)}", "refuted"),
        (r"\frac{\partial f_w(r)}{\partial w_j} = f_w(r) (1 - f_w(r)) r_j", "proved"),
        (r"\nabla_w \log f_w(r) = (1 - f_w(r)) r", "proved"),
        (r"\frac{\partial f_w(r)}{\partial w_j} = f_w(r) (1 + f_w(r)) r_j", "not-understood"),
        (r"\nabla_w E = -(1 - f_w(r)) r", "not-understood"),
    ],
)
def test_a_function_of_any_example_is_applied_to_each(formula: str, word: str) -> None:
    assert words(EXAMPLES, PREDICTION) == ["assumed"]
    assert words(EXAMPLES, PREDICTION, formula) == [word]


def test_the_letter_of_a_size_may_name_an_array() -> None:
    model = VECTORS.replace(r"\mathbb{R}^{m \times n}'", r"\mathbb{R}^{D \times n}'").replace(
        r"\mathbb{R}^{m}'", r"\mathbb{R}^{D}'"
    )
    assert words(model, r"D = \mathrm{diag}(1 - v^2)") == ["assumed"]
    assert words(model, r"D = \mathrm{diag}(1 - v^2)", r"\nabla_u E = D (v - y)") == ["proved"]
    assert words(model, r"D = \mathrm{diag}(1 - v^2)", r"\nabla_u E = D (y - v)") == ["refuted"]
    assert words(
        model,
        r"D = \mathrm{diag}(1 - v^2)",
        r"E = \frac{1}{2} \sum_{i=1}^{D} (v_i - y_i)^2 + \frac{\lambda}{2} \|W\|_F^2",
    ) == ["proved"]
