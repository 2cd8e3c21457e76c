"""Formulas in reStructuredText: roles, math directives, directives in comments, and what is none."""

from __future__ import annotations

from pathlib import Path

from derive.check import CheckOptions, check_document
from derive.document.document import Document, ModelDirective, read_document


def read(text: str) -> Document:
    return read_document(Path("lecture.rst"), text)


def formulas(text: str) -> list[str]:
    return [formula.latex for formula in read(text).formulas]


def test_a_role_is_a_formula_in_the_text() -> None:
    (formula,) = read("so :math:`a_i = b` and ``code``").formulas

    assert (formula.latex, formula.display) == ("a_i = b", False)
    assert str(formula.source.position(formula.span.start)) == "1:11"


def test_a_directive_has_a_formula_in_its_line_and_one_in_each_paragraph() -> None:
    text = ".. math:: a = b\n   :label: first\n\n   c = d\n\n   e = f \\\\\n   g = h\n\nThen nothing."

    assert formulas(text) == ["a = b", "c = d", "e = f \\\\\n   g = h"]
    assert all(formula.display for formula in read(text).formulas)


def test_blank_lines_in_an_environment_part_nothing() -> None:
    assert len(formulas(".. math::\n\n   \\begin{align}\n   a &= b \\\\\n\n   c &= d\n   \\end{align}\n")) == 1


def test_a_directive_ends_with_its_indentation() -> None:
    assert formulas("  .. math::\n\n     a = b\n\n  and :math:`c`\n") == ["a = b", "c"]


def test_literal_text_code_and_comments_are_no_formulas() -> None:
    literal = "As follows::\n\n   :math:`a`\n\nThen :math:`b`.\n"
    code = ".. code-block:: python\n\n   f(':math:`c`')\n\n"
    comment = ".. a remark on :math:`d`\n   and :math:`e`\n\nThen :math:`f`.\n"

    assert formulas(literal + code + comment) == ["b", "f"]


def test_other_directives_have_text_in_them() -> None:
    assert formulas(".. note::\n\n   In short, :math:`a = b`.\n") == ["a = b"]


def test_the_marks_of_a_role_are_no_words() -> None:
    (formula,) = read("with :math:`x` here").formulas

    assert formula.clean.text.replace("$", " ").split() == ["with", "x", "here"]


def test_comments_hold_directives() -> None:
    text = ".. derive:model\n   forward = ['y = w x']\n\n:math:`a`\n\n.. derive:ignore a slip\n\n:math:`b`\n"
    document = read(text)

    (model,) = (piece for piece in document.pieces if isinstance(piece, ModelDirective))
    assert model.toml.strip() == "forward = ['y = w x']"
    assert [formula.skip for formula in document.formulas] == [None, "a slip"]


def test_a_lecture_is_its_own_model() -> None:
    text = r"""
Linear unit
===========

A unit computes :math:`z = w x + b` with numbers :math:`w, x, b, t`, and its error is

.. math:: E = \frac{1}{2} (z - t)^2 .

.. math::

   \frac{\partial E}{\partial w} &= (z - t) x \\
   \frac{\partial E}{\partial x} &= (z - t) x
"""
    found = check_document(Path("a.rst"), CheckOptions(mends=False), text=text).findings

    assert [finding.verdict for finding in found][-2:] == ["proved", "refuted"]
    assert [finding.line for finding in found][-2:] == [11, 12]
