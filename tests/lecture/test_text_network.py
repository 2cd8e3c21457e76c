"""The network that a text states: what becomes a line of it, what is solved, and what is none."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from derive.check import CheckOptions, check_document
from derive.document.document import read_document
from derive.lecture.network import network_of
from derive.models.model import parse_model


def stated(text: str) -> dict[str, Any] | None:
    """Return the model that a Markdown text states, as a dictionary."""
    network = network_of(read_document(Path("lecture.md"), text).formulas)
    if network is None:
        return None
    parse_model(network.toml)
    return tomllib.loads(network.toml)


def verdicts(text: str) -> list[str]:
    """Return the verdicts on what a text claims."""
    found = check_document(Path("lecture.md"), CheckOptions(mends=False), text=text).findings
    return [finding.verdict for finding in found if finding.verdict != "assumed"]


def shapes(text: str) -> set[str]:
    found = stated(text)
    assert found is not None
    return set(found["shapes"])


def test_memberships_and_equations_are_the_lines_of_a_model() -> None:
    found = stated(r"Let $x \in \mathbb{R}^d$ and $W \in \mathbb{R}^{q \times d}$. We compute $$h = W x.$$")

    assert found is not None
    assert found["forward"] == ["h = W x"]
    assert found["shapes"] == [r"x \in \mathbb{R}^d", r"W \in \mathbb{R}^{q \times d}"]


@pytest.mark.parametrize(
    ("words", "shape"),
    [
        (r"$W$ is an $n \times d$ matrix", r"W \in \mathbb{R}^{n \times d}"),
        (r"an $n \times d$ weight matrix $W$", r"W \in \mathbb{R}^{n \times d}"),
        (r"the matrix $W$ has shape $(n, d)$", r"W \in \mathbb{R}^{n \times d}"),
        (r"the weights $W$ ($n \times d$)", r"W \in \mathbb{R}^{n \times d}"),
        (r"a matrix $W$ of size $n \times d$", r"W \in \mathbb{R}^{n \times d}"),
        (r"$W$ is a matrix of size $n$ by $d$", r"W \in \mathbb{R}^{n \times d}"),
        (r"$W$ ist eine $n \times d$ Matrix", r"W \in \mathbb{R}^{n \times d}"),
        (r"$W$ est une matrice de taille $n \times d$", r"W \in \mathbb{R}^{n \times d}"),
        (r"$W$ es una matriz de tamaño $n \times d$", r"W \in \mathbb{R}^{n \times d}"),
        (r"$x$ is a vector of length $d$", r"x \in \mathbb{R}^{d}"),
        (r"a $d$-dimensional vector $x$", r"x \in \mathbb{R}^{d}"),
        (r"a vector $x$ with $d$ entries", r"x \in \mathbb{R}^{d}"),
        (r"the learning rate $\eta$", r"\eta \in \mathbb{R}"),
        (r"real numbers $u, w$", r"w \in \mathbb{R}"),
    ],
)
def test_words_say_shapes(words: str, shape: str) -> None:
    assert shape in shapes(f"Take {words}. It is used below.")


def test_what_is_said_of_a_case_only_declares_nothing() -> None:
    found = stated(r"If $g$ is the sigmoid, then $g'(z) = g(z) (1 - g(z))$ for real numbers $z$, or else $g'(z) = 1$.")

    assert found is not None
    assert "functions" not in found


def test_an_open_function_that_the_network_does_not_apply_is_not_another_one_than_those_it_does() -> None:
    text = r"""For the real numbers $w, x$ and an activation function $f$ we have $a = f(w x)$.
Here $\sigma$ is an activation function, too: $\sigma'(x)$, and $\frac{\partial a}{\partial w} = x f'(w x)$."""
    found = stated(text)

    assert found is not None
    assert found["functions"] == {"f": "any"}


def test_products_fix_the_shapes_of_all_names_over_layers() -> None:
    text = r"""Layer $l = 1, \dots, L$ computes
$$ z_l = W_l a_{l-1} + b_l, \qquad a_l = \sigma(z_l), $$
where $W_l \in \mathbb{R}^{n_l \times n_{l-1}}$, $\sigma$ is the sigmoid, $a_0 = x$, and the loss
is $C = \|a_L - y\|^2$.
"""
    assert shapes(text) >= {
        r"z_{l} \in \mathbb{R}^{n_{l}}",
        r"b_{l} \in \mathbb{R}^{n_{l}}",
        r"x \in \mathbb{R}^{n_{0}}",
        r"y \in \mathbb{R}^{n_{L}}",
    }


def test_a_second_equation_of_a_name_is_a_claim() -> None:
    found = stated(r"With real numbers $w, x$ let $z = w x$. Then $z = w + x$.")

    assert found is not None
    assert found["forward"] == ["z = w x"]


def test_an_equation_that_the_text_calls_wrong_declares_nothing() -> None:
    found = stated(r"With real numbers $w, x$ a careless author writes $z = w + x$. In truth $z = w x$.")

    assert found is not None
    assert found["forward"] == ["z = w x"]


def test_what_a_derivative_defines_is_no_input() -> None:
    text = r"With real numbers $w, x$ let $y = w x$, and $e = \frac{\partial y}{\partial w}$. Then $s = e + x$."
    found = stated(text)

    assert found is not None
    assert found["forward"] == ["y = w x"]


def test_a_name_whose_equation_cannot_be_read_is_no_input() -> None:
    text = r"For real numbers $w, x$ we have $$h = \begin{weird} x \end{weird}$$ and $y = w h$, but $z = w x$."
    found = stated(text)

    assert found is not None
    assert found["forward"] == ["z = w x"]


def test_a_shape_that_two_readings_leave_open_is_asked_for() -> None:
    network = network_of(read_document(Path("a.md"), r"We take $x \in \mathbb{R}^n$. Let $y = f(x)$.").formulas)

    assert network is not None
    assert "forward" not in tomllib.loads(network.toml)
    assert network.missing


@pytest.mark.parametrize("text", ["No formula.", r"Nothing but $a + b$.", r"$\frac{\partial f}{\partial x} = 2$"])
def test_a_text_that_declares_nothing_states_no_network(text: str) -> None:
    assert stated(text) is None


def test_small_letters_with_two_indices_are_the_entries_of_a_capital() -> None:
    text = (
        r"Let $X \in \mathbb{R}^{n \times d}$ and $E = \|X\|_F^2$, so $\frac{\partial E}{\partial x_{ij}} = 2 x_{ij}$."
    )
    found = stated(text)

    assert found is not None
    assert found["where"] == ["x_{ij} = X_{ij}"]


def test_an_equation_of_a_case_is_no_line_of_the_network() -> None:
    text = r"""For real numbers $z, y$ let $p = \sigma(z)$ with the sigmoid $\sigma$. Then
$\frac{\partial p}{\partial z} = p (1 - p)$. If $y = 1$, the loss is $J = -\log p$,
so $\frac{\partial J}{\partial z} = p - 1$."""
    found = stated(text)

    assert found is not None
    assert found["forward"] == [r"p = \sigma(z)"]


def test_two_ranges_belong_to_the_equations_beside_them() -> None:
    text = r"""For $1 \le l \le L$ we compute $z^l = W^l h^{l-1}$. For $1 \le l \le L-1$ it is $h^l = g(z^l)$ with an
activation function $g$ and $W^l \in \mathbb{R}^{n_l \times n_{l-1}}$. At last $h^L = z^L$, and $h^0 = x$.
"""
    found = stated(text)

    assert found is not None
    assert found["forward"][:2] == [r"z^l = W^l h^{l-1} \quad (1 \le l \le L)", r"h^l = g(z^l) \quad (1 \le l \le L-1)"]


def test_a_part_that_defines_one_name_in_another_way_does_not_decide_what_follows() -> None:
    text = r"""# Two ways

For real numbers $w, x$ let $z = w x$. $$\frac{\partial z}{\partial w} = x$$

## A remark

We have $z = w + x$. $$\frac{\partial z}{\partial w} = x$$ $$\frac{\partial z}{\partial w} = 1$$
"""
    findings = check_document(Path("lecture.md"), CheckOptions(), text=text).findings

    assert [finding.verdict for finding in findings][-4:] == ["proved", "assumed", "not-understood", "not-understood"]


def test_a_loss_that_is_only_named_is_any_scalar_of_what_is_computed_last() -> None:
    text = r"""For $x \in \mathbb{R}^n$ and $W \in \mathbb{R}^{m \times n}$ we compute $y = W x$.
The loss $C$ is smooth:
$$\nabla_W C = \nabla_y C \, x^T$$ $$\nabla_x C = W \nabla_y C$$"""
    findings = check_document(Path("lecture.md"), CheckOptions(), text=text).findings

    assert [finding.verdict for finding in findings][-2:] == ["proved", "refuted"]


def test_functions_that_are_composed_stay_functions() -> None:
    text = r"""For a real number $x$ and activation functions $f$ and $g$ we have $y = (f \circ g)(x)$.
Then $\frac{dy}{dx} = f'(g(x)) g'(x)$."""
    found = stated(text)

    assert found is None or "forward" not in found or set(found["functions"]) == {"f", "g"}


def test_a_part_that_says_a_definition_again_in_other_words_begins_no_other_network() -> None:
    text = r"""# A sum

For real numbers $w, x$ let $z = w x + x$.

## Again

We have $z = (w + 1) x$. $$\frac{\partial z}{\partial w} = x$$
"""
    findings = check_document(Path("lecture.md"), CheckOptions(), text=text).findings

    assert [finding.verdict for finding in findings][-2:] == ["proved", "proved"]


VALUES = r"""
Take real numbers $w, x, b$. One unit computes $$u = w x + b.$$
With $x_{\text{in}} = 5$ and $b_{\text{old}} = 0$ it is $u = 2 \cdot 3 + 1 = 7$.
A second example has $x_{\text{in}} = 7$, so $u = 15$.
"""


def test_the_values_of_an_example_are_no_lines_of_the_network() -> None:
    found = stated(VALUES)

    assert found is not None
    assert found["forward"] == ["u = w x + b"]
    report = check_document(Path("lecture.md"), CheckOptions(), text=VALUES)
    verdicts = {finding.latex: finding.verdict for finding in report.findings}
    assert "refuted" not in verdicts.values()
    assert verdicts[r"u = 2 \cdot 3 + 1"] == "assumed"


def test_the_start_of_a_recursion_is_a_line_of_the_network() -> None:
    found = stated(
        r"$$h_t = \tanh(A h_{t-1} + B x_t) \quad (1 \le t \le T)$$ with $h_0 = 0$, $A \in \mathbb{R}^{n \times n}$ "
        r"and $B \in \mathbb{R}^{n \times d}$."
    )

    assert found is not None
    assert "h_0 = 0" in found["forward"]


def test_a_network_computes_through_the_names_of_its_parts() -> None:
    text = r"""Let $a^l = \sigma(w^l a^{l-1} + b^l)$ with the sigmoid $\sigma$ and $z^l = w^l a^{l-1} + b^l$, and
$C = \|a^L - y\|^2$. $$\delta^l = \frac{\partial C}{\partial z^l}$$
with $a^l_j = \sigma(\sum_k w^l_{jk} a^{l-1}_k + b^l_j)$"""
    found = network_of(read_document(Path("lecture.md"), text).formulas)

    assert found is not None
    assert r"a^l = \sigma(z^l)" in found.toml
    assert r"y \in \mathbb{R}^{n_{L}}" in found.toml


LETTERS = r"""With $D$ inputs $a_j = \sum_{i=1}^D w_{ji} x_i$ for $j = 1, \dots, M$ and $z_j = \tanh(a_j)$. The
outputs are $a_k = \sum_{j=1}^M v_{kj} z_j$ for $k = 1, \dots, K$, $y_k = a_k$ and
$E = \frac{1}{2} \sum_{k=1}^K (y_k - t_k)^2$."""


def test_a_name_that_is_two_things_by_its_letter_proves_nothing() -> None:
    text = LETTERS + r" $$\frac{\partial E}{\partial w_{ji}} = (y_j - t_j) x_i$$"

    assert check_document(Path("lecture.md"), CheckOptions(), text=text).findings[-1].verdict != "proved"


@pytest.mark.parametrize("behind", ["row by row", "row-wise", "(for each row)", "applied to each row"])
def test_the_axis_of_a_softmax_may_be_said_behind_its_formula(behind: str) -> None:
    found = stated(
        rf"With $X \in \mathbb{{R}}^{{n \times d}}$ and $W \in \mathbb{{R}}^{{d \times K}}$ let $Z = X W$ and "
        rf"$P = \mathrm{{softmax}}(Z)$, {behind}."
    )

    assert found is not None
    assert found["functions"] == {r"\mathrm{softmax}": "softmax over rows"}


def test_a_verb_may_stand_before_the_letter_of_a_function() -> None:
    found = stated(
        r"Das Netz ist $$z = W x, \qquad h = \sigma(z)$$ mit $W \in \mathbb{R}^{m \times n}$. "
        r"Dabei ist $\sigma$ die Sigmoidfunktion. Der Fehler ist $$E = \frac{1}{2} \|h - t\|^2.$$"
    )

    assert found is not None
    assert found["functions"] == {r"\sigma": "sigmoid"}
    assert found["forward"][-1] == r"E = \frac{1}{2} \|h - t\|^2"


def test_widths_that_nothing_names_may_differ_from_layer_to_layer() -> None:
    text = r"For $l = 1, \dots, L$ let $$a^l_j = \tanh\Big(\sum_k w^l_{jk} a^{l-1}_k\Big), \quad C = \|a^L - y\|^2.$$"
    words = r" In matrix form $a^l = \tanh(w^l a^{l-1})$. The error is $\frac{\partial C}{\partial a^l}$."

    (shape,) = (line for line in shapes(text + words) if line.startswith("w"))
    size = shape.partition(r"\times")[0].split("{")[-1].strip()

    assert "l" in shape.partition(r"\times")[0].removeprefix(r"w^{l} \in"), f"{size} is the same in each layer"


def test_a_name_that_the_text_differentiates_by_is_on_the_way_to_the_loss() -> None:
    layer = r"We have $W \in \mathbb{R}^{n \times d}$ and $h = \tanh(W x)$, with $C = \|h - y\|^2$. "
    named = layer + r"Now let $z = W x$, so that $h = \tanh(z)$. Then $\frac{\partial C}{\partial z}$ is needed."
    apart = layer + r"Now let $z = V x$. Then $\frac{\partial C}{\partial z}$ is needed."

    assert (first := stated(named)) is not None
    assert (second := stated(apart)) is not None
    assert r"h = \tanh(z)" in first["forward"]
    assert not any(line.startswith("z") for line in second["forward"])


def test_the_letters_below_a_size_are_no_sizes() -> None:
    text = r"$\mathbf{W}$ is a $d_h \times D$ matrix, $\mathbf{h} = \mathbf{W} \mathbf{x}$, "
    text += r"$$\mathbf{y} = \mathbf{W}^\top \mathbf{h} + \mathbf{c}, \qquad E = \|\mathbf{y}\|^2.$$"

    assert r"\mathbf{c} \in \mathbb{R}^{D}" in shapes(text)


def test_an_equation_before_a_name_in_a_list_is_not_what_the_words_are_about() -> None:
    text = r"where $a_0 = x$, $W$ is a matrix of size $n \times d$, and $h = W a_0$."

    assert shapes(text) >= {r"W \in \mathbb{R}^{n \times d}"}
    assert r"a_0 \in \mathbb{R}^{n \times d}" not in shapes(text)


@pytest.mark.parametrize(
    ("words", "function"),
    [
        (r"$f$ is the activation function, a ReLU", "relu"),
        (r"$f$ is the activation function (the sigmoid)", "sigmoid"),
        (r"$f$ is an activation function, such as tanh", "any"),
        (r"wobei $f$ die Sigmoidfunktion ist", "sigmoid"),
    ],
)
def test_an_open_function_may_be_named_in_apposition(words: str, function: str) -> None:
    found = stated(rf"Let $x \in \mathbb{{R}}^n$ and $h = f(x)$, where {words}.")

    assert found is not None
    assert found["functions"] == {"f": function}


GRADIENT_NAMES = [
    (r"We write $\bar{v}$ for the derivative of $E$ with respect to $v$.", r"\bar{z}"),
    (r"Let $\overline{v} = \frac{\partial E}{\partial v}$ for any quantity $v$.", r"\overline{z}"),
    (r"We use $\bar{v}$ to denote the partial derivative $\partial E / \partial v$.", r"\bar{z}"),
]


@pytest.mark.parametrize(("words", "name"), GRADIENT_NAMES)
def test_an_accent_may_make_the_name_of_a_gradient(words: str, name: str) -> None:
    found = stated(rf"For real numbers $w, x$ let $z = w x$ and $E = z^2$. {words} Then ${name} = 2 z$.")

    assert found is not None
    assert found["where"] == [rf"{name} = \frac{{\partial E}}{{\partial {{z}}}}"]


def test_an_accent_is_no_gradient_unless_the_text_says_so() -> None:
    found = stated(
        r"For real numbers $w, x$ let $z = w x$ and $E = z^2$. Then $\bar{z} = 2 z$ and $\frac{dE}{dw} = 1$."
    )

    assert found is not None
    assert "where" not in found


def test_a_later_section_that_computes_a_name_anew_says_what_it_is_from_there_on() -> None:
    text = r"""# Two models

For real numbers $w, x, t$ let $y = w x$ and $E = (y - t)^2$. $$\frac{\partial E}{\partial w} = 2 (y - t) x$$

## With a unit

Now $z = w x$ and $y = \tanh(z)$. $$\frac{\partial E}{\partial w} = 2 (y - t) (1 - y^2) x$$
"""
    findings = check_document(Path("lecture.md"), CheckOptions(), text=text).findings

    assert [finding.verdict for finding in findings if r"\partial" in finding.latex] == ["proved", "proved"]


def test_a_name_with_an_index_and_a_transpose_is_a_vector_of_its_own() -> None:
    found = shapes(r"Let $x \in \mathbb{R}^d$. The scores are $$z_k = w_k^\top x, \qquad E = \sum_{k=1}^K z_k^2.$$")

    assert r"w_{k} \in \mathbb{R}^{d}" in found


def test_what_stands_between_the_bars_of_a_norm_is_a_vector() -> None:
    text = r"With $h \in \mathbb{R}^n$ let $$y = V h, \quad E = \|y - t\|^2.$$ Then $\nabla_V E$ is needed."

    assert any(line.startswith(r"V \in \mathbb{R}^{") and r"{1 " not in line for line in shapes(text))


def test_the_arguments_of_a_loss_say_what_it_depends_on() -> None:
    found = stated(r"""Let $x \in \mathbb{R}^n$, $y_i = g_i x_i$ and $u_i = x_i^2$. A loss $L(y, t)$ is given:
$$\frac{\partial L}{\partial y_i} = 1$$ $$\frac{\partial L}{\partial u_i} = 0$$""")

    assert found is not None
    assert found["forward"][-1] == r"L = \operatorname{loss}(y)"


def test_a_d_before_a_name_may_make_that_of_its_gradient_but_not_where_the_text_defines_it_otherwise() -> None:
    text = r"For real numbers $w, x$ let $z = w x$ and $J = z^2$. Here $dw$ denotes the gradient of $J$. "
    found = stated(text + r"Let $dz = 3 \frac{\partial J}{\partial z}$. Then $dw = x \, dz$.")

    assert found is not None
    assert found["where"] == [r"dw = \frac{\partial J}{\partial w}"]


def test_a_small_letter_with_an_example_is_a_column_of_the_capital() -> None:
    text = r"$X \in \mathbb{R}^{d \times m}$, $Y \in \mathbb{R}^{1 \times m}$, $w \in \mathbb{R}^d$, "
    text += r"$$A = w^\top X, \quad J = \sum_{i=1}^m (a^{(i)} - y^{(i)})^2.$$ Then $\frac{\partial J}{\partial w} = 0$."
    found = stated(text)

    assert found is not None
    assert found["forward"] == [
        r"y^{(i)} = Y_{i} \quad (i = 1, \dots, m)",
        r"A = w^\top X",
        r"a^{(i)} = A_{i} \quad (i = 1, \dots, m)",
        r"J = \sum_{i=1}^m (a^{(i)} - y^{(i)})^2",
    ]


def test_a_number_that_is_said_to_be_one_is_added_to_each_entry() -> None:
    found = stated(
        r"$W \in \mathbb{R}^{1 \times n}$, $H \in \mathbb{R}^{n \times m}$, $c \in \mathbb{R}$, $$Z = W H + c.$$"
    )

    assert found is not None
    assert found["forward"] == ["Z = W H + c"]
    assert found["broadcast"] is True


def test_of_an_entry_with_two_indices_below_the_first_is_the_layer() -> None:
    text = r"Let $W_k \in \mathbb{R}^{n \times n}$ and $$a_k = W_k h_{k-1}, \qquad h_k = \tanh(a_k)$$ with "
    text += r"$h_0 = x$ for $k = 1, \dots, L$. Thus "
    found = stated(
        text + r"$a_{ki} = W_{ki1} h_{k-1,1} + W_{ki2} h_{k-1,2}$ and $\frac{\partial a_{ki}}{\partial a_{k-1,j}} = 0$."
    )

    assert found is not None
    assert found["forward"][0].startswith("a_k = W_k h_{k-1}")


def test_a_verb_in_the_singular_speaks_of_the_last_of_several_names() -> None:
    found = shapes(r"We have the scores $u$, and $W$ is an $n \times k$ matrix, so $z = W u$.")

    assert found == {r"W \in \mathbb{R}^{n \times k}", r"u \in \mathbb{R}^{k}"}


def test_a_probability_in_between_does_not_say_how_a_name_is_computed() -> None:
    text = r"Let $s \in \mathbb{R}^V$ and $$q_w = P(w \mid c) = \frac{e^{s_w}}{\sum_{k=1}^V e^{s_k}}.$$ "
    found = stated(text + r"Then $\frac{\partial q_w}{\partial s_w} = q_w (1 - q_w)$.")

    assert found is not None
    assert found["forward"][0].startswith(r"q_w = \frac{e^{s_w}}")


def test_an_index_may_be_the_name_of_a_class() -> None:
    text = (
        r"Let $x_i \in \mathbb{R}^D$, $W \in \mathbb{R}^{K \times D}$, $s = W x_i$ and $L_i = s_{y_i} - \sum_j s_j$. "
    )
    found = stated(text + r"Then $\frac{\partial L_i}{\partial s_j} = 1$.")

    assert found is not None
    assert r"y_{i} \in \{1, \dots, K\}" in found["shapes"]
    assert found["forward"] == ["s = W x_i", r"L_i = s_{y_i} - \sum_j s_j"]


def test_a_vector_that_is_one_hot_at_an_index_is_that() -> None:
    text = r"Let $s \in \mathbb{R}^V$, $$J = -s_o + \log \sum_{w=1}^V e^{s_w}, "
    text += r"\quad q_w = \frac{e^{s_w}}{\sum_{k=1}^V e^{s_k}}$$"
    found = stated(text + r" and $y$ is the one-hot vector of $o$. Then $\nabla_s J = q - y$.")

    assert found is not None
    assert found["where"] == ["y = e(o)"]


def test_what_is_computed_through_the_rows_of_a_matrix_may_be_differentiated_by_them() -> None:
    text = r"""The weights are $W \in \mathbb{R}^{C \times d}$ and $s = W x$ with $x \in \mathbb{R}^d$;
the $j$-th row of $W$ being $w_j$, so that $s_j = w_j^\top x$. The loss is $E = \sum_{j=1}^C s_j^2$.
$$\nabla_{w_j} E = 2 s_j x$$ $$\nabla_W E = 2 s x^\top$$ $$\nabla_{w_j} E = s_j x$$"""
    findings = check_document(Path("lecture.md"), CheckOptions(), text=text).findings

    assert [finding.verdict for finding in findings][-3:] == ["proved", "proved", "refuted"]


def test_a_property_that_is_not_understood_leaves_open_only_what_is_computed_from_its_name() -> None:
    text = r"""Let $x \in \mathbb{R}^n$, $u = A x$ and $v = x^\top x$, where
$A \in \mathbb{R}^{n \times n}$ is orthogonal. $$u^\top u = x^\top x$$ $$\nabla_x v = x$$"""
    findings = check_document(Path("lecture.md"), CheckOptions(), text=text).findings

    assert [finding.verdict for finding in findings][-2:] == ["undecided", "refuted"]


def test_letters_side_by_side_that_the_text_repeats_are_one_name() -> None:
    text = r"For $x_1, x_2 \in \mathbb{R}$ let $net_{h1} = w_1 x_1 + w_2 x_2$. The total error is "
    text += r"$$E_{total} = (goal_{h1} - net_{h1})^2.$$"
    found = stated(text + r" So $\frac{\partial E_{total}}{\partial net_{h1}} = -2 (goal_{h1} - net_{h1})$.")

    assert found is not None
    assert found["forward"] == [r"net_{h1} = w_1 x_1 + w_2 x_2", r"E_{total} = (goal_{h1} - net_{h1})^2"]
    assert r"goal_{h1} \in \mathbb{R}" in found["shapes"]


def test_letters_side_by_side_that_stand_alone_elsewhere_are_a_product() -> None:
    text = r"For real numbers $a, b, c$ let $E = abc + abc^2$. Then $\frac{\partial E}{\partial a} = bc + bc^2$."
    findings = check_document(Path("lecture.md"), CheckOptions(), text=text).findings

    assert findings[-1].verdict == "proved"


def test_what_is_missing_is_asked_for_in_the_words_to_add() -> None:
    nothing = check_document(
        Path("lecture.md"), CheckOptions(), text=r"We have $E = q(h)$ and $\frac{\partial E}{\partial h} = 1$."
    )
    text = r"With $W \in \mathbb{R}^{m \times n}$ let $z = W x$ and $E = \|z - t(i)\|^2$. "
    text += r"Then $\frac{\partial E}{\partial z} = 1$."
    some = check_document(Path("lecture.md"), CheckOptions(), text=text)

    assert "say in the text what q is: a function of each entry" in nothing.findings[-1].message
    assert "the text does not say what t is: a function of each entry" in some.findings[-1].message


def test_words_of_other_languages_and_lists_say_what_a_loss_depends_on() -> None:
    text = r"""For real numbers $x_1, \dots, x_m, g$ let $y_i = g x_i$ for $i = 1, \dots, m$.
The loss $\ell$ depends on $y_1, \dots, y_m$.
$$\frac{\partial \ell}{\partial g} = \frac{\partial \ell}{\partial y_1}$$"""
    found = stated(text)

    assert found is not None
    assert found["forward"][-1] == r"\ell = \operatorname{loss}(y)"


def test_a_letter_beside_the_index_of_a_family_is_one_of_its_indices() -> None:
    text = r"Let $s \in \mathbb{R}^V$, $$q_w = \frac{e^{s_w}}{\sum_{k=1}^V e^{s_k}}, \quad J = -\log q_o.$$"
    found = stated(text + r" Then $\frac{\partial J}{\partial s_w} = q_w$ for $w \ne o$.")

    assert found is not None
    assert not any(line.startswith("q_{o}") for line in found["shapes"])


def test_a_definition_in_entries_and_one_of_the_whole_are_of_one_name() -> None:
    text = r"Here $a^l_j = \tanh\Big(\sum_k w^l_{jk} a^{l-1}_k\Big)$, in matrix form $a^l = \tanh(w^l a^{l-1})$. "
    found = shapes(text + r"With $C = \|a^L - y\|^2$ the error is $\frac{\partial C}{\partial a^l_j}$.")

    assert not any(line.startswith("a_{j}") for line in found)


def test_shapes_refute_nothing_where_the_text_says_two_of_one_name() -> None:
    text = r"""Let $u \in \mathbb{R}^n$, $W \in \mathbb{R}^{m \times n}$ and $q \in \mathbb{R}^m$.

$$s = W u + q, \qquad E = \frac{1}{2} \|s\|^2$$

$$\frac{\partial E}{\partial u} = W s$$
"""
    more = text + "\nWith the bias in it, $u \\in \\mathbb{R}^{n+1}$ and $W \\in \\mathbb{R}^{m \\times (n+1)}$.\n"

    assert judged(text) == [("refuted", "D101")]
    assert judged(more)[0] == ("not-understood", "D001")


def judged(text: str) -> list[tuple[str, str]]:
    """Return what is found of a text, without what is assumed."""
    findings = check_document(Path("lecture.md"), CheckOptions(), text=text).findings
    return [(finding.verdict, finding.code) for finding in findings if finding.verdict != "assumed"]


def test_a_loss_that_is_only_named_depends_on_what_is_computed_last_entry_by_entry() -> None:
    found = stated(
        r"The values $u_1, \dots, u_m \in \mathbb{R}$ are scaled, $v_i = \alpha u_i$ for $i = 1, \dots, m$. "
        r"For a loss $\ell$, "
        r"$$\frac{\partial \ell}{\partial \alpha} = \sum_{i=1}^m \frac{\partial \ell}{\partial v_i} u_i$$"
    )

    assert found is not None
    assert any(line.startswith(r"\ell = ") and line.endswith("(v)") for line in found["forward"])


def test_pi_is_a_number_where_nothing_is_said_of_it() -> None:
    text = (
        r"The precision $\beta > 0$ and $w, x \in \mathbb{R}^d$ give "
        r"$E = \frac{\beta}{2} (t - w^T x)^2 - \frac{1}{2} \ln \beta + \frac{1}{2} \ln(2\pi)$. "
        r"$$\nabla_w E = %s\beta (t - w^T x) x$$"
    )
    assert verdicts(text % "-") == ["proved"]
    assert verdicts(text % "") == ["refuted"]


@pytest.mark.parametrize(
    "words",
    [
        r"and $y \in \{0, 1\}^K$ a one-hot vector", r"$y \in \mathbb{R}^K$, the one-hot target,",
        r"et $y \in \{0, 1\}^K$ un vecteur one-hot", r"und $y \in \mathbb{R}^K$ ein One-Hot-Vektor",
    ],
)  # fmt: skip
def test_a_one_hot_vector_may_stand_in_apposition(words: str) -> None:
    text = (
        rf"Let $s \in \mathbb{{R}}^K$ {words}. With $p = \operatorname{{softmax}}(s)$ and "
        r"$\mathcal{L} = -\sum_{k=1}^K y_k \log p_k$: $$\frac{\partial \mathcal{L}}{\partial s} = p - y$$"
    )
    assert verdicts(text) == ["proved"]


def test_pi_is_no_number_where_the_text_says_what_it_is() -> None:
    text = (
        r"Let $z \in \mathbb{R}^K$, $\pi = \operatorname{softmax}(z)$ and $J = R \log \pi_b$. "
        r"$$\frac{\partial J}{\partial z_k} = R (\mathbb{1}[k = b] - \pi_k)$$"
    )
    assert "refuted" not in verdicts(text)


@pytest.mark.parametrize("compared", [r"\mathbb{1}[k = c]", r"\delta_{kc}", r"[k = c]"])
def test_a_letter_that_is_compared_with_an_index_is_one(compared: str) -> None:
    text = r"Let $z = W x$ with $W \in \mathbb{R}^{K \times d}$, $p = \operatorname{softmax}(z)$ and $L = -\log p_c$. "
    slope = r"\frac{\partial L}{\partial z_k}"
    text += rf"$${slope} = p_k - {compared}$$ $${slope} = {compared} - p_k$$"

    assert verdicts(text) == ["proved", "refuted"]


def test_a_letter_that_carries_indices_itself_is_none() -> None:
    text = r"Let $z \in \mathbb{R}^K$ and $p = \operatorname{softmax}(z)$, $L = -\sum_k y_k \log p_k$ and $q = z_y$. "
    found = stated(text + r"$$\mathbb{1}[k = y] = y_k$$ $$\frac{\partial L}{\partial z_k} = 1$$")

    assert found is not None
    assert not any("q = z_y" in line for line in found["forward"])


def test_derivatives_that_are_0_since_their_path_was_not_read_prove_nothing() -> None:
    text = (
        r"Let $x \in \mathbb{R}^n$, $z = W x$ and $u = \operatorname{clip}(z)$, with $W \in \mathbb{R}^{m \times n}$. "
        r"The loss is $L = \frac{1}{2} \| v - t \|^2$ for $v, t \in \mathbb{R}^m$. "
        r"$$\frac{\partial L}{\partial W} = \frac{\partial L}{\partial z} x^T$$"
    )
    assert "proved" not in verdicts(text)


@pytest.mark.parametrize(
    ("behind", "another"),
    [
        ("# Second\n\nGiven $f(x) = x^2$, …", True), ("# Second\n\nGiven $f(u) = u^2$, …", True),
        ("Given $f(x) = x^2$, …", False), ("# Second\n\nGiven $f(u) = u^2 + 3$, …", False),
        ("# Second\n\nAgain $f(x) = c x + 3$, …", False),
    ],
)  # fmt: skip
def test_a_function_that_another_part_says_to_be_something_else_is_another_one(behind: str, another: bool) -> None:
    text = "# First\n\n" + r"The curve is $f(x) = x^2 + 3$ with $\frac{d f}{d x} = 2 x$." + f"\n\n{behind}"
    network = network_of(read_document(Path("lecture.md"), text).formulas)

    assert network is not None
    assert network.whole.is_another_function(2) == another
