"""Shapes that only claims say: the V of d/dV ‖X - U V‖², and how long β is where f(x) = Σ_{i=1}^n β_i x_i says f again.

What a text differentiates has to make sense, as a line of the forward pass has; but a claim may be wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from derive.algebra.index import Lin, Size
from derive.lecture.declarations import BUILT_IN, Declared
from derive.lecture.forward import ForwardPass
from derive.lecture.said import Said, heads_in
from derive.lecture.written_equations import names_in, statement_of
from derive.models.hints import solve_further
from derive.models.sizes import UNKNOWN, Misfit
from derive.reader.derivatives import has_derivative
from derive.reader.syntax import Empty, Fraction, Item, Link, Node, Product, Relation, Statement, product_of, walk
from derive.statements.not_numbers import has_array_marks

_SIGNS = frozenset(("d", r"\mathrm{d}", r"\partial"))
_REACHES = frozenset(("", r"\cdot"))


def solve_claims(chosen: ForwardPass, hints: Sequence[str]) -> dict[str, Declared]:
    """Solve what forward lines leave open of shapes from what a text differentiates, and from what it says again.

    Return the names whose shape is known by that alone, each with the place that says it.
    """
    found = chosen.found
    supposed: dict[str, Declared] = {}
    for said in found.text.said:
        if said.number not in found.own or found.text.is_denied(said.number):
            continue
        for statement in (*_differentiated(said, chosen), *_said_again(said, chosen)):
            place = Declared("", "", said.region, statement.span, said.number)
            supposed = {**dict.fromkeys(_solved_by(statement, chosen, hints), place), **supposed}
    return supposed


def _solved_by(statement: Statement, chosen: ForwardPass, hints: Sequence[str]) -> set[str]:
    """Return the names whose shapes one more statement fixes; what is said again fixes none of other names."""
    solver = chosen.solver
    before, known = solver.state(), solver.found()
    try:
        solve_further(solver, statement, hints)
    except Misfit:
        solver.back_to(before)
        return set()
    changed = {key for key, sizes in solver.found().items() if known.get(key) != sizes and _is_open(known.get(key))}
    again = isinstance(statement.body, Relation) and not isinstance(statement.body.first, Empty)
    letters = {solver.forms[key].plain for key in known if key in solver.forms}
    others = {key for key in changed - set(known) if again or solver.forms[key].plain in letters}
    if not changed - others:
        solver.back_to(before)
    return changed - others


def _is_open(sizes: tuple[Lin, ...] | None) -> bool:
    """Return whether a shape is not known, or not how long its axes are."""
    atoms = [atom for length in sizes or () for atom, _ in length.terms]
    return sizes is None or any(isinstance(atom, Size) and atom.name.startswith(UNKNOWN) for atom in atoms)


def _differentiated(said: Said, chosen: ForwardPass) -> Iterator[Statement]:
    """Yield what a formula differentiates as a line without a left side, where it has arrays in it that the text gives
    and does not compute."""
    body, solver = said.statement.body, chosen.solver
    for node in dict.fromkeys(expressions(body)):
        names = list(names_in(node))
        uses = [use for name in names if (use := solver.use(name)) is not None]
        known = {key for key, _, _ in heads_in([node])} <= {*solver.functions, *BUILT_IN}
        open_ones = any(use.key not in solver.shapes for use in uses)
        if known and open_ones and has_array_marks([node]) and not {use.key for use in uses} & chosen.unclear:
            yield Statement(node.span, Relation(node.span, Empty(node.span), (Link("=", node, node.span),)))


def expressions(body: Node) -> Iterator[Node]:
    """Yield the expressions in derivatives that are more than a name: the x^T A x of ∇_x x^T A x and ∂(x^T A x)/∂x."""
    for node in walk(body):
        if isinstance(node, Fraction) and has_derivative(node) and isinstance(node.numerator, Product):
            yield from _more_than_a_name(node.numerator.items[1:])
        if isinstance(node, Product):
            at = next((n for n, item in enumerate(node.items) if _is_operator(item.node)), None)
            behind = node.items[at + 1 :] if at is not None else ()
            if all(item.operator in _REACHES for item in behind):
                yield from _more_than_a_name(behind)


def _is_operator(node: Node) -> bool:
    """Return whether a node is ∇_x, ∂_x or d/dx."""
    if isinstance(node, Fraction):
        return node.numerator.key in _SIGNS and has_derivative(node)
    return node.scripted and node.base.key in {r"\nabla", r"\partial"}


def _more_than_a_name(items: Sequence[Item]) -> Iterator[Node]:
    if items and not any(has_derivative(item.node) for item in items):
        node = product_of(items)
        if isinstance(node, Product) or node.base.key is None:
            yield node


def _said_again(said: Said, chosen: ForwardPass) -> Iterator[Statement]:
    """Yield the equations of a formula that say in another way what the forward pass computes."""
    for equation in chosen.found.equations:
        again = equation.said is said and equation not in chosen.equations and not equation.right.base.key
        if again and chosen.key(equation.left) in chosen.defined:
            yield statement_of(equation)
