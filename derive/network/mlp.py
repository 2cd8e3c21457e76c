"""The multilayer perceptron of the lectures, as definitions: nothing else in derive knows what a perceptron is.

    h[0,i] = x[i]
    a[k,i] = b[k,i] + Σ_j W[k,i,j] h[k-1,j]     1 <= k <= L
    h[k,i] = g(a[k,i])                          1 <= k <= L-1
    yhat   = O(a[L])
    loss

Shapes: W[k] is (n[k], n[k-1]), a[k], b[k], h[k] are (n[k],), x is (n[0],), y and yhat are (n[L],).
Source: Goodfellow, Bengio, Courville, Deep Learning, section 6.5.
"""

from __future__ import annotations

from fractions import Fraction

from derive.algebra.expr import Expr, Fun, Iverson, Num, Sum, Var
from derive.algebra.functions import KNOWN, call
from derive.algebra.index import Index, Lin, Range, Size, fresh, lin, size, upto
from derive.errors import NetworkError
from derive.network.losses import LOSSES, OUTPUTS
from derive.network.network import Definition, Fact, Leaf, Network

LABEL = Index("l")
DEPTH = size("L")
TARGETS = ("class", "distribution", "vector")


def width(k: Lin | int) -> Lin:
    """Return n[k], the number of units of layer k."""
    return size("n", k)


def var(name: str, *idx: Lin | Index | int) -> Var:
    """Return an entry of a variable."""
    return Var(name, tuple(lin(i) for i in idx))


def mlp(activation: str = "g", output: str = "softmax", loss: str = "cross-entropy", target: str = "class") -> Network:
    """Return the perceptron with symbolic depth L and widths n[k].

    activation: a known function, or any other name for an open differentiable one. output: softmax, linear, sigmoid, or
    elementwise (an open function O of each entry). loss: a row of `derive.network.losses.LOSSES`.
    target: "class" (the index l), "distribution" (y with Σ y = 1), "vector" (any y).
    Raises: NetworkError for a combination that makes no sense.
    """
    _check(output, loss, target)
    facts = _target_facts() if target == "distribution" else ()
    definitions = (*_layers(activation), _output(output), _loss(loss, target))
    return Network(definitions, _leaves(), facts, "loss")


def _check(output: str, loss: str, target: str) -> None:
    for value, allowed, what in ((output, OUTPUTS, "output"), (loss, LOSSES, "loss"), (target, TARGETS, "target")):
        if value not in allowed:
            raise NetworkError(f"unknown {what} {value!r}; choose one of {', '.join(allowed)}")
    if output not in (*LOSSES[loss].outputs, *LOSSES[loss].also):
        raise NetworkError(LOSSES[loss].needs)


def _layers(activation: str) -> tuple[Definition, ...]:
    k, i, j = fresh("k"), fresh("i"), fresh("j")
    start_layer, start = fresh("k"), fresh("i")
    weighted = Sum(j, upto(width(lin(k) - 1)), var("W", k, i, j) * var("h", lin(k) - 1, j))
    return (
        Definition("h", (start_layer, start), (Range(lin(0), lin(0)), upto(width(lin(start_layer)))), var("x", start)),
        Definition("a", (k, i), (Range(lin(1), DEPTH), upto(width(lin(k)))), var("b", k, i) + weighted),
        Definition("h", (k, i), (Range(lin(1), DEPTH - 1), upto(width(lin(k)))), apply(activation, var("a", k, i))),
    )


def apply(name: str, arg: Expr) -> Fun:
    """Return name(arg), for a known or an open function."""
    return call(name, arg) if name in KNOWN else Fun(name, (arg,), (0,))


def softmax(entry: Index | Lin, logits: str = "a") -> Expr:
    """Return exp(a[L,i]) / Σ_m exp(a[L,m])."""
    m = fresh("m")
    total = Sum(m, upto(width(DEPTH)), call("exp", var(logits, DEPTH, m)))
    return call("exp", var(logits, DEPTH, entry)) / total


def _output(output: str) -> Definition:
    i = fresh("i")
    a = var("a", DEPTH, i)
    bodies: dict[str, Expr] = {
        "softmax": softmax(i),
        "linear": a,
        "sigmoid": call("sigmoid", a),
        "elementwise": Fun("O", (a,), (0,)),
    }
    return Definition("yhat", (i,), (upto(width(DEPTH)),), bodies[output])


def _loss(loss: str, target: str) -> Definition:
    i = fresh("i")
    y: Expr = Iverson("=", lin(i), lin(LABEL)) if target == "class" else var("y", i)
    if loss == "cross-entropy" and target == "class":
        return Definition("loss", (), (), -call("log", var("yhat", LABEL)))
    return Definition("loss", (), (), Sum(i, upto(width(DEPTH)), LOSSES[loss].term(var("yhat", i), y)))


def _target_facts() -> tuple[Fact, ...]:
    i = fresh("i")
    return (Fact("=", Sum(i, upto(width(DEPTH)), var("y", i)), Num(Fraction(1)), (), (), "the targets sum to 1"),)


def _leaves() -> tuple[Leaf, ...]:
    k, i, j = fresh("k"), fresh("i"), fresh("j")
    layers = Range(lin(1), DEPTH)
    rows, columns = upto(width(lin(k))), upto(width(lin(k) - 1))
    return (
        Leaf("W", (k, i, j), (layers, rows, columns)),
        Leaf("b", (k, i), (layers, rows)),
        Leaf("x", (i,), (upto(width(0)),)),
        Leaf("y", (i,), (upto(width(DEPTH)),)),
    )


def with_widths(network: Network, widths: tuple[int, ...]) -> Network:
    """Return a network with given widths n_0, …, n_L in place of the symbolic ones: `(784, 128, 10)` has depth 2.

    Raises: NetworkError if fewer than two widths are given, or one is not positive.
    """
    from derive.network.concrete import with_sizes

    if len(widths) < 2 or min(widths) < 1:
        raise NetworkError("give the widths of the input and of each layer, at least two positive numbers: 784,128,10")
    values: dict[Size, Lin] = {Size("L"): lin(len(widths) - 1)}
    values.update({Size("n", (lin(k),)): lin(n) for k, n in enumerate(widths)})
    return with_sizes(network, values)
