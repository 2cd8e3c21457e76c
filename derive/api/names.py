"""What a user may write for a name or an index: the lecture's own LaTeX, its Unicode, or plain letters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from derive.algebra.index import Index, Lin, Size, lin
from derive.errors import UsageError
from derive.writing.plain import plain

if TYPE_CHECKING:
    import sympy

    IndexLike: TypeAlias = int | str | Index | Lin | sympy.Expr

_ACCENT = re.compile(r"\\(hat|bar|tilde|vec|dot)\s*\{?\s*(\\?[A-Za-z]+)\s*\}?")
_FONT = re.compile(r"\\(?:mathbf|boldsymbol|bm|mathcal|mathscr|mathrm|mathit|mathsf|operatorname)\s*\{([^{}]*)\}")
_INDEX = re.compile(r"(?P<letter>\\?[A-Za-zℓ]+'*)(?P<shift>[+-]\d+)?\Z")


def spellings(name: str) -> set[str]:
    """Return the ways to write a name: `\\hat{y}`, ŷ and yhat; `\\mathcal{L}` and L; `\\delta`, δ and delta."""
    letters = _ACCENT.sub(lambda match: match[2] + match[1], _FONT.sub(r"\1", name))
    return {name, plain(name), re.sub(r"[\\{}]", "", letters)}


def find_name(written: str, names: Iterable[str]) -> str:
    """Return the name that is meant. Raises: UsageError if there is none, with the names that there are."""
    known = list(names)
    found = [name for name in known if name == written] or [name for name in known if written in spellings(name)]
    if not found:
        there = ", ".join(dict.fromkeys(plain(name) for name in known))
        raise UsageError(f'there is no "{written}" in this network; there are {there}')
    return found[0]


def indices(letters: str) -> tuple[sympy.Symbol, ...]:
    """Return index variables, SymPy's integer symbols: `k, i, j = indices("k i j")`; they can be shifted, k + 1."""
    import sympy

    return tuple(sympy.Symbol(letter, integer=True) for letter in letters.replace(",", " ").split())


def index_of(value: IndexLike, sizes: Mapping[str, int], letters: Mapping[str, str]) -> Lin:
    """Return an index expression: a number, a letter with a shift ("k+1", "L-1"), an index variable, a SymPy integer.

    `sizes` are the names of sizes with their number of indices, `letters` other ways to write index letters (l for ℓ).
    Raises: UsageError for anything else.
    """
    match value:
        case Lin():
            return value
        case Index():
            return lin(value)
        case bool():
            raise UsageError(f"{value} is no index")
        case int():
            return lin(value)
        case str():
            return _written(value, sizes, letters)
    return _foreign(value)


def _written(text: str, sizes: Mapping[str, int], letters: Mapping[str, str]) -> Lin:
    compact = text.replace(" ", "")
    if compact.lstrip("-").isdigit():
        return lin(int(compact))
    match = _INDEX.match(compact)
    if match is None:
        raise UsageError(f'cannot read the index "{text}"; write a number, a letter, or a letter and a shift: k-1')
    letter = {"ℓ": r"\ell", **letters}.get(match["letter"], match["letter"])
    atom: Index | Size = Size(letter) if sizes.get(letter) == 0 else Index(letter)
    return lin(atom) + int(match["shift"] or 0)


def _foreign(value: Any) -> Lin:
    if hasattr(value, "__index__"):  # NumPy's integers
        return lin(int(value))
    raise UsageError(f"{value!r} is no index; write a number, a letter, or a letter and a shift: k-1")
