"""Numbers in and out: arrays of values for the parameters, and the value of an expression on that concrete network.

Values are evaluated by the oracle, in ball arithmetic on the forward pass itself, not by the derivation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any

from derive.algebra.expr import Expr, Fun, Functional
from derive.algebra.functions import KNOWN
from derive.algebra.index import Index, Lin, Range, Size, lin
from derive.algebra.substitute import walk
from derive.api.names import find_name
from derive.errors import UsageError
from derive.network.dependencies import variables
from derive.network.partials import label_ranges
from derive.notation.functions import EXTREMES
from derive.writing.plain import plain

if TYPE_CHECKING:
    from derive.api.net import Net
    from derive.network.network import Leaf
    from derive.proof.draw import Concrete

Key = tuple[str, tuple[int, ...]]


def evaluate_over(
    net: Net, expr: Expr, slots: Sequence[tuple[Lin, Range]], values: Any, labels: Mapping[str, int]
) -> Any:
    """Return the value of an expression: a number, or an array over those indices of `slots` that are letters.

    An index on whose value other ranges depend (a layer) makes a dictionary, {1: array, 2: array}.
    Raises: UsageError for values that are missing or do not fit.
    """
    concrete = concrete_network(net, expr, values or {}, labels)
    free = [(e.atom, r) for e, r in slots if isinstance(e.atom, Index)]
    free = [(i, r) for i, r in free if i not in concrete.sizes.free]
    return _table(expr, free, {}, concrete)


def _table(expr: Expr, free: Sequence[tuple[Index, Range]], env: dict[Index, int], concrete: Concrete) -> Any:
    if not free:
        return number(expr, concrete, env)
    (index, range_), rest = free[0], free[1:]
    walk_ = range(concrete.lin(range_.lo, env), concrete.lin(range_.hi, env) + 1)
    entries = [_table(expr, rest, {**env, index: value}, concrete) for value in walk_]
    if any(index in r.lo.indices() | r.hi.indices() for _, r in rest):
        return dict(zip(walk_, entries, strict=True))
    return numpy().array(entries)


def number(expr: Expr, concrete: Concrete, env: Mapping[Index, int] | None = None) -> float:
    """Return the value of an expression as a float."""
    from derive.proof.faults import OutOfRange, Unsettled
    from derive.proof.oracle import evaluate

    try:
        return float(evaluate(expr, concrete, env or {}))
    except (OutOfRange, Unsettled) as error:
        raise UsageError(f"cannot be evaluated here: {error}") from error


def numpy() -> Any:
    """Return NumPy. Raises: UsageError where it is not installed."""
    try:
        import numpy as np
    except ImportError as error:
        raise UsageError("arrays need NumPy: pip install numpy") from error
    return np


def concrete_network(net: Net, expr: Expr, values: Mapping[str, Any], labels: Mapping[str, int]) -> Concrete:
    """Return the network with these values. Raises: UsageError for what is missing, too much or does not fit."""
    from derive.proof.draw import draw_network

    _check_functions(net, expr)
    given: dict[Key, Fraction] = {}
    sizes = {size: value.const for size, value in net.sizes.items()}
    names = {plain(leaf.name): leaf for leaf in net.symbolic.leaves}
    for name, value in {**values, **labels}.items():
        if _label(net, name) is None:
            leaf = names[plain(find_name(name, [leaf.name for leaf in net.symbolic.leaves]))]
            _enter(net, leaf, value, sizes, given)
    free = _labels(net, {**values, **labels})
    _check_complete(net, expr, {name for name, _ in given}, free)
    return draw_network(net.symbolic, sizes=sizes, values=given, free=free)


def _check_functions(net: Net, expr: Expr) -> None:
    bodies = (expr, *(definition.body for definition in net.symbolic.definitions))
    for node in (node for body in bodies for node in walk(body)):
        if isinstance(node, Fun | Functional) and node.name not in KNOWN | EXTREMES.keys():
            name = plain(net.notation.functions.get(node.name, node.name))
            raise UsageError(f"the function {name} is left open; choose one, as in load_network(…, activation='tanh')")


def _label(net: Net, name: str) -> Index | None:
    for index in label_ranges(net.symbolic):
        if name in (index.name, plain(index.name)) or (name == "l" and index.name == r"\ell"):
            return index
    return None


def _labels(net: Net, given: Mapping[str, Any]) -> dict[Index, int]:
    found = {}
    for name, value in given.items():
        index = _label(net, name)
        if index is not None:
            found[index] = int(value)
    return found


def _check_complete(net: Net, expr: Expr, given: set[str], free: Mapping[Index, int]) -> None:
    """Raise UsageError for a parameter or label that the expression depends on and that has no value."""
    from derive.network.dependencies import Dependencies

    below = Dependencies(net.symbolic).below
    used = {v.name for v in variables(expr)}
    used |= {name for v in list(used) for name in below.get(v, set())}
    missing = [leaf.name for leaf in net.symbolic.leaves if leaf.name in used and leaf.name not in given]
    for index in label_ranges(net.symbolic):
        if index not in free and any(d.name in used for d in net.symbolic.definitions if _mentions(d.body, index)):
            missing.append("l" if index.name == r"\ell" else plain(index.name))
    if missing:
        raise UsageError(
            f"no value is given for {', '.join(map(plain, missing))}; net.at(widths).sample() shows the form"
        )


def _mentions(body: Expr, index: Index) -> bool:
    return any(index in e.indices() for v in variables(body) for e in v.idx)


# Arrays to entries


def _enter(net: Net, leaf: Leaf, value: Any, sizes: dict[Size, int], given: dict[Key, Fraction]) -> None:
    """Enter the entries of one parameter, and the sizes that follow from its shape."""
    from derive.api.net import layer_places

    layers = set(layer_places(net, leaf.name))
    counted = _counted(value, leaf, len(layers), sizes)
    for at, array in counted:
        env = dict(zip((p for n, p in enumerate(leaf.params) if n in layers), at, strict=True))
        units = [(p, r) for n, (p, r) in enumerate(zip(leaf.params, leaf.ranges, strict=True)) if n not in layers]
        shape = _shape(array, len(units), leaf.name)
        known: dict[Any, Lin] = {param: lin(number_) for param, number_ in env.items()}
        for (_, range_), length in zip(units, shape, strict=True):
            _fit(range_.subs(known), length, leaf.name, at, sizes)
        starts = [_const(range_.lo.subs(known), sizes) for _, range_ in units]
        for place in product(*(range(length) for length in shape)):
            index = iter(start + n for start, n in zip(starts, place, strict=True))
            layer = iter(at)
            idx = tuple(next(layer) if n in layers else next(index) for n in range(len(leaf.params)))
            given[leaf.name, idx] = _fraction(_entry(array, place), leaf.name)


def _counted(value: Any, leaf: Leaf, layers: int, sizes: dict[Size, int]) -> Iterator[tuple[tuple[int, ...], Any]]:
    """Yield the arrays of a parameter with their layers: of {1: W1, 2: W2}, or of a list from the lowest layer on."""
    if layers == 0:
        yield (), value
        return
    first = leaf.ranges[0].lo
    if layers > 1 or not first.is_const:
        if not isinstance(value, Mapping):
            raise UsageError(f"give {plain(leaf.name)} as a dictionary from its layers to arrays")
        entries = {(key if isinstance(key, tuple) else (key,)): array for key, array in value.items()}
    elif isinstance(value, Mapping):
        entries = {(int(key),): array for key, array in value.items()}
    else:
        entries = {(first.const + n,): array for n, array in enumerate(value)}
    if layers == 1 and entries:
        _fit(leaf.ranges[0], max(at[0] for at in entries) - first.const + 1, leaf.name, (), sizes)
    yield from entries.items()


def _shape(array: Any, axes: int, name: str) -> tuple[int, ...]:
    shape = []
    part = array
    for _ in range(axes):
        try:
            shape.append(len(part))
        except TypeError as error:
            raise UsageError(f"{plain(name)} must be an array with {axes} axes") from error
        part = part[0] if len(part) else ()
    return tuple(shape)


def _entry(array: Any, place: tuple[int, ...]) -> Any:
    for n in place:
        array = array[n]
    return array


def _fraction(value: Any, name: str) -> Fraction:
    try:
        return Fraction(value) if isinstance(value, int | Fraction) else Fraction(float(value))
    except (TypeError, ValueError, OverflowError) as error:
        raise UsageError(f"an entry of {plain(name)} is no finite number: {value!r}") from error


def _fit(range_: Range, length: int, name: str, at: tuple[int, ...], sizes: dict[Size, int]) -> None:
    """Enter the size that a range of this length fixes. Raises: UsageError where it is another already."""
    known = {size: lin(value) for size, value in sizes.items()}
    rest = range_.length.subs(known)
    where = plain(name) + (f"[{','.join(map(str, at))}]" if at else "")
    if rest.is_const:
        if rest.const != length:
            raise UsageError(f"{where} has {length} entries along an axis of {range_.length} = {rest.const}")
        return
    (atom, factor), *others = rest.terms
    if others or abs(factor) != 1 or isinstance(atom, Index):
        return
    sizes[atom] = (length - rest.const) * factor


def _const(value: Lin, sizes: Mapping[Size, int]) -> int:
    found = value.subs({size: lin(number_) for size, number_ in sizes.items()})
    return found.const


# Random values


def sample(net: Net, seed: int) -> dict[str, Any]:
    """Return random values for all parameters and inputs, and for the labels.

    Raises: UsageError while sizes are open.
    """
    from derive.algebra.index import lin as index
    from derive.api.net import layer_places
    from derive.network.concrete import layer_slots

    rng = numpy().random.default_rng(seed)
    found: dict[str, Any] = {}
    for leaf in net.symbolic.leaves:
        layers = layer_places(net, leaf.name) or layer_slots(leaf.params, leaf.ranges)
        arrays: dict[tuple[int, ...], Any] = {}
        for at in _walk([(leaf.params[n], leaf.ranges[n]) for n in layers], net):
            known = {leaf.params[n]: index(value) for n, value in zip(layers, at, strict=True)}
            shape = [_length(range_.subs(known), net) for n, range_ in enumerate(leaf.ranges) if n not in layers]
            arrays[at] = rng.normal(size=shape) if shape else float(rng.normal())
        if not layers:
            found[plain(leaf.name)] = arrays[()]
        else:
            found[plain(leaf.name)] = {at[0] if len(at) == 1 else at: array for at, array in arrays.items()}
    for label, range_ in label_ranges(net.symbolic).items():
        found["l" if label.name == r"\ell" else plain(label.name)] = int(rng.integers(1, _length(range_, net) + 1))
    return found


def _walk(pairs: list[tuple[Index, Range]], net: Net) -> Iterator[tuple[int, ...]]:
    if not pairs:
        yield ()
        return
    (index, range_), rest = pairs[0], pairs[1:]
    bounds = net.sized(range_)
    for value in range(whole(bounds.lo), whole(bounds.hi) + 1):
        for tail in _walk([(i, r.subs({index: lin(value)})) for i, r in rest], net):
            yield (value, *tail)


def _length(range_: Range, net: Net) -> int:
    return whole(net.sized(net.sized(range_)).length)


def whole(value: Lin) -> int:
    if not value.is_const:
        raise UsageError(f"the size {value} is open; give widths, as in net.at([2, 3, 2])")
    return value.const
