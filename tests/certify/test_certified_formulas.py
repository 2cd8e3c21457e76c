"""Formulas of every kind whose proofs once did not close, or that had no statement: each is certified."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from certify_subjects import compiled

from derive.certify import rocq
from derive.certify.certificate import Subject, certify, stated
from derive.certify.collect import subjects_of_document
from derive.certify.guard import guard
from derive.errors import DeriveError

MODEL = r"""
<!-- derive:model
name = "two-ends"
forward = [
  '\operatorname{lrelu}(z) = \begin{cases} z & z > 0 \\ \alpha z & z \le 0 \end{cases}',
  'z_{ti} = \sum_{j=1}^{d} A_{ij} x_{tj} + b_i \quad (1 \le t \le T, 1 \le i \le m)',
  'h_{ti} = \tanh(z_{ti}) \quad (1 \le t \le T, 1 \le i \le m)',
  'u_{tk} = g(\sum_{i=1}^{m} B_{ki} h_{ti}) \quad (1 \le t \le T, 1 \le k \le K)',
  'v_t = \frac{1}{m} \sum_{i=1}^{m} h_{ti}^2 \quad (1 \le t \le T)',
  'P = \sum_{t=1}^{T} \sum_{k=1}^{K} (u_{tk} - y_{tk})^2',
  'Q = \sum_{t=1}^{T} \sqrt{v_t + \epsilon}',
  'L = P + \kappa Q',
  'R = \ell(v, w)',
  'M_t = \max_{1 \le i \le m} h_{ti} \quad (1 \le t \le T)',
  'N_t = \min_{1 \le i \le m} h_{ti} \quad (1 \le t \le T)',
  'G = \frac{1}{2} \sum_{i=1}^{m} \sum_{j=1}^{m} S_{ij} c_i c_j',
  'e_{tk} = 2 (u_{tk} - y_{tk}) g^\prime(\sum_{i=1}^{m} B_{ki} h_{ti}) \quad (1 \le t \le T, 1 \le k \le K)',
]
shapes = [
  'A \in \mathbb{R}^{m \times d}', 'B \in \mathbb{R}^{K \times m}', 'b \in \mathbb{R}^m',
  'x \in \mathbb{R}^{T \times d}', 'y \in \mathbb{R}^{T \times K}', 's, w \in \mathbb{R}^K',
  'S \in \mathbb{R}^{m \times m}', 'c \in \mathbb{R}^m',
  '\alpha, \epsilon, \kappa, \gamma, R \in \mathbb{R}', 'v \in \mathbb{R}^T',
]
assume = ['S_{ij} = S_{ji}']
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
STREAM = r"""
<!-- derive:model
forward = [
  'x^0 = u',
  'r^k_i = \tanh(w_k x^{k-1}_i) \quad (1 \le k \le K, 1 \le i \le n)',
  'x^k_i = x^{k-1}_i + r^k_i \quad (1 \le k \le K, 1 \le i \le n)',
  'C = \ell(x^K)',
]
shapes = ['u \in \mathbb{R}^n', 'w \in \mathbb{R}^K', 'x^k \in \mathbb{R}^n', 'C \in \mathbb{R}']
[functions]
'\ell' = "any scalar"
-->
"""
BOTH_WAYS = r"""
<!-- derive:model
forward = [
  'f_t = \tanh(A f_{t-1} + x_t) \quad (1 \le t \le T)',
  'b_t = \tanh(B b_{t+1} + x_t) \quad (1 \le t \le T)',
  'J = \sum_{t=1}^{T} \| f_t + b_t - y_t \|^2',
]
shapes = ['f_t, b_t, x_t, y_t \in \mathbb{R}^m', 'A, B \in \mathbb{R}^{m \times m}', 'J \in \mathbb{R}']
-->
"""
DIVERGENCE = r"""
<!-- derive:model
forward = ['D = \sum_{i=1}^{n} p_i \log(p_i / q_i)']
shapes = ['p, q \in \mathbb{R}^n', 'D \in \mathbb{R}']
-->
"""
OTHERS = {
    "a recurrence that runs backwards beside one that does not": (
        r"\nabla_{b_t} J = 2 (f_t + b_t - y_t) + B^T ((1 - b_{t-1}^2) \odot \nabla_{b_{t-1}} J) \quad (1 < t \le T)",
        BOTH_WAYS,
    ),
    "weights of a recurrence that runs backwards": (
        r"\nabla_{B} J = \sum_{t=1}^{T} ((1 - b_t^2) \odot \nabla_{b_t} J) b_{t+1}^T", BOTH_WAYS,
    ),
    "a numerator that is not 0": (r"\frac{\partial D}{\partial q_i} = -\frac{p_i}{q_i}", DIVERGENCE),
}  # fmt: skip
INDUCTIONS = {
    "up": r"x^K_i = u_i + \sum_{k=1}^{K} r^k_i",
    "up, to any step": r"x^k_i = u_i + \sum_{t=1}^{k} r^t_i",
    "down": (
        r"\frac{\partial C}{\partial x^k_i} = \frac{\partial C}{\partial x^K_i}"
        r" + \sum_{t=k+1}^{K} w_t (1 - (r^t_i)^2) \frac{\partial C}{\partial x^t_i}"
    ),
}
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
        r"\frac{e^{s_k + \gamma}}{\sum_{j=1}^{K} e^{s_j + \gamma}} = \frac{e^{s_k}}{\sum_{j=1}^{K} e^{s_j}}"
    ),
    "a slope in a definition": r"\frac{\partial P}{\partial h_{ti}} = \sum_{k=1}^{K} e_{tk} B_{ki}",
    "a slope of a slope": r"\tanh''(\gamma) = -2 \tanh(\gamma) (1 - \tanh(\gamma)^2)",
    "an open loss of two arrays": (
        r"\frac{\partial R}{\partial h_{ti}} = \frac{2}{m} \frac{\partial R}{\partial v_t} h_{ti}"
    ),
    "half an exponent": r"\left( e^{\gamma / 2} \right)^2 - e^\gamma = 0",
    "exponentials of opposites": r"\tanh \gamma = \frac{e^\gamma - e^{-\gamma}}{e^\gamma + e^{-\gamma}}",
    "a maximum": (
        r"\frac{\partial M_t}{\partial h_{ti}} = \mathbb{1}[i = \arg\max_{1 \le p \le m} h_{tp}] \quad (1 \le i \le m)"
    ),
    "a maximum is handed on to one": r"\sum_{i=1}^{m} \frac{\partial M_t}{\partial h_{ti}} = 1",
    "a minimum": r"\frac{\partial N_t}{\partial h_{ti}} = \mathbb{1}[h_{ti} = N_t]",
    "cases beside a kink": (
        r"\operatorname{lrelu}'(\gamma) = \begin{cases} 1 & \gamma > 0 \\ \alpha & \gamma < 0 \end{cases}"
    ),
    "an assumed symmetry in a sum": r"\frac{\partial G}{\partial c_i} = \sum_{j=1}^{m} S_{ij} c_j",
    "a Hessian": r"\frac{\partial^2 P}{\partial u_{tk} \partial u_{tj}} = 2 \delta_{kj}",
}


@cache
def subject(kind: str) -> Subject:
    return written(FORMULAS[kind])


def written(formula: str, model: str = MODEL) -> Subject:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "notes.md"
        path.write_text(f"{model}\n$${formula}$$\n", encoding="utf-8")
        (found,) = subjects_of_document(path, None, 60.0, lambda done, total: None)
    return found


@pytest.mark.parametrize("kind", FORMULAS)
def test_it_has_a_statement(kind: str) -> None:
    made = certify(subject(kind), None)

    assert (made.status, made.reason) == ("unchecked", "coqc was not run")


def test_a_certificate_says_what_the_formula_was_read_as(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text('<!-- derive:model use = "khapra" -->\n$\\nabla_{b_k} L(\\theta) = \\nabla_{a_k} L(\\theta)$\n')
    (found,) = subjects_of_document(path, None, 60.0, lambda done, total: None)

    said = r"read as  \frac{\partial \mathcal{L}}{\partial b_{ki}} = \frac{\partial \mathcal{L}}{\partial a_{ki}} \quad"
    assert said in certify(found, None).text


def test_numbers_in_an_exponent_are_a_root() -> None:
    text = certify(subject("a broken power"), None).text

    assert re.search(r"\(/ \(sqrt ", text)
    assert "(ln " not in text[: text.index("= the proof =")]


@pytest.mark.certify
@pytest.mark.parametrize("kind", FORMULAS)
def test_it_is_certified(kind: str) -> None:
    made = certify(subject(kind), compiled())

    assert (made.status, made.reason) == ("certified", "")


@pytest.mark.certify
@pytest.mark.parametrize(("formula", "model"), OTHERS.values(), ids=OTHERS)
def test_it_is_certified_in_its_network(formula: str, model: str) -> None:
    made = certify(written(formula, model), compiled())

    assert (made.status, made.reason) == ("certified", "")


@pytest.mark.parametrize("formula", INDUCTIONS.values(), ids=INDUCTIONS)
def test_a_sum_over_steps_is_certified_by_induction_on_its_length(formula: str) -> None:
    made = certify(written(formula, STREAM), compiled())

    assert (made.status, made.reason) == ("certified", "")
    assert "by_sum (telescope_" in made.text


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


EXTREMES = {
    "of another network": (r"\(App \(largest ", "(App (smallest "),
    "at another place": (r"\[i\]%Z \(within", "[1]%Z (within"),
    "the smallest for the largest": (r"\(peak (.*) \[i\]", r"(trough \1 [i]"),
    "of another row": (r'\("h", \[t; p1\]%Z\)', '("h", [1; p1]%Z)'),
}


@pytest.mark.parametrize(("old", "new"), EXTREMES.values(), ids=EXTREMES)
def test_a_maximum_cannot_be_another(old: str, new: str) -> None:
    statement = stated(subject("a maximum"))
    text = re.sub(old, new, statement.text)
    assert text != statement.text

    with pytest.raises(DeriveError):
        guard(replace(statement, text=text))


@pytest.mark.parametrize("kind", ["a maximum", "a minimum"])
def test_where_two_entries_may_be_the_largest_nothing_is_certified(kind: str) -> None:
    text = certify(subject(kind), None).text
    robbed = re.sub(r"\(forall .*alone .*\) ->", "(1 = 1) ->", text)
    assert robbed.count("(1 = 1) ->") == 1

    found = rocq.check(robbed, compiled())

    assert (found.accepted, found.reason) == (False, "a function may not be differentiable where it is used.")


SIZES = {
    "a mean": (r"\frac{1}{m} \sum_{i=1}^{m} \gamma = \gamma", ("m",)),
    "a sum of a softmax": (r"\sum_{k=1}^{K} \frac{e^{s_k}}{\sum_{j=1}^{K} e^{s_j}} = 1", ("K",)),
    "a sum": (r"\frac{\partial P}{\partial h_{ti}} = \sum_{k=1}^{K} e_{tk} B_{ki}", ()),
}


@pytest.mark.parametrize(("formula", "sizes"), SIZES.values(), ids=SIZES)
def test_a_size_is_positive_only_where_the_scope_says_so(formula: str, sizes: tuple[str, ...]) -> None:
    found = written(formula)

    made = certify(found, compiled())

    assert (made.status, made.positive) == ("certified", sizes)
    assert made.scope == "; ".join([found.verdict.scope, *(f"{size} >= 1" for size in sizes)])
    assert f"   for      {made.scope}\n" in made.text
    said = re.findall(r"1 <= (\w+)\)%Z\) ->   \(\* as in the scope of the verdict \*\)", made.text)
    assert said == list(sizes)


TAMPERED = {
    "it is another derivative": (r'(J \("slope 1", \[)t; k', r"\1t; j"),
    "only in one forward pass": (r"forall J, (sat \(network .*\) )J", r"forall J, \1I"),
    "nothing is said of it": (r"  \(forall J, .*\n", ""),
    "of another definition": (r'"slope 1", Bind 1 T \(fun t =>', '"slope 1", Bind 1 T (fun t1 => let t := 1%Z in'),
}


@pytest.mark.parametrize(("old", "new"), TAMPERED.values(), ids=TAMPERED)
def test_a_derivative_that_is_differentiated_cannot_be_another(old: str, new: str) -> None:
    found = subject("a Hessian")
    statement = stated(found)
    text = re.sub(old, new, statement.text)
    assert text != statement.text

    with pytest.raises(DeriveError):
        guard(replace(statement, text=text))
