"""A reader that remembers the values of nodes: where most of a formula stays the same, only the rest is read again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from derive.algebra.index import Index, Lin, Size
from derive.reader.syntax import Node, Number, walk
from derive.typing.context import Context, Log
from derive.typing.elaborate import elaborate
from derive.typing.tensor import Tensor

Settled = tuple[dict[Size, int], dict[Size, Lin], set[str]] | None


@dataclass(frozen=True, slots=True)
class Known:
    """The value of a node in a context, with what was settled before it was read, and what was noted on the way."""

    node: Node
    ctx: Context
    settled: Settled
    noted: Log
    value: Tensor

    def renames(self, ctx: Context) -> dict[Index | Size, Lin] | None:
        """Return how bound indices are called in another context that is the same but for that; None for any other."""
        mine = self.ctx
        if self.settled != _settled(ctx.log):
            return None
        if mine.reading != ctx.reading or mine.free != ctx.free or mine.values != ctx.values:
            return None
        if mine.indices is ctx.indices or mine.indices == ctx.indices:
            return {}
        if mine.indices.keys() != ctx.indices.keys():
            return None
        pairs = [(old, ctx.indices[letter]) for letter, old in mine.indices.items()]
        bound: dict[Index | Size, Lin] = {
            old.atom: new for old, new in pairs if isinstance(old.atom, Index) and old.atom.uid
        }
        return bound if all(old == new or old.atom in bound for old, new in pairs) else None


@dataclass
class Remembering:
    """A reader that remembers the values of some nodes by their identity; of the `left` side also the context."""

    left: Node
    frame: tuple[Context, Log, Tensor] | None = None
    _known: dict[int, list[Known]] = field(default_factory=dict)

    def remember(self, node: Node) -> None:
        """Remember the values of a node and of those below it from now on."""
        for part in walk(node):
            if not isinstance(part, Number):
                self._known.setdefault(id(part), [])

    def value(self, node: Node) -> Tensor | None:
        """Return the value of a node where it was read first; None where it was not."""
        known = self._known.get(id(node))
        return known[0].value if known else None

    def __call__(self, node: Node, ctx: Context) -> Tensor:
        found = self._known.get(id(node))
        value = elaborate(node, ctx) if found is None else self._value(found, node, ctx)
        if node is self.left:
            self.frame = ctx, ctx.log.copy(), value
        return value

    def _value(self, found: list[Known], node: Node, ctx: Context) -> Tensor:
        for known in found:
            names = known.renames(ctx)
            if names is not None:
                _note(ctx.log, known.noted, names)
                return known.value.subs(names) if names else known.value
        settled, places = _settled(ctx.log), [len(part) for part in _lists(ctx.log)]
        value = elaborate(node, ctx)
        found.append(Known(node, ctx, settled, _noted(places, ctx.log), value))
        return value


def _settled(log: Log) -> Settled:
    """Return what a value may depend on."""
    return (dict(log.sizes), dict(log.lengths), set(log.taken)) if log.sizes or log.lengths or log.taken else None


def _lists(log: Log) -> tuple[list[Any], ...]:
    return log.uses, log.notes, log.conditions, log.products, log.borders


def _noted(places: list[int], after: Log) -> Log:
    """Return what was noted since the lists had these lengths."""
    found = after.copy()
    for part, place in zip(_lists(found), places, strict=True):
        del part[:place]
    return found


def _note(log: Log, noted: Log, names: dict[Index | Size, Lin]) -> None:
    log.take(noted)
    log.uses += [use.subs(names) for use in noted.uses]
    log.sizes |= noted.sizes
    log.lengths |= noted.lengths
    log.flat |= noted.flat
    log.ends |= noted.ends
    log.arguments |= noted.arguments
