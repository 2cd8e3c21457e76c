"""What formulas borrow from programs: X.T, a.dot(b), a @ b, a ** 2, np.sum(dZ, axis=1, keepdims=True)."""

from __future__ import annotations

import pytest
from verdicts import findings, words

from derive.errors import LatexError

BATCH = r"""
name = "batch"
broadcast = true
forward = [
  'Z = W X + b',
  'A = \sigma(Z)',
  'J = \frac{1}{2m} \|A - Y\|_F^2',
]
shapes = [
  'X \in \mathbb{R}^{d \times m}', 'W \in \mathbb{R}^{n \times d}', 'b \in \mathbb{R}^{n}',
  'A, Z, Y \in \mathbb{R}^{n \times m}',
]
where = ['dZ = \nabla_Z J', 'dA = \nabla_A J', 'dW = \nabla_W J', 'db = \nabla_b J']
[functions]
'\sigma' = "sigmoid"
"""

TRUE = [
    r"dW = dZ X.T",
    r"dW = np.dot(dZ, X.T)",
    r"dW = \text{np.dot}(dZ, X.T)",
    r"dW = \mathrm{np.dot}(dZ, X^T)",
    r"dW = numpy.matmul(dZ, np.transpose(X))",
    r"dW = dZ @ X.T",
    r"dW = dZ.dot(X.T)",
    r"db = np.sum(dZ, axis=1, keepdims=True)",
    r"db = \text{np.sum}(dZ, \text{axis}=1, \text{keepdims}=\text{True})",
    r"db = torch.sum(dZ, dim=1)",
    r"db = \operatorname{sum}(dZ, \text{axis}=1)",
    r"db = m \, np.mean(dZ, axis=1)",
    r"dZ = np.multiply(dA, A * (1 - A))",
    r"dZ = dA * A * (1 - A)",
    r"J = \frac{1}{2m} np.sum((A - Y) ** 2)",
    r"J = \frac{1}{2m} np.sum(np.square(A - Y))",
    r"A = 1 / (1 + np.exp(-Z))",
    r"Z = W @ X + b",
    r"Z = W.dot(X) + b",
]


@pytest.mark.parametrize("formula", TRUE)
def test_program_text_is_proved(formula: str) -> None:
    assert words(BATCH, formula) == ["proved"]


SLIPS = [
    r"dW = dZ X",
    r"dW = np.dot(dZ, X)",
    r"dW = np.dot(X, dZ.T)",
    r"dW = X @ dZ.T",
    r"db = np.sum(dZ, axis=0)",
    r"db = \frac1m np.sum(dZ, axis=1, keepdims=True)",
    r"db = np.mean(dZ, axis=1)",
    r"dZ = dA * A * (1 + A)",
    r"J = \frac{1}{m} np.sum((A - Y) ** 2)",
]


@pytest.mark.parametrize("formula", SLIPS)
def test_slips_in_program_text_are_refuted(formula: str) -> None:
    assert words(BATCH, formula) == ["refuted"]


def test_a_word_behind_a_full_stop_that_is_not_read_ends_no_sentence() -> None:
    with pytest.raises(LatexError, match="full stop"):
        words(BATCH, r"dW = dZ.clip(X)")


def test_an_argument_with_another_name_is_not_passed_over() -> None:
    found = findings(BATCH, r"db = np.sum(dZ, axis=1, where=X)")

    assert [one.word for one in found] == ["not-understood"]
    assert "where" in found[0].message


def test_a_star_that_the_model_does_not_explain_is_refuted_only_in_both_meanings() -> None:
    columns = r"""
name = "columns"
forward = ['a = \tanh(z)', 'C = \frac{1}{2} \|a - y\|^2']
shapes = ['a, z, y \in \mathbb{R}^{n}']
"""
    assert words(columns, r"\nabla_z C = (a - y) * (1 - a * a)") == ["proved"]
    assert words(columns, r"\nabla_z C = (a - y) * (1 + a * a)") == ["refuted"]
