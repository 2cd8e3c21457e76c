"""A model as a person reads it: the forward pass as written, and entry by entry as derive understands it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from derive.algebra.expr import Var
from derive.algebra.index import Index, Range, lin
from derive.models.model import Model
from derive.writing.unicode import to_unicode


def render(model: Model) -> str:
    """Return the model in sections; sections without lines are left out."""
    sections = (
        ("forward pass", list(model.forward)),
        ("shapes", list(model.shapes)),
        ("functions", [f"{symbol} is {_function(kind)}" for symbol, kind in model.functions]),
        ("further names", list(model.where)),
        ("assumed", list(model.assume)),
        ("entry by entry", _aligned(_definitions(model))),
        ("given", _aligned(_leaves(model))),
        ("conventions", list(_conventions(model))),
    )
    head = f"{model.name}: {model.source}" if model.source else model.name
    blocks = ["\n".join([title, *(f"  {line}" for line in lines)]) for title, lines in sections if lines]
    return "\n\n".join([head, *blocks]) + "\n"


def one_line(model: Model) -> str:
    """Return where the model comes from and what its loss is."""
    return model.source or "; ".join(model.forward[-1:])


def _function(kind: str) -> str:
    return "any differentiable function" if kind == "any" else kind


def _definitions(model: Model) -> Iterator[tuple[str, str]]:
    for definition in model.network.definitions:
        left = _name(model, definition.name, definition.params)
        right = to_unicode(definition.body, model.notation)
        yield f"{left} = {right}", _ranges(definition.params, definition.ranges)


def _leaves(model: Model) -> Iterator[tuple[str, str]]:
    for leaf in model.network.leaves:
        yield _name(model, leaf.name, leaf.params), _ranges(leaf.params, leaf.ranges)


def _aligned(rows: Iterable[tuple[str, str]]) -> list[str]:
    rows = list(rows)
    width = max((len(left) for left, _ in rows), default=0)
    return [f"{left:<{width}}   {right}".rstrip() for left, right in rows]


def _conventions(model: Model) -> Iterator[str]:
    if model.network.loss is not None:
        yield f"the loss is {_name(model, model.network.loss, ())}"
    yield f"Jacobians in {model.reading['jacobian']} layout"
    if model.reading["gradients"] == "row":
        yield "gradients are rows"


def _name(model: Model, name: str, params: tuple[Index, ...]) -> str:
    return to_unicode(Var(name, tuple(lin(param) for param in params)), model.notation)


def _ranges(params: tuple[Index, ...], ranges: tuple[Range, ...]) -> str:
    """Return `1 ≤ k ≤ L, 1 ≤ i ≤ n[k]`; an index with a single value is an equation."""
    return ", ".join(
        f"{param.name} = {range_.lo}" if range_.lo == range_.hi else f"{range_.lo} ≤ {param.name} ≤ {range_.hi}"
        for param, range_ in zip(params, ranges, strict=True)
    )
