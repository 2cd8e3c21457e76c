"""Entries, slices and gathers of arrays, and index expressions, as Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from derive.algebra.index import TIMES, Index, Lin, Range, Size, factors_of, lin
from derive.export.names import ExportError, Names, Slots

SUM, MATMUL, PRODUCT, UNARY, POWER, ATOM = range(6)
LETTERS = "ijklmnpqrstuvwxyzabcdefgh"


@dataclass(frozen=True, slots=True)
class Code:
    """Python text for an array whose axes are counted by `axes`, and how tightly it holds together.

    `turned` is text for a product of matrices with both axes exchanged: B.T @ A.T for A @ B.
    """

    text: str
    axes: tuple[Index, ...] = ()
    tight: int = ATOM
    turned: str = ""

    def within(self, tight: int) -> str:
        return self.text if self.tight >= tight else f"({self.text})"


@dataclass(frozen=True)
class Indexing:
    """Writes indices and entries; `loops` says what loop variables are called, `ranges` over what each index runs.

    `derivatives` maps a derivative of the loss to the name of its array; `starts` gives the first index of each slot;
    `wanted` has the axes of the whole array in their order, which parts of it are brought into where that is free.
    """

    names: Names
    slots: Slots
    starts: Mapping[str, tuple[Lin, ...]]
    xp: str
    loops: Mapping[Index, str]
    ranges: Mapping[Index, Range]
    wanted: tuple[Index, ...] = ()

    def in_order(self, axes: tuple[Index, ...]) -> tuple[Index, ...]:
        """Return axes in the order of the whole array, where it has all of them."""
        return tuple(sorted(axes, key=self.wanted.index)) if set(axes) <= set(self.wanted) else axes

    def index(self, value: Lin) -> str:
        """Return an index expression of loop variables, labels and sizes."""
        text = ""
        for atom, factor in sorted(value.terms, key=lambda term: term[1] < 0):
            sign = " - " if factor < 0 else " + "
            part = self.atom(atom)
            part = part if abs(factor) == 1 else f"{abs(factor)} * {part}"
            text += f"{sign}{part}" if text else ("-" if factor < 0 else "") + part
        if value.const or not text:
            sign = " - " if value.const < 0 else " + "
            text += f"{sign}{abs(value.const)}" if text else str(value.const)
        return text

    def atom(self, atom: Index | Size) -> str:
        if isinstance(atom, Index):
            if atom in self.loops:
                return self.loops[atom]
            if atom.uid == 0:
                return self.names.of("label", atom.name)
            raise ExportError(f"the index {atom} has no value here")
        if atom.name == TIMES:
            return " * ".join(map(self.index, atom.args))
        text = self.names.of("size", atom.name)
        return f"{text}[{', '.join(map(self.index, atom.args))}]" if atom.args else text

    def is_axis(self, index: Index) -> bool:
        return index in self.ranges and index not in self.loops

    def axes_in(self, value: Lin) -> list[Index]:
        factors = (factor.atom for atom, _ in value.terms for factor in factors_of(atom))
        return [atom for atom in factors if isinstance(atom, Index) and self.is_axis(atom)]

    def bounds(self, range_: Range) -> str:
        """Return the arguments of range() or arange()."""
        return f"{self.index(range_.lo)}, {self.index(range_.hi + 1)}"

    def length(self, range_: Range) -> str:
        return self.index(range_.length)

    def grid(self, value: Lin, axes: tuple[Index, ...]) -> str:
        """Return an index expression as an array of integers over axes."""
        text = ""
        along = {a for a, _ in value.terms if any(factor.atom in axes for factor in factors_of(a))}
        rest = Lin(tuple((a, c) for a, c in value.terms if a not in along), value.const)
        for atom, factor in value.terms:
            if atom in along:
                part = " * ".join(self._along(one, axes) for one in factors_of(atom))
                part = part if abs(factor) == 1 else f"{abs(factor)} * {part}"
                text += (f" {'-' if factor < 0 else '+'} " if text else "-" if factor < 0 else "") + part
        if rest.terms or rest.const:
            text += f" + {self.index(rest)}".replace("+ -", "- ")
        return text

    def _along(self, factor: Lin, axes: tuple[Index, ...]) -> str:
        """Return an index variable as the integers along its axis, and a size as it is."""
        atom = factor.atom
        if not isinstance(atom, Index) or atom not in axes:
            return self.index(factor)
        line = Code(f"{self.xp}.arange({self.bounds(self.ranges[atom])})", (atom,))
        return self.aligned(line, axes).text

    def entry(self, python: str, name: str, idx: tuple[Lin, ...]) -> Code:
        """Return an entry, a slice or a gather of an array."""
        loops = self.slots.get(name, ())
        keys = [self.index(idx[n]) for n in loops]
        base = f"{python}[{', '.join(keys)}]" if keys else python
        units = [(value, start) for n, (value, start) in enumerate(zip(idx, self._starts(name, idx), strict=True))
                 if n not in loops]  # fmt: skip
        single = [self.axes_in(value) for value, _ in units]
        flat = [index for found in single for index in found]
        plain = all(len(found) <= 1 for found in single) and len(set(flat)) == len(flat)
        if plain and all(not found or _shift(value, found[0]) is not None
                         for found, (value, _) in zip(single, units, strict=True)):  # fmt: skip
            parts = [self._slice(value, start) for value, start in units]
            if any(part != ":" for part in parts):
                base = f"{base}[{', '.join(parts)}]"
            return Code(base, tuple(flat))
        whole = [len(found) == 1 and flat.count(found[0]) == 1 and self._is_whole(value, found[0], start)
                 for found, (value, start) in zip(single, units, strict=True)]  # fmt: skip
        picked = [n for n, is_whole in enumerate(whole) if not is_whole]
        if picked != list(range(picked[0], picked[-1] + 1)):  # what is picked apart would move its axes to the front
            whole, picked = [False] * len(units), list(range(len(units)))
        axes = tuple(dict.fromkeys(index for n in picked for index in single[n]))
        keys = [
            ":" if whole[n] else self.gathered(n, value - start, axes, name) for n, (value, start) in enumerate(units)
        ]
        before = tuple(single[n][0] for n in range(picked[0]))
        after = tuple(single[n][0] for n in range(picked[-1] + 1, len(units)))
        return Code(f"{base}[{', '.join(keys)}]", (*before, *axes, *after))

    def _is_whole(self, value: Lin, index: Index, start: Lin) -> bool:
        return _shift(value, index) is not None and self._slice(value, start) == ":"

    def gathered(self, n: int, value: Lin, axes: tuple[Index, ...], name: str) -> str:
        """Return positions along an axis; those that a condition beside them rules out stay inside the array."""
        text = self.grid(value, axes) or "0"
        if any(factor < 0 for _, factor in value.terms):
            return f"({text}).clip(0, {self.names.of('variable', name)}.shape[{n}] - 1)"
        return text

    def _starts(self, name: str, idx: tuple[Lin, ...]) -> tuple[Lin, ...]:
        return self.starts.get(name, tuple(lin(1) for _ in idx))

    def _slice(self, value: Lin, start: Lin) -> str:
        found = self.axes_in(value)
        if not found:
            return self.index(value - start)
        shift = value - lin(found[0])
        range_ = self.ranges[found[0]]
        lo = range_.lo + shift - start
        whole = range_.length.is_const or isinstance(range_.length.atom, Size)  # 1 … n-1 or 1 … i is a part of an axis
        if lo == lin(0) and shift == lin(0) and whole:
            return ":"
        return f"{self.index(lo)} : {self.index(range_.hi + shift - start + 1)}"

    def aligned(self, code: Code, axes: tuple[Index, ...]) -> Code:
        """Return code with its axes in the given order, and new axes of length 1 where it has none."""
        order = tuple(axis for axis in axes if axis in code.axes)
        text = code
        if order != code.axes:
            if len(order) == 2 and code.turned:
                text = Code(code.turned, order, MATMUL, code.text)
            elif len(order) == 2:
                text = Code(f"{code.within(ATOM)}.T", order)
            else:
                letters = dict(zip(code.axes, LETTERS, strict=False))
                pattern = f"{''.join(letters[a] for a in code.axes)}->{''.join(letters[a] for a in order)}"
                text = Code(f'{self.xp}.einsum("{pattern}", {code.text})', order)
        if not text.axes or len(order) == len(axes):
            return Code(text.text, axes if text.axes else (), text.tight)
        places = ", ".join(":" if axis in order else "None" for axis in axes)
        return Code(f"{text.within(ATOM)}[{places}]", axes)


def _shift(value: Lin, index: Index) -> Lin | None:
    """Return c of index + c; None where the index has a factor."""
    rest = value - lin(index)
    return None if index in rest.indices() else rest


def union(axes: Sequence[tuple[Index, ...]]) -> tuple[Index, ...]:
    """Return all axes, in the order of the array that has most of them."""
    ordered = sorted(axes, key=len, reverse=True)
    return tuple(dict.fromkeys(axis for found in ordered for axis in found))
