"""Products of Jacobians: each needs one layout in which its factors fit, and the verdict names it."""

from __future__ import annotations

import re

import pytest

from derive.judge_formula import Judge
from derive.link_verdicts import LinkVerdict
from derive.models.model import parse_model

CHAIN = r"""
name = "chain"
forward = ['s = A x + c', 'r = \phi(s)', 'q = B r', 'E = \ell(q)']
shapes = [
  'x \in \mathbb{R}^{d}', 's, r, c \in \mathbb{R}^{h}', 'q \in \mathbb{R}^{k}', 'A \in \mathbb{R}^{h \times d}',
  'B \in \mathbb{R}^{k \times h}', 'E \in \mathbb{R}',
]
where = ['e = \frac{\partial E}{\partial q}', '\delta = \nabla_q E']
[functions]
'\phi' = "any"
'\ell' = "any scalar"
"""
ROWS = r"""
name = "row samples"
forward = ['u = v M', 'J = \sum_j u_j^3']
shapes = ['v \in \mathbb{R}^{1 \times p}', 'M \in \mathbb{R}^{p \times q}', 'u \in \mathbb{R}^{1 \times q}']
"""
NUMERATOR, DENOMINATOR = "∂L/∂v read as a row", "denominator layout"
TENSORS = "∂L/∂u ∂u/∂v read as the sum over u, whatever transposes its shapes would need"


def links(formula: str, model: str = CHAIN) -> list[LinkVerdict]:
    """Judge a formula in which ∂u/∂v stands for \\frac{\\partial u}{\\partial v}."""
    latex = re.sub(r"∂([\w{}^+-]+)/∂([\w{}^+-]+)", r"\\frac{\\partial \1}{\\partial \2}", formula)
    return Judge.start(parse_model(model)).formula(latex)[0]


PROVED = {
    "from the loss down": (r"∂E/∂r = ∂E/∂q ∂q/∂r", NUMERATOR),
    "down to an entry": (r"∂E/∂s_i = ∂E/∂q \cdot ∂q/∂r \cdot ∂r/∂s_i", NUMERATOR),
    "up to the loss": (r"∂E/∂r = ∂q/∂r ∂E/∂q", DENOMINATOR),
    "a gradient and a transposed Jacobian": (r"\nabla_r E = (∂q/∂r)^\top \nabla_q E", ""),
    "the shape of the variable": (r"∂E/∂r = (∂q/∂r)^\top ∂E/∂q", ""),
    "rows beside each other": (r"(\nabla_s E)^\top = (\nabla_r E)^\top \odot \phi'(s)^\top", ""),
    "a name for ∂E/∂q": (r"∂E/∂r = e ∂q/∂r", TENSORS),
    "an inner product": (r"∂E/∂r_i = ∂E/∂q \cdot ∂q/∂r_i", ""),
}  # fmt: skip
REFUTED = {
    "a gradient before a Jacobian": r"\nabla_r E = \nabla_q E \, ∂q/∂r",
    "its name before a Jacobian": r"\nabla_r E = \delta ∂q/∂r",
    "its name, and no gradient in sight": r"∂E/∂r = \delta ∂q/∂r",
    "a column of another kind": r"∂E/∂r = q \, ∂q/∂r",
    "a transpose that fits in no layout": r"∂E/∂s_i = ∂E/∂q \cdot ∂q/∂r \cdot (∂r/∂s_i)^\top",
    "rows in denominator layout": r"∂E/∂s_i = ∂E/∂q \cdot (∂q/∂r)^\top \cdot ∂r/∂s_i",
    "a row beside a column": r"\nabla_s E = (\nabla_r E)^\top \odot \phi'(s)",
    "a row beside a column, to a row": r"(\nabla_s E)^\top = (\nabla_r E)^\top \odot \phi'(s)",
    "the order of another layout each": r"∂E/∂s = ∂q/∂r ∂E/∂q ∂r/∂s",
}


@pytest.mark.parametrize(("latex", "assumed"), PROVED.values(), ids=PROVED)
def test_a_product_that_fits_in_a_layout_is_proved_and_the_layout_is_named(latex: str, assumed: str) -> None:
    (verdict,) = links(latex)

    assert verdict.word == "proved", verdict.message
    assert verdict.assumptions == ((assumed,) if assumed else ())


@pytest.mark.parametrize("latex", REFUTED.values(), ids=REFUTED)
def test_a_product_that_fits_in_no_layout_is_refuted(latex: str) -> None:
    (verdict,) = links(latex)

    assert verdict.word == "refuted"


def test_what_has_the_shape_of_its_variable_beside_what_may_be_a_row_is_undecided() -> None:
    (verdict,) = links(r"\nabla_r E = ∂E/∂q ∂q/∂r")
    (wrong,) = links(r"\nabla_r E = 2 ∂E/∂q ∂q/∂r")

    assert verdict.word == "undecided"
    assert "whether" in verdict.message
    assert wrong.word == "refuted"


@pytest.mark.parametrize(("right", "assumed"), [("M^\\top", ()), ("M", (DENOMINATOR,))])
def test_a_jacobian_of_rows_has_two_layouts(right: str, assumed: tuple[str, ...]) -> None:
    (verdict,) = links(rf"\frac{{\partial u}}{{\partial v}} = {right}", ROWS)

    assert (verdict.word, verdict.assumptions) == ("proved", assumed)


def test_the_links_of_a_chain_share_a_layout() -> None:
    first, second = links(r"∂E/∂r = ∂E/∂q B = e ∂q/∂r")
    assert first.word != "proved" or second.word != "proved"

    both = links(r"∂E/∂r = ∂E/∂q ∂q/∂r = B^\top e")
    assert [link.word for link in both] == ["proved", "proved"]
    assert both[0].assumptions == both[1].assumptions == (TENSORS,)


def test_a_chain_in_two_layouts_is_undecided_where_it_changes_over() -> None:
    first, second = links(r"∂q/∂r = B = (∂q/∂r)^\top")

    assert first.word == "proved"
    assert second.word == "undecided"
    assert "another layout" in second.message


def test_what_follows_from_two_links_is_proved_as_a_link_of_its_own() -> None:
    model = r"""
    name = "deep"
    layout = "denominator"
    forward = [
      'u^m = (K^m)^\top v^{m-1} \quad (1 \le m \le M)', 'v^m = \phi(u^m) \quad (1 \le m \le M)', 'E = \ell(v^M)',
    ]
    shapes = ['u^m, v^m \in \mathbb{R}^{n^m}', 'K^m \in \mathbb{R}^{n^{m-1} \times n^m}']
    [functions]
    '\phi' = "any"
    '\ell' = "any scalar"
    """
    jacobians = r"∂v^m/∂u^m ∂u^{m+1}/∂v^m \cdots ∂v^{M-1}/∂u^{M-1} ∂u^M/∂v^{M-1} ∂E/∂u^M"
    weights = jacobians.replace("∂u^{m+1}/∂v^m", "K^{m+1}").replace("∂u^M/∂v^{M-1}", "K^M")

    assert [link.word for link in links(rf"{jacobians} = {weights}", model)] == ["proved"]
    wrong = weights.replace("K^M", "K^M ∂v^M/∂u^M")
    assert [link.word for link in links(rf"{jacobians} = {wrong}", model)] == ["refuted"]
