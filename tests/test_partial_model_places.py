"""A model that adds to a text from some place on: the network of that place is the one that it adds to."""

from __future__ import annotations

from pathlib import Path

from derive.check import CheckOptions, check_document

TEXT = r"""# Numbers

For real numbers $u, v$ let $p = u v$. $$\frac{\partial p}{\partial u} = v$$

# Layers

For $x \in \mathbb{R}^m$ and $W \in \mathbb{R}^{n \times m}$ let $p = W x$. $$\frac{\partial p}{\partial x} = W$$

<!-- derive:model
use = "document"
shapes = ['k \in \mathbb{R}']
-->

$$\frac{\partial p}{\partial x} = W$$ $$\frac{\partial p}{\partial x} = k W$$
"""


def test_what_a_model_adds_in_a_later_part_is_added_to_the_network_of_that_part() -> None:
    found = check_document(Path("lecture.md"), CheckOptions(mends=False), text=TEXT).findings

    assert [one.verdict for one in found if one.verdict != "assumed"] == ["proved", "proved", "proved", "refuted"]
