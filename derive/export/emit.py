"""Definitions as statements: loops over layers and steps, one array expression for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from derive.algebra.expr import Expr, Fun, Mul, Num, Pow, Sum, Var
from derive.algebra.index import Index, Lin, Range, lin
from derive.algebra.substitute import subs
from derive.export.indexing import MATMUL
from derive.export.names import Names, Slots
from derive.export.schedule import Block, Joint, Straight
from derive.export.vectorise import Vectoriser
from derive.network.network import Definition

INDENT = "    "


@dataclass(frozen=True)
class Emitter:
    """Writes blocks as lines of Python."""

    names: Names
    slots: Slots
    starts: Mapping[str, tuple[Lin, ...]]
    xp: str

    def lines(self, block: Block) -> Iterator[str]:
        match block:
            case Straight(definitions):
                yield from self._straight(definitions)
            case Joint():
                yield from self._joint(block)

    def target(self, name: str) -> str:
        """Return the array that holds a name; `d v` is the gradient of v."""
        if name.startswith("d "):
            return "d_" + self.names.of("variable", name[2:])
        return self.names.of("variable", name)

    def _straight(self, definitions: tuple[Definition, ...]) -> Iterator[str]:
        written = tuple[str, ...]()
        for d in definitions:
            heads, loops = list[str](), dict[Index, str]()
            values: dict[Any, Lin] = {}
            for n in self.slots.get(d.name, ()):
                param, range_ = d.params[n], d.ranges[n].subs(values)
                if range_.lo == range_.hi:
                    values[param] = range_.lo
                    continue
                name = self.names.of("loop", _letters(param))
                walk = self._compiler(loops, {}).bounds(range_)
                heads.append(f"{INDENT * len(loops)}for {name} in range({walk}):")
                loops[param] = name
            yield from () if heads and tuple(heads) == written else heads
            written = tuple(heads)
            yield INDENT * len(loops) + self._statement(d, loops, values)

    def _joint(self, block: Joint) -> Iterator[str]:
        indent, loops = "", dict[Index, str]()
        for index, range_ in zip(block.indices, block.ranges, strict=True):
            name = self.names.of("loop", _letters(index))
            compiler = self._compiler(loops, {})
            walk = compiler.bounds(range_)
            if block.down:
                walk = f"{compiler.index(range_.hi)}, {compiler.index(range_.lo - 1)}, -1"
            yield f"{indent}for {name} in range({walk}):"
            loops[index] = name
            indent += INDENT
        for guard, same in groupby(block.members, key=lambda member: self._guards(block, member[1], loops)):
            if guard:
                yield f"{indent}if {guard}:"
            inside = indent + INDENT if guard else indent
            yield from (inside + self._statement(definition, loops, {}) for definition, _ in same)

    def _guards(self, block: Joint, ranges: tuple[Range, ...], loops: Mapping[Index, str]) -> str:
        """Return the condition under which a member of a loop is evaluated; "" where it always is."""
        compiler, conditions = self._compiler(loops, {}), list[str]()
        for index, own, whole in zip(block.indices, ranges, block.ranges, strict=True):
            name = loops[index]
            if own.lo == own.hi:
                conditions.append(f"{name} == {compiler.index(own.lo)}")
                continue
            below = f"{compiler.index(own.lo)} <= " if own.lo != whole.lo else ""
            above = f" <= {compiler.index(own.hi)}" if own.hi != whole.hi else ""
            if below or above:
                conditions.append(f"{below}{name}{above}")
        return " and ".join(conditions)

    def _compiler(self, loops: Mapping[Index, str], ranges: Mapping[Index, Range]) -> Vectoriser:
        return Vectoriser(self.names, self.slots, self.starts, self.xp, loops, ranges)

    def _statement(self, d: Definition, loops: Mapping[Index, str], values: Mapping[Any, Lin]) -> str:
        places = self.slots.get(d.name, ())
        units = [n for n in range(len(d.params)) if n not in places]
        ranges = {d.params[n]: d.ranges[n].subs(values) for n in units}
        compiler = self._compiler(loops, ranges)
        keys = [compiler.index(values.get(d.params[n], lin(d.params[n]))) for n in places]
        left = self.target(d.name) + (f"[{', '.join(keys)}]" if keys else "")
        return f"{left} = {self._array(compiler, subs(d.body, values), tuple(d.params[n] for n in units))}"

    def _array(self, compiler: Vectoriser, body: Expr, axes: tuple[Index, ...]) -> str:
        """Return code for a whole array, its axes filled where the body does not depend on them."""
        logits = softmax_argument(body)
        if logits is not None:
            argument, index = logits
            along = [compiler.ranges[axis] for axis in axes]
            if index in axes and along:
                helper = self.names.of("helper", "softmax")
                return f"{helper}({compiler.array(argument, axes)}, {axes.index(index)})"
        stacked = next((axis for axis in axes if compiler.counts_loops(body, axis)), None)
        if stacked is not None:
            name = self.names.of("loop", _letters(stacked))
            range_ = compiler.ranges[stacked]
            inner = self._array(compiler.inside(stacked, range_, name), body, tuple(a for a in axes if a != stacked))
            return f"{self.xp}.stack([{inner} for {name} in range({compiler.bounds(range_)})], {axes.index(stacked)})"
        code = replace(compiler, wanted=axes).expr(body)
        aligned = compiler.aligned(code, axes)
        if set(code.axes) == set(axes) or not axes:
            return aligned.text
        lengths = ", ".join(compiler.length(compiler.ranges[axis]) for axis in axes)
        return f"{self.xp}.zeros(({lengths},)) + {aligned.within(MATMUL)}"


def _letters(index: Index) -> str:
    """Return a letter for a loop without the number that keeps index names apart."""
    return index.name.rstrip("0123456789") or "k"


def softmax_argument(body: Expr) -> tuple[Expr, Index] | None:
    """Return z and i of exp(z_i) / Σ_m exp(z_m); None for anything else."""
    match body:
        case Mul((Fun("exp", (argument,)), Pow(Sum(index, _, Fun("exp", (other,))), Num(power)))) if power == -1:
            for axis in _axes(argument):
                if subs(argument, {axis: lin(index)}) == other:
                    return argument, axis
    return None


def _axes(expr: Expr) -> set[Index]:
    from derive.algebra.substitute import walk

    return {i for node in walk(expr) if isinstance(node, Var) for value in node.idx for i in value.indices()}
