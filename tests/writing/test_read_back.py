"""What is printed reads back as what it was: for random expressions, with their indices, sums, functions and cases."""

from __future__ import annotations

from random import Random

from algebra.random_expressions import CORNERED, FREE, SMOOTH, Expr, expression, same
from hypothesis import given, settings
from hypothesis import strategies as st

from derive.algebra.index import lin
from derive.models.model import parse_model
from derive.reader.parser import parse_statement
from derive.source import Source
from derive.typing.context import Context
from derive.typing.elaborate import elaborate
from derive.writing.printer import to_latex

MODEL = parse_model(r"""
name = "leaves"
forward = ['L = g(p) \sum_{i=1}^{n} \sum_{j=1}^{n} A_{ij} x_i y_j + q \sum_{i=1}^{n} \sum_{k=1}^{m} B_{ik} z_k']
shapes = [
  'x, y \in \mathbb{R}^n', 'z \in \mathbb{R}^m', 'A \in \mathbb{R}^{n \times n}', 'B \in \mathbb{R}^{n \times m}',
  'p, q, L \in \mathbb{R}',
]
[functions]
g = "any"
'\sigma' = "sigmoid"
""")


def read(latex: str) -> Expr:
    """Return the number that LaTeX means in the model."""
    source = Source("printed", latex)
    context = Context(MODEL.table, source, reader=elaborate, reading=MODEL.reading, network=MODEL.network)
    context = context.binding({index.name: lin(index) for index in FREE})
    value = context.value(parse_statement(source).body)
    assert value.is_scalar
    return value.body


@given(st.integers(0, 2**32))
@settings(max_examples=150, deadline=None)
def test_a_printed_expression_reads_back_as_itself(seed: int) -> None:
    expr = expression(Random(seed), 3, functions=SMOOTH + CORNERED)
    latex = to_latex(expr, MODEL.notation)

    assert same(read(latex), expr, FREE), latex


def test_a_bound_letter_is_no_name_that_is_declared() -> None:
    inside = r"\sum_{p=1}^{n} p^2 x_p"

    assert same(read(inside), read(r"\sum_{j=1}^{n} j^2 x_j"), FREE)
    assert not same(read(inside), read(r"p^2 \sum_{j=1}^{n} x_j"), FREE)
