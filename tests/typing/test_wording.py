"""Shapes in messages are written as the model writes its sizes."""

from __future__ import annotations

import pytest

from derive.judge_formula import Judge
from derive.models.registry import load_model

WRONG = {
    ("khapra", r"\nabla_{W_k} L = \nabla_{a_k} L\, h_k^T"): (
        "the left side is a matrix n_k × n_{k-1}, the right side a matrix n_k × n_k"
    ),
    ("khapra", r"\frac{\partial L}{\partial h_{kj}} = \sum_i W_{k+1,j,i} \frac{\partial L}{\partial a_{k+1,i}}"): (
        '"i" counts n_k in one place and n_{k+1} in another'
    ),
    ("khapra", r"W_k \in \mathbb{R}^{n_{k-1} \times n_k}"): "W_k is a matrix n_k × n_{k-1}, not n_{k-1} × n_k",
    ("khapra", r"\mathbf{a}_k = W_k h_k"): (
        "a matrix n_k × n_{k-1} cannot be multiplied by a column of n_k: n_{k-1} is not n_k"
    ),
    ("ng", r"dW^{[l]} = dZ^{[l]} A^{[l]T}"): (
        "the left side is a matrix n^{[l]} × n^{[l-1]}, the right side a matrix n^{[l]} × n^{[l]}"
    ),
    ("khapra", r"a_k = q_k"): '"q_k" is not a name of the model or of the document; expected a declared name',
}


@pytest.mark.parametrize(("where", "message"), WRONG.items(), ids=[latex for _, latex in WRONG])
def test_messages_use_the_notation_of_the_model(where: tuple[str, str], message: str) -> None:
    model, latex = where
    (verdict,), _ = Judge.start(load_model(model)).formula(latex)

    assert verdict.message.startswith(message)


def test_a_witness_and_a_scope_use_the_notation_of_the_model() -> None:
    judge = Judge.start(load_model("ng"))
    (wrong,), _ = judge.formula(r"dW^{[l]} = dZ^{[l]} A^{[l-1]T}")
    (right,), _ = judge.formula(r"dW^{[l]} = \frac{1}{m} dZ^{[l]} A^{[l-1]T}")

    assert wrong.witness is not None
    assert "n^{[1]} = " in str(wrong.witness["where"])
    assert "W^{[1]}_{1,1}" in wrong.witness["values"]  # type: ignore[operator]
    assert right.scope == "all 1 <= l <= L, 1 <= i <= n^{[l]}, 1 <= j <= n^{[l-1]}"
