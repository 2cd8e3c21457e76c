"""Names that a document defines apart from the model, and letters that nothing declares, as numbers and functions.

dy/dx = dy/du · du/dx            u = U(x), y = Y(u) for open U, Y: the derivatives written say what depends on what
(g ∘ f)'(x) = g'(f(x)) f'(x)     f, g open
y_1 = x^2, z = log y_1           definitions of the document
R = 1/N Σ_{i=1}^N (u_i - v_i)    u, v arrays over what the sum runs over, N a size
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from derive.algebra.expr import Expr, Fun, Var
from derive.algebra.index import Index, Range
from derive.names.declare import declared_name
from derive.names.indices import parts
from derive.names.table import Entry, Function, Param, SymbolTable
from derive.network.network import Definition, Leaf, Network
from derive.reader.syntax import BigOperator, Fraction, Group, Node, Product, walk
from derive.statements.fixed_functions import Fixed, fix
from derive.statements.left_sides import LeftSide, arguments_of
from derive.statements.not_numbers import INDEX_LETTERS, has_array_marks
from derive.statements.written_names import function_names, is_variable, name_key, names_in
from derive.typing.application import only_names
from derive.typing.bounds import read_bounds
from derive.typing.context import Context
from derive.typing.derivatives import operator_of
from derive.typing.functions import bracket_of


@dataclass(frozen=True)
class OwnNames:
    """Names with the network that their values come from: those of which a document itself says what they are.

    The `vague` ones are sums over data with marks of arrays, or indices that nothing binds; no more is known of them.
    """

    table: SymbolTable = field(default_factory=SymbolTable)
    network: Network = field(default_factory=lambda: Network((), ()))
    vague: frozenset[str] = frozenset()

    @property
    def defined(self) -> frozenset[str]:
        """The names that the document defines here."""
        return frozenset(definition.name for definition in self.network.definitions) | frozenset(self.table.functions)

    @property
    def known(self) -> frozenset[str]:
        """The names that it defines, and the letters in their definitions."""
        return self.defined | {leaf.name for leaf in self.network.leaves} | set(self.table.sizes)

    @property
    def is_mixed(self) -> bool:
        """Whether a letter has indices that sums bind and others that nothing does: r_i beside Σ_k r_k."""
        over_sums = {base for base, entries in self.table.entries.items() if any(entry.params for entry in entries)}
        others = (entry for base in over_sums for entry in self.table.entries[base] if not entry.params)
        return any(INDEX_LETTERS.intersection(entry.fixed_sub) for entry in others)

    def with_letter(self, entry: Entry, depends_on: Sequence[str] = ()) -> OwnNames:
        """Return the names with one more number or array; an open function of those on which it depends."""
        ranges = tuple(param.range for param in entry.params if param.range is not None)
        definitions, leaves = self.network.definitions, self.network.leaves
        if depends_on:
            arguments = tuple(map(Var, depends_on))
            body: Expr = Fun(f"{entry.name} of {', '.join(depends_on)}", arguments, (0,) * len(arguments))
            definitions = (*definitions, Definition(entry.name, (), (), body))
        else:
            leaves = (*leaves, Leaf(entry.name, tuple(param.index for param in entry.params), ranges))
        network = replace(self.network, definitions=definitions, leaves=leaves)
        return replace(self, table=self.table.with_entry(entry), network=network)


def dependencies(nodes: Iterable[Node], ctx: Context) -> dict[str, set[str]]:
    """Return which variable is differentiated by which, as the fractions du/dv say."""
    found: dict[str, set[str]] = {}
    for node in (inner for outer in nodes for inner in walk(outer)):
        operator = operator_of(node, ctx) if isinstance(node, Fraction) else None
        if operator is None or operator.numerator is None:
            continue
        upper = list(names_in(operator.numerator))
        if len(upper) == 1 and operator.numerator == upper[0]:
            found.setdefault(name_key(upper[0]), set()).update(map(name_key, operator.variables))
    return found


def direct(dependent: dict[str, set[str]]) -> dict[str, list[str]]:
    """Return the dependencies that do not follow from others (y on x follows from y on u, u on x)."""

    def reachable(name: str, seen: frozenset[str]) -> set[str]:
        found: set[str] = set()
        for other in dependent.get(name, set()) - seen:
            found |= {other} | reachable(other, seen | {other})
        return found

    result = {}
    for name, others in dependent.items():
        indirect = {far for other in others for far in reachable(other, frozenset({name, other}))}
        kept = others - indirect - {name}
        result[name] = sorted(kept or others)
    return result


def opened(nodes: list[Node], own: OwnNames, ctx: Context) -> OwnNames:
    """Return names with every other one of some formulas as a number, an array over sums, or an open function.

    Raises: LatexError where the bounds of a sum cannot be read, or one of the indices of a name is not bound by it.
    """
    _check_arguments(nodes, ctx)
    table, nodes = _with_functions(nodes, own.table, ctx)
    sizes, ranges = _summed(nodes, table, ctx)
    found = replace(own, table=replace(table, sizes={**table.sizes, **dict.fromkeys(sizes, 0)}))
    depends = direct(dependencies(nodes, ctx))
    for node in (name for outer in nodes for name in names_in(outer)):
        base = node.base.key or ""
        means_more = base in found.table.functions or base in found.table.sizes or base in ranges
        if means_more or not is_variable(node) or any(entry.params for entry in own.table.entries.get(base, ())):
            continue
        entry = _entry(node, ranges, ctx)
        if entry.name not in found.known:
            found = found.with_letter(entry, depends.get(entry.name, ()))
    return found


def _check_arguments(nodes: Iterable[Node], ctx: Context) -> None:
    """Raise LatexError where a name that is defined with arguments, σ(x), has others, σ(x w + b), and is no function
    that is known: it would be a factor."""
    for node in (inner for outer in nodes for inner in walk(outer) if isinstance(inner, Product)):
        for head, behind in pairwise(node.items):
            key, group = head.node.base.key or "", None if behind.operator else bracket_of(behind.node)
            entries = ctx.table.candidates(key, head.node.base.plain)
            if group is not None and any(entry.arguments for entry in entries) and not only_names(group.body):
                raise ctx.fault(f'nothing says what "{key}" is at other arguments', behind.node, "a function")


def _with_functions(nodes: list[Node], table: SymbolTable, ctx: Context) -> tuple[SymbolTable, list[Node]]:
    """Return the table with the functions of some formulas, and these with the names in their definitions.

    Raises: LatexError where brackets in a sum may be those of a function, or hold indices.
    """
    found, waiting = list(nodes), list(nodes)
    while waiting:
        applied = _applied(waiting, ctx) - set(table.functions) - table.heads
        waiting = []
        for name in applied:
            function = ctx.table.functions.get(name)
            if function is None or not _is_plain_function(function):
                if has_sums(nodes):
                    raise ctx.fault(f'nothing says whether "{name}" is a function', nodes[0])
                function = Function(name, "open", written=name)
            elif function.body is not None:
                waiting.append(function.body)
                found += [inner for inner in names_in(function.body) if name_key(inner) not in function.params]
            table = table.with_function(name, function)
    return table, found


def _applied(nodes: list[Node], ctx: Context) -> set[str]:
    """Return the functions of some formulas: what is written as one, and every function of the model."""
    keys = {(name.base.key or "") for node in nodes for name in names_in(node)}
    known = ctx.table.functions
    return function_names(nodes) | {key for key in keys if key in known and _is_plain_function(known[key])}


def _is_plain_function(function: Function) -> bool:
    return function.kind in {"known", "open", "macro"} and not function.layers


def has_sums(nodes: Iterable[Node]) -> bool:
    return any(isinstance(inner, BigOperator) for node in nodes for inner in walk(node))


def _summed(nodes: Iterable[Node], table: SymbolTable, ctx: Context) -> tuple[set[str], dict[str, Range]]:
    """Return the sizes up to which sums run, and over what the letters run that they bind."""
    sums = [inner for node in nodes for inner in walk(node) if isinstance(inner, BigOperator)]
    sizes = {token.text for node in sums for part in parts(node.above) for token in part if token.kind == "letter"}
    inside = replace(ctx, table=replace(table, sizes={**table.sizes, **dict.fromkeys(sizes, 0)}))
    bounds = (bound for node in sums for bound in read_bounds(node, inside))
    return sizes, {b.letter: Range(b.lo, b.hi) for b in bounds if b.lo is not None and b.hi is not None}


def _entry(node: Node, ranges: Mapping[str, Range], ctx: Context) -> Entry:
    """Return a name as a number, or as an array over the letters that stand on it where sums bind them."""
    if not node.scripted:
        return entry_for(node)
    below = [token.text for part in parts(node.sub) for token in part]
    groups = (piece for piece in node.pieces if isinstance(piece, Group))
    above = [token.text for piece in groups for part in parts(piece.body) for token in part]
    letters = (*above, *below)
    if not any(letter in ranges for letter in letters):
        return entry_for(node)
    if node.primes or not all(letter in ranges for letter in letters):
        raise ctx.fault(f'nothing says over what the indices of "{ctx.text(node)}" run', node, "a sum over each")
    params = [Param(Index(letter), ranges[letter], "unit") for letter in letters]
    entry = declared_name(node.base.key or "", params[: len(above)], params[len(above) :])
    return replace(entry, name=f"{entry.base} over data")


def entry_for(node: Node) -> Entry:
    """Return a real variable as a declared name; its index belongs to the name."""
    base = node.base.key or node.text
    fixed = tuple(_texts(node.sub))
    return replace(declared_name(base, fixed_sub=fixed), name=name_key(node))


def _texts(sub: Node | None) -> Iterator[str]:
    for group in parts(sub):
        yield from (token.text for token in group if token.kind not in {"bracket", "end"})


def defined(own: OwnNames, left: LeftSide, right: Node, ctx: Context) -> OwnNames | None:
    """Return the names with `left = right` as a definition of a number; with arguments as a function of them.

    The arguments of a sum over data that do not stand in it, R(Θ), belong to the name. None where the right side has
    marks of arrays, or is an array.
    Raises: LatexError where the right side cannot be read or has the name itself; ShapeError if it is no number.
    """
    key, arguments = name_key(left.name), arguments_of(left)
    used = set(map(name_key, names_in(right)))
    hidden = own.defined.intersection(map(name_key, arguments))
    if hidden:
        raise ctx.fault(f'the document defines "{min(hidden)}", which is an argument here', right, "another letter")
    if has_sums([right]):
        arguments = [node for node in arguments if name_key(node) in used]
    elif has_array_marks([right]):
        return None
    if key in used:
        raise ctx.fault(f'"{ctx.text(left.name)}" is on both sides', right, "what defines it")
    functions = {name: function for name, function in own.table.functions.items() if name != key}
    found = opened([right, *arguments], replace(own, table=replace(own.table, functions=functions)), ctx)
    value = replace(ctx, table=found.table).value(right)
    if not value.is_scalar:
        raise ctx.misfit(f"{ctx.text(left.name)} is {ctx.shape(value)}", right)
    table = found.table.with_entry(entry_for(left.name))
    if has_sums([right]):
        table = replace(table, heads=table.heads | {left.name.base.key or key})
    keys = [key, *_letter_of_family(left, own)]
    network = _without(found.network, keys)
    if arguments:
        params = tuple(map(name_key, arguments))
        for name in keys:
            table = table.with_function(name, Function(name, "macro", params=params, body=right, written=name))
        now = {key: Fixed(key, tuple(map(Var, params)), value.body, key)}  # what used it before it was defined
        network = replace(network, definitions=tuple(replace(d, body=fix(d.body, now)) for d in network.definitions))
    definitions = (*network.definitions, *(Definition(name, (), (), value.body) for name in keys))
    vague = {key} if found.is_mixed or has_array_marks([right]) else set()
    return OwnNames(table, replace(network, definitions=definitions), own.vague - {key} | vague)


def _without(network: Network, names: Sequence[str]) -> Network:
    definitions = tuple(one for one in network.definitions if one.name not in names)
    return replace(network, definitions=definitions, leaves=tuple(o for o in network.leaves if o.name not in names))


def _letter_of_family(left: LeftSide, own: OwnNames) -> list[str]:
    """Return the f of f_c(x), where the document has defined an f: in df/dx it is from here on the last one."""
    base = left.name.base.key or ""
    family = left.arguments is not None and base != name_key(left.name) and base in own.defined
    return [base] if family else []
