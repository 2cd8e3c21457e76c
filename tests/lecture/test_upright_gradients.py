"""An upright d before a name may be that of its gradient, \\mathrm{d}V = ∂F/∂V; a differential equals no such thing."""

from __future__ import annotations

import pytest
from verdicts import last

TEXT = r"""Let $P \in \mathbb{R}^{a \times b}$ and
 $V \in \mathbb{R}^{b \times c}$, $$O = P V, \quad F = \frac12 \|O\|_F^2 .$$
"""
MODEL = r"""<!-- derive:model
forward = ['O = P V', 'F = \frac12 \|O\|_F^2']
shapes = ['P \in \mathbb{R}^{a \times b}', 'V \in \mathbb{R}^{b \times c}']
-->
"""
AND_SO_ON = r"Write $\mathrm{d}O = \partial F / \partial O$, and likewise for the others."
OF_ONE = r"Its gradient is $\mathrm{d}O = \frac{\partial F}{\partial O}$."


@pytest.mark.parametrize("said", [AND_SO_ON, OF_ONE, AND_SO_ON.replace(r"\mathrm{d}", "d")])
@pytest.mark.parametrize("given", [TEXT, MODEL])
def test_the_name_of_a_gradient_is_never_refuted(given: str, said: str) -> None:
    assert last(f"{given} {said}") in {"proved", "assumed"}
    assert last(rf"{given} {said} $$\mathrm{{d}}V = P^\top \mathrm{{d}}O$$") in {"proved", "assumed"}


@pytest.mark.parametrize("slip", [r"P \mathrm{d}O", r"2 P^\top \mathrm{d}O", r"-P^\top \mathrm{d}O"])
def test_slips_are_refuted_where_the_text_says_it_of_all(slip: str) -> None:
    assert last(rf"{TEXT} {AND_SO_ON} $$\mathrm{{d}}V = {slip}$$") == "refuted"


def test_a_known_one_is_judged_beside_a_model() -> None:
    text = rf"{MODEL} {AND_SO_ON} $$\mathrm{{d}}V = P^\top \mathrm{{d}}O$$ "

    assert last(rf"{text} $$\mathrm{{d}}V = P^\top O$$") == "proved"
    assert last(rf"{text} $$\mathrm{{d}}V = P^\top P O$$") == "refuted"


@pytest.mark.parametrize("sign", [r"\mathrm{d}", "d"])
@pytest.mark.parametrize(
    ("right", "verdict"),
    [(r"O^T Q\,?V", "refuted"), (r"O^T P\,?V", "proved"), (r"O^T ?O", "proved"), ("P^T ?O", "refuted")],
)
def test_a_differential_beside_such_names_stays_one(sign: str, right: str, verdict: str) -> None:
    text = f"{MODEL} {AND_SO_ON}".replace(r"\mathrm{d}", sign)
    claim = rf"$${sign} F = \operatorname{{tr}}({right.replace('?', sign + ' ').replace('Q', '2 P')})$$"

    assert last(f"{text} {claim}") == verdict
