"""Shapes that only claims and lists of entries say, what unreadable equations speak of, and examples of functions."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.check import CheckOptions, check_document
from derive.document.document import read_document
from derive.lecture.network import network_of
from derive.lecture.unread import left_sides
from derive.reader.scanner import scan
from derive.source import Source, Span


def verdicts(text: str) -> list[str]:
    found = check_document(Path("a.md"), CheckOptions(), text=text).findings
    return [one.verdict for one in found if one.message != "nothing is claimed"]


def model(text: str) -> str:
    found = network_of(read_document(Path("a.md"), text).formulas)
    return found.toml if found is not None else ""


RULES = r"""Take a column vector $\mathbf{u}$ and a square matrix $B$. """


@pytest.mark.parametrize(
    ("latex", "verdict"),
    [
        (r"\frac{d}{d\mathbf{u}} (\mathbf{u}^\top B \mathbf{u}) = (B + B^\top) \mathbf{u}", "proved"),
        (r"\frac{d}{d\mathbf{u}} (\mathbf{u}^\top B \mathbf{u}) = 2 B \mathbf{u}", "refuted"),
        (r"\nabla_{\mathbf{u}} \|B \mathbf{u}\|^2 = 2 B^\top B \mathbf{u}", "proved"),
        (r"\nabla_{\mathbf{u}} \|B \mathbf{u}\|^2 = 3 B^\top B \mathbf{u}", "refuted"),
    ],
)
def test_what_is_differentiated_says_shapes_that_no_forward_line_says(latex: str, verdict: str) -> None:
    assert verdicts(f"{RULES}\n\n$${latex}$$\n") == [verdict]


def test_a_shape_that_only_claims_say_refutes_no_other_shape() -> None:
    text = rf"""{RULES}
$$\nabla_{{\mathbf{{u}}}} \|B \mathbf{{u}}\|^2 = 2 B^\top B \mathbf{{u}}$$
$$\nabla_{{\mathbf{{u}}}} \, \mathbf{{u}}^\top \mathbf{{w}} = \mathbf{{w}}^\top$$
"""
    assert "refuted" not in verdicts(text)


def test_a_symmetric_matrix_of_claims_is_one_where_the_text_says_it_of_them() -> None:
    text = r"""Let $\mathbf{u}$ be a column vector and let $B$ be symmetric.

$$\nabla_{\mathbf{u}} (\mathbf{u}^\top B \mathbf{u}) = 2 B \mathbf{u}$$
"""
    assert "refuted" not in verdicts(text)


def test_a_sum_that_says_a_function_again_says_how_long_its_vectors_are() -> None:
    text = r"""For a column vector $\mathbf{c}$ let $f(\mathbf{x}) = \mathbf{c}^\top \mathbf{x}$. In entries

$$f(\mathbf{x}) = \sum_{i=1}^{n} c_i x_i$$

$$\frac{\partial f}{\partial x_i} = c_i$$

$$\frac{\partial f}{\partial x_i} = x_i$$
"""
    assert verdicts(text)[-3:-1] == ["proved", "proved"]
    assert verdicts(text)[-1] != "proved"


@pytest.mark.parametrize(
    ("listed", "shape"),
    [
        (r"\mathbf{x} = [x_1, x_2, \ldots, x_n]^\top", r"\mathbf{x} \in \mathbb{R}^{n}"),
        (r"\mathbf{x} = (x_1, \dots, x_n)", r"\mathbf{x} \in \mathbb{R}^{n}"),
        (r"\mathbf{x} = \begin{pmatrix} x_1 \\ \vdots \\ x_n \end{pmatrix}", r"\mathbf{x} \in \mathbb{R}^{n}"),
        (r"\mathbf{x} = (x_1, x_2, x_3)^T", r"\mathbf{x} \in \mathbb{R}^{3}"),
    ],
)
def test_a_list_of_its_entries_says_how_long_a_vector_is(listed: str, shape: str) -> None:
    text = rf"Let ${listed}$ be the input.\n\n$$\nabla_{{\mathbf{{x}}}} \|\mathbf{{x}}\|^2 = 2 \mathbf{{x}}$$"

    assert shape in model(text)


def test_entries_of_a_vector_and_of_a_matrix_are_told_apart_by_their_indices() -> None:
    text = r"""Let $\mathbf{X} \in \mathbb{R}^{n \times m}$ have entries
$x_{ij} = \mathbf{X}_{ij}$, and let $q = \mathbf{c}^\top \mathbf{x}$ with $\mathbf{c}, \mathbf{x} \in \mathbb{R}^d$.

$$\frac{\partial q}{\partial x_i} = c_i$$

$$\frac{\partial q}{\partial x_i} = 2 c_i$$
"""
    assert verdicts(text)[-2] == "proved"
    assert verdicts(text)[-1] != "proved"


@pytest.mark.parametrize(
    ("latex", "names"),
    [
        ("x = -1, 0, 2", []),
        (r"W^{[1]} = np.zeros((2, 1))", []),
        (r"\left. \begin{array}{l} x \\ w \end{array} \right\} \implies{z = w x}", ["z"]),
        (r"\mathbf{h}_0 &= ? \\ \hat{u}^{[l]} &= v", ["h", "u"]),
        (r"f(x, y) = ?", ["f"]),
        (r"\frac{d}{dz} g(z) = ?", []),
    ],
)
def test_an_unreadable_formula_speaks_of_the_left_sides_of_its_equations(latex: str, names: list[str]) -> None:
    tokens = scan(Source("a", latex), Span(0, len(latex)))

    assert ["".join(token.text for token in letters) for letters, _ in left_sides(tokens)] == names


def test_values_that_a_text_lists_leave_the_network_of_other_parts_alone() -> None:
    text = r"""# Slopes

The slope is zero at $x = -1, 0, 2$.

# A chain

Let $u(x, y) = (x + y)^2$ and $q(u) = u^2$.

$$\frac{\partial q}{\partial x} = 2 u \frac{\partial u}{\partial x}$$
"""
    assert verdicts(text)[-1] == "proved"


def test_what_is_named_first_is_said_of_the_name() -> None:
    text = r"""For $t = 1, \dots, T$ we compute $\mathbf{o}_t = \mathbf{V} \mathbf{x}_t$
with $\mathbf{V} \in \mathbb{R}^{q \times d}$ and $\mathbf{x}_t \in \mathbb{R}^d$.
Denote by $r(\mathbf{o}_t, y_t)$ the loss at time $t$, so that

$$F = \frac{1}{T} \sum_{t=1}^T r(\mathbf{o}_t, y_t)$$

$$\frac{\partial F}{\partial \mathbf{V}} = \sum_{t=1}^T \frac{\partial F}{\partial \mathbf{o}_t} \mathbf{x}_t^\top$$

$$\frac{\partial F}{\partial \mathbf{V}} = \sum_{t=1}^T \mathbf{x}_t \frac{\partial F}{\partial \mathbf{o}_t}^\top$$
"""
    assert verdicts(text)[-2:] == ["proved", "refuted"]


def test_a_range_without_an_end_says_nothing_of_where_it_ends() -> None:
    text = r"""Let $a_0 = 0$ and $a_t = b_t + c_t a_{t-1}$ for $t = 1, 2, \ldots$, as before.

# Over time

For $x_t \in \mathbb{R}^d$ we have $h_t = W h_{t-1} + U x_t$
with $W \in \mathbb{R}^{n \times n}$, $U \in \mathbb{R}^{n \times d}$. The loss is $F = \sum_{t=1}^T \|h_t\|^2$.

$$\frac{\partial F}{\partial h_T} = 2 h_T$$
"""
    assert verdicts(text)[-1] == "proved"


def test_a_comment_in_code_begins_no_part_of_a_text() -> None:
    text = """# A function

Let $f(x) = x^3$ be a first example.

# Another one

Now $f(u, v) = (u + v)^2$ and $u(a) = a^2$.

```python
# the value
f = (u + v) ** 2
```

$$\\frac{\\partial f}{\\partial a} = \\frac{\\partial f}{\\partial u} \\frac{\\partial u}{\\partial a}$$
"""
    assert verdicts(text)[-1] == "proved"


def test_a_formula_that_differentiates_an_example_means_its_own_function() -> None:
    text = r"""# Examples

$$f(x, y) = x y \quad \rightarrow \quad \frac{\partial f}{\partial x} = y$$

$$f(x, y) = x^2 + y \quad \rightarrow \quad \frac{\partial f}{\partial x} = 2 x$$

$$f(x, y) = x^2 - y \quad \rightarrow \quad \frac{\partial f}{\partial y} = 1$$

$$\frac{\partial f}{\partial x} = 2 y$$
"""
    found = check_document(Path("a.md"), CheckOptions(), text=text).findings
    slopes = [one.verdict for one in found if one.latex.startswith(r"\frac")]

    assert slopes == ["proved", "proved", "refuted", "not-understood"]


def test_a_loss_said_of_examples_is_that_of_one_where_the_text_differentiates_it() -> None:
    text = r"""Let $z = w_1 x_1 + w_2 x_2 + b$ and $\hat{y} = a = \sigma(z)$ where $\sigma$ is the sigmoid.
The loss is $L(\hat{y}^{(i)}, y^{(i)}) = -y^{(i)} \log \hat{y}^{(i)} - (1 - y^{(i)}) \log (1 - \hat{y}^{(i)})$,
for one example $L(a, y) = -(y \log a + (1 - y) \log (1 - a))$.

$$\frac{dL}{dz} = a - y$$

$$\frac{\partial L}{\partial w_2} = x_2 (a - y)$$

$$\frac{\partial L}{\partial w_2} = x_1 (a - y)$$
"""
    assert verdicts(text)[-3:-1] == ["proved", "proved"]
    assert verdicts(text)[-1] != "proved"


@pytest.mark.parametrize(("lead", "verdict"), [("We let", "proved"), ("It is not known whether", "not-understood")])
def test_a_name_behind_an_equation_is_what_stands_before_it(lead: str, verdict: str) -> None:
    text = rf"""The probabilities are $p_k = \frac{{e^{{f_k}}}}{{\sum_j e^{{f_j}}}}$.
{lead} $\sum_j e^{{f_j}} = S$ and see

$$\frac{{\partial p_k}}{{\partial f_k}} = \frac{{e^{{f_k}} (S - e^{{f_k}})}}{{S^2}}$$
"""
    assert verdicts(text)[-1] == verdict
