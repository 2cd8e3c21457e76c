"""How the names of a model are written, for printing."""

from __future__ import annotations

from typing import Literal

from derive.names.notation import Notation, Pattern, Slot
from derive.names.table import Entry, SymbolTable


def notation(table: SymbolTable, layer_letters: tuple[str, ...], unit_letters: tuple[str, ...], text: str) -> Notation:
    """Return how the names of a model are written, for printing."""
    patterns = {entry.name: _pattern(entry, table) for entry in table.every}
    functions = {
        f.name: f.written for f in table.functions.values() if f.kind in {"known", "open", "functional"} and f.written
    }
    transpose = next(
        (sign for sign in (r"^\top", r"^\intercal", r"^{\mathsf{T}}", r"^{\mathsf T}") if sign in text), "^T"
    )
    loss = table.by_name(table.loss) if table.loss is not None else None
    return Notation(
        patterns, functions, table.size_patterns, layer_letters or ("k",), unit_letters or ("i", "j", "m"), transpose,
        loss.written if loss is not None and loss.written else "L",
    )  # fmt: skip


def _pattern(entry: Entry, table: SymbolTable) -> Pattern:
    places = frozenset(entry.sup)
    bracket: Literal["", "(", "["] = entry.bracket if entry.bracket in {"(", "["} else ""  # type: ignore[assignment]
    slots = tuple(
        Slot("sup" if at in places else "sub", param.kind, bracket if at in places else "", entry.pair_of(param))
        for at, param in enumerate(entry.params)
    )
    whole = entry.written
    if entry.fixed_sub:
        whole += f"_{{{''.join(map(_upright, entry.fixed_sub))}}}"
    if entry.fixed_sup:
        whole += f"^{{{''.join(map(_upright, entry.fixed_sup))}}}"
    return Pattern(whole, _entry_base(whole, entry, table), slots)


def _upright(part: str) -> str:
    """Return a part of a name; a word stays one, where its letters in a row would be several parts."""
    return rf"\mathrm{{{part}}}" if len(part) > 1 and part.isalpha() else part


def _entry_base(whole: str, entry: Entry, table: SymbolTable) -> str:
    """Return how entries are written: \\mathbf{z} has the entries z_i, unless z is declared too."""

    plain = entry.plain
    if plain == entry.base or plain in table.entries or entry.fixed_sup or entry.fixed_sub or len(entry.units) != 1:
        return whole
    return plain


def size_pattern(name: str, arity: int, text: str) -> Pattern:
    """Return how a size is written in the text of a model: n_k, n^{[l]} or n^{(l)}."""
    place = "sub"
    bracket = ""
    if arity and f"{name}^{{[" in text:
        place, bracket = "sup", "["
    elif arity and f"{name}^{{(" in text:
        place, bracket = "sup", "("
    slots = tuple(Slot(place, "layer", bracket) for _ in range(arity))  # type: ignore[arg-type]
    return Pattern(name, name, slots)
