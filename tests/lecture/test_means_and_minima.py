"""One letter for a mean and for one example, gradients by a name without its layer, minima that no network
computes, and labels by cases in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.check import CheckOptions, check_document
from derive.findings import Finding


def findings(text: str) -> list[Finding]:
    return list(check_document(Path("a.md"), CheckOptions(mends=False), text=text).findings)


def verdict(setting: str, claim: str) -> str:
    return findings(f"{setting}\n\n$${claim}$$\n")[-1].verdict


LAYERS = r"""
For $l = 1, \dots, L$ let $z^l = W^l a^{l-1} + b^l$ and $a^l = \sigma(z^l)$, where $\sigma$ is any differentiable
function applied to each entry.
"""
MEAN = r"The cost is $C = \frac{1}{N} \sum_u C_u$, the mean over all examples $u$."
ONE = r"We keep one example and write $C = \frac12 \sum_j (t_j - a^L_j)^2$ from here on."
ERROR = r"Let $\delta^l = \frac{\partial C}{\partial z^l}$."
BOTH = "\n\n".join((LAYERS, MEAN, ONE, ERROR))

TRUE = [
    r"\delta^L_j = (a^L_j - t_j) \sigma'(z^L_j)",
    r"\frac{\partial C}{\partial a^L_j} = a^L_j - t_j",
    r"\delta^l = (W^{l+1})^T \delta^{l+1} \odot \sigma'(z^l)",
    r"\frac{\partial C}{\partial W^l_{jk}} = a^{l-1}_k \delta^l_j",
]
FALSE = [
    r"\delta^L_j = (t_j - a^L_j) \sigma'(z^L_j)",
    r"\frac{\partial C}{\partial a^L_j} = 2 (a^L_j - t_j)",
    r"\delta^l = W^{l+1} \delta^{l+1} \odot \sigma'(z^l)",
    r"\frac{\partial C}{\partial W^l_{jk}} = a^{l}_k \delta^l_j",
]


@pytest.mark.parametrize("claim", TRUE)
def test_what_is_said_of_one_example_last_is_meant(claim: str) -> None:
    assert verdict(BOTH, claim) == "proved"


@pytest.mark.parametrize("claim", FALSE)
def test_a_slip_about_one_example_is_refuted(claim: str) -> None:
    assert verdict(BOTH, claim) == "refuted"


@pytest.mark.parametrize("claim", [*TRUE, *FALSE])
def test_what_is_said_of_the_mean_last_is_not_judged_by_one_example(claim: str) -> None:
    turned = "\n\n".join((LAYERS, ONE, MEAN, ERROR))
    assert verdict(turned, claim) == "not-understood"


@pytest.mark.parametrize("claim", [TRUE[1], FALSE[1]])
def test_between_the_mean_and_one_example_the_mean_is_meant(claim: str) -> None:
    text = f"{LAYERS}\n\n{MEAN}\n\n$${claim}$$\n\n{ONE}\n\n$${TRUE[1]}$$\n"
    whole = [one for one in findings(text) if r"\partial" in one.latex]
    assert [one.verdict for one in whole] == ["not-understood", "proved"]


def test_two_costs_without_members_are_no_mean_and_member() -> None:
    both = f"{LAYERS}\n\nThe cost is $C = \\frac12 \\sum_j (t_j - a^L_j)^2$. Now $C = \\sum_j (t_j - a^L_j)^2$."
    assert verdict(both, TRUE[1]) == "proved"
    assert [one.verdict for one in findings(both)][-1] == "refuted"


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (r"\delta^L = \nabla_a C \odot \sigma'(z^L)", {"proved"}),
        (r"\nabla_a C = a^L - t", {"proved"}),
        (r"\nabla_a C = t - a^L", {"undecided", "not-understood"}),
        (r"\delta^L = \nabla_a C \odot \sigma(z^L)", {"undecided", "not-understood"}),
        (r"\delta^l = \nabla_a C \odot \sigma'(z^l)", {"undecided", "not-understood"}),
        (r"\nabla_W C = \delta^L (a^{L-1})^T", {"undecided", "not-understood"}),
    ],
)
def test_a_gradient_by_a_name_without_its_layer_is_that_of_the_formula(claim: str, expected: set[str]) -> None:
    assert verdict(BOTH, claim) in expected


MODEL = r"""
# The model

The score of $x$ is $s(x) = \tanh(W^{[1]} x + b^{[1]})$ with $W^{[1]} \in \mathbb{R}^{m \times d}$ and
$b^{[1]} \in \mathbb{R}^m$; $W^{[2]} \in \mathbb{R}^{K \times m}$, $b^{[2]} \in \mathbb{R}^K$. A label has the entries

$$y_k^{(n)} = \begin{cases} 1 & \text{if class } k \text{ is the right one}, \\ 0 & \text{otherwise}. \end{cases}$$

# The loss

We look for $\theta_* = \arg\min_{\theta} \mathcal{J}(q, y)$ with

$$\mathcal{J}(q, y) = - \sum_{k=1}^{K} y_k \log q_k$$

# Forward

$$\begin{align*}
z^{[1]} &= W^{[1]} x + b^{[1]} \\
s &= \tanh(z^{[1]}) \\
z^{[2]} &= W^{[2]} s + b^{[2]} \\
q &= \text{softmax}(z^{[2]})
\end{align*}$$

# Backward
"""


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (
            r"\frac{\partial \mathcal{J}}{\partial z^{[2]}_j} = "
            r"\sum_{k=1}^{K} \frac{\partial \mathcal{J}}{\partial q_k} \frac{\partial q_k}{\partial z^{[2]}_j}",
            {"proved"},
        ),
        (r"\frac{\partial \mathcal{J}}{\partial q_j} = - \frac{y_j}{q_j}", {"proved"}),
        (r"\frac{\partial \mathcal{J}}{\partial z^{[2]}_j} = -y_j (1 - q_j) + q_j \sum_{k \neq j} y_k", {"proved"}),
        (r"\frac{\partial \mathcal{J}}{\partial q_j} = \frac{y_j}{q_j}", {"refuted"}),
        (r"\frac{\partial \mathcal{J}}{\partial z^{[2]}_j} = -y_j (1 - q_j) - q_j \sum_{k \neq j} y_k", {"refuted"}),
        (
            r"\frac{\partial \mathcal{J}}{\partial z^{[2]}_j} = q_j - y_j",
            {"undecided"},
        ),  # only where the entries of y sum to one
        (
            r"\frac{\partial \mathcal{J}}{\partial W^{[2]}_{ji}} = \frac{\partial \mathcal{J}}{\partial z^{[2]}_j} "
            r"\frac{\partial z^{[2]}_j}{\partial s_i}",
            {"refuted", "not-understood"},  # z_j holds s_i, of which another part says that it is a function
        ),
    ],
)
def test_a_loss_said_in_another_section_than_the_forward_pass_counts(claim: str, expected: set[str]) -> None:
    assert verdict(MODEL, claim) in expected


def test_numbers_under_conditions_of_computed_names_are_no_label() -> None:
    """A mask 1 if unit k is on, and s_k in words, may go through the network."""
    masked = MODEL.replace(r"\text{if class } k \text{ is the right one}", r"\text{if } s_k \text{ is on}")
    assert verdict(masked, r"\frac{\partial \mathcal{J}}{\partial q_j} = - \frac{y_j}{q_j}") == "not-understood"


LABEL = r"Let $q = \text{softmax}(z)$, $z \in \mathbb{R}^K$ and $u = e^{z_k}$."


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (r"\frac{\partial u}{\partial z_k} + q_j = u + 1 - \sum_{k \neq j} q_k", "not-understood"),
        (r"1 - q_j = \sum_{k \neq j} q_k", "proved"),
        (r"q_j = \sum_{k \neq j} q_k", "refuted"),
    ],
)
def test_a_letter_that_the_model_counts_may_be_bound_beside_a_free_one(claim: str, expected: str) -> None:
    assert verdict(LABEL, claim) == expected
