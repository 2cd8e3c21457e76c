"""The functions of a model: what [functions] says of each symbol, and those that the forward pass defines by a formula:
softsign(z) = z / (1 + |z|)."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import replace
from itertools import pairwise

from derive.algebra.functions import KNOWN
from derive.errors import LatexError
from derive.models.letters import tokens_of
from derive.models.lines import ModelText
from derive.names.table import Function, FunctionKind, SymbolTable
from derive.notation.functions import WORDS
from derive.reader.syntax import Group, Node, Product, Statement, Tuple, walk
from derive.statements.definitions import function_of, is_of_entries, stands_alone
from derive.statements.left_sides import LeftSide
from derive.typing.context import Context, Log
from derive.typing.heads import BUILTIN

KINDS: dict[str, tuple[FunctionKind, str]] = {
    "any": ("open", ""),
    "any scalar": ("functional", ""),
    "softmax": ("softmax", ""),
    "softmax over rows": ("softmax", "rows"),
    "softmax over columns": ("softmax", "columns"),
    "log softmax": ("log_softmax", ""),
    "log softmax over rows": ("log_softmax", "rows"),
    "log softmax over columns": ("log_softmax", "columns"),
    "logsumexp": ("logsumexp", ""),
    "log sum exp": ("logsumexp", ""),
}
OTHER_NAMES = {**WORDS, "logsoftmax": "log softmax"}


def with_function(key: str, value: object, table: SymbolTable, letters: set[str], text: ModelText) -> SymbolTable:
    """Return the table with one more function.

    Raises: ModelError for a function that is not known, or a symbol that is a variable too.
    """
    if not isinstance(value, str):
        raise text.fault(f'the function "{key}" is given by a name in quotes', text.find_key("functions", key))
    line = text.line(key, text.find_key("functions", key))
    body = line.statements[0].body
    base = body.base
    head = base.key
    if head is None:
        raise text.fault(f'"{key}" is no name of a function', text.find_key("functions", key))
    layers, below, above = _indices(body, letters)
    if head in table.entries and below is None and above is None:
        raise text.fault(f'"{key}" is declared as a variable and as a function', text.find_key("functions", key))
    name = value.strip().lower().replace("-", " ").replace("_", " ")
    name = OTHER_NAMES.get(name, name)
    written = line.source.excerpt(base.span)
    full = function_key(head, below, above)
    if name in KINDS:
        kind, axis = KINDS[name]
        return table.with_function(full, Function(full, kind, axis, layers, (), None, written, below, above))
    known = name.replace(" ", "_")
    if known not in KNOWN:
        names = ", ".join(sorted({*KINDS, *KNOWN} - {"pi"}))
        raise text.fault(f'"{value}" is no known function; there are {names}', text.find(value))
    return table.with_function(full, Function(known, "known", "", layers, (), None, written, below, above))


def undeclared_functions(statements: Iterable[Statement], known: Container[str]) -> list[str]:
    """Return the letters that the forward pass only has before brackets, and that nothing declares: the g of h = g(z).

    One that stands before anything longer than a name may be a factor, λ (u - v), unless it is usually a function.
    """
    seen: dict[str, int] = {}
    applied: dict[str, int] = {}
    alone: set[str] = set()
    for node in (inner for statement in statements for inner in walk(statement.body)):
        if node.symbol:
            seen[node.symbol] = seen.get(node.symbol, 0) + 1
        for head, behind in pairwise(node.items) if isinstance(node, Product) else ():
            group, letter = behind.node, head.node.symbol
            if letter and not behind.operator and isinstance(group, Group) and group.opening == "(":
                applied[letter] = applied.get(letter, 0) + 1
                alone |= {letter} if group.body.scripted or group.body.symbol else set()
    found = (letter for letter, times in applied.items() if times == seen[letter] and letter not in known)
    return [letter for letter in found if letter in alone | USUAL]


USUAL = frozenset({"f", "g", r"\sigma", r"\phi", r"\varphi", r"\psi"})
"""Letters that are functions before brackets, where nothing declares them."""


def function_key(head: str, below: str | None, above: str | None) -> str:
    """Return the key of a function whose name has fixed parts below or above: \\sigma_{1}, g^{(2)}."""
    return head + (f"_{{{below}}}" if below is not None else "") + (f"^{{{above}}}" if above is not None else "")


def _indices(body: Node, letters: set[str]) -> tuple[int, str | None, str | None]:
    """Return how many indices a function has, and what below and above it belongs to its name."""
    if not body.scripted:
        return 0, None, None
    layers = 0
    below = above = None
    if body.sub is not None:
        if all(token.text in letters for token in tokens_of(body.sub)):
            layers += 1
        else:
            below = body.sub.text
    for piece in body.pieces:
        inner = piece.inside
        if all(token.text in letters for token in tokens_of(inner)):
            layers += 1
        else:
            above = piece.text
    return layers, below, above


def is_function(left: LeftSide, right: Node, ctx: Context) -> bool:
    """Return whether the arguments are scalar letters that the right side uses, as in softsign(z) = z / (1 + |z|), or
    columns of which it says what it is of each entry, ℓ(p, t) = (p - t)²."""
    names = argument_keys(left)
    if left.key not in ctx.table.entries and is_of_entries(left, right, ctx):
        return True
    used = {node.key for node in walk(right)}
    for name in names:
        entries = ctx.table.candidates(name, name)
        if name is None or name not in used or any(entry.units and not entry.layers for entry in entries):
            return False
        if any(entry.layers and stands_alone(name, ctx) for entry in entries):
            return False
    key = left.key
    return bool(names) and key is not None and key not in ctx.table.entries and not _only_decorate(names, right, ctx)


def _only_decorate(names: list[str | None], right: Node, ctx: Context) -> bool:
    """Return whether undeclared arguments are used as arguments of declared names alone: the n of E(n) = Σ e_k(n)."""
    if any(name is None or ctx.table.candidates(name, name) for name in names):
        return False
    try:
        replace(ctx, log=Log()).value(right)
    except LatexError:
        return False
    return True


def argument_keys(left: LeftSide) -> list[str | None]:
    """Return the names in the brackets of a left side."""
    if left.arguments is None:
        return []
    inner = left.arguments.body
    return [item.key for item in (inner.items if isinstance(inner, Tuple) else (inner,))]


def of_arguments_alone(left: LeftSide, right: Node, ctx: Context) -> bool:
    """Return whether a line says what a function is, and not what a variable is that depends on declared ones."""
    if left.arguments is None or not is_function(left, right, ctx):
        return False
    declared = all(name is not None and stands_alone(name, ctx) for name in argument_keys(left))
    return not declared or is_of_entries(left, right, ctx)


def with_function_line(left: LeftSide, right: Node, ctx: Context) -> SymbolTable:
    """Return the table with a function defined by its formula; g^{[2]}(z) = … is about that layer's alone.

    Raises: LatexError for the formula of one layer's where all have one, which is not supported.
    """
    above = left.name.sup.text if left.name.sup is not None else None
    same = _same_function(left, right, ctx)
    if above is not None and same is None and left.key in ctx.table.functions:
        raise ctx.fault("a formula for the function of one layer", left.name, "the line of that layer, written out")
    function = replace(same or function_of(left, right, ctx), fixed_sup=above)
    return ctx.table.with_function(function_key(function.written, function.fixed_sub, above), function)


def _same_function(left: LeftSide, right: Node, ctx: Context) -> Function | None:
    """Return the function of which g(z) = σ(z) is only another name."""
    items = right.items if isinstance(right, Product) else ()
    if len(items) != 2 or items[1].operator or left.arguments is None or items[1].node.text != left.arguments.text:
        return None
    head = items[0].node
    known = ctx.table.functions.get(head.key or "") or BUILTIN.get(head.key or "")
    if head.scripted or known is None or known.kind != "known":
        return None
    return replace(known, written=left.key or "", fixed_sub=left.name.sub.text if left.name.sub is not None else None)
