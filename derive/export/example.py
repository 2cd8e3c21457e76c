"""An example for exported code: a small network drawn as the oracle draws them, so that all facts assumed hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from derive.algebra.expr import Var
from derive.errors import NetworkError
from derive.export.helpers import ARRAY
from derive.export.names import ExportError, Names, Slots, sizes_of
from derive.network.concrete import blocks
from derive.network.network import Leaf, Network
from derive.network.partials import label_ranges
from derive.proof.draw import Concrete, assignments, draw_network
from derive.proof.evaluate import evaluate
from derive.proof.faults import Unsettled

Entry = tuple[int, ...]
DIGITS = 12
DRAWS = 20


def drawn(network: Network) -> Concrete:
    """Return the network of the example, with values for its labels, away from kinks and ties where one is found."""
    labels = dict.fromkeys(label_ranges(network), 1)
    networks = (draw_network(network, seed=seed, free=labels) for seed in range(1, DRAWS + 1))
    return next(filter(_is_smooth, networks), draw_network(network, seed=1, free=labels))


def _is_smooth(concrete: Concrete) -> bool:
    """Whether the loss has a derivative there: two largest entries that are equal have none."""
    try:
        evaluate(Var(concrete.network.loss or ""), concrete)
    except Unsettled:
        return False
    except NetworkError:  # a loss that nothing is known of
        return True
    return True


def example_lines(
    network: Network, leaves: Sequence[Leaf], names: Names, slots: Slots, backend: str, sizes: Sequence[str] = ()
) -> Iterator[str]:
    """Yield a function `example` that returns arguments for `forward` and `gradients`."""
    concrete = drawn(network)
    yield "def example():"
    yield '    """Return values for a small network, as arguments for `forward` and `gradients`."""'
    yield "    return {"
    for name, same in groupby(leaves, key=lambda leaf: leaf.name):
        entries = {place: _value(concrete, name, place) for leaf in same for place in assignments(leaf, concrete)}
        text = _literal(entries, slots.get(name, ()), ARRAY[backend])
        yield f'        "{names.of("variable", name)}": {text},'
    for label in label_ranges(network):
        yield f'        "{names.of("label", label.name)}": 1,'
    called = {names.of("size", size.name): size for size in sizes_of(blocks(network))}
    for size in sizes:
        if called[size].args:
            raise ExportError(f"the size {size} cannot be told from the shapes of the parameters; give widths")
        yield f'        "{size}": {concrete.size(called[size].name, ())},'
    yield "    }"


def _value(concrete: Concrete, name: str, place: Entry) -> float:
    return round(float(concrete.leaf(name, place, concrete.run())), DIGITS)


def _literal(entries: dict[Entry, float], loops: tuple[int, ...], array: str) -> str:
    if not loops:
        return f"{array}({_nested(entries)})"
    by_layer: dict[Entry, dict[Entry, float]] = {}
    for place, value in entries.items():
        key = tuple(place[n] for n in loops)
        rest = tuple(index for n, index in enumerate(place) if n not in loops)
        by_layer.setdefault(key, {})[rest] = value
    shown = (f"{key[0] if len(key) == 1 else key}: {array}({_nested(found)})" for key, found in by_layer.items())
    return f"{{{', '.join(shown)}}}"


def _nested(entries: dict[Entry, float]) -> str:
    """Return entries as nested lists."""
    if () in entries:
        return repr(entries[()])
    rows: dict[int, dict[Entry, float]] = {}
    for place, value in entries.items():
        rows.setdefault(place[0], {})[place[1:]] = value
    if not rows:
        raise ExportError("the example has an array without entries")
    return f"[{', '.join(_nested(rows[key]) for key in sorted(rows))}]"
