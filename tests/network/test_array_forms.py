"""Arrays from their general entries: each form gives the entries that it was found from, and one rule at a time."""

from __future__ import annotations

import pytest

from derive.algebra.expr import Expr, Fun, Iverson, Sum, Var
from derive.algebra.index import Index, Range, fresh, lin, size, upto
from derive.algebra.normal_form import Algebra
from derive.names.notation import Notation
from derive.network.array_forms import Form, NoForm, Whole, Written, form_of, gathered
from derive.network.network import Definition, Leaf, Network
from derive.network.partials import derive_partial
from derive.network.recursion import unrolled
from derive.writing.matrix_form import Speller

P, Q, M = Index("i"), Index("j"), fresh("m")
ROWS, COLUMNS, INNER = upto(size("p")), upto(size("q")), upto(size("r"))
AXES = {1: ((P, ROWS),), 2: ((P, ROWS), (Q, COLUMNS))}
U, V = Var("u", (lin(P),)), Var("v", (lin(Q),))
A, B = Var("A", (lin(P), lin(M))), Var("B", (lin(M), lin(Q)))
TURNED, D = Var("A", (lin(M), lin(P))), Var("d", (lin(M),))

FORMS: dict[str, tuple[int, Expr, list[str], str]] = {
    "a vector by its name": (1, U, ["vector"], "u"),
    "the same at all entries": (1, 1 - U, ["vector"], "1 - u"),
    "entry by entry": (1, U * Fun("exp", (U,)), ["vector", "elementwise"], r"u \odot \exp(u)"),
    "a power": (1, U**2, ["vector", "elementwise"], r"u \odot u"),
    "matrix times vector": (1, Sum(M, INNER, A * D), ["vector", "matrix product"], "A d"),
    "transposed": (1, Sum(M, INNER, TURNED * D), ["vector", "matrix product", "transpose"], "A^T d"),
    "row sums": (1, Sum(M, INNER, A), ["vector", "matrix product"], r"A \mathbf{1}"),
    "outer product": (2, U * V, ["matrix", "outer product"], "u v^T"),
    "product of matrices": (2, Sum(M, INNER, A * B), ["matrix", "matrix product"], "A B"),
    "a diagonal between": (
        2, Sum(M, INNER, A * D * B), ["matrix", "matrix product", "diagonal"], r"A \operatorname{diag}(d) B",
    ),
    "a product within": (
        2, Sum(M, INNER, TURNED * B * B), ["matrix", "matrix product", "elementwise", "transpose"],
        r"A^T \left( B \odot B \right)",
    ),
    "the softmax": (
        2, Iverson("=", lin(P), lin(Q)) * U - U * Var("u", (lin(Q),)), ["matrix", "diagonal", "outer product"],
        r"\operatorname{diag}(u) - u u^T",
    ),
    "the identity": (2, Iverson("=", lin(P), lin(Q)), ["matrix", "diagonal"], "I"),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_each_step_has_the_entries_of_the_one_before(name: str) -> None:
    axes, entry, rules, latex = FORMS[name]
    steps = gathered(entry, AXES[axes])
    algebra = Algebra()

    assert [step.rule for step in steps] == rules
    assert {algebra.normal(step.expr) for step in steps} == {algebra.normal(entry)}
    assert Speller(Notation(patterns={})).latex(form(steps[-1].form)) == latex
    assert len(steps) == 1 or isinstance(steps[0].form, Written)


def form(found: Form | None) -> Form:
    assert found is not None
    return found


def test_a_sum_over_time_steps_adds_arrays() -> None:
    """Over t the entries d[t,i] are no matrix times a vector: that matrix would have the steps as its columns."""
    at_each, below = Var("d", (lin(M), lin(P))), Var("h", (lin(M) - 1, lin(Q)))
    notation, times = Speller(Notation(patterns={})), frozenset((M,))
    biases, weights = Sum(M, INNER, at_each), 2 * Sum(M, INNER, at_each * below)

    assert notation.latex(form(gathered(biases, AXES[1], layers=times)[-1].form)) == r"\sum_{m=1}^{r} d_m"
    steps = gathered(weights, AXES[2], layers=times)
    assert [step.rule for step in steps] == ["matrix", "outer product"]
    assert notation.latex(form(steps[-1].form)) == r"2 \sum_{m=1}^{r} d_m h_{m-1}^T"
    assert {Algebra().normal(step.expr) for step in steps} == {Algebra().normal(weights)}


@pytest.mark.parametrize(
    ("axes", "entry"),
    [
        (1, Sum(M, INNER, A)),  # over j it is no vector
        (1, Var("W", (lin(P), lin(P)))),
        (2, U),
        (2, Var("W", (lin(P) + 1, lin(Q)))),
        (2, Sum(M, INNER, Var("A", (lin(P), lin(M), lin(Q))) * B)),
        (2, Sum(M, INNER, D) * U),
        (2, U / V),
    ],
)
def test_what_has_no_form_is_none(axes: int, entry: Expr) -> None:
    wanted = [Q] if axes == 1 and entry == Sum(M, INNER, A) else [axis for axis, _ in AXES[axes]]
    with pytest.raises(NoForm):
        form_of(entry, wanted)


def test_a_row_is_a_turned_column() -> None:
    (step,) = gathered(U, AXES[1], turned=True)

    assert Speller(Notation(patterns={})).latex(form(step.form)) == "u^T"


def recurrent(twice: bool) -> Network:
    """Return h[t] = tanh(V h[t-1]) with a loss of the last value, or of all values where `twice`."""
    t, i, j = Index("t"), Index("i"), fresh("j")
    end, units = size("T"), upto(size("n"))
    step = Sum(j, units, Var("V", (lin(i), lin(j))) * Var("h", (lin(t) - 1, lin(j))))
    begin = Definition("h", (t, i), (Range(lin(0), lin(0)), units), Var("x", (lin(i),)))
    walk = Definition("h", (t, i), (Range(lin(1), end), units), Fun("tanh", (step,)))
    k, s = fresh("k"), fresh("s")
    last = Sum(k, units, Var("h", (end, lin(k))) ** 2)
    every = Sum(s, Range(lin(1), end), Sum(k, units, Var("h", (lin(s), lin(k))) ** 2))
    loss = Definition("loss", (), (), every if twice else last)
    leaves = (Leaf("V", (Index("i"), Index("j")), (units, units)), Leaf("x", (Index("i"),), (units,)))
    return Network((begin, walk, loss), leaves, loss="loss")


@pytest.mark.parametrize(("twice", "found"), [(False, True), (True, False)])
def test_only_one_sum_over_the_next_step_is_unrolled(twice: bool, found: bool) -> None:
    network = recurrent(twice)
    t, i = Index("t"), Index("i")
    cases = derive_partial(network, Var("loss"), Var("h", (lin(t), lin(i)))).cases
    (below,) = [case for case in cases if t in dict(case.free)]

    assert (unrolled(network, below, ((i, upto(size("n"))),)) is not None) == found


def test_an_array_knows_its_entry() -> None:
    assert Whole(U, (P,)).entry == U
