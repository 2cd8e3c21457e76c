"""The table of functions: derivatives are those of SymPy, and definitions say the same as the functions do."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy
from random_expressions import NETWORK, same

from derive.algebra.differentiate import unfold_orders
from derive.algebra.expr import Diff, Expr, Fun, Num, Pow, Step, Var
from derive.algebra.functions import DEFINITIONS, DERIVATIVES, KNOWN, POSITIVE, call
from derive.algebra.index import lin
from derive.errors import NetworkError
from derive.proof.draw import draw_network
from derive.proof.evaluate import evaluate
from derive.proof.known import NAMES

P, Q = Var("p"), Var("q")
S, T = sympy.symbols("s t", real=True)
ARGUMENTS: dict[str, tuple[Expr, ...]] = dict.fromkeys(("leaky_relu", "elu", "max", "min"), (P, Q)) | {"pi": ()}
SYMPY = {
    "identity": S, "exp": sympy.exp(S), "log": sympy.log(S), "sin": sympy.sin(S), "cos": sympy.cos(S),
    "tan": sympy.tan(S), "arctan": sympy.atan(S), "sinh": sympy.sinh(S), "cosh": sympy.cosh(S), "tanh": sympy.tanh(S),
    "erf": sympy.erf(S), "sqrt": sympy.sqrt(S), "sigmoid": 1 / (1 + sympy.exp(-S)),
    "softplus": sympy.log(1 + sympy.exp(S)), "silu": S / (1 + sympy.exp(-S)),
    "mish": S * sympy.tanh(sympy.log(1 + sympy.exp(S))),
    "gelu": S * (1 + sympy.erf(S / sympy.sqrt(2))) / 2, "relu": sympy.Max(S, 0), "abs": sympy.Abs(S),
    "sign": sympy.sign(S), "leaky_relu": sympy.Piecewise((S, S > 0), (T * S, True)),
    "elu": sympy.Piecewise((S, S > 0), (T * (sympy.exp(S) - 1), True)), "max": sympy.Max(S, T), "min": sympy.Min(S, T),
    "pi": sympy.pi,
}  # fmt: skip
"""Each function as SymPy writes it, of s and t."""


def arguments(name: str) -> tuple[Expr, ...]:
    return ARGUMENTS.get(name, (P,))


def number(expr: Expr, p: Fraction, q: Fraction) -> float:
    concrete = draw_network(NETWORK, values={("p", ()): p, ("q", ()): q})
    return float(evaluate(expr, concrete))


def at(expr: sympy.Expr, p: Fraction, q: Fraction) -> float:
    values = {S: sympy.Rational(p.numerator, p.denominator), T: sympy.Rational(q.numerator, q.denominator)}
    return float(expr.subs(values).doit().evalf())


POINTS = [(Fraction(2, 3), Fraction(1, 4)), (Fraction(7, 5), Fraction(9, 5)), (Fraction(-5, 7), Fraction(2, 9))]


def points(name: str) -> list[tuple[Fraction, Fraction]]:
    return POINTS[:2] if name in ("log", "sqrt") else POINTS


def test_every_function_is_tested() -> None:
    assert set(SYMPY) == KNOWN == set(DERIVATIVES)
    assert set(DEFINITIONS) <= KNOWN
    assert POSITIVE <= KNOWN
    assert KNOWN <= NAMES


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_the_oracle_and_sympy_mean_the_same_function(name: str) -> None:
    for p, q in points(name):
        assert number(call(name, *arguments(name)), p, q) == pytest.approx(at(SYMPY[name], p, q))


@pytest.mark.parametrize("name", sorted(KNOWN - {"pi"}))
def test_the_derivatives_are_those_of_sympy(name: str) -> None:
    for place, slope in enumerate(DERIVATIVES[name](*arguments(name))):
        if place >= len(arguments(name)):
            continue
        expected = sympy.diff(SYMPY[name], (S, T)[place])
        for p, q in points(name):
            assert number(slope, p, q) == pytest.approx(at(expected, p, q))


@pytest.mark.parametrize("name", sorted(DEFINITIONS))
def test_the_derivative_of_the_definition_is_the_one_in_the_table(name: str) -> None:
    args = arguments(name)
    definition = DEFINITIONS[name](*args)

    assert same(call(name, *args), definition)
    for place, argument in enumerate(args):
        assert isinstance(argument, Var)
        slope = DERIVATIVES[name](*args)[place]
        assert same(Diff(definition, argument), slope)
        assert same(Diff(call(name, *args), argument), slope)


@pytest.mark.parametrize("name", sorted(KNOWN - {"pi"}))
def test_a_derivative_may_be_written_with_primes(name: str) -> None:
    args = arguments(name)
    first = Fun(name, args, (1, *[0] * (len(args) - 1)))
    second = Fun(name, args, (2, *[0] * (len(args) - 1)))

    assert same(unfold_orders(first), first)
    assert same(first, Diff(call(name, *args), P))
    assert same(second, Diff(Diff(call(name, *args), P), P))


@pytest.mark.parametrize("name", sorted(POSITIVE - {"pi"}))
def test_positive_functions_are_positive(name: str) -> None:
    assert all(number(call(name, P), p, q) > 0 for p, q in POINTS)
    assert same(Step(call(name, P)), Num(Fraction(1)))


IDENTITIES: dict[str, tuple[Expr, Expr]] = {
    "σ(-x) = 1 - σ(x)": (call("sigmoid", -P), 1 - call("sigmoid", P)),
    "σ = 1/(1 + e^-x)": (call("sigmoid", P), 1 / (1 + call("exp", -P))),
    "σ = e^x/(1 + e^x)": (call("sigmoid", P), call("exp", P) / (1 + call("exp", P))),
    "σ' = σ(1 - σ)": (Fun("sigmoid", (P,), (1,)), call("sigmoid", P) * call("sigmoid", -P)),
    "tanh in exponentials": (
        call("tanh", P),
        (call("exp", P) - call("exp", -P)) / (call("exp", P) + call("exp", -P)),
    ),
    "tanh = sinh/cosh": (call("tanh", P), call("sinh", P) / call("cosh", P)),
    "tanh = 2σ(2x) - 1": (call("tanh", P), 2 * call("sigmoid", 2 * P) - 1),
    "cosh² - sinh² = 1": (call("cosh", P) ** 2 - call("sinh", P) ** 2, Num(Fraction(1))),
    "sin² + cos² = 1": (call("sin", P) ** 2 + call("cos", P) ** 2, Num(Fraction(1))),
    "softplus = log(1 + e^x)": (call("softplus", P), call("log", 1 + call("exp", P))),
    "-log σ = softplus(-x)": (-call("log", call("sigmoid", P)), call("softplus", -P)),
    "softplus(x) - softplus(-x) = x": (call("softplus", P) - call("softplus", -P), P),
    "log σ - log(1 - σ) = x": (call("log", call("sigmoid", P)) - call("log", 1 - call("sigmoid", P)), P),
    "exp(a + b) = exp a · exp b": (call("exp", P + Q), call("exp", P) * call("exp", Q)),
    "log exp x = x": (call("log", call("exp", P)), P),
    "exp log 2 = 2": (call("exp", call("log", Num(Fraction(2)))), Num(Fraction(2))),
    "log 6 = log 2 + log 3": (
        call("log", Num(Fraction(6))),
        call("log", Num(Fraction(2))) + call("log", Num(Fraction(3))),
    ),
    "relu(x) - relu(-x) = x": (call("relu", P) - call("relu", -P), P),
    "relu(x) + relu(-x) = |x|": (call("relu", P) + call("relu", -P), call("abs", P)),
    "|x|² = x²": (call("abs", P) ** 2, P**2),
    "√x² = |x|": (call("sqrt", P**2), call("abs", P)),
    "max(x, 0) = relu": (call("max", P, Num(Fraction(0))), call("relu", P)),
    "max + min = x + y": (call("max", P, Q) + call("min", P, Q), P + Q),
    "leaky_relu with slope 0": (call("leaky_relu", P, Num(Fraction(0))), call("relu", P)),
    "leaky_relu with its own slope": (call("leaky_relu", P), call("leaky_relu", P, Num(Fraction(1, 100)))),
    "√8 = 2√2": (call("sqrt", Num(Fraction(8))), 2 * Pow(Num(Fraction(2)), Num(Fraction(1, 2)))),
    "1/√2 = √2/2": (1 / call("sqrt", Num(Fraction(2))), call("sqrt", Num(Fraction(2))) / 2),
    "erf is odd": (call("erf", -P), -call("erf", P)),
    "arctan is odd": (call("arctan", -P), -call("arctan", P)),
    "cos is even": (call("cos", -P), call("cos", P)),
}

ALMOST: dict[str, tuple[Expr, Expr]] = {
    "sign": (call("sigmoid", -P), call("sigmoid", P)),
    "σ' without 1 - σ": (Fun("sigmoid", (P,), (1,)), call("sigmoid", P)),
    "tanh' = 1 - tanh": (Fun("tanh", (P,), (1,)), 1 - call("tanh", P)),
    "tanh = 2σ - 1": (call("tanh", P), 2 * call("sigmoid", P) - 1),
    "softplus' = softplus": (Fun("softplus", (P,), (1,)), call("softplus", P)),
    "relu = |x|": (call("relu", P), call("abs", P)),
    "√x² = x": (call("sqrt", P**2), P),
    "log x² = 2 log x": (call("log", P**2), 2 * call("log", P)),
    "√(xy) = √x √y": (call("sqrt", P * Q), call("sqrt", P) * call("sqrt", Q)),
    "exp(ab) = exp a · exp b": (call("exp", P * Q), call("exp", P) * call("exp", Q)),
    "log(a + b) = log a + log b": (call("log", P + Q), call("log", P) + call("log", Q)),
    "max = sum": (call("max", P, Q), P + Q),
}


@pytest.mark.parametrize("identity", IDENTITIES.values(), ids=IDENTITIES)
def test_a_known_identity_holds(identity: tuple[Expr, Expr]) -> None:
    assert same(*identity)


@pytest.mark.parametrize("slip", ALMOST.values(), ids=ALMOST)
def test_a_slip_does_not(slip: tuple[Expr, Expr]) -> None:
    assert not same(*slip)


def test_a_function_of_the_wrong_number_of_arguments_has_no_value() -> None:
    with pytest.raises(NetworkError):
        number(call("tanh", P, Q), Fraction(1), Fraction(1))
    assert lin(1).is_const
