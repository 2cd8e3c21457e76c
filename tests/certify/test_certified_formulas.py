"""Formulas of every kind whose proofs once did not close, or that had no statement: each is certified."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from certify_subjects import compiled

from derive.certify.certificate import Subject, assumed, certify
from derive.certify.collect import subjects_of_document
from derive.certify.guard import guard
from derive.certify.statement import statement_of
from derive.errors import DeriveError

MODEL = r"""
<!-- derive:model
name = "two-ends"
forward = [
  'z_{ti} = \sum_{j=1}^{d} A_{ij} x_{tj} + b_i \quad (1 \le t \le T, 1 \le i \le m)',
  'h_{ti} = \tanh(z_{ti}) \quad (1 \le t \le T, 1 \le i \le m)',
  'u_{tk} = g(\sum_{i=1}^{m} B_{ki} h_{ti}) \quad (1 \le t \le T, 1 \le k \le K)',
  'v_t = \frac{1}{m} \sum_{i=1}^{m} h_{ti}^2 \quad (1 \le t \le T)',
  'P = \sum_{t=1}^{T} \sum_{k=1}^{K} (u_{tk} - y_{tk})^2',
  'Q = \sum_{t=1}^{T} \sqrt{v_t + \epsilon}',
  'L = P + \kappa Q',
  'R = \ell(v, w)',
  'e_{tk} = 2 (u_{tk} - y_{tk}) g^\prime(\sum_{i=1}^{m} B_{ki} h_{ti}) \quad (1 \le t \le T, 1 \le k \le K)',
]
shapes = [
  'A \in \mathbb{R}^{m \times d}', 'B \in \mathbb{R}^{K \times m}', 'b \in \mathbb{R}^m',
  'x \in \mathbb{R}^{T \times d}', 'y \in \mathbb{R}^{T \times K}', 's, w \in \mathbb{R}^K',
  '\epsilon, \kappa, c, R \in \mathbb{R}', 'v \in \mathbb{R}^T',
]
[functions]
g = "any"
'\ell' = "any scalar"
-->
"""
LEAST_SQUARES = r"""
<!-- derive:model
forward = ['E = \| A v - z \|^2']
shapes = ['A \in \mathbb{R}^{m \times n}', 'v \in \mathbb{R}^n', 'z \in \mathbb{R}^m']
-->
Setting the gradient to zero, we get

$$2 A^T (A v - z) = 0$$

and so

$$A^T A v = A^T z$$

If the inverse exists,

$$v = (A^T A)^{-1} A^T z$$
"""
FORMULAS = {
    "a slope that parts a sum": (
        r"\frac{\partial L}{\partial b_i} = \sum_{t=1}^{T} (1 - h_{ti}^2) \frac{\partial L}{\partial h_{ti}}"
    ),
    "two ends that do not meet": (
        r"\frac{\partial L}{\partial h_{ti}} = \frac{\partial P}{\partial h_{ti}}"
        r" + \kappa \frac{\partial Q}{\partial h_{ti}}"
    ),
    "a broken power": r"\frac{\partial Q}{\partial h_{ti}} = \frac{h_{ti}}{m} (v_t + \epsilon)^{-1/2}",
    "a shift in a softmax": (
        r"\frac{e^{s_k + c}}{\sum_{j=1}^{K} e^{s_j + c}} = \frac{e^{s_k}}{\sum_{j=1}^{K} e^{s_j}}"
    ),
    "a slope in a definition": r"\frac{\partial P}{\partial h_{ti}} = \sum_{k=1}^{K} e_{tk} B_{ki}",
    "a slope of a slope": r"\tanh''(c) = -2 \tanh(c) (1 - \tanh(c)^2)",
    "an open loss of two arrays": (
        r"\frac{\partial R}{\partial h_{ti}} = \frac{2}{m} \frac{\partial R}{\partial v_t} h_{ti}"
    ),
    "half an exponent": r"\left( e^{c / 2} \right)^2 - e^c = 0",
    "exponentials of opposites": r"\tanh c = \frac{e^c - e^{-c}}{e^c + e^{-c}}",
    "a Hessian": r"\frac{\partial^2 P}{\partial u_{tk} \partial u_{tj}} = 2 \delta_{kj}",
}


@cache
def subject(kind: str) -> Subject:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "notes.md"
        path.write_text(f"{MODEL}\n$${FORMULAS[kind]}$$\n", encoding="utf-8")
        (found,) = subjects_of_document(path, None, 60.0, lambda done, total: None)
    return found


@pytest.mark.parametrize("kind", FORMULAS)
def test_it_has_a_statement(kind: str) -> None:
    made = certify(subject(kind), None)

    assert (made.status, made.reason) == ("unchecked", "coqc was not run")


def test_numbers_in_an_exponent_are_a_root() -> None:
    text = certify(subject("a broken power"), None).text

    assert re.search(r"\(/ \(sqrt ", text)
    assert "(ln " not in text[: text.index("= the proof =")]


@pytest.mark.certify
@pytest.mark.parametrize("kind", FORMULAS)
def test_it_is_certified(kind: str) -> None:
    made = certify(subject(kind), compiled())

    assert (made.status, made.reason) == ("certified", "")


def test_what_follows_from_an_equation_to_be_solved_has_no_certificate(tmp_path: Path) -> None:
    path = tmp_path / "notes.md"
    path.write_text(LEAST_SQUARES, encoding="utf-8")

    made = [certify(found, None) for found in subjects_of_document(path, None, 60.0, lambda done, total: None)]

    assert made[-1].status == "untranslated"
    assert "an equation to be solved" in made[-1].reason


def test_what_is_differentiated_twice_is_said_to_be_a_derivative_in_every_forward_pass() -> None:
    text = certify(subject("a Hessian"), None).text

    assert re.search(r'\(forall J, sat \((network .*)\) J -> .*pd \(\1\) J \("P", \[\]%Z\) \("u", ', text)
    assert re.search(r'\(d \("slope 1", \[.*\]%Z\) \("u", ', text)


TAMPERED = {
    "it is another derivative": (r'(J \("slope 1", \[)t; k', r"\1t; j"),
    "only in one forward pass": (r"forall J, (sat \(network .*\) )J", r"forall J, \1I"),
    "nothing is said of it": (r"  \(forall J, .*\n", ""),
    "of another definition": (r'"slope 1", Bind 1 T \(fun t =>', '"slope 1", Bind 1 T (fun t1 => let t := 1%Z in'),
}


@pytest.mark.parametrize(("old", "new"), TAMPERED.values(), ids=TAMPERED)
def test_a_derivative_that_is_differentiated_cannot_be_another(old: str, new: str) -> None:
    found = subject("a Hessian")
    statement = statement_of(found.claim, assumed(found))
    text = re.sub(old, new, statement.text)
    assert text != statement.text

    with pytest.raises(DeriveError):
        guard(replace(statement, text=text))
