"""Which equations of a text define a new name, and so are lines of its forward pass."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from derive.lecture.declarations import BUILT_IN, Collected, Equation
from derive.lecture.enumerations import own_entries
from derive.lecture.ranges_said import ranged
from derive.lecture.said import Said, Sentences, head_key, heads_in
from derive.lecture.words import columns_of
from derive.notation.declared import LET, alternatives
from derive.notation.signs import EQUATES, INVERSES
from derive.reader.derivatives import has_derivative
from derive.reader.syntax import (
    Additive,
    BigOperator,
    Dots,
    Group,
    Name,
    Node,
    Product,
    Relation,
    Text,
    Tuple,
    walk,
)
from derive.statements.entries_named import entries_named
from derive.statements.left_sides import LeftSide, left_side
from derive.typing.standard_names import one_hot_letter

_LET = re.compile(rf"\b(?:{'|'.join(alternatives(LET))})[\s$]*$")
_SIZES = re.compile(r"\^(\{[^{}]*\}|\S)")
_NO_NAMES = frozenset((r"\mathbb{E}", r"\mathrm{E}", r"\mathbb{P}", r"\partial", r"\nabla"))
_OPTIMA = frozenset(("arg", r"\mathrm{arg}", "argmin", "argmax"))
_ARROWS = frozenset((r"\leftarrow", r"\to", r"\gets", r"\longleftarrow", r"\rightarrow"))


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An equation with a name on its left, and what may be what it is: the first of its sides that computes it."""

    said: Said
    body: Relation
    left: LeftSide
    key: str
    right: Node

    @property
    def name(self) -> Node:
        return self.left.name


def with_equations(found: Collected) -> Collected:
    """Return declarations with the equations that define names, what derivatives define, and what cannot be read."""
    text = found.text
    said = [one for one in text.said if not text.is_of_a_case(one.number)]
    turned = (other for one in said for other in (one, *_named_twice(one, found), *_named_last(one, text)))
    every = [one for other in turned if (one := _candidate(other, found)) is not None]
    named = [one for one in every if not any(fault(one, found) for fault in _NO_NAME)]
    known = [one for one in named if not any(fault(one, found) for fault in _NO_DEFINITION)]
    lines = [one for one in known if not any(fault(one, found) for fault in _NO_LINE)]
    unread = {(one.name.base.plain or one.key, one.said.number) for one in named if _has_a_number_as_text(one, found)}
    optima = ((one.said.number, one.name) for one in named if _is_an_optimum(one, found))
    in_cases = (one for one in text.said if text.is_of_a_case(one.number) or text.is_denied(one.number))
    return replace(
        found,
        equations=tuple(_equation(one) for one in lines),
        spoiled=tuple(one.name for one in known if _is_of_derivatives(one, found)),
        unread_heads=frozenset(unread),
        in_cases=(*(pair for one in in_cases for pair in _of_a_case(one)), *optima),
    )


def _candidate(said: Said, found: Collected) -> _Candidate | None:
    """Return an equation with a name on its left; None for what is none."""
    body = said.statement.body
    if not isinstance(body, Relation) or body.links[0].operator not in EQUATES - _ARROWS:
        return None
    turned = _from_the_start(body)
    if turned is not body:
        said, body = replace(said, statement=replace(said.statement, body=turned)), turned
    left = left_side(body.first, in_model=True)
    key = head_key(left.name) if left is not None else None
    rights = [link.node for link in body.links if link.operator in EQUATES]
    right = next((node for node in rights if not _is_probability(node) and not _only_names(node, found)), rights[0])
    return None if left is None or key is None else _Candidate(said, body, left, key, right)


def _from_the_start(body: Relation) -> Relation:
    """Return x = h_0, which says what the input is called, as h_0 = x: where a recursion begins."""
    right = body.links[0].node
    places = [node.text.strip("()[]") for node in (right.sub, right.sup) if node is not None]
    if len(body.links) > 1 or body.first.scripted or body.first.base.key is None or right.base.key is None:
        return body
    turned = right.scripted and places == ["0"]
    return replace(body, first=right, links=(replace(body.links[0], node=body.first),)) if turned else body


def _equation(one: _Candidate) -> Equation:
    counted = any(isinstance(node, Dots) for node in one.left.given)
    alias, arguments = _is_alias(one.name, one.right), None if counted else one.left.arguments
    return Equation(one.key, one.name, one.right, one.said.statement.conditions, one.said, arguments, alias)


def _is_known_name(one: _Candidate, found: Collected) -> bool:
    """Return whether a left side is no name that a text can define: sin, E, or an index with its range."""
    return one.key in BUILT_IN or one.key in _NO_NAMES or ranged(one.body) is not None


def _names_entries(one: _Candidate, found: Collected) -> bool:
    """Return whether an equation says what the entries of an array are called."""
    return entries_named(one.body) is not None


def _names_a_size(one: _Candidate, found: Collected) -> bool:
    """Return whether an equation gives another name to a size."""
    letter = one.right.symbol
    return bool(letter) and any(letter in size.group(1) for d in found.shapes for size in _SIZES.finditer(d.text))


def _has_a_number_as_text(one: _Candidate, found: Collected) -> bool:
    r"""Return whether an equation cannot be read, since \text{2} is no number."""
    return any(isinstance(inner, Text) and inner.content.isdigit() for inner in walk(one.right))


def _is_no_equation(one: _Candidate, found: Collected) -> bool:
    """Return whether an equation is an update, a list, or what the text calls wrong."""
    return _starts_with(one.right, one.name) or isinstance(one.right, Tuple) or found.text.is_denied(one.said.number)


def _says_which_function(one: _Candidate, found: Collected) -> bool:
    """Return whether an equation says which function a name is, g = σ, or what a known one is of its arguments."""
    if one.left.arguments is not None:
        return one.key in found.functions
    return bool({one.key, one.name.text} & set(found.functions)) and isinstance(one.right, Name)


def _applies_an_array(one: _Candidate, found: Collected) -> bool:
    """Return whether the name before a bracket is that of an array: x is one, and x(u) something else."""
    bare = one.left.arguments is not None and not one.name.scripted
    return bare and any(declared.key == one.key and "(" not in declared.text for declared in found.shapes)


def _is_an_optimum(one: _Candidate, found: Collected) -> bool:
    """Return whether an equation says where something is smallest or largest, θ* = argmin_θ L(θ): no network computes
    that on its way to L."""
    return any(
        inner.key in _OPTIMA or (isinstance(inner, BigOperator) and inner.kind in _OPTIMA) for inner in walk(one.right)
    )


def _is_an_identity(one: _Candidate, found: Collected) -> bool:
    """Return whether an equation says where a function that is known already is the identity."""
    arguments = one.left.arguments
    same = arguments is not None and one.right.text == arguments.body.text
    return same and _is_written_before(one.key, one.said, found)


def _is_at_a_place(one: _Candidate, found: Collected) -> bool:
    """Return whether an equation says a value of a function at a place, f(2) = 3."""
    given = (left_side(node, in_model=True) for node in one.left.given if not isinstance(node, Dots))
    return any(own is None or own.key is None for own in given)


def _is_a_derivative(one: _Candidate, found: Collected) -> bool:
    """Return whether the left side of an equation is a derivative."""
    return has_derivative(one.name, {*found.functions, *BUILT_IN, *found.heads})


def _is_of_derivatives(one: _Candidate, found: Collected) -> bool:
    """Return whether derivatives define a name, or its sign says that it is one."""
    is_gradient = found.gradients is not None and found.gradients.without_sign(one.name) is not None
    return is_gradient or has_derivative(one.right, {*found.functions, *BUILT_IN, *found.heads})


def _is_a_value(one: _Candidate, found: Collected) -> bool:
    """Return whether an equation says a value of an example."""
    return is_number(one.right) and not _is_start(one.name, one.right)


def _is_composed_of_itself(one: _Candidate, found: Collected) -> bool:
    r"""Return whether an equation says that a function is composed of others, f = f \circ g."""
    items = one.right.items if isinstance(one.right, Product) else ()
    return any(item.operator == r"\circ" and item.node.base.key == one.key for item in items)


def _says_an_index(one: _Candidate, found: Collected) -> bool:
    """Return whether an equation ends a range that words begin, or says that one index is another one, k = a."""
    first, text = one.body.first.symbol, found.text
    ends_range = bool(first) and text.goes_up(one.said.number - 1)
    return ends_range or {first, one.right.symbol} <= text.index_letters


def _is_solved(one: _Candidate, found: Collected) -> bool:
    """Return whether an equation solves for what the text differentiates by."""
    return _is_solution(one.name, one.right, found)


def _lists_entries(one: _Candidate, found: Collected) -> bool:
    """Return whether an equation says the columns or the entries of what is given."""
    listed = any(columns_of(one.body)) or own_entries(one.body) is not None
    return listed or _joins_what_is_nowhere_else(one.right, one.said, found)


_NO_NAME = (_is_known_name, _names_entries, _names_a_size)
"""What keeps an equation from being about a new name."""
_NO_DEFINITION = (
    _has_a_number_as_text, _is_no_equation, _says_which_function, _applies_an_array, _is_an_optimum, _is_an_identity,
    _is_at_a_place, _is_a_derivative,
)  # fmt: skip
"""What keeps one about a new name from saying what that is."""
_NO_LINE = (
    _is_of_derivatives, _is_a_value, _is_composed_of_itself, _says_an_index, _is_solved, _lists_entries,
)  # fmt: skip
"""What keeps one that says it from being a line of the forward pass."""


def _of_a_case(said: Said) -> Iterator[tuple[int, Node]]:
    """Yield a name of which an equation says in a case what it is, h = a if a > 0, or what it is not: where nothing
    else defines it, it is no input."""
    body = said.statement.body
    if isinstance(body, Relation) and body.links[0].operator in EQUATES - _ARROWS and not is_number(body.links[0].node):
        left = left_side(body.first, in_model=True)
        if left is not None and not has_derivative(body):
            yield said.number, left.name


def _is_written_before(key: str, said: Said, found: Collected) -> bool:
    """Return whether a formula before one applies a function already."""
    bodies = (other.statement.body for other in found.text.said if other.number < said.number)
    return any(head == key for head, _, _ in heads_in(bodies))


def _joins_what_is_nowhere_else(right: Node, said: Said, found: Collected) -> bool:
    """Return whether an equation joins arrays of which the text says nothing else, z = [h_{t-1}, x_t]: z is given."""
    items = right.body.items if isinstance(right, Group) and isinstance(right.body, Tuple) else ()
    if not items or not all(isinstance(item.base, Name) for item in items):
        return False
    others = [node for one in found.text.said if one is not said for node in walk(one.statement.body)]
    bases = {item.base.plain for item in items if item.scripted}
    written = {item.text for item in items}
    return not any(node.text in written or (node.scripted and node.base.plain in bases) for node in others)


def _named_twice(said: Said, found: Collected) -> Iterator[Said]:
    """Yield what an equation says of the second name of y = a = σ(z), which no other formula says."""
    body = said.statement.body
    if not isinstance(body, Relation) or len(body.links) < 2:
        return
    name, link = body.links[0].node, body.links[1]
    here = found.text.section(said.number)
    bodies = (one.statement.body for one in found.text.said if found.text.section(one.number) == here)
    others = {one.first.text for one in bodies if isinstance(one, Relation)}
    known = {declared.plain for declared in found.shapes}
    is_new = isinstance(name.base, Name) and name.text not in others and name.base.plain not in known
    if is_new and {body.links[0].operator, link.operator} <= EQUATES - _ARROWS and not is_number(link.node):
        own = replace(body, span=name.span | link.node.span, first=name, links=body.links[1:])
        yield replace(said, statement=replace(said.statement, body=own))


def _named_last(said: Said, text: Sentences) -> Iterator[Said]:
    """Yield what an equation says of a name that it gives to what stands on its left: let Σ_j e^{f_j} = S."""
    body = said.statement.body
    link = body.links[0] if isinstance(body, Relation) and len(body.links) == 1 else None
    if link is None or link.operator != "=" or not link.node.symbol or not isinstance(body, Relation):
        return
    before = text.flow.partition(f"«{said.number}»")[0]
    lefts = {one.first.text for one in text.bodies if isinstance(one, Relation)}
    if left_side(body.first) is None and link.node.text not in lefts and _LET.search(before) is not None:
        turned = replace(body, first=link.node, links=(replace(link, node=body.first),))
        yield replace(said, statement=replace(said.statement, body=turned))


def _is_solution(left: Node, right: Node, found: Collected) -> bool:
    """Return whether an equation solves for what the text differentiates by, w = (X^T X)^{-1} X^T y."""
    inverts = any(
        node.scripted and isinstance(node.base, Group) and node.pieces and node.pieces[-1].text in INVERSES
        for node in walk(right)
    )
    return inverts and not left.scripted and any(by.text == left.text for _, by in found.derivatives())


def _is_probability(node: Node) -> bool:
    """Return whether an expression has a probability in it: the P(w | c) of y_w = P(w | c) = … says what is meant, not
    how it is computed."""
    return any(isinstance(inner, Relation) and inner.links[0].operator == r"\mid" for inner in walk(node))


def _only_names(node: Node, found: Collected) -> bool:
    """Return whether an expression applies what the text says nothing of to names: the CE(y, p) of J = CE(y, p) = …,
    which says what the loss is called, not how it is computed."""
    items = node.items if isinstance(node, Product) else ()
    group = items[-1].node if len(items) > 1 else None
    if not isinstance(group, Group) or group.opening != "(" or any(item.operator for item in items[1:]):
        return False
    heads = [item.node.base for item in items[:-1]]
    said = {declared.plain for declared in found.shapes} | {word.name.base.plain for word in found.words}
    said |= {one.first.base.plain for one in found.text.bodies if isinstance(one, Relation)}
    known = any(head.key in found.functions or head.key in BUILT_IN or head.plain in said for head in heads)
    names = group.body.items if isinstance(group.body, Tuple) else (group.body,)
    several = len(heads) == 1 or (len(names) > 1 and all(head.symbol.isupper() for head in heads))
    return not known and several and all(name.base.key is not None for name in (*heads, *names))


def _is_alias(left: Node, right: Node) -> bool:
    """Return whether an equation gives another name to entries, x_{ij} = X_{ij}, or says a one-hot vector, e(c)."""
    if isinstance(right, Product) and len(right.items) == 2:
        group = right.items[1].node
        return isinstance(group, Group) and one_hot_letter(right.items[0].node, group.body) is not None
    if right.scripted and one_hot_letter(right, None) is not None:
        return True
    if not left.scripted or not right.scripted or right.base.key is None:
        return False
    below, other = (side.sub.text.replace(",", "") if side.sub is not None else "" for side in (left, right))
    entries = len(below) == 2 and below.isalpha() and below.islower()
    return entries and below == other and _above(left) == _above(right)


def _above(node: Node) -> str:
    return node.sup.text if node.sup is not None else ""


def is_number(node: Node) -> bool:
    """Return whether a side has no letters in it: 0, or 2 \\cdot 3 + 1, as the values of an example have."""
    return not any(isinstance(inner, Name) for inner in walk(node))


def _is_start(left: Node, right: Node) -> bool:
    """Return whether an equation says where something begins, h_0 = 0, or what a unit for the bias is, x_0 = 1."""
    places = [node.text.strip("()[]") for node in (left.sub, left.sup) if node is not None]
    return right.text in {"0", "1"} and "0" in places


def _starts_with(right: Node, left: Node) -> bool:
    """Return whether a right side begins with the left one, as in an update."""
    while isinstance(right, Additive | Product):
        right = right.terms[0].node if isinstance(right, Additive) else right.items[0].node
    return right.text == left.text
