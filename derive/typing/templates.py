"""The pattern behind listed entries: which index counts them, from the first, second and last entry."""

from __future__ import annotations

from collections.abc import Mapping

from derive.names.indices import Segment, cuts, parts
from derive.reader.syntax import (
    Additive,
    Name,
    Node,
    Number,
    Part,
    Term,
    Tuple,
    contents,
    mapped,
    with_contents,
    with_scripts,
)
from derive.source import Span

Path = tuple[int, ...]


def normal(node: Node) -> Node:
    """Return a node with the indices below each name parted one by one, and without TeX braces."""
    if node.scripted:
        is_index = node.base.symbol not in {r"\nabla", r"\partial"}
        sub = None if node.sub is None else _parted(node.sub) if is_index else normal(node.sub)
        sup = None if node.sup is None else normal(node.sup)
        return with_scripts(node.span, normal(node.base), sub, sup, node.primes)
    return mapped(node, normal)


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
        return {} if first.text == second.text else {path: (first, second)}
    if isinstance(first, Number) and isinstance(second, Node) and second.scripted:
        return {path: (first, second)}  # 1 … n_k: the last index may be a size that depends on the layer
    if type(first) is not type(second):
        return None
    if isinstance(first, tuple) and isinstance(second, tuple):
        if len(first) != len(second):
            return None
        return _merged([differences(a, b, (*path, n)) for n, (a, b) in enumerate(zip(first, second, strict=True))])
    if isinstance(first, Part) and isinstance(second, Part):
        return differences(contents(first), contents(second), path)
    return {} if first == second else None


def _merged(found: list[Differences | None]) -> Differences | None:
    result: Differences = {}
    for one in found:
        if one is None:
            return None
        result |= one
    return result


def _is_index(value: object) -> bool:
    if isinstance(value, Additive):
        return all(isinstance(term.node, Number) or term.node.symbol for term in value.terms)
    return isinstance(value, Number) or (isinstance(value, Node) and value.symbol != "")


def with_markers(node: object, markers: Mapping[Path, str], path: Path = ()) -> object:
    """Return a normal tree with letters put in place of the nodes at some paths."""
    if path in markers and isinstance(node, Node):
        return Name(node.span, markers[path])
    if isinstance(node, tuple):
        return tuple(with_markers(item, markers, (*path, n)) for n, item in enumerate(node))
    if isinstance(node, Part):
        return with_contents(node, [with_markers(value, markers, (*path, n)) for n, value in enumerate(contents(node))])
    return node


def same_tree(first: Node, second: Node) -> bool:
    """Return whether two trees are written alike, apart from spaces and braces."""
    return differences(normal(first), normal(second)) == {}
