"""The z of g'(z) = … is a place for any number, also where several sections of a text compute a z of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.check import CheckOptions, check_document

TEXT = r"""# Two networks and their activations

## One layer

$$z = W x + b$$ $$a = \sigma(z)$$ $$s = u^T a$$

where $\sigma$ is the sigmoid, $W \in \mathbb{R}^{n \times m}$, $x \in \mathbb{R}^m$, $u \in \mathbb{R}^n$.

## Another layer

$$z = V x + c$$ $$a = \sigma(z)$$

## Other activations

$$\operatorname{softsign}(z) = \frac{z}{1 + |z|}$$ $$\operatorname{cube}(z) = z^3$$

"""
SQUARE = TEXT.replace("z = V x + c", r"z = (V x) \odot (V x)")


def _verdict(text: str, formula: str) -> str:
    findings = check_document(Path("lecture.md"), CheckOptions(mends=False), text=f"{text}$${formula}$$\n").findings
    return next(one.verdict for one in reversed(findings) if one.latex == formula)


@pytest.mark.parametrize(
    ("formula", "verdict"),
    [
        (r"\operatorname{softsign}'(z) = \frac{1}{(1 + |z|)^2}", "proved"),
        (r"\operatorname{softsign}'(z) = \frac{1}{(1 + z)^2}", "refuted"),
        (r"\operatorname{softsign}'(z) = \frac{1}{1 + |z|}", "refuted"),
        (r"\operatorname{cube}'(z) = 3 z^2", "proved"),
        (r"\operatorname{cube}'(z) = 2 z^2", "refuted"),
        (r"\sigma'(z) = \sigma(z) (1 - \sigma(z))", "proved"),
    ],
)
def test_a_slope_is_judged_whatever_its_place_is_called_elsewhere(formula: str, verdict: str) -> None:
    assert _verdict(TEXT, formula) == verdict


@pytest.mark.parametrize(
    "formula",
    [r"\sigma'(z) = a (1 - a)", r"\frac{\partial a_i}{\partial z_i} = a_i (1 - a_i)", r"\sigma'(z_i) = a_i (1 - a_i)"],
)
def test_what_has_other_names_of_two_meanings_is_not_judged(formula: str) -> None:
    assert _verdict(TEXT, formula) == "not-understood"


@pytest.mark.parametrize(
    ("formula", "verdict"),
    [
        (r"\operatorname{softsign}'(z) = \frac{1}{(1 + z)^2}", "not-understood"),
        (r"\operatorname{cube}'(z) = 3 z^2", "not-understood"),
        (r"\operatorname{cube}'(z) = 2 z^2", "refuted"),
    ],
)
def test_what_holds_of_a_square_may_not_hold_of_every_number(formula: str, verdict: str) -> None:
    assert _verdict(SQUARE, formula) == verdict


def test_a_place_has_no_shape() -> None:
    own = r"""# A unit

## For one

$$r = \sigma(p v + c)$$ $$\sigma(p) = \frac{1}{1 + e^{-p}}$$ $$\sigma'(p) = \sigma(p) (1 - \sigma(p))$$

## For several

$$h_i = \sigma(p_i v + c)$$ $$E = \frac{1}{n} \sum_{i=1}^{n} (h_i - r_i)^2$$

$$\frac{\partial E}{\partial c} = \frac{2}{n} \sum_{i=1}^{n} (h_i - r_i) h_i (1 - h_i)$$
"""
    lead = own.replace("# A unit", "# A unit\n\n## A line\n\n$$c = v \\cdot p$$")
    for text in (own, lead):
        findings = check_document(Path("lecture.md"), CheckOptions(mends=False), text=text).findings
        assert all(one.verdict != "refuted" for one in findings)
        assert findings[-1].verdict == "proved"
