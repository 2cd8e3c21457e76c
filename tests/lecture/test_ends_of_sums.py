"""A letter at which only sums end is the size of what they run over: K classes of p, where p has n entries."""

from __future__ import annotations

from pathlib import Path

import pytest
from verdicts import last

from derive.lecture.stated import load_model

NETWORK = r"Here $z = W x$, $p = \text{softmax}(z)$ and $W \in \mathbb{R}^{n \times d}$; the target $y$ is one-hot"
LOSS = r"$$J = -\sum_{k=1}^{K} y_k \log p_k$$"
RIGHT, WRONG = r"$$\frac{\partial J}{\partial z_j} = p_j - y_j$$", r"$$\frac{\partial J}{\partial z_j} = y_j - p_j$$"
PLACES = {
    "behind": f"{NETWORK}.\n\n{LOSS}\n\n",
    "before": f"The loss is\n\n{LOSS}\n\n{NETWORK}.\n\n",
    "said": f"{NETWORK}, and $K = n$ is the number of classes.\n\n{LOSS}\n\n",
    "with arguments": f"{NETWORK}.\n\n{LOSS.replace('J', 'J(p, y)')}\n\n",
    "in sections": f"## The loss\n\n{LOSS}\n\n## The network\n\n{NETWORK}.\n\n",
}


@pytest.mark.parametrize("text", PLACES.values(), ids=PLACES)
def test_the_number_of_classes_is_that_of_the_outputs(text: str) -> None:
    """The loss was left out of the network, since K is not n, and every gradient was not understood."""
    assert last(text + RIGHT) == "proved"
    assert last(text + WRONG) == "refuted"


def test_the_network_says_so_and_can_be_given_back(tmp_path: Path) -> None:
    lecture = tmp_path / "a.md"
    lecture.write_text(PLACES["behind"] + RIGHT)

    assert "K = n" in load_model(str(lecture)).shapes


@pytest.mark.parametrize(
    ("shapes", "verdict"),
    [
        (r"$y \in \mathbb{R}^K$, $W \in \mathbb{R}^{K \times d}$", "proved"),
        (r"$y \in \mathbb{R}^n$, $W \in \mathbb{R}^{n \times d}$", "proved"),
        # K is a size of its own here, so that the loss speaks of a part of p, or of none
        (r"$y \in \mathbb{R}^n$, $W \in \mathbb{R}^{n \times d}$, $c \in \mathbb{R}^K$", "not-understood"),
    ],
)
def test_a_size_that_a_shape_has_stays_its_own(shapes: str, verdict: str) -> None:
    text = f"Here $z = W x$, $p = \\text{{softmax}}(z)$, {shapes} and $y$ is one-hot.\n\n{LOSS}\n\n"
    assert last(text + RIGHT) == verdict
    assert last(text + WRONG) == ("refuted" if verdict == "proved" else verdict)


def test_in_a_model_file() -> None:
    model = r"""<!-- derive:model
forward = ['z = W x', 'p = \operatorname{softmax}(z)', 'J = -\sum_{k=1}^{K} y_k \log p_k']
shapes = ['x \in \mathbb{R}^d', 'z, y, p \in \mathbb{R}^n', 'W \in \mathbb{R}^{n \times d}']
assume = ['\sum_k y_k = 1']
-->
"""
    assert last(model + RIGHT) == "proved"
    assert last(model + WRONG) == "refuted"
