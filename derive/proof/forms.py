"""The code of each kind of expression: one function a node."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from derive.algebra.expr import Add, Chain, Diff, Expr, Fun, Functional, Iverson, Lambda, Mul, Pow, Prod, Step, Sum, Var
from derive.algebra.index import Lin, lin
from derive.errors import NetworkError
from derive.notation.functions import EXTREMES
from derive.proof.code import NONE, Code, Frame, Free, NumberCode, RangeCode, product_of, steps
from derive.proof.dual import ONE, ZERO, Node, product, total
from derive.proof.faults import Unsettled
from derive.proof.known import positive

if TYPE_CHECKING:
    from derive.proof.evaluate import Evaluation
    from derive.proof.lower import Compiler


def _add(compiler: Compiler, expr: Add) -> tuple[Code, Free]:
    codes, free = compiler.exprs(tuple(_flat(expr, Add)))
    return lambda run, frame: total([code(run, frame) for code in codes]), free


def _mul(compiler: Compiler, expr: Mul) -> tuple[Code, Free]:
    """Numbers first: a condition that fails keeps the other factors from being evaluated out of their ranges."""
    numbers: list[NumberCode] = []
    others: list[Expr] = []
    free = NONE
    for factor in _flat(expr, Mul):
        part = compiler.number(factor)
        if part is None:
            others.append(factor)
        else:
            numbers.append(part[0])
            free |= part[1]
    codes, used = compiler.exprs(tuple(others))
    coefficient = product_of(numbers)

    def code(run: Evaluation, frame: Frame) -> Node:
        number = coefficient(run, frame)
        if not number:
            return ZERO
        nodes = tuple([code(run, frame) for code in codes])
        return product(nodes if number == 1 else (run.constant(number), *nodes))

    return code, free | used


def _flat(expr: Add | Mul, kind: type[Add] | type[Mul]) -> Iterator[Expr]:
    for arg in expr.args:
        if isinstance(arg, kind):
            yield from _flat(arg, kind)
        else:
            yield arg


def _pow(compiler: Compiler, expr: Pow) -> tuple[Code, Free]:
    (base, one), (exponent, two) = compiler.expr(expr.base), compiler.expr(expr.exponent)
    return lambda run, frame: run.power(base(run, frame), exponent(run, frame)), one | two


def _var(compiler: Compiler, expr: Var) -> tuple[Code, Free]:
    name = expr.name
    idx, free = compiler.lins(expr.idx)
    return lambda run, frame: run.entry(name, tuple([code(run, frame) for code in idx])), free


def _fun(compiler: Compiler, expr: Fun) -> tuple[Code, Free]:
    name = expr.name
    args, one = compiler.exprs(expr.args)
    idx, two = compiler.lins(expr.idx)
    order = expr.order or (0,) * len(args)
    if len(order) != len(args):
        raise NetworkError(f"{name} has {len(args)} arguments, but derivative orders for {len(order)}")

    def code(run: Evaluation, frame: Frame) -> Node:
        nodes = tuple([arg(run, frame) for arg in args])
        return run.site(name, tuple([code(run, frame) for code in idx]), nodes).node(order)

    return code, one | two


def _sum(compiler: Compiler, expr: Sum) -> tuple[Code, Free]:
    """A sum whose terms have a factor [p + c = i + a] has one term, or none: at the p that solves the condition."""
    slot, bounds, body, free = _quantified(compiler, expr)
    solved = [compiler.lin(value)[0] for value in _solutions(expr)]

    def code(run: Evaluation, frame: Frame) -> Node:
        walk = steps(run, frame, bounds)
        for only in solved:
            value = only(run, frame)
            walk = range(value, value + 1) if value in walk else range(0)
        terms = []
        for frame[slot] in walk:
            terms.append(body(run, frame))
        return total(terms)

    return code, free


def _solutions(expr: Sum) -> list[Lin]:
    """Return what the index must be where the terms are not 0, in the indices outside the sum.

    A sum within whose range depends on the index is not looked into: what its range is counts even for terms of 0.
    """
    bound, body, inner = expr.index, expr.body, {expr.index}
    while (
        isinstance(body, Sum) and body.index != bound and bound not in body.range.lo.indices() | body.range.hi.indices()
    ):
        inner.add(body.index)
        body = body.body
    found = []
    for factor in _flat(body, Mul) if isinstance(body, Mul) else (body,):
        if isinstance(factor, Iverson) and factor.relation == "=":
            difference = factor.left - factor.right
            sign = dict(difference.terms).get(bound, 0)
            rest = lin(bound) - difference * sign
            if abs(sign) == 1 and not inner & rest.indices():
                found.append(rest)
    return found


def _prod(compiler: Compiler, expr: Prod) -> tuple[Code, Free]:
    slot, bounds, body, free = _quantified(compiler, expr)

    def code(run: Evaluation, frame: Frame) -> Node:
        factors = []
        for value in steps(run, frame, bounds):
            frame[slot] = value
            factors.append(body(run, frame))
        return product(tuple(factors))

    return code, free


def _quantified(compiler: Compiler, expr: Sum | Prod) -> tuple[int, RangeCode, Code, Free]:
    bounds, outer = compiler.range(expr.range)
    with compiler.bound((expr.index,)) as binding:
        body, inner = compiler.expr(expr.body)
    return binding.slots[0], bounds, body, outer | inner - {binding.slots[0]}


def _step(compiler: Compiler, expr: Step) -> tuple[Code, Free]:
    code, free = compiler.expr(expr.arg)
    return lambda run, frame: ONE if positive(code(run, frame).value) else ZERO, free


def _diff(compiler: Compiler, expr: Diff) -> tuple[Code, Free]:
    body, one = compiler.expr(expr.body)
    name = expr.var.name
    idx, two = compiler.lins(expr.var.idx)

    def code(run: Evaluation, frame: Frame) -> Node:
        seed = run.entry(name, tuple([code(run, frame) for code in idx]))
        return run.tangents(seed).of(body(run, frame)) or ZERO

    return code, one | two


def _chain(compiler: Compiler, expr: Chain) -> tuple[Code, Free]:
    """Multiply a row by one matrix after the other, from the left."""
    bounds, free = compiler.range(expr.range)
    (left, one), (right, two) = compiler.lin(expr.left), compiler.lin(expr.right)
    with compiler.bound((expr.index, expr.row, expr.col)) as binding:
        at, row_at, col_at = binding.slots
        cols, three = compiler.lin(expr.cols)
        body, four = compiler.expr(expr.body)

    def code(run: Evaluation, frame: Frame) -> Node:
        walk = steps(run, frame, bounds)
        row, column = {left(run, frame): ONE}, right(run, frame)
        for frame[at] in walk:
            width = cols(run, frame)
            wanted = range(1, width + 1) if frame[at] < walk[-1] else (column,)
            if column < 1 or (frame[at] == walk[-1] and column > width):
                raise Unsettled("an entry outside a product of matrices")
            following = {}
            for frame[col_at] in wanted:
                terms = []
                for frame[row_at], weight in row.items():
                    terms.append(product((weight, body(run, frame))))
                following[frame[col_at]] = total(terms)
            row = following
        return row.get(column, ZERO)

    return code, free | one | two | (three | four) - set(binding.slots)


def _functional(compiler: Compiler, expr: Functional) -> tuple[Code, Free]:
    name = expr.name
    arrays = [_array(compiler, arg) for arg in expr.args]
    idx, free = compiler.lins(expr.idx)
    free = free.union(*(used for _, used in arrays))
    slots = []
    for place, entry in expr.slots:
        codes, used = compiler.lins(entry)
        slots.append((place, codes))
        free |= used

    def code(run: Evaluation, frame: Frame) -> Node:
        entries: dict[tuple[int, ...], Node] = {}
        for place, (array, _) in enumerate(arrays):
            for label, node in array(run, frame):
                entries[place, *label] = node
        order = dict.fromkeys(entries, 0)
        for place, codes in slots:
            label = (place, *[code(run, frame) for code in codes])
            if label not in order and name in EXTREMES:
                return ZERO
            if label not in order:
                raise NetworkError(f"argument {place + 1} of {name} has no entry {label[1:]}")
            order[label] += 1
        site = run.open_site(name, tuple([code(run, frame) for code in idx]), entries)
        return site.node(tuple(order.values()))

    return code, free


ArrayCode = Callable[["Evaluation", Frame], Iterator[tuple[tuple[int, ...], Node]]]


def _array(compiler: Compiler, array: Lambda) -> tuple[ArrayCode, Free]:
    """Return the code that walks through the entries of an array argument."""
    walks: list[tuple[int, RangeCode]] = []
    free = NONE
    with compiler.bound(()) as binding:
        for index, bounds in zip(array.indices, array.ranges, strict=True):
            code, used = compiler.range(bounds)
            free |= used
            walks.append((binding.bind(index), code))
        body, used = compiler.expr(array.body)
    free = (free | used) - set(binding.slots)

    def entries(run: Evaluation, frame: Frame, depth: int = 0) -> Iterator[tuple[tuple[int, ...], Node]]:
        if depth == len(walks):
            yield tuple([frame[slot] for slot, _ in walks]), body(run, frame)
            return
        slot, bounds = walks[depth]
        for value in steps(run, frame, bounds):
            frame[slot] = value
            yield from entries(run, frame, depth + 1)

    return entries, free


FORMS: dict[type[Expr], Callable[[Compiler, Any], tuple[Code, Free]]] = {
    Add: _add,
    Mul: _mul,
    Pow: _pow,
    Var: _var,
    Fun: _fun,
    Sum: _sum,
    Prod: _prod,
    Step: _step,
    Diff: _diff,
    Chain: _chain,
    Functional: _functional,
}
"""How each kind of expression is compiled; expressions of indices alone are numbers and not among them."""
