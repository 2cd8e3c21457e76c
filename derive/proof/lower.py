"""Expressions compiled to code that evaluates them on concrete networks.

The code of an expression takes a run (the values of one concrete network) and a frame (the values of its index
variables, one slot each) and returns a node. Bound indices get their own slots, so that nothing is ever substituted.
A subexpression that does not use all indices in reach is evaluated once for each value of those that it uses.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from derive.algebra.expr import Add, Chain, Diff, Expr, Functional, IndexValue, Iverson, Mul, Num, Pow, Prod, Sum, Var
from derive.algebra.index import Index, Lin, Range, Size
from derive.proof.code import NONE, Code, Frame, Free, IntCode, NumberCode, RangeCode, power_of, product_of, sum_of
from derive.proof.dual import Node
from derive.proof.forms import FORMS

if TYPE_CHECKING:
    from derive.proof.evaluate import Evaluation

MAX_STATIC_EXPONENT = 64

_tags = count()


class Compiler:
    """Compiles expressions over one frame, whose first slots are the `params`.

    An index that nothing binds is `loose`: its value belongs to the whole network.
    """

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

    def _atom(self, atom: Index | Size) -> tuple[IntCode, Free]:
        if isinstance(atom, Index):
            slot = self._slots.get(atom)
            if slot is None:
                self.loose.add(atom)
                return lambda run, frame: run.concrete.free_index(atom), NONE
            return lambda run, frame: frame[slot], frozenset((slot,))
        name = atom.name
        args, free = self.lins(atom.args)
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
        code, free = FORMS[type(expr)](self, expr)
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
                return (sum_of if isinstance(expr, Add) else product_of)(codes), free
            case Pow(base, Num(power)) if power.denominator == 1 and abs(power) <= MAX_STATIC_EXPONENT:
                part = self.number(base)
                return None if part is None else (power_of(part[0], int(power)), part[1])
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

    def remembered(run: Evaluation, frame: Frame) -> Node:
        key = (tag, *[frame[slot] for slot in slots])
        node = run.memo.get(key)
        if node is None:
            node = run.memo[key] = code(run, frame)
        return node

    return remembered
