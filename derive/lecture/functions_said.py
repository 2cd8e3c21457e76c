"""Which names of a text are functions, and what they are: by words, equations, primes, or their arguments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise

from derive.lecture.declarations import BUILT_IN, Collected, Declared, Equation, declared_at
from derive.lecture.said import Sentences, head_key, heads_in, names_in
from derive.lecture.words import Word, softmax_said
from derive.models.functions import USUAL
from derive.models.letters import shifted_letters
from derive.notation.functions import BY_NAME, OF_WHOLE_ARRAYS, READS
from derive.notation.signs import EQUATES
from derive.prose.sentences import layers_named
from derive.reader.syntax import (
    Additive,
    Group,
    Matrix,
    Name,
    Node,
    Number,
    Product,
    Relation,
    Tuple,
    walk,
)

_BOLD = (r"\mathbf", r"\boldsymbol", r"\vec")
_OF_ARRAYS = frozenset((r"\odot", r"\otimes", r"\circ"))
_Function = tuple[str, tuple[str, Declared]]


def functions_said(found: Collected) -> Collected:
    """Return declarations with the functions of which words or equations without arguments say what they are."""
    text = found.text
    words = [word for word in found.words if word.meaning == "function"]
    in_part = {head_key(word.name) for word in words if _is_of_some_layers(word, text)}
    said = ((word, "any" if head_key(word.name) in in_part else word.value) for word in words)
    return _with(found, (*_functions(found, said), *_softmax(found), *_functions(found, _named_functions(found))))


def functions_applied(found: Collected) -> Collected:
    """Return declarations with what else can only be a function: losses of several names, what equations apply to names
    and nothing defines, what has a prime; an open one of which scripts tell entries is an array."""
    arrays = {equation.base for equation in found.equations if equation.arguments is None and equation.left.scripted}
    known = {key: one for key, one in found.functions.items() if one[0] != "any" or key not in arrays}
    found = replace(found, functions=known)
    losses, applied = list(_losses(found)), {key for key, _, _ in heads_in(e.right for e in found.equations)}
    defined = {equation.base for equation in found.equations}
    words = [word for word in found.words if word.meaning == "loss"]
    words = [word for word in words if head_key(word.name) in applied and head_key(word.name) not in defined]
    scalars = [*(word for word in losses if word.meaning == "function"), *words]
    found = _with(found, _functions(found, ((word, "any scalar") for word in scalars)))
    found = replace(found, words=(*found.words, *(word for word in losses if word.meaning == "loss")))
    found = _with(found, _functions(found, _open_functions(found)))
    found = _with(found, _general_functions(found))
    return _with(found, _open_by_primes(found))


def _with(found: Collected, functions: Iterable[_Function]) -> Collected:
    """Return declarations with functions, where nothing before them says what they are."""
    known = dict(found.functions)
    for key, function in functions:
        known.setdefault(key, function)
    return replace(found, functions=known)


def heads_of(text: Sentences) -> dict[str, bool]:
    """Return the bases that stand before brackets, and whether one of them has a prime."""
    found: dict[str, bool] = {}
    for key, node, _ in heads_in(said.statement.body for said in text.said):
        primed = node.primes > 0
        found[key] = found.get(key, False) or primed
    return found


def _functions(found: Collected, said: Iterable[tuple[Word, str]]) -> Iterator[_Function]:
    """Yield what words and equations say that heads are; g^{[L]} beside g^{[l]} is another function than that."""
    for word, value in said:
        key = head_key(word.name)
        built_in = key in BUILT_IN and not value.startswith("softmax over")
        own = word.name.text if _is_of_one_layer(word.name) else key
        if key is not None and own is not None and key in found.heads and not built_in:
            yield own, (value, declared_at(word.name, word.name, found.text.regions[word.number], word.number))


def _is_of_some_layers(word: Word, text: Sentences) -> bool:
    """Return whether a sentence says of the first or last layer alone what a function is that is applied at l, where
    l - 1 makes it count the layers: in the output layer, $g$ is the identity."""
    kinds = {"first", "last"}.intersection(layers_named(text.regions[word.number]))
    if not kinds or _is_of_one_layer(word.name):
        return False
    counting = shifted_letters(said.statement for said in text.said)
    key, heads = head_key(word.name), heads_in(said.statement.body for said in text.said)
    return any(head == key and any(node.letter in counting for node in walk(group)) for head, _, group in heads)


def _is_of_one_layer(name: Node) -> bool:
    """Return whether the name of a function has a layer that is a number or a capital above it: g^{[L]}, f^{(2)}."""
    inner = [piece.body for piece in name.pieces if isinstance(piece, Group)] if name.scripted else []
    return len(inner) == 1 and (isinstance(inner[0], Number) or inner[0].symbol.isupper())


def _general_functions(found: Collected) -> Iterator[_Function]:
    """Yield as an open function of each entry the g^{[l]} of which the text says at some layers what it is."""
    said = {declared.key for key, (_, declared) in found.functions.items() if key != declared.key}
    said -= set(found.functions)
    for one in found.text.said if said else ():
        for key, node, _ in heads_in([one.statement.body]):
            if key in said and node.scripted and not node.primes and not _is_of_one_layer(node):
                yield key, ("any", declared_at(node, node, one.region, one.number))


def _open_functions(found: Collected) -> Iterator[tuple[Word, str]]:
    """Yield as an open function what equations apply to several names, h_t = f(x_t, h_{t-1}, w), or what one name is of
    another, y = g(x), and nothing else says: no factor stands before such a bracket, or is called so."""
    said = {declared.plain for declared in found.shapes} | {node.base.plain for node in found.spoiled} | found.unread
    said |= {equation.left.base.plain for equation in found.equations} | BUILT_IN | set(found.functions)
    alone = _factors_in(found)
    for equation in found.equations:
        heads = list(heads_in([equation.right]))
        for _, head, group in heads:
            if group.opening != "(" or found.heads.get(head.base.key or "", True) or head.base.plain in said:
                continue
            several = isinstance(group.body, Tuple)
            whole = _applied(equation.right) == (head, group) and group.body.base.key is not None
            if several or (whole and head.base.symbol in USUAL - alone):
                kind = _open_kind(equation, head, group, len(heads), found)
                if kind:
                    yield Word("function", equation.said.number, head), kind


def _factors_in(found: Collected) -> set[str]:
    """Return the letters that stand somewhere without a bracket behind them, derivatives apart."""
    heads = {id(node) for _, head, _ in heads_in(found.text.bodies) for node in walk(head)}
    tops = {id(inner) for top, _ in found.derivatives() for inner in walk(top)}
    nodes = (node for body in found.text.bodies for node in walk(body))
    return {node.base.plain or "" for node in nodes if id(node) not in heads | tops}


def _open_kind(equation: Equation, head: Node, group: Group, heads: int, found: Collected) -> str:
    """Return what an open function gives: a vector that is declared, or a number of numbers; "" where nothing tells.

    One with a capital is differentiated, else it may join arrays.
    """
    arrays = {word.name.base.key for word in found.words if word.meaning in {"some vector", "some matrix"}}
    vectors = {declared.key for declared in found.shapes if re.search(r"\^[^\\]*$|\^\{(?!.*\\times)", declared.text)}
    arguments = group.body.items if isinstance(group.body, Tuple) else (group.body,)
    names = [equation.left, *arguments]
    if equation.left.base.key in vectors and heads == 1:
        return "any vector" if len(arguments) > 1 else ""
    plain = all(name.base.key == name.base.plain and name.base.key not in arrays for name in names)
    small = head.base.plain in {top.base.plain for top, _ in found.derivatives()} or head.base.symbol.islower()
    if not plain or not small or not all(name.symbol or name.scripted for name in names):
        return ""
    keys = {name.base.key for name in names}
    bodies = (body for body in found.text.bodies if not isinstance(body, Relation) or body.links[0].operator != r"\in")
    beside = (body for body in bodies if keys.intersection(node.base.key for node in walk(body)))
    if any(_is_of_arrays(node, keys) for body in beside for node in walk(body)):
        return ""
    return "any of numbers" if len(arguments) > 1 else "any of a number"


def _is_of_arrays(node: Node, keys: set[str | None]) -> bool:
    """Return whether a part of a formula is a mark of arrays: ᵀ, ⊙, bars of a norm, a bold letter, the W of W x."""
    if isinstance(node, Product):
        pairs = pairwise(node.items)
        before = any(a.node.base.symbol.isupper() and b.node.base.key in keys and not b.operator for a, b in pairs)
        return before or any(item.operator in _OF_ARRAYS for item in node.items)
    norm = isinstance(node, Group) and node.opening in {r"\|", "‖"}
    turned = node.scripted and any(piece.is_transpose for piece in node.pieces)
    return norm or turned or isinstance(node, Matrix) or (isinstance(node, Name) and (node.key or "").startswith(_BOLD))


def _losses(found: Collected) -> Iterator[Word]:
    """Yield as a "function" what a loss is said to be by an equation, without a formula: J = e(a, y); as a "loss" what
    is one itself.

    Of the terms of a sum it is one of several arguments, which no bracket behind a factor has: J = e(a, y) + λ R. What
    is differentiated by its name alone, ∂e/∂a, is one.
    """
    losses = {head_key(word.name) for word in found.words if word.meaning in {"loss", "loss of"}}
    defined = {equation.base for equation in found.equations}
    tops = {top.key for top, _ in found.derivatives()}
    for equation in (e for e in found.equations if e.base in losses):
        right = equation.right
        terms = [term.node for term in right.terms] if isinstance(right, Additive) else [right]
        for head, group in map(_applied, terms):
            several = group is not None and isinstance(group.body, Tuple)
            if group is None or not (several or len(terms) == 1) or head.base.key in defined:
                continue
            yield Word("loss" if head.base.key in tops else "function", equation.said.number, head)


def _applied(node: Node) -> tuple[Node, Group | None]:
    """Return a head with the bracket that it is applied to; None where a node is no more than a name."""
    items = node.items if isinstance(node, Product) else ()
    if len(items) == 2 and isinstance(items[1].node, Group) and not items[1].operator:
        return items[0].node, items[1].node
    return node, None


def _softmax(found: Collected) -> Iterator[_Function]:
    """Yield over which axis the softmax is taken, if a sentence says it."""
    value = softmax_said(found.text)
    reads = OF_WHOLE_ARRAYS["softmax"][1].split()
    for said in found.text.said if value else ():
        for key, node, _ in heads_in([said.statement.body]):
            if key in reads:
                yield key, (value, declared_at(node.base, node.base, said.region, said.number))


def _named_functions(found: Collected) -> Iterator[tuple[Word, str]]:
    """Yield what equations without arguments say that applied letters are: g = tanh."""
    text = found.text
    for said in text.said:
        body = said.statement.body
        link = body.links[0] if isinstance(body, Relation) and len(body.links) == 1 else None
        if link is None or link.operator not in EQUATES or not isinstance(body, Relation):
            continue
        if body.first.scripted and not _is_of_one_layer(body.first):
            continue
        value = READS.get(link.node.key or "")
        doubted = text.is_denied(said.number) or text.is_of_a_case(said.number)
        if value is not None and BY_NAME[value].arity == 1 and not doubted:
            yield Word("function", said.number, body.first), value


def _open_by_primes(found: Collected) -> Iterator[_Function]:
    """Yield as an open function of each entry what is applied and has a slope, g(a) and g'(a), also with a layer."""
    text = found.text
    known = {e.base for e in found.equations} | {head_key(n) for d in found.shapes for n in _first_names(text, d)}
    applied = [(key, node, said) for said in text.said for key, node, _ in heads_in([said.statement.body])]
    for key in dict.fromkeys(key for key, node, _ in applied if node.primes):
        if key not in found.functions and key not in BUILT_IN and key not in known:
            heads = [(node, said) for other, node, said in applied if other == key]
            layered = ((node, said) for node, said in heads if node.sup is not None and not node.primes)
            node, said = next(layered, (heads[0][0].base, heads[0][1]))
            yield key, ("any", declared_at(node, node, said.region, said.number))


def _first_names(text: Sentences, declared: Declared) -> list[Node]:
    bodies = [s.body for s in text.of(declared.number)]
    return [name for b in bodies if isinstance(b, Relation) for name in names_in(b.first)]
