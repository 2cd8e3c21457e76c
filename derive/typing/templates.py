"""The pattern behind listed entries: which index counts them, from the first, second and last entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from derive.reader.names import flat_text
from derive.reader.syntax import Additive, Item, Link, Node, Number, Symbol, Term, Tuple, with_scripts
from derive.source import Span
from derive.typing.indices import Segment, cuts, parts

Path = tuple[int, ...]


def normal(node: Node) -> Node:
    """Return a node with the indices below each name parted one by one, and without TeX braces."""
    if node.scripted:
        is_index = node.base.symbol not in {r"\nabla", r"\partial"}
        sub = None if node.sub is None else _parted(node.sub) if is_index else normal(node.sub)
        sup = None if node.sup is None else normal(node.sup)
        return with_scripts(node.span, normal(node.base), sub, sup, node.primes)
    return mapped(node, normal)


def mapped(node: Node, change: Callable[[Node], Node]) -> Node:
    """Return a node with every node directly inside it changed."""

    def each(value: object) -> object:
        match value:
            case Node():
                return change(value)
            case Item(operator, inner):
                return Item(operator, change(inner))
            case Term(sign, inner):
                return Term(sign, change(inner))
            case Link(operator, inner, span):
                return Link(operator, change(inner), span)
            case tuple():
                return tuple(each(item) for item in value)
        return value

    changed: dict[str, Any] = {f.name: each(getattr(node, f.name)) for f in fields(node) if f.name != "span"}
    return replace(node, **changed)


def _parted(sub: Node) -> Node:
    if sub.scripted:
        return Tuple(sub.span, (normal(sub),))  # a single n_k, as a tuple like any other index
    groups = parts(sub)
    if any(token.kind in {"other", "bracket", "end", "script"} for group in groups for token in group):
        return normal(sub)
    count = sum(1 for group in groups for token in group if token.kind != "sign")
    for length in range(count, 0, -1):
        for segments in cuts(groups, length, merge=False):
            return Tuple(sub.span, tuple(segment_node(segment) for segment in segments))
    return normal(sub)


def segment_node(segment: Segment) -> Node:
    """Return an index such as n-1 as a syntax tree."""
    if len(segment) == 1:
        return segment[0].node
    terms, sign = [], "+"
    for token in segment:
        if token.kind == "sign":
            sign = token.text
        else:
            terms.append(Term(sign, token.node))
    return Additive(Span(segment[0].node.span.start, segment[-1].node.span.end), tuple(terms))


Differences = dict[Path, tuple[Node, Node]]


def differences(first: object, second: object, path: Path = ()) -> Differences | None:
    """Return where two normal trees differ in an index or a number; None if they differ in anything else."""
    if _is_index(first) and _is_index(second):
        assert isinstance(first, Node)
        assert isinstance(second, Node)
        return {} if flat_text(first) == flat_text(second) else {path: (first, second)}
    if isinstance(first, Number) and isinstance(second, Node) and second.scripted:
        return {path: (first, second)}  # 1 … n_k: the last index may be a size that depends on the layer
    if type(first) is not type(second):
        return None
    if isinstance(first, tuple) and isinstance(second, tuple):
        if len(first) != len(second):
            return None
        return _merged([differences(a, b, (*path, n)) for n, (a, b) in enumerate(zip(first, second, strict=True))])
    if is_dataclass(first) and is_dataclass(second) and not isinstance(first, type):
        names = [field.name for field in fields(first) if not field.name.endswith("span")]
        pairs = [(getattr(first, name), getattr(second, name)) for name in names]
        return _merged([differences(a, b, (*path, n)) for n, (a, b) in enumerate(pairs)])
    return {} if first == second else None


def _merged(found: list[Differences | None]) -> Differences | None:
    result: Differences = {}
    for one in found:
        if one is None:
            return None
        result |= one
    return result


def _is_index(value: object) -> bool:
    if isinstance(value, Number | Symbol):
        return True
    return isinstance(value, Additive) and all(isinstance(term.node, Number | Symbol) for term in value.terms)


def with_markers(node: object, markers: Mapping[Path, str], path: Path = ()) -> object:
    """Return a normal tree with letters put in place of the nodes at some paths."""
    if path in markers and isinstance(node, Node):
        return Symbol(node.span, markers[path])
    if isinstance(node, tuple):
        return tuple(with_markers(item, markers, (*path, n)) for n, item in enumerate(node))
    if is_dataclass(node) and not isinstance(node, type):
        names = [field.name for field in fields(node) if not field.name.endswith("span")]
        changed = {name: with_markers(getattr(node, name), markers, (*path, n)) for n, name in enumerate(names)}
        return replace(node, **changed)
    return node


def same_tree(first: Node, second: Node) -> bool:
    """Return whether two trees are written alike, apart from spaces and braces."""
    return differences(normal(first), normal(second)) == {}
