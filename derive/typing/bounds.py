"""What Σ and Π run over as it is written: letters with their bounds, and the conditions that leave values out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from derive.algebra.index import Index, Lin, Range, fresh, lin
from derive.names.indices import letters_alone
from derive.notation.signs import ORDERS
from derive.reader.syntax import (
    BigOperator,
    Link,
    Matrix,
    Node,
    Product,
    Relation,
    Statement,
    Tuple,
    children,
    walk,
)
from derive.typing.context import Context
from derive.typing.lists import is_set, listed_limits, members, one_index, parted_set, set_limits

_SUCH_THAT = frozenset({":", r"\mid"})


@dataclass(frozen=True, slots=True)
class Bound:
    """A bound index letter with its bounds as far as they are written."""

    letter: str
    index: Index
    node: Node
    lo: Lin | None = None
    hi: Lin | None = None
    hi_node: Node | None = None


@dataclass
class Reach:
    """What a sign runs over: its letters, and the conditions that a value has to meet."""

    bounds: dict[str, Bound] = field(default_factory=dict)
    conditions: list[Node] = field(default_factory=list)

    def bind(
        self, letter: str, node: Node, ctx: Context, lo: Lin | None = None, hi: Lin | None = None,
        hi_node: Node | None = None,
    ) -> None:  # fmt: skip
        letter = ctx.table.index_names.get(letter, letter)
        if letter in self.bounds:
            raise ctx.fault(f'the sign binds "{letter}" twice', node, "one range for each index")
        self.bounds[letter] = Bound(letter, fresh(letter), node, lo, hi, hi_node)


def read_bounds(node: BigOperator, ctx: Context) -> list[Bound]:
    """Return the index letters that a sign binds, with their bounds. Raises: LatexError where they cannot be read."""
    return list(read_reach(node, ctx).bounds.values())


def read_reach(node: BigOperator, ctx: Context, body: tuple[Node, ...] = ()) -> Reach:
    """Return what a sign runs over: i, i=1, i,j, 1 ≤ i ≤ n, j ≠ i, i ∈ {1, …, n}, and several of these together.

    What binds no letter is a condition on those that are bound; where all are conditions, j ≠ i, the first of them
    says what is bound, too. `body` is what the sign stands before.
    Raises: LatexError for what is no bound, and for a condition on something else.
    """
    reach = Reach()
    for item in _items(node.below):
        if not _bind(item, node, reach, ctx):
            reach.conditions.append(item)
    alone = reach.conditions[0] if node.below is not None and not reach.bounds and reach.conditions else None
    if alone is not None:
        for letter in _letters_of_condition(alone, node, ctx, body):
            reach.bind(letter, alone, ctx)
    for condition in reach.conditions:
        if condition is not alone or ctx.reading["bound letters"] == "both":
            for letter in _letters_brought_in(condition, node, reach, ctx, _reached(node, reach.bounds, body)):
                reach.bind(letter, condition, ctx)
        if not _names(condition, ctx) & set(reach.bounds):
            raise _unclear(condition, ctx)
    return reach


def sets_summed_over(statements: Iterable[Statement]) -> frozenset[str]:
    """Return the one set over which sums run without saying what is in it; nothing where there are several."""
    found = {
        parted_set(link.node)[0].text
        for statement in statements
        for sign in walk(statement.body)
        if isinstance(sign, BigOperator)
        for item in _items(sign.below)
        if isinstance(item, Relation)
        for link in item.links
        if link.operator == r"\in" and not is_set(parted_set(link.node)[0])
    }
    return frozenset(found) if len(found) == 1 else frozenset()


def _items(sub: Node | None) -> Iterator[Node]:
    """Yield what stands below a sign item by item: parted at commas, rows and the colon of "such that"."""
    if sub is None:
        return
    match sub:
        case Tuple(_, items):
            for before, item in zip((None, *items), items, strict=False):
                yield from _items(_unequal_to(before, item))
        case Matrix(_, "subarray", rows):
            for row in rows:
                for cell in row:
                    yield from _items(cell)
        case Relation(_, first, links) if any(link.operator in _SUCH_THAT for link in links):
            at = next(n for n, link in enumerate(links) if link.operator in _SUCH_THAT)
            yield from _items(replace(sub, links=links[:at]) if at else first)
            yield from _items(
                Relation(sub.span, links[at].node, links[at + 1 :]) if links[at + 1 :] else links[at].node
            )
        case Relation(_, Tuple(_, items), (Link(operator),)) if operator in ORDERS or operator == r"\ne":
            yield from items[:-1]
            yield replace(sub, first=items[-1])
        case Relation(_, first, (Link(r"\notin", other, at),)) if is_set(other):
            for member in members(other):
                yield Relation(sub.span, first, (Link(r"\ne", member, at),))
        case _:
            yield sub


def _unequal_to(before: Node | None, item: Node) -> Node:
    """Return the m of j ≠ i, m as j ≠ m, and any other item as it is."""
    if isinstance(before, Relation) and item.symbol and before.links[-1].operator == r"\ne":
        return replace(before, links=(replace(before.links[-1], node=item),))
    return item


def _bind(item: Node, node: BigOperator, reach: Reach, ctx: Context) -> bool:
    """Bind the letters of an item; return whether it is no more than that."""
    upper = None if node.above is None else one_index(node.above, ctx)
    match item:
        case Node() if item.symbol or item.scripted or isinstance(item, Product):
            if not (letters := letters_alone(item)) or (reach.bounds and set(letters) & set(reach.bounds)):
                raise _unclear(item, ctx)
            for letter in letters:
                reach.bind(letter, item, ctx, None if upper is None else lin(1), upper, node.above)
            return True
        case Relation(_, first, (Link("=", lower),)) if letters := letters_alone(first):
            low, high = listed_limits(lower, ctx) or (one_index(lower, ctx), upper)
            for letter in letters:
                reach.bind(letter, item, ctx, low, high, node.above)
            return True
        case Relation(_, first, (Link(r"\in", other),)) if letters := letters_alone(first):
            return _bind_members(letters, item, other, reach, ctx)
        case Relation(_, first, links) if len(links) > 1 and all(map(_rises, links)):
            return _bind_between(item, first, links, reach, ctx)
        case Relation(_, _, links) if {link.operator for link in links} <= {r"\ne", *ORDERS}:
            return False
    raise _unclear(item, ctx)


def _rises(link: Link) -> bool:
    return link.operator in ORDERS and ORDERS[link.operator].smaller == "left"


def _bind_members(letters: list[str], item: Node, other: Node, reach: Reach, ctx: Context) -> bool:
    """Bind the letters of i ∈ S, or of i ∈ S ∖ {m}, which leaves a value out.

    Raises: LatexError where nothing says what is in S.
    """
    whole, left_out = parted_set(other)
    limits = set_limits(whole, ctx)
    if limits is None and whole.text not in ctx.table.sets:
        message = "the values are not listed one after the other" if is_set(whole) else "nothing says what is in it"
        raise ctx.fault(f'cannot read the set "{ctx.text(whole)}": {message}', whole, r"a set such as \{1, \dots, n\}")
    for letter in letters:
        reach.bind(letter, item, ctx, *(limits or (None, None)))
        letter_node = next(node for node in walk(item) if letters_alone(node) == [letter])
        reach.conditions += [
            Relation(value.span, letter_node, (Link(r"\ne", value, value.span),)) for value in left_out
        ]
    return True


def _bind_between(item: Relation, first: Node, links: tuple[Link, ...], reach: Reach, ctx: Context) -> bool:
    """Bind the letters of 1 ≤ i < j ≤ n, each between the ends; what stands between letters is a condition."""
    middle = [link.node for link in links[:-1]]
    if not all(len(letters_alone(node)) == 1 for node in middle):
        raise _unclear(item, ctx)
    low = one_index(first, ctx) + ORDERS[links[0].operator].gap
    high = one_index(links[-1].node, ctx) - ORDERS[links[-1].operator].gap
    for node in middle:
        reach.bind(letters_alone(node)[0], item, ctx, low, high, links[-1].node)
    for node, link in zip(middle, links[1:-1], strict=False):
        reach.conditions.append(Relation(node.span | link.node.span, node, (link,)))
    return True


def compared(reach: Reach, ranges: Mapping[str, Range], ctx: Context) -> dict[str, Range]:
    """Return for a letter that a condition only compares with a bound one, i of j ≠ i, the range of that one."""
    found: dict[str, Range] = {}
    for condition in reach.conditions:
        sides = (condition.first, condition.links[-1].node) if isinstance(condition, Relation) else ()
        letters = [letters_alone(side)[0] for side in sides if len(letters_alone(side)) == 1]
        bound = [letter for letter in letters if letter in ranges]
        for letter in letters:
            if len(letters) == 2 and len(bound) == 1 and letter not in bound and letter not in ctx.indices:
                found[letter] = ranges[bound[0]]
    return found


def _letters_of_condition(item: Node, node: BigOperator, ctx: Context, body: tuple[Node, ...]) -> list[str]:
    """Return the letters that a condition binds which stands alone below a sign.

    Σ_{j ≠ i} binds that side which is a letter of its own: neither bound further out, nor used outside of the sum, as
    the other one is; an index of the whole model, as the class, only where it stands first, and the other one outside.
    Where neither is used outside, but both within, the sum is over both, or over the first alone.
    Raises: LatexError where it cannot be told.
    """
    if not isinstance(item, Relation) or len(item.links) != 1:
        raise _unclear(item, ctx)
    found = [
        letter
        for side in (item.first, item.links[0].node)
        for letter in letters_alone(side)[:1]
        if len(letters_alone(side)) == 1
    ]
    new = [letter for letter in found if letter not in ctx.indices and not _is_fixed(letter, ctx)]
    if len(new) < 2:
        if new and found[0] != new[0] and ctx.whole and new[0] in (others := _outside(node, body, ctx)):
            if found[0] in others:
                raise _unclear(item, ctx)
            return found[:1]  # k of Σ_{k ≠ j} beside a j outside, whatever else the model counts by k
        if not new or (new != found[:1] and new[0] not in _symbols(body)):
            raise _unclear(item, ctx)
        return new
    body = _reached(node, new[:1], body)
    inside, outside = _symbols(body) & set(new), _outside(node, body, ctx) & set(new)
    if not ctx.whole or outside == {new[1]} or (not outside and inside == {new[0]}):
        return new[:1]
    if inside - outside == {new[1]}:
        return new[1:]
    if not outside and inside == set(new):
        return new if ctx.choice("bound letters") == "both" else new[:1]
    message = f'cannot tell whether "{new[0]}" or "{new[1]}" is bound here'
    raise ctx.fault(message, item, f"{new[0]} = 1 below and its last value above, then the condition")


def _reached(node: BigOperator, letters: Collection[str], body: tuple[Node, ...]) -> tuple[Node, ...]:
    """Return what a sign reaches over that binds some letters: Π up to the last factor in which one of them stands."""
    if node.kind.endswith("sum"):
        return body
    last = max((n for n, part in enumerate(body) if _symbols((part,)) & set(letters)), default=len(body) - 1)
    return body[: last + 1]


def _letters_brought_in(
    item: Node, node: BigOperator, reach: Reach, ctx: Context, body: tuple[Node, ...]
) -> list[str]:  # fmt: skip
    """Return the letters that a condition brings in beside those that are bound, as the j of Σ_{i, j ≠ i} x_i x_j."""
    if not ctx.whole or not isinstance(item, Relation):
        return []
    sides = (item.first, *(link.node for link in item.links))
    letters = [found[0] for side in sides if len(found := letters_alone(side)) == 1]
    taken = {*reach.bounds, *ctx.indices, *_outside(node, body, ctx)}
    inside = _symbols(body)
    return [letter for letter in letters if letter in inside and letter not in taken and not _is_fixed(letter, ctx)]


def _is_fixed(letter: str, ctx: Context) -> bool:
    """Return whether a letter is a size, or an index of the whole model, such as the class."""
    return letter in ctx.table.sizes or ctx.is_label(letter)


def _outside(node: BigOperator, body: tuple[Node, ...], ctx: Context) -> set[str]:
    """Return the letters of the statement that stand outside of a sum and that no other sign binds there."""
    end = max((part.span.end for part in body), default=node.span.end)
    found: set[str] = set()
    for whole in ctx.whole:
        found |= _free_symbols(whole, (node.span.start, end))
    return found


def _free_symbols(node: Node, without: tuple[int, int]) -> set[str]:
    """Return the letters of a node that no sum in it binds, apart from what stands in one place of the text."""
    start, end = without
    if start <= node.span.start and node.span.end <= end and node.span.start < node.span.end:
        return set()
    if node.letter or _is_primed(node):
        return {node.letter or node.text}
    if isinstance(node, Product):
        found: set[str] = set()
        for item in reversed(node.items):
            if isinstance(sign := item.node, BigOperator):
                if not (start <= sign.span.start < end):
                    found -= {name for part in _items(sign.below) for name in _first_letters(part)}
                found |= set() if sign.above is None else _free_symbols(sign.above, without)
            else:
                found |= _free_symbols(item.node, without)
        return found
    return {name for child in children(node) for name in _free_symbols(child, without)}


def _first_letters(item: Node) -> list[str]:
    return letters_alone(item.first if isinstance(item, Relation) else item)


def _symbols(nodes: tuple[Node, ...]) -> set[str]:
    found = (inner for node in nodes for inner in walk(node) if inner.letter or _is_primed(inner))
    return {inner.letter or inner.text for inner in found}


def _is_primed(node: Node) -> bool:
    """Return whether a node is a letter with primes alone, an index such as m'."""
    return bool(node.primes) and node.sub is None and node.sup is None


def _names(node: Node, ctx: Context) -> set[str]:
    return {ctx.table.index_names.get(name, name) for name in _symbols((node,))}


def _unclear(node: Node, ctx: Context) -> Exception:
    return ctx.fault("cannot read what the sum runs over", node, "an index such as i, i=1 or i,j")
