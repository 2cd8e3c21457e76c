"""The functions of a model: what [functions] says of each symbol."""

from __future__ import annotations

from derive.algebra.functions import KNOWN
from derive.models.letters import tokens_of
from derive.models.lines import ModelText
from derive.names.table import Function, FunctionKind, SymbolTable
from derive.notation.functions import WORDS
from derive.reader.syntax import Group, Node

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
        inner = piece.body if isinstance(piece, Group) else piece
        if all(token.text in letters for token in tokens_of(inner)):
            layers += 1
        else:
            above = piece.text
    return layers, below, above
