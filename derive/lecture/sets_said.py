"""The sets that formulas say names to be in, and how many entries they list: x ∈ ℝ^n, x = (x_1, …, x_n)^T."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from derive.errors import LatexError
from derive.lecture.declarations import Collected, Declared
from derive.lecture.enumerations import Enumeration, enumerations, own_entries
from derive.lecture.latex import latex_of
from derive.lecture.said import Said, Sentences, head_key, place_of
from derive.lecture.words import Word
from derive.models.letters import is_set_of_reals, size_part
from derive.reader.syntax import (
    Dots,
    Empty,
    Group,
    Node,
    Number,
    Relation,
    Tuple,
    walk,
)
from derive.statements.entries_named import entries_named
from derive.statements.left_sides import left_side


def shapes_said(found: Collected) -> tuple[Declared, ...]:
    """Return the names with the sets that formulas say them to be in, then the vectors with as many entries as formulas
    list; none where the names in the list are vectors themselves."""
    said = [one for one in found.text.said if not found.text.is_denied(one.number)]
    shapes = [declared for one in said for declared in _memberships(one, found.text)]
    listed = [declared for one in said for declared in _entries(one, found.text)]
    families = {*_families(shapes), *_families_in_words(found.words)}
    return (*shapes, *(declared for declared in listed if declared.plain not in families))


def _memberships(said: Said, text: Sentences) -> list[Declared]:
    """Return what a formula says names to be in: ℝ^{m × n}; what stands before a fault that TeX finds stays."""
    found: list[Declared] = []
    try:
        found.extend(_membership(said, text))
    except LatexError:
        return found
    return found


def _membership(said: Said, text: Sentences) -> Iterator[Declared]:
    """Yield the names that a formula says to be in ℝ^{m × n}. Raises: LatexError as `latex_of` does."""
    body = said.statement.body
    if not isinstance(body, Relation) or body.links[-1].operator != r"\in":
        return
    link = body.links[-1]
    choices = is_set_of_numbers(link.node)
    if not (is_set_of_reals(link.node) or choices) or (said.statement.conditions and size_part(link.node) is None):
        return
    sets = r"\mathbb{R}" if choices else latex_of(said.region, link.node.span)
    named = entries_named(body)
    alone = body.links[-2].node if isinstance(body.first, Empty) and len(body.links) > 1 else body.first
    first = alone if named is None or _computes_with(named[0], said, text) else named[1].base
    items = first.items if isinstance(first, Tuple) else (first,)
    if any(isinstance(item, Dots) for item in items):
        yield from _counted_names(said, sets, text)
        return
    for name in items:
        left = left_side(name, in_model=True)
        key = head_key(left.name) if left is not None else None
        if left is not None and key is not None:
            span = left.name.span | (left.arguments.span if left.arguments is not None else left.name.span)
            line = rf"{latex_of(said.region, span)} \in {sets}"
            yield Declared(key, line, said.region, body.span, said.number, left.name.base.plain or key)


def _families(shapes: Iterable[Declared]) -> Iterator[str]:
    """Yield the names of which a set is said with an index: the x of x_t ∈ ℝ^d, of which x_1, …, x_T are no entries."""
    return (declared.plain for declared in shapes if "_" in declared.text.partition(r"\in")[0])


def _families_in_words(words: Iterable[Word]) -> Iterator[str]:
    """Yield the names that words with an index call vectors: of the vectors $x_t$."""
    vectors = (word for word in words if word.meaning in {"vector", "some vector", "row vector"})
    return (word.name.base.plain or "" for word in vectors if word.name.sub is not None)


def _entries(said: Said, text: Sentences) -> Iterator[Declared]:
    """Yield the vectors of which a formula lists all entries, with as many as it lists: x = (x_1, …, x_n)^T, and 𝐮
    beside u_1, …, u_m."""
    listed, body = own_entries(said.statement.body), said.statement.body
    key = head_key(body.first) if isinstance(body, Relation) else None
    try:
        if listed is not None and key is not None and isinstance(body, Relation):
            name, plain = latex_of(said.region, body.first.span), body.first.plain or key
            yield _as_long_as(listed, Declared(key, name, said.region, place_of(said), said.number, plain))
        for one in enumerations(body):
            vector = _bold_vector(one, said, text)
            if vector is not None:
                plain = one.name.base.key or ""
                yield _as_long_as(one, Declared(vector, vector, said.region, place_of(said), said.number, plain))
    except LatexError:
        return


def _as_long_as(listed: Enumeration, vector: Declared) -> Declared:
    """Return that a vector has as many entries as a list. Raises: LatexError as `latex_of` does."""
    return replace(vector, text=rf"{vector.text} \in \mathbb{{R}}^{{{listed.end(vector.region)}}}")


def _computes_with(whole: Node, said: Said, text: Sentences) -> bool:
    """Return whether another equation of a text has an array as a whole, not its entries alone."""
    bodies = [one.statement.body for one in text.said if one is not said]
    rights = [link.node for body in bodies if isinstance(body, Relation) for link in body.links]
    return any(node.text == whole.text and node.sub is None for right in rights for node in walk(right))


def _counted_names(said: Said, sets: str, text: Sentences) -> Iterator[Declared]:
    """Yield that x_1, …, x_N are in a set: x_n is. Raises: LatexError as `latex_of` does."""
    for listed in enumerations(said.statement.body):
        for letter in listed.letters(text.behind(said))[:1]:
            line = rf"{listed.written(letter, said.region)} \in {sets}"
            plain = listed.name.base.plain or listed.base
            yield Declared(listed.base, line, said.region, place_of(said), said.number, plain)


def _bold_vector(listed: Enumeration, said: Said, text: Sentences) -> str | None:
    """Return the bold vector of which a formula lists the entries: the 𝐮 of 𝐮 = g(𝐱) beside u_1, …, u_m."""
    if not isinstance(said.statement.body, Tuple) or listed.above or listed.first.inside.text != "1":
        return None
    key = listed.name.base.key or ""
    nodes = (node for body in text.bodies for node in walk(body) if not node.scripted)
    vectors = {node.key for node in nodes if node.plain == key != node.key}
    others = (e for body in text.bodies for e in enumerations(body) if e.base == listed.base)
    ends = {e.last.inside.text for e in others if e.last.inside.symbol or isinstance(e.last.inside, Number)}
    return vectors.pop() if len(vectors) == 1 and ends == {listed.last.inside.text} else None


def is_set_of_numbers(node: Node) -> bool:
    """Return whether a formula lists what a number may be: {0, 1}, {-1, 1}; not a range of an index."""
    if not isinstance(node, Group) or node.opening != r"\{" or not isinstance(node.body, Tuple):
        return False
    items = node.body.items
    return len(items) > 1 and all(re.fullmatch(r"[+-]?\d+", item.text) is not None for item in items)
