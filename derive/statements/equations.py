"""The two sides of an equation as scalars over free indices, entry by entry where a list writes the entries out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from derive.algebra.build import fold, lists_entries, mul, substitute
from derive.algebra.expr import ONE, Expr
from derive.algebra.index import Index, Lin, Range, Size, lin
from derive.errors import LatexError
from derive.names.letters import free_letters
from derive.network.network import Network
from derive.proof.claim import Claim
from derive.reader.conditions import opposite
from derive.reader.prose import first_word
from derive.reader.ranges import mentions, names_index, subjects
from derive.reader.syntax import Cases, Evaluated, Node, Relation, Text, walk
from derive.source import Span
from derive.statements.memberships import says_declared_shape
from derive.statements.one_hot import with_one_hot
from derive.statements.pieces import Piece, split_matrix
from derive.statements.premises import depends, premises
from derive.statements.vectorised import is_vectorised, settle_stacks, stacked
from derive.typing.blocks import components
from derive.typing.ceiling import OPEN, Ceiling, Reason, only_proves
from derive.typing.conditions import condition, is_otherwise, without_prose
from derive.typing.constraints import Use, letters_of
from derive.typing.context import Context, Log
from derive.typing.contraction import aligned, like
from derive.typing.derivatives import operator_of
from derive.typing.differentials import variables, with_differentials
from derive.typing.index_ranges import Quantified, at_single_values, quantify
from derive.typing.quantifiers import Limits, letters_in, read_limits, speaks_of_values
from derive.typing.tensor import ArrayListError, ShapeError, Tensor

MAX_ENTRIES = 64


_AXIS_LETTERS = ("i", "j", "m", "p", "q", "r", "s", "u", "v")


def equate(piece: Piece, conditions: Sequence[Node], ctx: Context, network: Network) -> list[Claim]:
    """Return the claims that an equation makes, one for each entry that is written out.

    Cases whose shapes differ, as those of the last layer and of the others, are claims of their own.
    Raises: LatexError where a side cannot be read; ShapeError where shapes, or free indices, refute it at once.
    """
    parts = _part_by_part(piece)
    if parts and not _is_one_array(piece, ctx):
        return [claim for part in parts for claim in equate(part, conditions, ctx, network)]
    piece, places = _evaluated_at(piece, ctx, network)
    conditions = [*conditions, *places]
    rows = _case_by_case(piece.right)
    if rows and all(_by_value(when, ctx) for _, when in rows):
        return _row_by_row(piece, rows, conditions, ctx, network)
    whole = ctx if not rows else replace(ctx, log=Log())
    try:
        claims = _equate(piece, conditions, whole, network)
        if not rows or not any(claim.sizes for claim in claims):
            ctx.log.take(whole.log)
            return claims
    except ShapeError:
        if not rows:
            raise
    return _row_by_row(piece, rows, conditions, ctx, network)


Rows = list[tuple[Node, list[Node]]]


def _row_by_row(piece: Piece, rows: Rows, conditions: Sequence[Node], ctx: Context, network: Network) -> list[Claim]:
    """Return one claim for each row of cases, under the conditions of that row."""
    found: list[Claim] = []
    for value, when in rows:
        own = replace(ctx, log=Log())
        found += _equate(replace(piece, right=value), [*conditions, *when], own, network)
        ctx.log.take(own.log)
    return found


def _by_value(when: Sequence[Node], ctx: Context) -> bool:
    """Return whether the conditions of a row set variables to values, or say that none of these holds."""
    relations = [node for node in when if isinstance(node, Relation)]
    if len(relations) < len(when) or not relations:
        return False
    signs = {link.operator for relation in relations for link in relation.links}
    return signs <= {"=", r"\ne"} and all(speaks_of_values(relation.first, ctx) for relation in relations)


def _evaluated_at(piece: Piece, ctx: Context, network: Network) -> tuple[Piece, list[Node]]:
    """Return L|_{y = 1} = R as L = R with the condition y = 1, where R does not depend on the variable y;
    and A|_{i = j}, or A_j|_{j = c} = B_j, with the condition on its indices."""
    left, right = piece.left, piece.right
    pairs = ((left, right), (right, left))
    sides = [side for side, other in pairs if isinstance(side, Evaluated) and _limits_both(side, other)]
    if sides and len({ctx.text(side.at).replace(" ", "") for side in sides}) == 1:
        left, right = (side.body if side in sides and isinstance(side, Evaluated) else side for side in (left, right))
        return replace(piece, left=left, right=right, earlier=()), [sides[0].at]
    places = [side.at for side in (left, right) if isinstance(side, Evaluated) and speaks_of_values(_set(side.at), ctx)]
    if not places or len({ctx.text(place).replace(" ", "") for place in places}) > 1:
        return piece, []
    inside = [side.body if isinstance(side, Evaluated) else side for side in (left, right)]
    outside = [side for side in (left, right) if not isinstance(side, Evaluated)]
    if any(depends(side, _set(places[0]), ctx, network) for side in outside):
        return piece, []
    variable = _set(places[0]).text
    by = (node for side in inside for found in walk(side) if (op := operator_of(found, ctx)) for node in op.variables)
    if "?" in variable or any(node.text == variable for node in by):
        return piece, []
    return replace(piece, left=inside[0], right=inside[1], earlier=()), places[:1]


def _limits_both(side: Evaluated, other: Node) -> bool:
    """Return whether the place behind a bar limits both sides: it compares two indices of what stands before it,
    |_{i = j}, leaves values out, |_{j \\ne c}, or puts a letter, |_{j = c}, for one that the other side has."""
    at = side.at
    if not isinstance(at, Relation) or not names_index(at, side.body):
        return False
    if at.links[0].operator != "=" or (at.links[0].node.symbol and mentions(other, subjects(at))):
        return True
    turned = (replace(at, first=link.node, links=(replace(link, node=at.first),)) for link in at.links[:1])
    return all(names_index(one, side.body) for one in turned)


def _set(place: Node) -> Node:
    """Return what y = 1 sets."""
    return place.first if isinstance(place, Relation) else place


def _part_by_part(piece: Piece) -> list[Piece]:
    """Return (A, b) = (C, d) as A = C and b = d; nothing where the sides are no lists of the same length."""
    left, right = components(piece.left), components(piece.right)
    if left is None or right is None or len(left) != len(right):
        return []
    return [replace(piece, left=a, right=b, earlier=()) for a, b in zip(left, right, strict=True)]


def _is_one_array(piece: Piece, ctx: Context) -> bool:
    """Return whether both sides can be read as they stand, as vectors or matrices of numbers."""
    try:
        for side in (piece.left, piece.right):
            replace(ctx, log=Log()).value(side)
    except ArrayListError:
        return False
    except LatexError:  # then the error is reported where the whole is read
        return True
    return True


def _case_by_case(node: Node) -> Rows:
    """Return the rows of cases, each with its conditions; "otherwise" is the opposite of all that were before it."""
    if not isinstance(node, Cases):
        return []
    found: Rows = []
    opposites: list[Node] = []
    for value, when in node.rows:
        if when is None or is_otherwise(when):
            found.append((value, opposites))
            continue
        inner = without_prose(when)
        found.append((value, [inner]))
        opposites = [*opposites, opposite(inner)]
    return found


class FreeIndexError(Exception):
    """Letters that were taken for sizes turn out to be free indices of the formula: it has to be read again."""

    def __init__(self, letters: frozenset[str]) -> None:
        super().__init__(", ".join(sorted(letters)))
        self.letters = letters


def _equate(piece: Piece, conditions: Sequence[Node], ctx: Context, network: Network) -> list[Claim]:
    nodes = parted_sides(piece, ctx)
    conditions, ctx, network = with_one_hot(conditions, ctx, network)
    limits, others = read_limits(conditions, ctx)
    fix_named_sizes(limits, ctx)
    ctx = ctx.binding({name: value for name, value in limits.values.items() if name not in ctx.table.sizes})
    ctx = replace(ctx, whole=nodes)
    network = with_differentials(network, variables(nodes, ctx))
    earlier = _uses_of(piece.earlier[:-1], ctx)
    stacks = any(is_vectorised(node, ctx) for node in nodes)
    left, right = _read_sides(nodes, earlier, limits, ctx, stacks=stacks)
    limits = at_single_values(limits, ctx.log.uses)
    letters = _letters(left, right, ctx) | set(limits.values)
    on_values = premises(others, letters_in(conditions), letters, ctx, network, (left.body, right.body))
    factors, ceiling = _read_conditions(on_values.others, letters, ctx)
    left, right = _made_alike(left, right, limits, ctx, nodes[1], stacks=stacks)
    quantified = _quantified(left, right, earlier, limits, ctx, nodes[1])
    if quantified.free or not all(map(_speaks_of_indices, on_values.others)):
        ctx.log.limit(ceiling)
    sizes = tuple((name, lin(value)) for name, value in quantified.sizes.items())
    if sizes:
        ctx.log.note("for " + ", ".join(f"{name} = {value}" for name, value in sizes))
    return [
        Claim(network, a, b, free, sizes, (*quantified.facts, *on_values.facts))
        for a, b, free in entries_of(left, right, mul(*on_values.factors, *factors), quantified, ctx)
    ]


def _letters(left: Tensor, right: Tensor, ctx: Context) -> set[str]:
    """Return the letters of the free indices of both sides."""
    return letters_of(ctx.log.uses) | free_letters(left.body) | free_letters(right.body)


def _read_sides(
    nodes: tuple[Node, Node], earlier: Sequence[Use], limits: Limits, ctx: Context, *, stacks: bool
) -> tuple[Tensor, Tensor]:
    """Return both sides; the log has which indices are free on the right one only.

    Raises: FreeIndexError where what was taken for a size is an index; LatexError for an unknown end of a sum;
    ShapeError for an array beside an entry.
    """
    left = stacked(nodes[0], ctx) if stacks else ctx.value(nodes[0])
    known = letters_of(ctx.log.uses) | free_letters(left.body) | letters_of(earlier)
    mark = len(ctx.log.uses)
    behind = replace(ctx, kept=frozenset(known))
    right = stacked(nodes[1], behind) if stacks else behind.value(nodes[1])
    if clash := ctx.log.taken & _letters(left, right, ctx):
        raise FreeIndexError(frozenset(clash))
    for letter in sorted(set(ctx.log.ends) - letters_of(ctx.log.uses) - set(limits.values)):
        raise ctx.fault(f'nothing says what "{letter}" is', ctx.log.ends[letter], "a size, or an index of the formula")
    _check_vector_and_entry(left, right, ctx, nodes[1])
    known |= {*limits.lower, *limits.upper, *limits.values}
    ctx.log.right_only |= _free_on_the_right(mark, right, known, ctx, nodes[1])
    return left, right


def _made_alike(
    left: Tensor, right: Tensor, limits: Limits, ctx: Context, node: Node, *, stacks: bool
) -> tuple[Tensor, Tensor]:
    """Return both sides at the values that conditions set, over the same axes. Raises: ShapeError if they have none."""
    settings: dict[Index | Size, Lin] = {Index(name): value for name, value in limits.values.items()}
    if settings:
        left, right = left.subs(settings), right.subs(settings)
    left, right = like(left, right), like(right, left)
    if stacks:
        settle_stacks(left, right, ctx)
    if left.axes or right.axes:
        left, right = aligned(left, right, ctx, node, "=")
    left, right = ctx.resolved(left), ctx.resolved(right)
    if listed_sizes(ctx) and ctx.choice("listed") == "all":
        fix_listed_sizes(ctx)
    return left, right


def _quantified(
    left: Tensor, right: Tensor, earlier: Sequence[Use], limits: Limits, ctx: Context, node: Node
) -> Quantified:
    """Return over what the free indices of both sides run.

    Raises: LatexError where nothing says that; ShapeError where such an index stands on the right side alone.
    """
    present = _letters(left, right, ctx)
    for letter in sorted((set(ctx.log.compared) & present) - letters_of(ctx.log.uses)):
        ctx.use(lin(Index(letter)), ctx.log.compared[letter], "unit", node)
    said = [use for use in earlier if letters_of([use]) <= present]
    counted = letters_of(ctx.log.uses)
    borders = [use for use in ctx.log.borders if not letters_of([use]) & counted]
    quantified = quantify([*ctx.log.uses, *said, *borders], limits, ctx.table.labels, ctx, node)
    open_letters = present - {index.name for index, _ in quantified.free} - set(limits.values)
    for letter in sorted(open_letters & set(ctx.log.right_only)):
        raise ShapeError(only_on_the_right(letter), ctx.source, ctx.log.right_only[letter], "D102")
    if open_letters:
        raise ctx.fault(f'nothing says over what the index "{min(open_letters)}" runs', node)
    return quantified


def _read_conditions(nodes: Sequence[Node], letters: set[str], ctx: Context) -> tuple[list[Expr], Ceiling]:
    """Return conditions as factors of both sides; what cannot be read is left out, so that the rest can only prove.
    That a name has the shape that is declared, with S ∈ ℝ^{m × k}, limits nothing.

    Raises: LatexError where that names an index of the claim: nobody knows for which of its values the claim is made.
    """
    factors: list[Expr] = []
    ceiling = OPEN
    for node in nodes:
        try:
            factors.append(ONE if says_declared_shape(node, ctx) else condition(node, ctx))
        except LatexError as error:
            if letters & {inner.letter for inner in walk(node)}:
                raise
            ceiling = ceiling.meet(only_proves(Reason.of(error)))
    return factors, ceiling


def _speaks_of_indices(node: Node) -> bool:
    """Return whether a condition in words says which layer, unit or example is meant: "for the output layer"."""
    return isinstance(node, Text) and first_word(node.content) in {"for", "with"}


def parted_sides(piece: Piece, ctx: Context) -> tuple[Node, Node]:
    """Return both sides; in the reading of two equations without what stands behind or before a matrix."""
    left, right = piece.left, piece.right
    if ctx.reading["split"] == "two":
        behind, before = split_matrix(right), split_matrix(left)
        right = right if behind is None else behind[0]
        left = left if before is None else before[1]
    return left, right


def _uses_of(nodes: Sequence[Node], ctx: Context) -> list[Use]:
    """Return the index uses of other sides of the chain: a free index may come back."""
    found: list[Use] = []
    for node in nodes:
        other = replace(ctx, log=Log())
        try:
            other.value(node)
        except LatexError:  # it is reported where this side is judged
            continue
        found += other.log.uses
    return found


def _check_vector_and_entry(left: Tensor, right: Tensor, ctx: Context, node: Node) -> None:
    left, right = like(left, right), like(right, left)
    if bool(left.axes) == bool(right.axes) or left.special or right.special:
        return
    array, single = (left, right) if left.axes else (right, left)
    raise ctx.misfit(f"{ctx.shape(array)} is set equal to {ctx.shape(single)}", node, "D103")


def _free_on_the_right(mark: int, right: Tensor, known: set[str], ctx: Context, node: Node) -> dict[str, Span]:
    """Return the places of the indices that are free on the right side only; the claim is made for all their values."""
    known = known | {index.name for index in ctx.table.labels} | _letters_of_sizes(ctx)
    places = {index.name: use.span for use in ctx.log.uses[mark:] for index in use.free}
    places |= dict.fromkeys(free_letters(right.body) - set(places), node.span)
    found = {name: span for name, span in places.items() if name not in known}
    if found and ctx.summation:
        raise ctx.fault(f'the index "{min(found)}" appears once in a product of the right side', node, "a second one")
    return found


def only_on_the_right(letter: str) -> str:
    """Return what is said of an index that the left side does not have."""
    return f'the index "{letter}" is free on the right side only'


def _letters_of_sizes(ctx: Context) -> set[str]:
    """Return the letters that sizes of the model carry though no name counts them, as the L of n_L beside a^{(L)}."""
    params = [param for entry in ctx.table.every for param in entry.params]
    carried = {index.name for param in params if param.range is not None for index in param.range.hi.indices()}
    return carried - {param.index.name for param in params}


def listed_sizes(ctx: Context) -> dict[Size, int]:
    """Return the sizes whose units 1 … c are written out one by one."""
    seen: dict[Size, set[int]] = {}
    for use in ctx.log.uses:
        shift = 1 if use.range.lo == lin(0) else 0
        atom = (use.range.hi + shift).atom
        if use.kind == "unit" and use.value.is_const and isinstance(atom, Size) and atom not in ctx.log.sizes:
            seen.setdefault(atom, set()).add(use.value.const + shift)
    return {
        atom: max(units) for atom, units in seen.items() if len(units) > 1 and units == set(range(1, max(units) + 1))
    }


def fix_listed_sizes(ctx: Context) -> None:
    for atom, count in listed_sizes(ctx).items():
        ctx.log.sizes[atom] = count


def fix_named_sizes(limits: Limits, ctx: Context) -> None:
    """Fix the sizes that a condition sets, such as the depth in (L = 3)."""
    for name, value in limits.values.items():
        if ctx.table.sizes.get(name) == 0 and value.is_const:
            ctx.log.sizes[Size(name)] = value.const


Free = tuple[tuple[Index, Range], ...]


def entries_of(
    left: Tensor, right: Tensor, factor: Expr, quantified: Quantified, ctx: Context
) -> list[tuple[Expr, Expr, Free]]:
    """Return both sides as scalars: axes that are written out entry by entry at each entry, others as free indices."""
    used = {index.name for index, _ in quantified.free}
    rows: list[tuple[Expr, Expr]] = [(left.body, right.body)]
    axes: list[tuple[Index, Range]] = []
    for axis in left.axes:
        range_ = ctx.fixed(axis.range)
        count = range_.length.const if range_.length.is_const else 0
        written_out = any(lists_entries(side, axis.index) for row in rows for side in row)
        if written_out and count > 0 and count * len(rows) <= MAX_ENTRIES:
            rows = [pair for n in range(count) for pair in _at(rows, axis.index, lin(range_.lo.const + n))]
        else:
            name = next(letter for letter in (*_AXIS_LETTERS, f"{axis.index.name}'") if letter not in used)
            used.add(name)
            rows = _at(rows, axis.index, lin(Index(name)))
            axes.append((Index(name), range_))
    settings = dict(quantified.values)
    free = tuple((i, r.subs(settings)) for i, r in (*quantified.free, *axes) if i not in settings)
    return [
        (fold(mul(factor, substitute(a, settings))), fold(mul(factor, substitute(b, settings))), free) for a, b in rows
    ]


def _at(rows: list[tuple[Expr, Expr]], index: Index, value: Lin) -> list[tuple[Expr, Expr]]:
    """Return the pairs of sides at one value of an axis."""
    return [(substitute(a, {index: value}), substitute(b, {index: value})) for a, b in rows]
