"""Rules of calculus with primes on brackets, (u v)' = u' v + u v': as derivatives by a letter that stays unsaid."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from derive.names.table import SymbolTable
from derive.reader.syntax import Fraction, Group, Item, Name, Node, Product, mapped, walk, with_scripts
from derive.source import Span
from derive.statements.pieces import Piece

_NUMBERS = frozenset(("e", r"\pi"))
_OWN = "ring"
"""The accent with which the letters of a rule are no names of the model."""


def with_derivatives(piece: Piece, table: SymbolTable) -> Piece | None:
    """Return (u v)' = u' v + u v' as d/dx (u(x) v(x)) = u'(x) v(x) + u(x) v'(x), and (z^2)' = 2 z as d/dz z^2 = 2 z.

    Letters that stand anywhere with a prime are functions of one variable, which is no letter of the rule; without such
    letters the only one is the variable, unless it is declared. None for what has no prime on brackets, or letters with
    arguments.
    """
    nodes = [inner for side in (piece.left, piece.right) for inner in walk(side)]
    if not any(_is_primed_bracket(node) for node in nodes) or any(map(_is_applied, nodes)):
        return None
    names = [node for node in nodes if isinstance(node, Name) and not node.base.word]
    if any(name.sub is not None or (len(name.letters) > 1 and not name.letters.startswith("\\")) for name in names):
        return None
    functions = frozenset(name.letters for name in names if name.primes)
    others = {name.letters for name in names} - functions - _NUMBERS
    if not functions and (len(others) != 1 or any(table.candidates(letter, letter) for letter in others)):
        return None
    variable = min(others) if not functions else r"\xi"
    left, right = (_read(side, functions, variable) for side in (piece.left, piece.right))
    return replace(piece, left=left, right=right, earlier=())


def _read(node: Node, functions: frozenset[str], variable: str) -> Node:
    def read(inner: Node) -> Node:
        return _read(inner, functions, variable)

    if isinstance(node, Name) and not node.base.word and node.letters not in _NUMBERS:
        name = replace(node, accents=(_OWN,), sub=None, sup=None, primes=node.primes, base_span=None)
        whole: Node = name if name.letters not in functions else _applied(name, _variable(node.span, variable))
        return whole if node.sup is None else with_scripts(node.span, _grouped(whole), None, read(node.sup))
    if _is_primed_bracket(node):
        derivative = _by(_variable(node.span, variable), read(node.base))
        return derivative if node.sup is None else with_scripts(node.span, derivative, None, read(node.sup))
    return mapped(node, read)


def _variable(span: Span, letter: str) -> Name:
    return Name(span, letter, (), (_OWN,))


def _applied(name: Name, variable: Name) -> Node:
    return _grouped(Product(name.span, (Item("", name), Item("", Group(name.span, "(", ")", variable)))))


def _by(variable: Name, node: Node) -> Node:
    """Return d/dx of a bracket, in brackets."""
    sign = Name(node.span, "d")
    below = Product(node.span, (Item("", sign), Item("", variable)))
    return _grouped(Product(node.span, (Item("", Fraction(node.span, sign, below)), Item("", node))))


def _grouped(node: Node) -> Group:
    return Group(node.span, "(", ")", node)


def _is_primed_bracket(node: Node) -> bool:
    return node.primes == 1 and isinstance(node.base, Group) and node.base.opening in {"(", "["} and node.sub is None


def _is_applied(node: Node) -> bool:
    """Return whether a letter stands before brackets without a sign, as in f(x) and f'(g), or letters are composed."""
    items = node.items if isinstance(node, Product) else ()
    pairs = pairwise(items)
    applied = any(
        not second.operator and isinstance(first.node, Name) and not first.node.base.word
        and isinstance(second.node, Group) and not second.node.primes
        for first, second in pairs
    )  # fmt: skip
    return applied or any(item.operator in {r"\circ", "@"} for item in items)
