"""The slips that lectures make: each closed form that `derive prove` proves, made wrong, is refuted with a witness."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest
from edits import (
    AVERAGED,
    HALVED,
    SIGN,
    TWICE,
    Edit,
    at,
    inside,
    left,
    reindexed,
    renamed,
    right,
    sum_lost,
    sum_short,
    undifferentiated,
    without,
)
from flint import arb

from derive.algebra.expr import ONE, ZERO, Chain, Expr, Fun, Iverson, Num, Step, Sum, Var
from derive.algebra.functions import HALF, PI, call
from derive.algebra.index import Index, Range, Size, lin, upto
from derive.network.closed_forms import (
    BELOW,
    LAYER,
    UNIT,
    ClosedForm,
    gradient,
    output_gradient,
    slope,
)
from derive.network.mlp import DEPTH, LABEL, mlp, var, width
from derive.proof.claim import Claim
from derive.proof.kernel import Proved, Verdict, judge
from derive.proof.theorems import Theorem, bundled
from derive.proof.verdict import Refuted

TWO = Num(Fraction(2))
THEOREMS = {theorem.name: theorem for theorem in bundled()}


Y, YHAT = var("y", UNIT), var("yhat", UNIT)
SAME = Iverson("=", lin(UNIT), lin(BELOW))
LABELLED = Iverson("=", lin(UNIT), lin(LABEL))
ABOVE = lin(LAYER) + 1


def instead(expr: Expr) -> Edit:
    return right(lambda _: expr)


def summed(change: Callable[[Index], Expr]) -> Edit:
    """Sum something else on the left."""
    return left(lambda e: replace(e, body=change(e.index)) if isinstance(e, Sum) else e)


def in_chain(change: Edit) -> Edit:
    """Change the matrices of the product in the unrolled form."""

    def edit(e: Expr) -> Expr | None:
        if not isinstance(e, Chain):
            return None
        return replace(e, body=change(ClosedForm("one factor", "", ZERO, e.body, ())).right)

    return inside(edit)


def from_to(lo: int, hi: int) -> Edit:
    """Move the ends of the product."""
    return inside(lambda e: replace(e, range=Range(e.range.lo + lo, e.range.hi + hi)) if isinstance(e, Chain) else None)


OUTPUT: dict[str, Edit] = {"sign": SIGN, "factor 2": TWICE, "factor ½": HALVED, "divided by n": AVERAGED}
TARGETS: dict[str, Edit] = {
    "y for ŷ": renamed("yhat", "y"),
    "y added": right(lambda e: e + 2 * Y),
    "y lost": without("y"),
}
SLOPE: dict[str, Edit] = {"O′ lost": without("O"), "O for O′": undifferentiated("O")}
SIGMOID: dict[str, Edit] = {
    "σ′ lost": instead(YHAT - Y),
    "σ for σ′": instead((YHAT - Y) * YHAT),
    "1 + ŷ": instead((YHAT - Y) * YHAT * (1 + YHAT)),
}

SLIPS: dict[str, dict[str, Edit]] = {
    "softmax + cross-entropy (class)": {
        **OUTPUT,
        "label lost": instead(YHAT),
        "label for every unit": instead(YHAT - 1),
        "only the unit of the label": instead(LABELLED * (YHAT - 1)),
        "ŷ of the label": instead(var("yhat", LABEL) - LABELLED),
    },
    "softmax + cross-entropy (distribution)": {
        **OUTPUT,
        **TARGETS,
        "divided by ŷ": right(lambda e: e / YHAT),
        "as the squared error": right(lambda e: e * YHAT * (1 - YHAT)),
    },
    "softmax + cross-entropy (vector)": {
        **OUTPUT,
        "Σy taken for 1": instead(YHAT - Y),
        "sum lost": sum_lost,
        "ŷ summed too": instead(YHAT * Y - Y),
    },
    "softmax": {
        "sum lost": sum_lost,
        "sum from 2": sum_short,
        "exp lost above": right(lambda e: e / call("exp", var("a", DEPTH, UNIT)) * var("a", DEPTH, UNIT)),
        "1 + in the denominator": instead(1 / (1 + call("exp", -var("a", DEPTH, UNIT)))),
        "divided by n": AVERAGED,
        "exp(-a)": inside(lambda e: call("exp", -e.args[0]) if isinstance(e, Fun) else None),
    },
    "softmax Jacobian": {
        "sign": SIGN,
        "off-diagonal lost": instead(SAME * YHAT * (1 - YHAT)),
        "diagonal lost": instead(-(YHAT * var("yhat", BELOW))),
        "delta for all": instead(YHAT * (1 - var("yhat", BELOW))),
        "plus": instead(YHAT * (SAME + var("yhat", BELOW))),
        "index swapped": instead(YHAT * (SAME - YHAT)),
    },
    "output gradient sum": {
        "one": instead(ONE),
        "one term": left(lambda _: gradient("a", DEPTH, 1)),
        "sum from 2": left(lambda e: replace(e, range=Range(lin(2), e.range.hi)) if isinstance(e, Sum) else e),
        "squares": summed(lambda i: gradient("a", DEPTH, i) ** 2),
        "sum of the outputs": summed(lambda i: var("yhat", i)),
        "by the outputs": summed(lambda i: gradient("yhat", i)),
    },
    "hidden layer": {
        "sign": SIGN,
        "sum lost": sum_lost,
        "sum from 2": sum_short,
        "W lost": without("W"),
        "gradient lost": without("a"),
        "layer of W": reindexed("W", lambda k, i, j: (k - 1, i, j)),
        "layer of a": reindexed("a", lambda k, i: (k - 1, i)),
        "transposed": reindexed("W", lambda k, i, j: (k, j, i)),
        "factor 2": TWICE,
    },
    "pre-activation": {
        "sign": SIGN,
        "g′ lost": without("g"),
        "g for g′": undifferentiated("g"),
        "g″ for g′": inside(lambda e: replace(e, order=(2,)) if isinstance(e, Fun) else None),
        "g′ twice": right(lambda e: e * slope("g", var("a", LAYER, UNIT))),
        "g′ of h": instead(gradient("h", LAYER, UNIT) * slope("g", var("h", LAYER, UNIT))),
        "h(1-h)": instead(gradient("h", LAYER, UNIT) * var("h", LAYER, UNIT) * (1 - var("h", LAYER, UNIT))),
        "wrong layer": instead(gradient("h", LAYER, UNIT) * slope("g", var("a", ABOVE, UNIT))),
    },
    "weights": {
        "sign": SIGN,
        "factor 2": TWICE,
        "h lost": without("h"),
        "gradient lost": without("a"),
        "wrong layer": reindexed("h", lambda k, j: (k + 1, j)),
        "transposed": instead(gradient("a", LAYER, BELOW) * var("h", lin(LAYER) - 1, UNIT)),
        "weight for unit": instead(gradient("a", LAYER, UNIT) * var("W", LAYER, UNIT, BELOW)),
        "a for h": instead(gradient("a", LAYER, UNIT) * var("a", LAYER, UNIT)),
    },
    "biases": {
        "sign": SIGN,
        "factor 2": TWICE,
        "divided by n": AVERAGED,
        "gradient of h": instead(gradient("h", lin(LAYER) - 1, UNIT)),
        "times b": right(lambda e: e * var("b", LAYER, UNIT)),
        "first unit": at(UNIT, 1),
    },
    "input": {
        "sign": SIGN,
        "sum lost": sum_lost,
        "sum from 2": sum_short,
        "W lost": without("W"),
        "transposed": reindexed("W", lambda k, i, j: (k, j, i)),
        "wrong layer": reindexed("a", lambda k, i: (k + 1, i)),
    },
    "unrolled": {
        "sign": SIGN,
        "the last factor lost": from_to(0, -1),
        "the first factor lost": from_to(1, 0),
        "g′ lost": in_chain(without("g")),
        "g for g′": in_chain(undifferentiated("g")),
        "W lost": in_chain(without("W")),
        "slope of the layer above": in_chain(reindexed("a", lambda k, i: (k - 1, i))),
        "label lost": inside(lambda e: ZERO if isinstance(e, Iverson) else None),
    },
    "linear + squared (vector)": {**OUTPUT, **TARGETS},
    "linear + half-squared (vector)": {**OUTPUT, **TARGETS},
    "elementwise + squared (vector)": {**OUTPUT, **SLOPE, "y for ŷ": renamed("yhat", "y")},
    "elementwise + half-squared (vector)": {**OUTPUT, **SLOPE, "y for ŷ": renamed("yhat", "y")},
    "sigmoid + squared (vector)": {**OUTPUT, **SIGMOID},
    "sigmoid + half-squared (vector)": {**OUTPUT, **SIGMOID},
    "sigmoid + binary-cross-entropy (vector)": {
        **OUTPUT,
        **TARGETS,
        "σ′ kept": right(lambda e: e * YHAT * (1 - YHAT)),
    },
}

Z = Var("z")
ALPHA = Var("alpha")
POSITIVE, SIGMA, TANH = Step(Z), call("sigmoid", Z), call("tanh", Z)
SLOPES: dict[str, dict[str, Expr]] = {
    "identity": {"the function": Z, "nothing": ZERO},
    "sigmoid": {"the function": SIGMA, "1 + σ": SIGMA * (1 + SIGMA), "σ²": SIGMA**2, "z lost": Z * (1 - Z)},
    "tanh": {"square lost": 1 - TANH, "plus": 1 + TANH**2, "as σ": TANH * (1 - TANH)},
    "relu": {"the function": call("relu", Z), "wrong side": 1 - POSITIVE, "always 1": Num(Fraction(1))},
    "leaky_relu": {
        "z kept": POSITIVE + ALPHA * Z * (1 - POSITIVE),
        "as relu": POSITIVE,
        "everywhere": POSITIVE + ALPHA,
    },
    "elu": {
        "α lost": POSITIVE + call("exp", Z) * (1 - POSITIVE),
        "exp lost": POSITIVE + ALPHA * (1 - POSITIVE),
        "1 kept": POSITIVE + ALPHA * (call("exp", Z) - 1) * (1 - POSITIVE),
    },
    "softplus": {"σ(-z)": call("sigmoid", -Z), "σ′": SIGMA * (1 - SIGMA), "log lost": 1 + call("exp", Z)},
    "silu": {"first factor only": SIGMA, "second term only": Z * SIGMA * (1 - SIGMA), "z lost": SIGMA * (2 - SIGMA)},
    "gelu": {
        "Φ only": HALF * (1 + call("erf", Z / call("sqrt", TWO))),
        "√2 lost": HALF * (1 + call("erf", Z)) + Z * call("exp", -(Z**2) / 2) / call("sqrt", 2 * PI),
        "z lost": HALF * (1 + call("erf", Z / call("sqrt", TWO))) + call("exp", -(Z**2) / 2) / call("sqrt", 2 * PI),
    },
    "sin": {"minus cos": -call("cos", Z), "the function": call("sin", Z)},
    "exp": {"as a power": Z * call("exp", Z - 1), "e^{-z}": call("exp", -Z)},
    "log": {"squared": 1 / Z**2, "the function": call("log", Z)},
    "sqrt": {"2 lost": 1 / call("sqrt", Z), "root above": call("sqrt", Z) / 2, "2 above": 2 / call("sqrt", Z)},
    "abs": {"always 1": Num(Fraction(1)), "the function": call("abs", Z), "of relu": POSITIVE},
}
SLIPS.update(
    {
        f"{name} derivative": {"sign": SIGN, "factor 2": TWICE, **{slip: instead(e) for slip, e in wrong.items()}}
        for name, wrong in SLOPES.items()
    }
)
ALL = [(name, slip) for name, slips in SLIPS.items() for slip in slips]


def judged(theorem: Theorem, form: ClosedForm) -> Verdict:
    return judge(Claim(theorem.network, form.left, form.right, form.free))


def test_every_theorem_has_three_slips_at_least() -> None:
    assert {name: len(SLIPS.get(name, ())) for name in THEOREMS if len(SLIPS.get(name, ())) < 3} == {}
    assert set(SLIPS) == set(THEOREMS)


@pytest.mark.parametrize(("name", "slip"), ALL, ids=[f"{name}: {slip}" for name, slip in ALL])
def test_a_slip_is_refuted_by_a_network_in_which_the_sides_differ(name: str, slip: str) -> None:
    theorem = THEOREMS[name]
    verdict = judged(theorem, SLIPS[name][slip](theorem.form))

    assert isinstance(verdict, Refuted), verdict
    assert verdict.witness is not None
    assert arb(verdict.witness.left) != arb(verdict.witness.right)


def test_without_targets_that_sum_to_one_the_usual_gradient_is_wrong() -> None:
    network = mlp("g", "softmax", "cross-entropy", "vector")
    form = output_gradient("softmax", "cross-entropy", "vector")

    assert isinstance(judge(Claim(network, form.left, YHAT - Y, form.free)), Refuted)
    total = Sum(BELOW, upto(width(DEPTH)), var("y", BELOW))
    assert isinstance(judge(Claim(network, form.left, YHAT * total - Y, form.free)), Proved)


def test_a_transposed_weight_in_the_product_is_refuted_where_layers_have_equal_widths() -> None:
    unrolled = THEOREMS["unrolled"]
    wrong = in_chain(reindexed("W", lambda k, i, j: (k, j, i)))(unrolled.form)
    sizes = ((Size("L"), lin(3)), *((Size("n", (lin(k),)), lin(2)) for k in range(4)))

    assert isinstance(judge(replace(unrolled.claim(), sizes=sizes)), Proved)
    assert isinstance(judge(replace(unrolled.claim(), right=wrong.right, sizes=sizes)), Refuted)
    assert not isinstance(judged(unrolled, wrong), Proved)
