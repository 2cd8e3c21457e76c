"""Small networks written by hand in the calculus, for the tests of the oracle.

Bound indices are plain names here, which shadow each other: the oracle evaluates scopes as they stand.
"""

from __future__ import annotations

from derive.algebra.expr import ONE, Expr, Fun, Sum, Var
from derive.algebra.index import Index, Lin, Range, lin, size, upto
from derive.network.network import Definition, Fact, Leaf, Network

I, J, K, M, N, P, Q, T = (Index(name) for name in "ijkmnpqt")  # noqa: E741 (the i of a_i)
L = size("L")


def between(lo: Lin | int, hi: Lin | int) -> Range:
    return Range(lin(lo), lin(hi))


def n(layer: Lin | Index | int) -> Lin:
    return size("n", layer)


def fun(name: str, *args: Expr, order: tuple[int, ...] = ()) -> Fun:
    return Fun(name, args, order or (0,) * len(args))


def var(name: str, *idx: Lin | Index | int) -> Var:
    return Var(name, tuple(lin(part) for part in idx))


def mlp(activation: str = "g", facts: tuple[Fact, ...] = ()) -> Network:
    """a_k = b_k + W_k h_{k-1}, h_k = g(a_k), o = softmax(a_L), loss = -Σ y_i log o_i, of symbolic depth and widths."""
    layers, inner, top = between(1, L), between(1, L - 1), upto(n(L))
    weighted = Sum(J, upto(n(lin(K) - 1)), var("W", K, I, J) * var("h", lin(K) - 1, J))
    return Network(
        definitions=(
            Definition("h", (K, I), (between(0, 0), upto(n(K))), var("x", I)),
            Definition("a", (K, I), (layers, upto(n(K))), var("b", K, I) + weighted),
            Definition("h", (K, I), (inner, upto(n(K))), fun(activation, var("a", K, I))),
            Definition("o", (I,), (top,), fun("exp", var("a", L, I)) / Sum(M, top, fun("exp", var("a", L, M)))),
            Definition("loss", (), (), -Sum(I, top, var("y", I) * fun("log", var("o", I)))),
        ),
        leaves=(
            Leaf("x", (I,), (upto(n(0)),)),
            Leaf("W", (K, I, J), (layers, upto(n(K)), upto(n(lin(K) - 1)))),
            Leaf("b", (K, I), (layers, upto(n(K)))),
            Leaf("y", (I,), (top,)),
        ),
        facts=facts,
        loss="loss",
    )


def targets_sum_to_one() -> Fact:
    return Fact("=", Sum(I, upto(n(L)), var("y", I)), ONE, (), (), r"\sum_i y_i = 1")


def recurrent() -> Network:
    """s_t = tanh(w s_{t-1} + u x_t), s_0 = 0, loss = Σ_t (s_t - y_t)²/2: one weight, used at every step."""
    steps = upto(size("T"))
    state = fun("tanh", var("w") * var("s", lin(T) - 1) + var("u") * var("x", T))
    return Network(
        definitions=(
            Definition("s", (T,), (between(0, 0),), ONE - ONE),
            Definition("s", (T,), (steps,), state),
            Definition("loss", (), (), Sum(T, steps, (var("s", T) - var("y", T)) ** 2) / 2),
        ),
        leaves=(Leaf("w"), Leaf("u"), Leaf("x", (T,), (steps,)), Leaf("y", (T,), (steps,))),
        loss="loss",
    )


def flat(*definitions: Definition, facts: tuple[Fact, ...] = ()) -> Network:
    """A vector x and a square matrix A of size D, a matrix Z of any shape, scalars p and q; and what is asked for."""
    d = upto(size("D"))
    return Network(
        definitions=definitions,
        leaves=(
            Leaf("x", (I,), (d,)),
            Leaf("A", (I, J), (d, d)),
            Leaf("Z", (I, J), (d, upto(size("C")))),
            Leaf("p"),
            Leaf("q"),
        ),
        facts=facts,
    )
