"""The forward pass: each line of `forward` as a definition over index ranges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile

from derive.algebra.expr import Expr, IndexValue
from derive.algebra.index import Index, Lin, Range, Size, fresh, lin, size
from derive.algebra.substitute import subs
from derive.errors import LatexError
from derive.models.functions import is_function, of_arguments_alone, with_function_line
from derive.models.inputs import Inputs
from derive.models.letter_ranges import Runs
from derive.models.lines import Line, ModelText
from derive.models.new_names import is_another_scalar, names_other_units, new_entry, plain_range
from derive.models.shapes import Declarations
from derive.models.where import define_alias, names_declared_in
from derive.names.letters import free_indices
from derive.names.matching import Filled, Written, fill, with_primes, written
from derive.names.table import Entry, Param, SymbolTable
from derive.network.network import Definition, Network
from derive.notation.signs import EQUATES
from derive.reader.syntax import Accent, Font, Node, Relation, Statement, walk
from derive.statements.definitions import bound_by_arguments
from derive.statements.left_sides import LeftSide, defining, left_side
from derive.typing.application import completed
from derive.typing.constraints import letters_of
from derive.typing.context import Context, Log
from derive.typing.contraction import like
from derive.typing.elaborate import elaborate
from derive.typing.index_ranges import slot_range
from derive.typing.quantifiers import Limits, read_limits
from derive.typing.reading import Reading
from derive.typing.tensor import Tensor, UnknownSymbolError


@dataclass
class Forward:
    """The forward pass while it is read: what was declared, its lines, the table so far, and the definitions.

    `runs` say over what letters run, `inputs` what names are that nothing declares; `where` are the lines of further
    names that have not been read yet; `lefts` are the bases of all names that its lines define, in their fonts.
    """

    text: ModelText
    declarations: Declarations
    table: SymbolTable
    layers: frozenset[str]
    depth: Lin
    reading: Reading
    runs: Runs
    inputs: Inputs
    where: list[Line]
    lefts: frozenset[str]
    labels: dict[Index, Range]
    definitions: list[Definition] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    scalars: dict[str, Line] = field(default_factory=dict)

    def context(self, line: Line) -> Context:
        network = Network(tuple(self.definitions), ())
        return Context(self.table, line.source, reader=elaborate, reading=self.reading, log=Log(), network=network)


def define(line: Line, forward: Forward) -> None:
    """Read one line of the forward pass. Raises: ModelError where it makes no sense."""
    try:
        for statement in line.statements:
            for single in _one_name_each(statement):
                _define(single, line, forward)
    except LatexError as error:
        raise forward.text.fault_in(line, error) from error


def _one_name_each(statement: Statement) -> list[Statement]:
    r"""Return J = \mathrm{CE}(y, p) = … as two definitions, the last name first; other statements as they are.

    Of several right sides, z = W x = …, the first one is the definition; the others say it again.
    """
    body = statement.body
    if not isinstance(body, Relation) or any(link.operator not in EQUATES for link in body.links):
        return [statement]
    sides = [body.first, *(link.node for link in body.links)]
    named = list(takewhile(lambda side: left_side(side, in_model=True) is not None, sides[:-1]))
    pairs = zip(named, body.links, strict=False)
    single = [Relation(first.span | link.node.span, first, (link,)) for first, link in pairs]
    return [replace(statement, body=relation, span=relation.span) for relation in reversed(single)] or [statement]


def _define(statement: Statement, line: Line, forward: Forward) -> None:
    body = statement.body
    if not isinstance(body, Relation) or len(body.links) != 1 or body.links[0].operator not in EQUATES:
        raise LatexError("a line of the forward pass has the form name = expression", line.source, statement.span)
    ctx = forward.context(line)
    left = left_side(body.first, in_model=True)
    if left is None:
        raise LatexError("this cannot be defined", line.source, body.first.span, "a name with its indices")
    right = body.links[0].node
    if left.arguments is not None and is_function(left, right, ctx):
        forward.table = with_function_line(left, right, ctx)
        if of_arguments_alone(left, right, ctx):
            return
    elif left.arguments is not None and left.name.sup is not None and left.key in forward.table.functions:
        raise ctx.fault("this is a function, and its argument names an array", left.name, "another letter for it")
    limits, others = read_limits(statement.conditions, ctx)
    if others:
        raise LatexError("cannot read this condition", line.source, others[0].span, r"a range such as 1 \le k \le L")
    value, ctx = _value(right, line, forward, defining(left, right, ctx))
    for name in ctx.log.flat:
        entry = forward.table.by_name(name)
        if entry is not None:
            forward.table = forward.table.with_entry(replace(entry, orientation="free"))
    _store(left, value, limits, ctx, forward)
    forward.lines.append(line)


def _value(right: Node, line: Line, forward: Forward, ctx: Context) -> tuple[Tensor, Context]:
    """Return the value of a right side; a name without shape is a number, or one for each value of its indices."""
    for _ in range(50):
        try:
            return ctx.resolved(ctx.value(right)), ctx
        except UnknownSymbolError as error:
            if not _named(right, error, forward):
                entries = _undeclared(right, error, ctx, forward)
                if not entries:
                    raise
                for entry in entries:
                    forward.table = forward.table.with_another(entry)
                    forward.scalars[entry.name] = line
            ctx = replace(forward.context(line), free=ctx.free, whole=ctx.whole)
    raise LatexError("too many unknown names", line.source, line.span)


def _name_at(right: Node, error: LatexError) -> Node | None:
    """Return the name at the place of an error."""
    names = (node for node in walk(right) if node.scripted or isinstance(node, Accent | Font) or node.letter)
    return next((node for node in names if node.span == error.span), None)


def _undeclared(right: Node, error: LatexError, ctx: Context, forward: Forward) -> list[Entry]:
    """Return what the name at the place of an error is; nothing where it has to be declared in `shapes`."""
    node = _name_at(right, error)
    if node is None or (
        node.scripted and any(e.params for e in forward.declarations.entries if e.base == node.base.key)
    ):
        return []
    if any(function.written == node.base.key for function in forward.table.functions.values()):
        return []  # of another layer
    return forward.inputs.at(node, ctx)


def _named(right: Node, error: LatexError, forward: Forward) -> bool:
    """Read those lines of `where` now that define the name at the place of an error; say whether there were any."""
    node = _name_at(right, error)
    key = None if node is None else node.base.key
    lines = [line for line in forward.where if key is not None and key in names_declared_in(line)]
    try:
        for line in lines:
            for statement in line.statements:
                forward.table = define_alias(statement, forward.table, forward.reading, line.source, forward.layers)
    except LatexError:  # it needs more than is known so far, such as the loss
        return False
    forward.where = [line for line in forward.where if line not in lines]
    return bool(lines)


def _store(left: LeftSide, value: Tensor, limits: Limits, ctx: Context, forward: Forward) -> None:
    name = with_primes(written(left.name, ctx))
    key = name.base.key
    if key is None:
        raise ctx.fault("this is no name", left.name)
    if key in forward.scalars and not name.sub and not name.sup:
        used = forward.scalars[key]
        raise forward.text.fault(f'"{key}" is used before it is defined', forward.text.find(used.text))
    for letter, range_ in forward.runs.said.items():
        if letter not in limits.values and letter not in limits.lower and letter not in limits.upper:
            limits.between(letter, range_.lo, range_.hi)
    filled = fill(name, _declared_as(name, key, ctx, forward), ctx)
    if filled is not None and left.given:
        filled = _with_arguments(filled, left, ctx, forward)
    is_new = filled is None or is_another_scalar(filled, value, forward) or names_other_units(filled, limits, forward)
    if filled is None or is_new:
        filled, value = new_entry(name, left, value, limits, ctx, forward)
    elif filled.rest:
        raise ctx.fault("a name that is defined has no power", left.name)
    filled = completed(filled, left.given, ctx)
    definition = _definition(filled, value, limits, ctx, forward, left.name)
    forward.definitions.append(definition)
    heads = forward.table.heads
    if not definition.params or left.arguments is not None:
        heads = heads | {filled.entry.base}
    forward.table = replace(forward.table, heads=heads)


def _declared_as(name: Written, key: str, ctx: Context, forward: Forward) -> Sequence[Entry]:
    """Return what a name on the left is declared as: in its font, or else in another one that no line defines."""
    if key in forward.table.entries:
        return forward.table.entries[key]
    others = forward.table.candidates(key, name.base.plain)
    defined = {definition.name for definition in forward.definitions}
    is_other = any(e.plain != name.base.plain or e.name in defined for e in others)
    return () if is_other or any(e.base in forward.lefts for e in others) else others


def _with_arguments(filled: Filled, left: LeftSide, ctx: Context, forward: Forward) -> Filled | None:
    """Return a declared name with the arguments that it is defined with; None where these bind an index of a number
    that has none, which then is another one: p ∈ ℝ beside p(x_i)."""
    entry = filled.entry
    slots = {param.index.name for param in entry.params}
    used = letters_of(ctx.log.uses)
    if entry.arguments or not bound_by_arguments(left, slots, used, ctx):
        entry = entry if entry.arguments else replace(entry, arguments=left.given)
        forward.table = forward.table.with_entry(entry)
        return replace(filled, entry=entry)
    if entry.params:
        raise ctx.fault("cannot tell which of these are indices of the name", left.name)
    others = tuple(other for other in forward.table.entries[entry.base] if other != entry)
    forward.table = replace(forward.table, entries={**forward.table.entries, entry.base: others})
    return None


def _definition(
    filled: Filled, value: Tensor, limits: Limits, ctx: Context, forward: Forward, node: Node
) -> Definition:
    """Return the definition of a name with indices as written on the left, its whole axes taken from the value."""
    entry = filled.entry
    params: list[Index] = []
    ranges: list[Range] = []
    renamed: dict[Index | Size, Lin] = {}
    placed: dict[Index | Size, Lin] = {}
    open_axes: list[tuple[Index, Range]] = []
    for at, param in enumerate(entry.params):
        written_index = filled.values.get(at)
        own = Index(param.index.name)
        if written_index is None:
            own = fresh(param.index.name)
            range_ = _range(param, ctx, node).subs(placed)
            open_axes.append((own, range_))
        else:
            open_param = replace(param, range=_left_over(entry, at, forward))
            own, range_ = _written_param(written_index, open_param, placed, renamed, limits, ctx, forward, node)
        fixed = written_index is not None and not written_index.indices()
        placed[param.index] = written_index if fixed and written_index is not None else lin(own)
        params.append(own)
        ranges.append(range_)
    at_parameters = tuple(replace(axis, range=axis.range.subs(renamed)) for axis in value.axes)
    body = _body(replace(value, axes=at_parameters), open_axes, entry, ctx, node)
    labels = _labels(body, ctx, params, renamed, forward, node)
    forward.labels.update(labels)
    return Definition(entry.name, tuple(params), tuple(ranges), subs(body, renamed))


def _left_over(entry: Entry, at: int, forward: Forward) -> Range | None:
    """Return the range of a parameter without the unit that it begins with, where a line before defines that: h_0."""
    range_ = entry.params[at].range
    if range_ is None or entry.params[at].kind == "layer":
        return range_
    first = Range(range_.lo, range_.lo)
    taken = any(d.name == entry.name and d.ranges[at] == first for d in forward.definitions)
    return Range(range_.lo + 1, range_.hi) if taken else range_


def _range(param: Param, ctx: Context, node: Node) -> Range:
    if param.range is None:
        raise ctx.fault("an index is missing", node)
    return param.range


def _written_param(
    index: Lin, param: Param, placed: dict[Index | Size, Lin], renamed: dict[Index | Size, Lin],
    limits: Limits, ctx: Context, forward: Forward, node: Node,
) -> tuple[Index, Range]:  # fmt: skip
    """Return the parameter and its range for an index on the left: a letter k, k+1, or a fixed layer 0, L."""
    letters = [atom for atom, c in index.terms if isinstance(atom, Index) and c == 1]
    if not letters:
        return fresh(param.index.name), Range(index, index)
    if len(letters) > 1:
        raise ctx.fault("an index on the left is one letter", node)
    letter = letters[0]
    shift = index - lin(letter)
    own = fresh(letter.name)
    renamed[letter] = lin(own) - shift
    found = limits.range_of(letter.name)
    if found is None and param.range is not None:
        found = param.range.subs(placed)
        shift = lin(0)
    if found is None:
        found = Range(lin(1), forward.depth)
        if letter.name in limits.lower:
            found = Range(limits.lower[letter.name][0], found.hi)
        if letter.name in limits.upper:
            found = Range(found.lo, limits.upper[letter.name][0])
    return own, Range(found.lo + shift, found.hi + shift).subs(renamed)


def _body(value: Tensor, axes: list[tuple[Index, Range]], entry: Entry, ctx: Context, node: Node) -> Expr:
    """Return the value's entry at the parameters. Raises: ShapeError if its shape is not the declared one."""
    whole = len(axes) == len(entry.units)
    expected = Tensor((), IndexValue(lin(0)))
    if axes:
        from derive.typing.tensor import Axis, orientation_of

        shape = tuple(Axis(index, range_) for index, range_ in axes)
        expected = Tensor(shape, IndexValue(lin(0)), entry.orientation if whole else orientation_of(len(axes), "free"))
    value = like(value, expected)
    if len(value.axes) != len(axes) or (
        axes and "free" not in (value.orientation, expected.orientation) and value.orientation != expected.orientation
    ):
        raise ctx.misfit(
            f"{entry.base} is declared as {ctx.shape(expected)}, its definition is {ctx.shape(value)}", node
        )
    value = value.counted_like(tuple(range_ for _, range_ in axes))
    for axis, (_, range_) in zip(value.axes, axes, strict=True):
        if not _same_size(axis.range, range_):
            raise ctx.misfit(
                f"{entry.base} is declared as {ctx.shape(expected)}, its definition is {ctx.shape(value)}", node
            )
    return value.at(*(lin(index) for index, _ in axes))


def _same_size(left: Range, right: Range) -> bool:
    """Return whether two ranges have the same length; indices of layers count by their names here."""
    return plain_range(left) == plain_range(right)


def _labels(
    body: Expr, ctx: Context, params: list[Index], renamed: dict[Index | Size, Lin], forward: Forward, node: Node
) -> dict[Index, Range]:
    """Return the free indices of a definition that are no parameters, such as the class ℓ, with their ranges."""
    found: dict[Index, Range] = {}
    for use in list(ctx.log.uses):
        for index in use.value.indices():
            if index.uid or index in renamed or index in params or index in found:
                continue
            if index in forward.labels:
                found[index] = forward.labels[index]
            elif use.value.atom == index and use.kind == "unit":
                found[index] = slot_range(index.name, node, ctx)
            else:
                raise ctx.fault(f'"{index}" has no range here', node, "a range in brackets behind the formula")
    for index in sorted(free_indices(body) - found.keys() - renamed.keys() - set(params), key=str):
        if index in forward.labels:
            found[index] = forward.labels[index]
        elif not index.uid:
            advice = "another letter in the name, if it is no index, or a sum over it"
            raise ctx.fault(f'"{index}" is an index of other lines; nothing here says which one is meant', node, advice)
    return found


def depth_of(sizes: dict[str, int], depths: list[str], layers: set[str]) -> Lin:
    """Return the number of layers or steps that a layer index without a range runs up to: L, T or what is written."""
    if depths:
        return size(depths[0])
    for name in ("L", "T", "N", "K"):
        if sizes.get(name) == 0:
            return size(name)
    return size("T" if layers == {"t"} else "L")
