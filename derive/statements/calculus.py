"""Formulas of plain calculus: letters as real variables, functions left open, what a document defines for itself.

dy/dx = dy/du · du/dx           u = U(x), y = Y(u) for open U, Y: the derivatives written say what depends on what
(g ∘ f)'(x) = g'(f(x)) f'(x)    f, g open
y_1 = x^2, z = log y_1          definitions of the document
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from derive.algebra.expr import Expr, Fun, Var
from derive.network.network import Definition, Leaf, Network
from derive.notation.signs import ONLY_TRANSPOSES
from derive.reader.names import flat_text, is_transpose
from derive.reader.syntax import (
    Accent,
    BigOperator,
    Dots,
    Font,
    Fraction,
    Group,
    Matrix,
    Name,
    Node,
    Number,
    Product,
    Text,
    Tuple,
    children,
    walk,
    with_scripts,
)
from derive.statements.aliases import LeftSide, left_side
from derive.statements.fixed import Fixed, fix
from derive.typing.context import Context
from derive.typing.derivatives import operator_of
from derive.typing.functions import bracket_of
from derive.typing.heads import BUILTIN, is_indicator_head
from derive.typing.slots import sup_pieces
from derive.typing.symbols import Entry, Function, SymbolTable

_NABLA = r"\nabla"
_NOT_CALCULUS = ONLY_TRANSPOSES | {_NABLA}
_CONSTANTS = frozenset({"e", r"\pi", "d", r"\partial", r"\infty"})
_ARRAYS = frozenset({r"\odot", r"\otimes", r"\oslash"})


@dataclass(frozen=True)
class Scope:
    """The real variables and functions that a document has defined, apart from the model."""

    table: SymbolTable = field(default_factory=SymbolTable)
    definitions: tuple[Definition, ...] = ()
    leaves: tuple[Leaf, ...] = ()

    @property
    def defined(self) -> frozenset[str]:
        """The names that the document defines here."""
        return frozenset(definition.name for definition in self.definitions) | frozenset(self.table.functions)

    @property
    def network(self) -> Network:
        return Network(self.definitions, self.leaves)


def is_plain(nodes: Iterable[Node]) -> bool:
    """Return whether formulas have nothing of vectors and matrices in them: no ᵀ, ⊙, bold letters, sums, lists, and
    ∇ only by a variable."""
    by_variable: set[int] = set()
    for node in (inner for outer in nodes for inner in walk(outer)):
        match node:
            case Name(scripted=True, sub=Node(), sup=None) if node.base.symbol == _NABLA:
                by_variable.add(id(node.base))
            case Name() if id(node) in by_variable:
                continue
            case Matrix() | BigOperator() | Dots() | Text():
                return False
            case Name() if node.letter in _NOT_CALCULUS:
                return False
            case Node(scripted=True, sup=Name(letters="+" | "-")):
                return False
            case Name() if not {"mathrm", "mathit"}.issuperset(node.fonts) and not is_indicator_head(node):
                return False
            case Font() if not is_indicator_head(node):
                return False
            case Accent(_, "vec") | Name(accents=("vec", *_)):
                return False
            case Product(_, items) if any(item.operator in _ARRAYS for item in items):
                return False
            case Group(_, opening) if opening in {r"\|", r"\Vert"}:
                return False
            case Node(scripted=True, sub=sub, sup=sup):
                if any(is_transpose(piece) for piece in sup_pieces(sup)):
                    return False
                if sub is not None and isinstance(sub, Tuple):
                    return False
    return True


def names_in(node: Node) -> Iterator[Node]:
    """Yield the names of a formula as written, with their indices, in reading order; not the letters inside indices."""
    if node.scripted:
        base = node.base
        if base.key == _NABLA:
            yield from names_in(node.sub) if node.sub is not None else ()
            return
        if base.key is not None and not isinstance(base, Number):
            yield node
            if node.sup is not None:
                yield from names_in(node.sup)
            return
    if isinstance(node, Name):
        yield node
        return
    for child in () if isinstance(node, BigOperator) else children(node):
        yield from names_in(child)


def name_key(node: Node) -> str:
    """Return the name of a real variable with its index: y_1 is y_{1}; powers above do not belong to it."""
    if not node.scripted:
        return node.key or flat_text(node)
    key = node.base.key or flat_text(node.base)
    return key if node.sub is None else f"{key}_{{{flat_text(node.sub)}}}"


def function_names(nodes: Iterable[Node]) -> set[str]:
    """Return the names that are applied to brackets, composed, or carry primes."""
    found: set[str] = set()
    for node in (inner for outer in nodes for inner in walk(outer)):
        if node.primes:
            found |= {name_key(with_scripts(node.span, node.base, node.sub))} - {name_key(node)} | {node.base.key or ""}
        if not isinstance(node, Product):
            continue
        for item, following in zip(node.items, node.items[1:], strict=False):
            head = item.node
            applied = (
                not following.operator and bracket_of(following.node) is not None and _may_be_applied(following.node)
            )
            if applied or following.operator == r"\circ" or item.operator == r"\circ":
                found.add(head.base.key or "")
        if len(node.items) > 1 and node.items[-1].operator == r"\circ":
            found.add(node.items[-1].node.base.key or "")
    found -= {r"\mathbb{I}", r"\mathds{I}"}
    return {name for name in found if name and name not in _CONSTANTS and name not in BUILTIN}


def _may_be_applied(node: Node) -> bool:
    """Return whether brackets hold an argument, f(x), f(g(x)), rather than a factor, a(b + c)."""
    group = bracket_of(node)
    return group is not None and not any(type(inner).__name__ == "Additive" for inner in [group.body])


def dependencies(nodes: Iterable[Node], ctx: Context) -> dict[str, set[str]]:
    """Return which variable is differentiated by which, as the fractions du/dv say."""
    found: dict[str, set[str]] = {}
    for node in (inner for outer in nodes for inner in walk(outer)):
        if not isinstance(node, Fraction):
            continue
        operator = operator_of(node, ctx)
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


def opened(nodes: list[Node], scope: Scope, ctx: Context) -> Scope:
    """Return the scope with every other name of some formulas as a real variable or an open function."""
    table, nodes = _with_functions(nodes, scope.table, ctx)
    depends = direct(dependencies(nodes, ctx))
    definitions, leaves = list(scope.definitions), list(scope.leaves)
    known = {definition.name for definition in definitions} | {leaf.name for leaf in leaves} | set(table.functions)
    for node in (name for outer in nodes for name in names_in(outer)):
        key = name_key(node)
        base = node.base.key or ""
        if is_indicator_head(node.base):
            continue
        if key in known or base in table.functions or base in BUILTIN or base in _CONSTANTS or node.base.plain == "d":
            continue
        known.add(key)
        table = table.with_entry(entry_for(node))
        if depends.get(key):
            arguments = tuple(Var(other) for other in depends[key])
            body: Expr = Fun(f"{key} of {', '.join(depends[key])}", arguments, (0,) * len(arguments))
            definitions.append(Definition(key, (), (), body))
        else:
            leaves.append(Leaf(key))
    return replace(scope, table=table, definitions=tuple(definitions), leaves=tuple(leaves))


def _with_functions(nodes: list[Node], table: SymbolTable, ctx: Context) -> tuple[SymbolTable, list[Node]]:
    """Return the table with the functions of some formulas, and these with the names in their definitions."""
    found, waiting = list(nodes), list(nodes)
    while waiting:
        applied = _applied(waiting, ctx) - set(table.functions)
        waiting = []
        for name in applied:
            function = ctx.table.functions.get(name)
            if function is None or not _is_plain_function(function):
                function = Function(name, "open", written=name)
            elif function.body is not None:
                waiting.append(function.body)
                found += [inner for inner in names_in(function.body) if name_key(inner) not in function.params]
            table = table.with_function(name, function)
    return table, found


def _applied(nodes: list[Node], ctx: Context) -> set[str]:
    """Return the functions of some formulas: what is written as one, and every function of the model."""
    keys = {name.base.key or "" for node in nodes for name in names_in(node)}
    known = ctx.table.functions
    return function_names(nodes) | {key for key in keys if key in known and _is_plain_function(known[key])}


def _is_plain_function(function: Function) -> bool:
    return function.kind in {"known", "open", "macro"} and not function.layers


def entry_for(node: Node) -> Entry:
    """Return a real variable as a declared name; its index belongs to the name."""
    base = node.base.key or flat_text(node)
    sub = node.sub
    fixed = () if sub is None else tuple(_texts(sub))
    return Entry(name_key(node), base, fixed_sub=fixed, written=base)


def _texts(sub: Node) -> Iterator[str]:
    from derive.typing.indices import parts

    for group in parts(sub):
        for token in group:
            if token.kind not in {"bracket", "end"}:
                yield token.text


def with_definition(scope: Scope, left: LeftSide, right: Node, ctx: Context) -> Scope:
    """Return the scope with `left = right` as a definition; with arguments as a function of them.

    Raises: LatexError where the right side cannot be read or has the name itself; ShapeError if it is no number.
    """
    if name_key(left.name) in map(name_key, names_in(right)):
        raise ctx.fault(f'"{ctx.text(left.name)}" is on both sides', right, "what defines it")
    names = [left.name, *arguments_of(left)]
    scope = opened([right, *arguments_of(left)], replace(scope, table=_without(scope.table, left)), ctx)
    inner = replace(ctx, table=scope.table)
    value = inner.value(right)
    if not value.is_scalar:
        raise ctx.misfit(f"{ctx.text(names[0])} is {ctx.shape(value)}", right)
    key = name_key(left.name)
    table = scope.table.with_entry(entry_for(left.name))
    if left.arguments is not None:
        params = tuple(name_key(argument) for argument in arguments_of(left))
        table = table.with_function(key, Function(key, "macro", params=params, body=right, written=key))
    keys = [key, *_letter_of_family(left, scope)]
    if len(keys) > 1 and left.arguments is not None:
        table = table.with_function(keys[1], replace(table.functions[key], name=keys[1], written=keys[1]))
    definitions = tuple(d for d in scope.definitions if d.name not in keys)
    if left.arguments is not None:  # what used the function before it was defined
        places = tuple(Var(name_key(argument)) for argument in arguments_of(left))
        now = {key: Fixed(key, places, value.body, key)}
        definitions = tuple(replace(d, body=fix(d.body, now)) for d in definitions)
    leaves = tuple(leaf for leaf in scope.leaves if leaf.name not in keys)
    own = (Definition(name, (), (), value.body) for name in keys)
    return replace(scope, table=table, definitions=(*definitions, *own), leaves=leaves)


def _letter_of_family(left: LeftSide, scope: Scope) -> list[str]:
    """Return the f of f_c(x), where the document has defined an f: in df/dx it is from here on the last one."""
    name = left.name
    base = name.base.key if name.scripted and left.arguments is not None else None
    return [base] if base is not None and base != name_key(name) and base in scope.defined else []


def _without(table: SymbolTable, left: LeftSide) -> SymbolTable:
    key = name_key(left.name)
    return replace(table, functions={name: f for name, f in table.functions.items() if name != key})


def arguments_of(left: LeftSide) -> list[Node]:
    """Return the arguments in the brackets of a left side."""
    if left.arguments is None:
        return []
    inner = left.arguments.body
    return list(inner.items) if isinstance(inner, Tuple) else [inner]


def definable(left: Node) -> LeftSide | None:
    """Return a left side that a real variable or function can have: y, y_1, f(x), f(x, y); None for others."""
    found = left_side(left)
    if found is None:
        return None
    name = found.name
    if name.scripted and (name.primes or name.sup is not None):
        return None
    arguments = arguments_of(found)
    if any(not (isinstance(a, Name) or a.scripted) or a.base.key is None for a in arguments):
        return None
    return found
