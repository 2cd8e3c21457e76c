"""False formulas that look true, and true ones that look false: each was judged wrongly once."""

from __future__ import annotations

from functools import cache

import pytest

from derive.judge_formula import Judge
from derive.models.model import parse_model
from derive.source import Source

LAYERS = r"""
name = "layers"
forward = [
  'h_0 = x',
  'a_k = b_k + W_k h_{k-1} \quad (1 \le k \le L)',
  'h_k = g(a_k) \quad (1 \le k \le L)',
  'E = \frac{1}{2} \|h_L - y\|^2',
]
shapes = [
  'W_k \in \mathbb{R}^{n_k \times n_{k-1}}', 'a_k, b_k, h_k \in \mathbb{R}^{n_k}', 'x \in \mathbb{R}^{n_0}',
  'y \in \mathbb{R}^{n_L}',
]
where = ['\delta_k = \nabla_{a_k} E']
[functions]
g = "any"
"""

HIDDEN = r"""
name = "hidden"
forward = ['z = W x + b', 'h = g(z)', 'y = V h', 'E = \frac{1}{2} \|y - t\|^2']
shapes = [
  'x \in \mathbb{R}^{n}', 'z, h, b \in \mathbb{R}^{m}', 'y, t \in \mathbb{R}^{q}', 'W \in \mathbb{R}^{m \times n}',
  'V \in \mathbb{R}^{q \times m}',
]
where = ['\bar{y} = \nabla_y E', '\bar{h} = \nabla_h E']
[functions]
g = "any"
"""


@cache
def judge(model: str) -> Judge:
    return Judge.start(parse_model(model, Source("model", model)), time_limit=6.0)


def words(model: str, latex: str) -> list[str]:
    return [found.word for found in judge(model).formula(latex)[0]]


EXAMPLES = r"""
name = "examples"
forward = ['p^{(i)} = w^T x^{(i)} \quad (1 \le i \le N)', 'E = \sum_{i=1}^{N} (p^{(i)} - t^{(i)})^2']
shapes = ['w, x^{(i)} \in \mathbb{R}^{n}', 'p^{(i)}, t^{(i)} \in \mathbb{R}']
"""

NOT_PROVED = {
    "a square of no example": (EXAMPLES, r"p^{(2)} = p^2"),
    "a square of no vector": (EXAMPLES, r"x^{(2)} = x^{2}"),
    "both sides vanish if other paths are held fixed": (
        LAYERS,
        r"\frac{\partial E}{\partial h_{k,j}} = "
        r"\sum_i \frac{\partial E}{\partial a_{k+1,i}} \frac{\partial a_{k+1,i}}{\partial h_{L,j}} \quad (1 \le k < L)",
    ),
    "a sum that ends before the last unit": (HIDDEN, r"E = \frac{1}{2} \sum_{k=1}^{K-1} (y_k - t_k)^2"),
    "a sum that ends behind the last unit": (HIDDEN, r"E = \frac{1}{2} \sum_{k=1}^{K+1} (y_k - t_k)^2"),
    "a sum from 0 to the number of units": (HIDDEN, r"E = \frac{1}{2} \sum_{k=0}^{K} (y_k - t_k)^2"),
    "a sum that ends at its own index": (HIDDEN, r"E = \frac{1}{2} \sum_{k=1}^{k} (y_k - t_k)^2"),
    "a sum that ends at a vector": (HIDDEN, r"E = \frac{1}{2} \sum_{k=1}^{t} (y_k - t_k)^2"),
    "a sum that ends at a free index": (LAYERS, r"a_{k,i} = b_{k,i} + \sum_{j=1}^{i} W_{k,i,j} h_{k-1,j}"),
    "a sum that ends at the layer": (LAYERS, r"a_{k,i} = \sum_{j=1}^{k} W_{k,i,j} h_{k-1,j} + b_{k,i}"),
    "a sum over the units of any layer": (LAYERS, r"E = \frac{1}{2} \sum_{i=1}^{n_k} (h_{L,i} - y_i)^2"),
    "a sum over the units below": (LAYERS, r"E = \frac{1}{2} \sum_{i=1}^{n_{L-1}} (h_{L,i} - y_i)^2"),
    "one layer too many": (LAYERS, r"\delta_k = (W_{k+1}^T \delta_{k+1}) \odot g'(a_k), \quad 1 \le k \le L"),
    "one layer too many in a list": (
        LAYERS,
        r"\delta_k = (W_{k+1}^T \delta_{k+1}) \odot g'(a_k) \quad k = L, \dots, 1",
    ),
    "a layer that is not there": (LAYERS, r"\delta_k = (W_{k+1}^T \delta_{k+1}) \odot g'(a_k), \quad k = L"),
    "the layer before the first": (LAYERS, r"a_k = b_k + W_k h_{k-1}, \quad k = 0, \dots, L"),
    "the units of another layer": (LAYERS, r"h_{k,i} = g(a_{k,i}), \quad i = 1, \dots, n_{k-1}"),
    "an inner entry of a diagonal": (
        HIDDEN,
        r"\frac{\partial h}{\partial z} = \begin{bmatrix} g'(z_1) & 0 & \cdots & 0 \\ 0 & g(z_2) & \cdots & 0 \\"
        r" \vdots & \vdots & \ddots & \vdots \\ 0 & 0 & \cdots & g'(z_m) \end{bmatrix}",
    ),
    "a corner of a matrix": (
        HIDDEN,
        r"\frac{\partial y}{\partial h} = \begin{pmatrix} V_{11} & \cdots & V_{1m} \\ \vdots & \ddots & \vdots \\"
        r" V_{1q} & \cdots & V_{qm} \end{pmatrix}",
    ),
    "an entry between dots": (
        HIDDEN,
        r"\frac{\partial y}{\partial h} = \begin{pmatrix} V_{11} & \cdots & V_{1m} \\ \vdots & V_{11} & \vdots \\"
        r" V_{q1} & \cdots & V_{qm} \end{pmatrix}",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("model", "latex"), NOT_PROVED.values(), ids=NOT_PROVED)
def test_what_is_false_is_neither_proved_nor_a_definition(model: str, latex: str) -> None:
    (word,) = words(model, latex)

    assert word in {"refuted", "undecided", "not-understood"}


TRUE = {
    "a setting behind a comma": (LAYERS, r"\delta_k = (h_k - y) \odot g'(a_k), \quad k = L"),
    "a setting behind a space": (LAYERS, r"\delta_k = (h_k - y) \odot g'(a_k) \qquad k = L"),
    "a setting with a word": (LAYERS, r"\delta_k = (h_k - y) \odot g'(a_k) \quad \text{with } k = L"),
    "a setting ahead": (LAYERS, r"k = L: \quad \delta_k = (h_k - y) \odot g'(a_k)"),
    "a setting as a premise": (LAYERS, r"k = L \implies \delta_k = (h_k - y) \odot g'(a_k)"),
    "two units that differ": (LAYERS, r"\frac{\partial h_{k,i}}{\partial a_{k,j}} = 0, \quad i \ne j"),
    "two units that agree": (LAYERS, r"\frac{\partial h_{k,i}}{\partial a_{k,j}} = g'(a_{k,i}), \quad i = j"),
    "all layers but the last": (LAYERS, r"\delta_k = (W_{k+1}^T \delta_{k+1}) \odot g'(a_k), \quad k = L-1, \dots, 1"),
    "every unit, by an open letter": (LAYERS, r"a_{k,i} = b_{k,i} + W_{k,i,\cdot} h_{k-1}, \quad i = 1, \dots, n"),
    "every unit, counted from 0": (LAYERS, r"a_{k,i} = b_{k,i} + W_{k,i,\cdot} h_{k-1}, \quad i = 0, \dots, n_k - 1"),
    "a sum counted from 0": (HIDDEN, r"E = \frac{1}{2} \sum_{k=0}^{K-1} (y_k - t_k)^2"),
    "a sum by an open letter": (HIDDEN, r"E = \frac{1}{2} \sum_{k=1}^{K} (y_k - t_k)^2"),
    "a sum up to a free index": (LAYERS, r"\sum_{j=1}^{i} b_{k,j} = b_{k,i} + \sum_{j=1}^{i-1} b_{k,j}"),
    "a row written between dots": (
        HIDDEN,
        r"\frac{\partial y}{\partial h} = \begin{pmatrix} V_{11} & \cdots & V_{1,m-1} & V_{1m} \\"
        r" \vdots & \ddots & \vdots & \vdots \\ V_{q1} & \cdots & V_{q,m-1} & V_{qm} \end{pmatrix}",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("model", "latex"), TRUE.values(), ids=TRUE)
def test_what_is_true_is_proved(model: str, latex: str) -> None:
    assert words(model, latex) == ["proved"]


@pytest.mark.parametrize("latex", [r"\bar{y} = V \bar{h}", r"\bar{h} = t", r"h = V x"])
def test_a_name_with_a_meaning_is_not_defined_anew_where_shapes_do_not_fit(latex: str) -> None:
    assert words(HIDDEN, latex) == ["refuted"]


SIGMOID = HIDDEN.replace('[functions]\ng = "any"', '[functions]\ng = "sigmoid"')

IDENTITIES = {
    "of a function, at a vector": (r"g'(z) = g(z) (1 - g(z))", "proved"),
    "of a function, in bold": (r"g'(\mathbf{z}) = g(\mathbf{z}) (1 - g(\mathbf{z}))", "proved"),
    "with the wrong sign": (r"g'(z) = g(z) (1 + g(z))", "refuted"),
    "of a derivative that is a matrix": (r"\frac{d g(z)}{dz} = g(z) (1 - g(z))", "undecided"),
    "of a false derivative": (r"\frac{d g(z)}{dz} = g(z) (1 + g(z))", "refuted"),
    "with a transpose": (r"g'(z) = g(z)^T (1 - g(z))", "refuted"),
    "at two vectors": (r"g'(z) = g(z) (1 - g(b))", "refuted"),
    "with other names": (r"g'(z) = h (1 - h)", "refuted"),
}


@pytest.mark.parametrize(("latex", "word"), IDENTITIES.values(), ids=IDENTITIES)
def test_an_identity_of_functions_holds_entry_by_entry(latex: str, word: str) -> None:
    assert words(SIGMOID, latex) == [word]


LOGISTIC = r"""
name = "logistic"
forward = ['z = w x + b', 'p = \sigma(z)', 'C = -y \log p - (1 - y) \log(1 - p)']
shapes = ['w, x, z, b, y, p, C \in \mathbb{R}']
[functions]
'\sigma' = "sigmoid"
"""

AT_VALUES = {
    "a value before a colon": (r"y = 0: C = -\log(1 - p)", "proved"),
    "the other value before a colon": (r"y = 0: C = -\log p", "refuted"),
    "a value that the network computes": (r"z = 0: \frac{\partial p}{\partial z} = \frac{1}{4}", "not-understood"),
    "a formula that holds at every value": (r"z = 0: \frac{\partial C}{\partial z} = p - y", "proved"),
}


@pytest.mark.parametrize(("latex", "word"), AT_VALUES.values(), ids=AT_VALUES)
def test_a_value_that_is_set_beside_a_formula_limits_it(latex: str, word: str) -> None:
    assert words(LOGISTIC, latex)[-1] == word


STEP = r"\operatorname{sign}(u) = \begin{cases} 1 & \text{if } u \geq 0 \\ 0 & \text{otherwise} \end{cases}"
OTHER_SIGNS = {
    "the step of a number": (r"\operatorname{sign}(z) = \operatorname{sign}(2 z)", "proved"),
    "an odd step": (r"\operatorname{sign}(z) = -\operatorname{sign}(-z)", "refuted"),
    "a step and its opposite": (r"\operatorname{sign}(z) + \operatorname{sign}(-z) = 1", "proved"),
}


@pytest.mark.parametrize(("latex", "word"), OTHER_SIGNS.values(), ids=OTHER_SIGNS)
def test_a_sign_is_what_the_text_says_it_is(latex: str, word: str) -> None:
    (said,), after = judge(LOGISTIC).formula(STEP)

    assert said.word == "assumed"
    assert after.formula(latex)[0][-1].word == word


@pytest.mark.parametrize(
    "latex",
    [
        r"\operatorname{sign}(z) = \begin{cases} -1 & \text{if } z \geq 0 \\ 1 & \text{otherwise} \end{cases}",
        r"\operatorname{sign}(z) = \begin{cases} 0 & \text{if } z \geq 0 \\ 1 & \text{otherwise} \end{cases}",
    ],
)
def test_a_sign_turned_round_is_none(latex: str) -> None:
    assert words(LOGISTIC, latex) == ["refuted"]


WORDS = r"""
name = "words"
forward = [
  'r_j = c_j^\top q \quad (1 \le j \le V)', 'p_j = \frac{e^{r_j}}{\sum_{l=1}^{V} e^{r_l}}', 'J = -\log p_o',
  'S = \frac12 q^\top M q', 'H = -\sum_{j=1}^{V} t_j \log p_j', 'u = M q',
]
shapes = ['q, c_j, u \in \mathbb{R}^d', 'M \in \mathbb{R}^{d \times d}', 'r, p, t \in \mathbb{R}^V']
assume = ['\sum_j t_j = 1']
"""

AS_IT_STANDS = {
    "Π ends before a factor without its index": (r"\prod_{j \ne k} p_j p_k = \prod_{j=1}^{V} p_j", "proved"),
    "such a factor is left out": (r"\prod_{j \ne k} p_j = \prod_{j=1}^{V} p_j", "refuted"),
    "a value that labels may have": (r"t_j^2 = t_j, \quad t_j \in \{0, 1\}", "proved"),
    "a value that labels may have, in brackets": (r"t_j^2 = t_j \quad (t_j \in \{0, 1\})", "proved"),
    "a value that labels may have, in words": (r"t_j^2 = t_j \text{ for } t_j \in \{0, 1\}", "proved"),
    "another value that labels may have": (r"t_j^2 = t_j, \quad t_j \in \{-1, 1\}", "refuted"),
    "a symmetric matrix in brackets": (r"\nabla_q S = M q \quad (M \text{ symmetric})", "proved"),
    "twice its gradient": (r"\nabla_q S = 2 M q \quad (M \text{ symmetric})", "refuted"),
    "no symmetric matrix in brackets": (r"\nabla_q S = M q \quad (M \text{ not symmetric})", "not-understood"),
    "brackets in words": (r"\nabla_{c_j} J = p_j q \text{ (if } j \ne o\text{)}", "proved"),
    "brackets in words, the other case": (r"\nabla_{c_j} J = p_j q \text{ (if } j = o\text{)}", "refuted"),
    "an index behind a bar": (r"\nabla_{c_j} J \bigg|_{j = o} = (p_j - 1) q", "proved"),
    "an index behind a bar, the other case": (r"\nabla_{c_j} J \bigg|_{j = o} = p_j q", "refuted"),
    "an index left out behind a bar": (r"\left. \nabla_{c_j} J \right|_{j \ne o} = p_j q", "proved"),
    "e to the power of a variable": (r"e^{-H} = \prod_{j=1}^{V} p_j^{t_j}", "proved"),
    "e to the power of its opposite": (r"e^{H} = \prod_{j=1}^{V} p_j^{t_j}", "refuted"),
    "a misfit beside a name that nothing declares": (r"p - L = \bar{p}", "not-understood"),
    "a misfit of names that are known": ("p - q = r", "refuted"),
    "some of the units": ("p_1 + p_2 = 1", "undecided"),
    "all the units": ("p_1 + p_2 = 1 \\quad (V = 2)", "proved"),
    "a row below fixes the layout": (r"\frac{\partial u}{\partial q^\top} = M", "proved"),
    "a row below in no layout": (r"\frac{\partial u}{\partial q^\top} = M^\top", "refuted"),
    "a row above fixes the layout": (r"\frac{\partial u^\top}{\partial q} = M^\top", "proved"),
    "a row above in no layout": (r"\frac{\partial u^\top}{\partial q} = M", "refuted"),
}


@pytest.mark.parametrize(("latex", "word"), AS_IT_STANDS.values(), ids=AS_IT_STANDS)
def test_a_formula_is_read_as_it_stands(latex: str, word: str) -> None:
    assert words(WORDS, latex)[0] == word


@pytest.mark.parametrize(("name", "word"), [("z", "proved"), ("h", "refuted")])
def test_an_inner_product_with_a_jacobian_is_summed_over_what_they_share(name: str, word: str) -> None:
    latex = r"\nabla_x E = \langle \nabla_{NAME} E, \nabla_x z \rangle"

    assert words(HIDDEN, latex.replace("NAME", name)) == [word]


@pytest.mark.parametrize(
    ("latex", "word"),
    [
        (r"\nabla_W E = \nabla_z E (x)^T", "proved"),
        (r"\nabla_W E = \nabla_z E (x)^T \cdot 1", "proved"),
        (r"\nabla_W E = 2 \nabla_z E (x)^T", "refuted"),
        (r"\nabla_W E = \nabla_z E (z)^T", "refuted"),
        (r"\nabla_x E = W^T \nabla_z E(z)", "proved"),
    ],
)
def test_a_row_in_brackets_behind_a_loss_may_be_a_factor(latex: str, word: str) -> None:
    assert words(HIDDEN, latex) == [word]
