"""Expressions compiled to code that evaluates them on concrete networks.

The code of an expression takes a run (the values of one concrete network) and a frame (the values of its index
variables, one slot each) and returns a node. Bound indices get their own slots, so that nothing is ever substituted.
A subexpression that does not use all indices in reach is evaluated once for each value of those that it uses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import count
from typing import TYPE_CHECKING

from derive.algebra.expr import (
    Add,
    Chain,
    Diff,
    Expr,
    Fun,
    Functional,
    IndexValue,
    Iverson,
    Lambda,
    Mul,
    Num,
    Pow,
    Prod,
    Step,
    Sum,
    Var,
)
from derive.algebra.index import Index, Lin, Range
from derive.errors import NetworkError
from derive.proof.dual import ONE, ZERO, Node, product, total
from derive.proof.faults import Unsettled
from derive.proof.known import positive

if TYPE_CHECKING:
    from derive.proof.evaluate import Run

Frame = list[int]
Code = Callable[["Run", Frame], Node]
IntCode = Callable[["Run", Frame], int]
NumberCode = Callable[["Run", Frame], Fraction | int]
RangeCode = tuple[IntCode, IntCode]
Free = frozenset[int]
NONE: Free = frozenset()
MAX_STATIC_EXPONENT = 64

_tags = count()


def steps(run: Run, frame: Frame, bounds: RangeCode) -> range:
    """Return the values of a range. Raises Unsettled if there are too many to walk through."""
    run.check_time()
    walk = range(bounds[0](run, frame), bounds[1](run, frame) + 1)
    if len(walk) > run.longest:
        raise Unsettled(f"a range of {len(walk)} values is too long to evaluate")
    return walk


class Compiler:
    """Compiles expressions over one frame; `params` take its first slots. Other unbound indices are globals of the run."""

    def __init__(self, params: tuple[Index, ...] = ()) -> None:
        self.width = len(params)
        self.loose: set[Index] = set()
        self._slots: dict[Index, int] = {param: slot for slot, param in enumerate(params)}

    def frame(self, values: tuple[int, ...]) -> Frame:
        """Return a frame for the parameters' values, with room for all bound indices compiled so far."""
        return [*values, *[0] * (self.width - len(values))]

    def lin(self, value: Lin) -> tuple[IntCode, Free]:
        """Return the code of an index expression."""
        const = value.const
        if not value.terms:
            return lambda run, frame: const, NONE
        parts = [(self._atom(atom), c) for atom, c in value.terms]
        free = NONE.union(*(part[0][1] for part in parts))
        codes = [(code, c) for (code, _), c in parts]
        if len(codes) == 1 and codes[0][1] == 1:
            only = codes[0][0]
            if isinstance(value.terms[0][0], Index) and free:
                (slot,) = free
                if const == 0:
                    return lambda run, frame: frame[slot], free
                return lambda run, frame: frame[slot] + const, free
            return lambda run, frame: only(run, frame) + const, free
        return lambda run, frame: const + sum(c * code(run, frame) for code, c in codes), free

    def _atom(self, atom: object) -> tuple[IntCode, Free]:
        if isinstance(atom, Index):
            slot = self._slots.get(atom)
            if slot is None:
                self.loose.add(atom)
                return lambda run, frame: run.concrete.free_index(atom), NONE
            return lambda run, frame: frame[slot], frozenset((slot,))
        name, args, free = atom.name, *self.lins(atom.args)  # type: ignore[attr-defined]
        if not args:
            return lambda run, frame: run.concrete.size(name, ()), NONE
        return lambda run, frame: run.concrete.size(name, tuple([arg(run, frame) for arg in args])), free

    def lins(self, values: tuple[Lin, ...]) -> tuple[tuple[IntCode, ...], Free]:
        pairs = [self.lin(value) for value in values]
        return tuple(code for code, _ in pairs), NONE.union(*(free for _, free in pairs))

    def range(self, bounds: Range) -> tuple[RangeCode, Free]:
        (lo, below), (hi, above) = self.lin(bounds.lo), self.lin(bounds.hi)
        return (lo, hi), below | above

    def expr(self, expr: Expr) -> tuple[Code, Free]:
        """Return the code of an expression and the slots of the indices that it uses."""
        number = self.number(expr)
        if number is not None:
            value, free = number
            return lambda run, frame: run.constant(value(run, frame)), free
        code, free = _TABLE[type(expr)](self, expr)
        repeated = any(slot not in free for slot in self._slots.values())
        if isinstance(expr, Sum | Prod | Chain | Functional | Diff) or (repeated and not isinstance(expr, Var)):
            return _once(code, free), free
        return code, free

    def exprs(self, exprs: tuple[Expr, ...]) -> tuple[tuple[Code, ...], Free]:
        pairs = [self.expr(expr) for expr in exprs]
        return tuple(code for code, _ in pairs), NONE.union(*(free for _, free in pairs))

    def number(self, expr: Expr) -> tuple[NumberCode, Free] | None:
        """Return the code of an expression of indices and rational numbers alone; None for any other."""
        match expr:
            case Num(value):
                return lambda run, frame: value, NONE
            case IndexValue(value):
                return self.lin(value)
            case Iverson(relation, left, right):
                (first, one), (second, two) = self.lin(left), self.lin(right)
                if relation == "=":
                    return lambda run, frame: int(first(run, frame) == second(run, frame)), one | two
                return lambda run, frame: int(first(run, frame) <= second(run, frame)), one | two
            case Add(args) | Mul(args):
                parts = [self.number(arg) for arg in args]
                known = [part for part in parts if part is not None]
                if len(known) < len(parts):
                    return None
                codes = [code for code, _ in known]
                free = NONE.union(*(used for _, used in known))
                return (_sum_of if isinstance(expr, Add) else _product_of)(codes), free
            case Pow(base, Num(power)) if power.denominator == 1 and abs(power) <= MAX_STATIC_EXPONENT:
                part = self.number(base)
                return None if part is None else (_power_of(part[0], int(power)), part[1])
        return None

    def bound(self, indices: tuple[Index, ...]) -> Binding:
        return Binding(self, indices)


class Binding:
    """Slots for bound indices while the code under them is compiled."""

    def __init__(self, compiler: Compiler, indices: tuple[Index, ...]) -> None:
        self._compiler = compiler
        self._indices = indices
        self._hidden: dict[Index, int | None] = {}
        self.slots: list[int] = []

    def bind(self, index: Index) -> int:
        """Give the next index its slot, hiding an outer index of the same name."""
        known = self._compiler._slots
        self._hidden.setdefault(index, known.get(index))
        known[index] = slot = self._compiler.width
        self._compiler.width += 1
        self.slots.append(slot)
        return slot

    def __enter__(self) -> Binding:
        for index in self._indices:
            self.bind(index)
        return self

    def __exit__(self, *exc: object) -> None:
        for index, slot in self._hidden.items():
            if slot is None:
                del self._compiler._slots[index]
            else:
                self._compiler._slots[index] = slot


def _once(code: Code, free: Free) -> Code:
    """Return the code that evaluates once for each value of the indices that it uses."""
    tag = next(_tags)
    slots = tuple(sorted(free))

    def remembered(run: Run, frame: Frame) -> Node:
        key = (tag, *[frame[slot] for slot in slots])
        node = run.memo.get(key)
        if node is None:
            node = run.memo[key] = code(run, frame)
        return node

    return remembered


def _sum_of(codes: list[NumberCode]) -> NumberCode:
    return lambda run, frame: sum(code(run, frame) for code in codes)


def _product_of(codes: list[NumberCode]) -> NumberCode:
    def value(run: Run, frame: Frame) -> Fraction | int:
        result: Fraction | int = 1
        for code in codes:
            result *= code(run, frame)
            if not result:
                return 0
        return result

    return value


def _power_of(base: NumberCode, exponent: int) -> NumberCode:
    def value(run: Run, frame: Frame) -> Fraction | int:
        number = Fraction(base(run, frame))
        if exponent < 0 and not number:
            raise Unsettled("a division by zero")
        return number**exponent

    return value


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
    coefficient = _product_of(numbers)

    def code(run: Run, frame: Frame) -> Node:
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

    def code(run: Run, frame: Frame) -> Node:
        nodes = tuple([arg(run, frame) for arg in args])
        return run.site(name, tuple([code(run, frame) for code in idx]), nodes).node(order)

    return code, one | two


def _sum(compiler: Compiler, expr: Sum) -> tuple[Code, Free]:
    slot, bounds, body, free = _quantified(compiler, expr)

    def code(run: Run, frame: Frame) -> Node:
        terms = []
        for value in steps(run, frame, bounds):
            frame[slot] = value
            terms.append(body(run, frame))
        return total(terms)

    return code, free


def _prod(compiler: Compiler, expr: Prod) -> tuple[Code, Free]:
    slot, bounds, body, free = _quantified(compiler, expr)

    def code(run: Run, frame: Frame) -> Node:
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

    def code(run: Run, frame: Frame) -> Node:
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

    def code(run: Run, frame: Frame) -> Node:
        walk = steps(run, frame, bounds)
        row, column = {left(run, frame): ONE}, right(run, frame)
        if bounds[1](run, frame) < bounds[0](run, frame) - 1:
            raise Unsettled("a product of matrices that runs backwards")
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

    def code(run: Run, frame: Frame) -> Node:
        entries: dict[tuple[int, ...], Node] = {}
        for place, (array, _) in enumerate(arrays):
            for label, node in array(run, frame):
                entries[place, *label] = node
        order = dict.fromkeys(entries, 0)
        for place, codes in slots:
            label = (place, *[code(run, frame) for code in codes])
            if label not in order:
                raise NetworkError(f"argument {place + 1} of {name} has no entry {label[1:]}")
            order[label] += 1
        site = run.open_site(name, tuple([code(run, frame) for code in idx]), entries)
        return site.node(tuple(order.values()))

    return code, free


ArrayCode = Callable[["Run", Frame], Iterator[tuple[tuple[int, ...], Node]]]


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

    def entries(run: Run, frame: Frame, depth: int = 0) -> Iterator[tuple[tuple[int, ...], Node]]:
        if depth == len(walks):
            yield tuple([frame[slot] for slot, _ in walks]), body(run, frame)
            return
        slot, bounds = walks[depth]
        for value in steps(run, frame, bounds):
            frame[slot] = value
            yield from entries(run, frame, depth + 1)

    return entries, free


_TABLE: dict[type[Expr], Callable[[Compiler, object], tuple[Code, Free]]] = {
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
}  # type: ignore[dict-item]
