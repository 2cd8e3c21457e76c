"""Memberships: W_k ∈ ℝ^{3×3} says which shape a name has, and can be wrong."""

from __future__ import annotations

from derive.algebra.index import Lin, Range, lin, upto
from derive.errors import LatexError
from derive.names.indices import cuts, index_value, parts
from derive.reader.syntax import Dots, Group, Name, Node, Number, Product, Relation, Tuple
from derive.statements.entries_named import entry_in_brackets
from derive.statements.forms import is_new
from derive.typing.context import Context
from derive.typing.tensor import Tensor


def membership(left: Node, right: Node, ctx: Context) -> list[str]:
    """Check what a membership says about shapes and return notes on what it takes for granted.

    Raises: ShapeError if a name has another shape; LatexError if a name is not known.
    """
    if not is_reals(right):
        return ["a condition"]
    names = left.items if isinstance(left, Tuple) else (left,)
    notes: list[str] = []
    taken: dict[str, Lin] = {}
    dots = [name for name in names if isinstance(name, Dots)]
    for name in names:
        if isinstance(name, Dots):
            continue
        if entry_in_brackets(name) is not None:
            continue
        if is_new(name, ctx):
            notes.append(f"{ctx.text(name)} is declared here")
            continue
        _check(ctx.value(name), right, name, taken, ctx)
    if dots and taken:
        raise ctx.fault(f"cannot tell which size {', '.join(taken)} is for all of these", dots[0])
    notes += [f"{letter} is taken for {ctx.said(value)}" for letter, value in taken.items()]
    return notes


def says_declared_shape(condition: Node, ctx: Context) -> bool:
    """Return whether a condition says no more than the shape that a name is known to have: with S ∈ ℝ^{m × k}."""
    if not isinstance(condition, Relation) or not is_any(condition):
        return False
    try:
        return not any(membership(condition.first, link.node, ctx) for link in condition.links)
    except LatexError:
        return False


def is_reals(node: Node) -> bool:
    """Return whether a set is ℝ, perhaps with sizes above it."""
    base = node.base
    if isinstance(base, Name) and base.fonts in {("mathbb",), ("mathbf",)}:
        return base.letter == "R"
    return base.symbol in {r"\R", r"\reals", r"\Reals"}


def is_any(condition: Node) -> bool:
    """Return whether a condition leaves out no value: for all z, z ∈ ℝ."""
    if not isinstance(condition, Relation):
        return isinstance(condition, Name | Tuple)
    return all(link.operator == r"\in" and is_reals(link.node) for link in condition.links)


def _check(value: Tensor, target: Node, name: Node, taken: dict[str, Lin], ctx: Context) -> None:
    lengths = _lengths(target)
    written = " × ".join(map(ctx.text, lengths)) or "a scalar"
    shape = f"{ctx.text(name)} is {ctx.shape(value)}, not {written}"
    ones = [length.text == "1" for length in lengths]
    kept = [length for length, one in zip(lengths, ones, strict=True) if not one] if len(lengths) > 1 else lengths
    if len(lengths) == 1 and ones[0]:
        kept = []
    if len(kept) != len(value.axes):
        raise ctx.misfit(shape, name)
    if value.is_vector and len(lengths) == 2 and value.orientation != ("row" if ones[0] else "col"):
        raise ctx.misfit(shape, name)
    for axis, length in zip(value.axes, kept, strict=True):
        _check_length(axis.range, length, shape, name, taken, ctx)


def _check_length(range_: Range, length: Node, shape: str, name: Node, taken: dict[str, Lin], ctx: Context) -> None:
    written = length
    if isinstance(written, Number):
        if not ctx.same_range(range_, upto(int(written.text))):
            raise ctx.misfit(shape, name)
        return
    value = _value(written, ctx)
    if value is None:
        taken.setdefault(written.text, range_.hi)
    elif value != range_.hi and not ctx.same_range(range_, Range(lin(1), value)):
        raise ctx.misfit(shape, name)


def _value(node: Node, ctx: Context) -> Lin | None:
    """Return a length in declared sizes; None where a letter is not declared as a size."""
    try:
        cut = next(cuts(parts(node), 1), None)
        value = None if cut is None else index_value(cut[0], ctx)
    except LatexError:
        return None
    known = value is not None and all(index.uid for atom, _ in value.terms for index in _letters(lin(atom)))
    return value if known else None


def _letters(value: Lin) -> set:  # type: ignore[type-arg]
    return {atom for atom, _ in value.terms if not hasattr(atom, "args")}


def _lengths(target: Node) -> list[Node]:
    """Return the sizes of ℝ^{m × n} as written."""
    if not target.scripted or target.sup is None:
        return []
    exponent = target.sup
    if isinstance(exponent, Group) and exponent.opening == "(":
        exponent = exponent.body
    if not isinstance(exponent, Product) or not any(item.operator == r"\times" for item in exponent.items):
        return [exponent]
    factors: list[Node] = []
    for item in exponent.items:
        if item.operator == r"\times" or not factors:
            factors.append(item.node)
        else:
            last = factors[-1]
            factors[-1] = Product(last.span | item.node.span, (*_items(last), item))
    return factors


def _items(node: Node) -> tuple:  # type: ignore[type-arg]
    from derive.reader.syntax import Item

    return node.items if isinstance(node, Product) else (Item("", node),)
