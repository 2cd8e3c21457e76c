"""What a text says of a function in the first or the last layer is not said of the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.check import CheckOptions, check_document

TEXT = r"""The input is $x \in \mathbb{R}^{n_0}$, and $h_0 = x$. For $k = 1, \dots, L$

$$a_k = W_k h_{k-1} + b_k, \qquad h_k = g(a_k)$$

with $W_k \in \mathbb{R}^{n_k \times n_{k-1}}$. %s The loss is $E = \frac12 \|h_L - y\|^2$.

"""


def verdict(said: str, claim: str) -> str:
    report = check_document(Path("a.md"), CheckOptions(mends=False), text=TEXT % said + f"$${claim}$$\n")
    return report.findings[-1].verdict


LINEAR = r"\nabla_{a_k} E = W_{k+1}^T \nabla_{a_{k+1}} E \quad (k < L)"
OPEN = r"\nabla_{a_k} E = g'(a_k) \odot W_{k+1}^T \nabla_{a_{k+1}} E \quad (k < L)"


def test_a_function_that_is_said_for_all_layers_counts_in_all() -> None:
    assert verdict("Here $g$ is the identity.", LINEAR) == "proved"


@pytest.mark.parametrize(
    "said", ["In the last layer, $g$ is the identity.", "In the first layer, $g$ is the identity."]
)
def test_a_function_of_one_layer_proves_nothing_of_the_others(said: str) -> None:
    assert verdict(said, LINEAR) == "undecided"
    assert verdict(said, OPEN) == "proved"


def test_a_function_of_one_layer_takes_back_what_is_said_of_all() -> None:
    said = "The function $g$ is the hyperbolic tangent. In the output layer, $g$ is the identity."

    assert verdict(said, LINEAR.replace("E = W", r"E = (1 - h_k^2) \odot W")) == "undecided"
