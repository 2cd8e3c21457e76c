"""What speaks against taking letters that nothing declares for real numbers: marks of vectors and matrices, indices
that may agree, derivatives by what nothing connects with the numerator."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import combinations

from derive.algebra.expr import Diff, Var
from derive.algebra.substitute import walk as parts_of
from derive.errors import LatexError
from derive.names.indices import parts
from derive.network.network import Network
from derive.network.points import reached_from
from derive.notation.signs import ONLY_TRANSPOSES
from derive.proof.claim import Claim
from derive.reader.syntax import (
    Accent,
    BigOperator,
    Cases,
    Dots,
    Font,
    Fraction,
    Group,
    Matrix,
    Name,
    Node,
    Product,
    Text,
    Tuple,
    children,
    walk,
)
from derive.statements.written_names import function_names, name_key, names_in
from derive.typing.context import Context, Log
from derive.typing.derivatives import operator_of
from derive.typing.functions import bracket_of
from derive.typing.names import read_name
from derive.typing.standard_names import is_indicator_head

INDEX_LETTERS = frozenset({"i", "j", "k", "l", r"\ell", "m", "n", "p", "q", "r", "s", "t"})
"""Letters that as indices stand for numbers, which two of them may share: w_i and w_j, not w_x and w_h."""
_INVERSE = "-1"
_NABLA = r"\nabla"
_OF_ARRAYS = ONLY_TRANSPOSES | {_NABLA}
_PRODUCTS = frozenset({r"\odot", r"\otimes", r"\oslash"})
_UPRIGHT = frozenset({"mathrm", "mathit"})


def has_array_marks(nodes: Iterable[Node]) -> bool:
    """Return whether formulas have anything of vectors and matrices in them: ᵀ, ⊙, bold letters, lists, ∇ other than
    by a variable, signs of sums without both bounds, words but those of cases."""
    unmarked: set[int] = set()
    for node in (inner for outer in nodes for inner in walk(outer)):
        if node.base.symbol == _NABLA and node.sub is not None and node.sup is None:
            unmarked.add(id(node.base))
        if isinstance(node, Cases):
            unmarked |= {id(condition) for _, condition in node.rows if isinstance(condition, Text)}
        if id(node) not in unmarked and _is_mark(node):
            return True
    return False


def _is_mark(node: Node) -> bool:
    match node:
        case Matrix() | Dots() | Text() | Accent(_, "vec"):
            return True
        case BigOperator(_, kind, below, above):
            return kind.lstrip("\\") != "sum" or below is None or above is None
        case Font():
            return not is_indicator_head(node)
        case Product(_, items):
            return any(item.operator in _PRODUCTS for item in items)
        case Group(_, opening):
            return opening in {r"\|", r"\Vert"}
        case Name(scripted=False) if node.symbol in _OF_ARRAYS or _is_bold(node):
            return True
    of_rows = node.sup is not None and node.sup.symbol in {"+", "-"}
    return of_rows or isinstance(node.sub, Tuple) or any(piece.is_transpose for piece in node.pieces)


def _is_bold(name: Name) -> bool:
    upright = _UPRIGHT.issuperset(name.fonts) and name.accents[:1] != ("vec",)
    return not upright and not is_indicator_head(name)


def are_no_numbers(nodes: list[Node], known: frozenset[str], ctx: Context) -> bool:
    """Return whether names beyond the `known` ones have marks of other things than numbers."""
    names = [name for node in nodes for name in names_in(node) if name_key(name) not in known]
    matrices = look_like_matrices(nodes, known, ctx)
    return matrices or speak_of_arrays(nodes, known, ctx) or indices_may_agree(names, known)


def look_like_matrices(nodes: Iterable[Node], known: frozenset[str], ctx: Context) -> bool:
    """Return whether capital letters beyond the `known` ones are multiplied with each other, raised together to a power
    or inverted: then they are matrices by convention, AB and BA differ."""
    for node in (inner for outer in nodes for inner in walk(outer)):
        match node:
            case Product() if len(list(_capitals(node, known, ctx))) > 1:
                return True
            case Node(scripted=True, sup=Node()):
                capitals = len(list(_capitals(node.base, known, ctx)))
                inverted = any(piece.text == _INVERSE for piece in node.pieces)
                if capitals > 1 or (capitals and inverted):
                    return True
    return False


def _capitals(node: Node, known: frozenset[str], ctx: Context) -> Iterator[str]:
    """Yield the capital letters in a node that nothing declares; not those of derivatives, sizes and functions."""
    of_derivative = isinstance(node, Fraction) and operator_of(node, ctx) is not None
    if of_derivative or isinstance(node, BigOperator):
        return
    if letter := node.letter:
        if len(letter) == 1 and letter.isupper() and letter not in known | set(ctx.table.sizes):
            yield letter
        return
    if isinstance(node, Product):
        followers = [*(item for item in node.items[1:]), None]
        for item, after in zip(node.items, followers, strict=True):
            applied = after is not None and not after.operator and bracket_of(after.node) is not None
            if not (applied and (item.node.symbol or item.node.scripted)):
                yield from _capitals(item.node, known, ctx)
        return
    for child in _above_indices(node):
        yield from _capitals(child, known, ctx)


def speak_of_arrays(nodes: Iterable[Node], known: frozenset[str], ctx: Context) -> bool:
    """Return whether a name that is declared as a vector or a matrix, which never becomes a number, stands elsewhere
    than in derivatives of names: the y of dy/dt = dy/du du/dt may be anything; or as a function, as in (g ∘ f)'(x)."""
    nodes = list(nodes)
    known = known | function_names(nodes)
    names = (name for node in nodes for name in _outside_derivatives(node, ctx))
    return any(name.base.key not in known and _is_array(name, ctx) for name in names)


def _is_array(name: Node, ctx: Context) -> bool:
    try:
        named = read_name(name, replace(ctx, log=Log()))
    except LatexError:  # z is no name where only z^l is one
        return False
    return named is not None and bool(named.value.axes)


def _outside_derivatives(node: Node, ctx: Context) -> Iterator[Node]:
    """Yield the names in a node, without those of du/dv, and without the arguments of functions: the x of f(x)."""
    operator = operator_of(node, ctx) if isinstance(node, Fraction) else None
    if operator is not None and operator.numerator is not None and operator.numerator.base.key is not None:
        return
    is_name = not isinstance(node, Product) and node.base.key is not None
    if is_name:
        yield node
    for child in _without_arguments(node) if not is_name or node.scripted else ():
        yield from _outside_derivatives(child, ctx)


def _without_arguments(node: Node) -> Iterator[Node]:
    """Yield the parts of a node but for the indices below it and single names in brackets behind another part."""
    if not isinstance(node, Product):
        yield from _above_indices(node)
        return
    for before, item in zip((None, *node.items), node.items, strict=False):
        group = bracket_of(item.node) if before is not None and not item.operator else None
        if group is None or group.body.base.key is None:
            yield item.node


def _above_indices(node: Node) -> tuple[Node, ...]:
    """Return the parts of a node without the indices below it."""
    if not node.scripted:
        return children(node)
    return (node.base,) if node.sup is None else (node.base, node.sup)


def indices_may_agree(names: Iterable[Node], known: frozenset[str]) -> bool:
    """Return whether one letter stands under different indices that may be the same number, as w_i and w_j."""
    below: dict[str, set[tuple[str, ...]]] = {}
    for name in names:
        key = name.base.key
        if name.sub is not None and key is not None and key not in known:
            below.setdefault(key, set()).add(tuple(t.text for group in parts(name.sub) for t in group))
    return any(_may_agree(a, b) for found in below.values() for a, b in combinations(found, 2))


def _may_agree(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    """Return whether two indices differ only where one has a letter and the other a letter or a number."""
    if len(left) != len(right):
        return False
    differing = [pair for pair in zip(left, right, strict=True) if pair[0] != pair[1]]
    return all(
        INDEX_LETTERS & {a, b} and all(text in INDEX_LETTERS or text.isdigit() for text in (a, b)) for a, b in differing
    )


def differentiates_a_stranger(claims: Iterable[Claim]) -> bool:
    """Return whether a derivative is zero only because nothing says how its numerator depends on the variable,
    as that of u v by s."""
    return any(
        isinstance(part, Diff) and _is_stranger(part, claim.network)
        for claim in claims
        for side in (claim.left, claim.right)
        for part in parts_of(side)
    )


def by_a_mere_name(claims: Iterable[Claim], model: Network) -> bool:
    """Return whether a derivative is by a name that the text gives to v = 2 z, or to a part of an array, w_j = W_{j,:},
    through which the network does not compute what is differentiated: nothing says that it is to be computed so."""
    computed = {definition.name for definition in model.definitions if not isinstance(definition.body, Var)}
    found = (
        (part, claim.network)
        for claim in claims
        for side in (claim.left, claim.right)
        for part in parts_of(side)
        if isinstance(part, Diff)
    )
    return any(
        _is_stranger(part, network) and part.var.name not in computed and _is_defined(part.var.name, network)
        for part, network in found
    )


def _is_defined(name: str, network: Network) -> bool:
    return any(definition.name == name for definition in network.definitions)


def _is_stranger(derivative: Diff, network: Network) -> bool:
    names = {part.name for part in parts_of(derivative.body) if isinstance(part, Var)}
    return bool(names) and derivative.var.name not in reached_from(derivative.body, network)
