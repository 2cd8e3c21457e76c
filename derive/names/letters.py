"""Letters for index variables: a bound index never gets a letter that already means something else in its scope."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any, cast

from derive.algebra.expr import Chain, Diff, Expr, Fun, Functional, Lambda, Prod, Sum, Var
from derive.algebra.index import Index, Lin, Range, Size, fresh, lin
from derive.algebra.substitute import map_children, subs
from derive.names.notation import Notation

SPARE = tuple("ijmpqrstuvwcdklnabefghoxyz")
_LETTER = re.compile(r"(?:[A-Za-z]|\\[A-Za-z]+)'*\Z")


@dataclass(frozen=True)
class Names:
    """The letter of each index variable; one that is not listed keeps its own name."""

    letters: Mapping[Index, str]

    @classmethod
    def of(cls, indices: Iterable[Index], notation: Notation) -> Names:
        """Name free indices as they are called."""
        letters = {index: index.name for index in indices if _LETTER.match(index.name)}
        return _with_letters(letters, [index for index in indices if index not in letters], notation)

    def of_index(self, index: Index) -> str:
        return self.letters.get(index, index.name)


def free_letters(expr: Expr) -> set[str]:
    """Return the names of the free indices of an expression, those inside indicators too."""
    return {index.name for value in _lins(expr) for index in value.indices() if index.uid == 0}


def free_indices(expr: Expr) -> set[Index]:
    """Return the index variables of an expression that no sum in it binds."""
    return {index for value in _lins(expr) for index in value.indices()} - {index for index, _ in _binders(expr)}


def names_for(expr: Expr, notation: Notation) -> Names:
    """Return letters for all index variables of an expression."""
    free = free_indices(expr)
    reserved = {index.name for index in free} | _symbols(expr, notation)
    letters: dict[Index, str] = {index: index.name for index in free}
    for index, enclosing in _binders(expr):
        taken = reserved | {letters[outer] for outer in enclosing}
        if index in letters and letters[index] not in taken:
            continue
        if index in letters:
            taken |= set(letters.values())
        letters[index] = _letter(index.name, taken, notation)
    return Names(letters)


def lettered(expr: Expr, notation: Notation, beside: Iterable[Expr] = ()) -> Expr:
    """Return an expression whose bound indices have letters that mean nothing else, in it or in what stands beside it.

    Sizes and arrays keep their letters to themselves, so that two lines of a derivation call the same index the same.
    """
    free = {letter for other in (expr, *beside) for letter in free_letters(other)}

    def named(node: Expr, taken: frozenset[str]) -> Expr:
        match node:
            case Sum(index, range_, body):
                letter = _unused(index.name, taken, notation)
                new = fresh(letter)
                return Sum(new, range_, named(subs(body, {index: lin(new)}), taken | {letter}))
            case Diff(body, var):
                return Diff(named(body, taken), var)
        return map_children(node, lambda part: named(part, taken))

    return named(expr, frozenset(free | _letters_of_arrays(notation)))


def loosened(of: Var, by: Var, notation: Notation) -> tuple[Var, Var]:
    """Return two variables out of a sum: what it bound is free now, by a letter that `lettered` would give it."""
    given = dict.fromkeys(index for v in (of, by) for e in v.idx for index in e.indices() if index.uid)
    taken = free_letters(of) | free_letters(by) | _letters_of_arrays(notation)
    free: dict[Index, Lin] = {}
    for index in given:
        letter = _unused(index.name, taken, notation)
        free[index] = lin(Index(letter))
        taken = taken | {letter}
    of, by = (Var(v.name, tuple(e.subs(free) for e in v.idx)) for v in (of, by))
    return of, by


def _letters_of_arrays(notation: Notation) -> set[str]:
    """Return what arrays and sizes are written with."""
    return {s for pattern in notation.patterns.values() for s in (pattern.whole, pattern.entry)} | set(notation.sizes)


def _unused(wish: str, taken: Set[str], notation: Notation) -> str:
    return next(letter for letter in (wish, *notation.unit_letters, *SPARE) if letter not in taken)


def _with_letters(letters: dict[Index, str], rest: Iterable[Index], notation: Notation) -> Names:
    for index in rest:
        letters[index] = _letter(index.name, set(letters.values()), notation)
    return Names(letters)


def _letter(wish: str, taken: set[str], notation: Notation) -> str:
    """Return the wished letter, else the first free one of the notation's unit letters, else a primed one."""
    wishes = [wish] if _LETTER.match(wish) else []
    for letter in (*wishes, *notation.unit_letters, *SPARE):
        if letter not in taken:
            return letter
    return next(f"{base}'" for base in SPARE if f"{base}'" not in taken)


def _binders(expr: object, enclosing: tuple[Index, ...] = ()) -> Iterator[tuple[Index, tuple[Index, ...]]]:
    """Yield every bound index with the bound indices around it, from the outside in."""
    own: tuple[Index, ...] = ()
    match expr:
        case Sum(index, _, _) | Prod(index, _, _):
            own = (index,)
        case Lambda(indices, _, _):
            own = indices
        case Chain():
            own = (expr.index, expr.row, expr.col)
    for place, index in enumerate(own):
        yield index, enclosing + own[:place]
    for child in _children(expr):
        yield from _binders(child, enclosing + own)


def _children(node: object) -> Iterator[object]:
    """Yield the expressions and lambdas directly below a node."""
    if not is_dataclass(node):
        return
    for item in fields(node):
        value = getattr(node, item.name)
        for child in value if isinstance(value, tuple) else (value,):
            if isinstance(child, Expr | Lambda):
                yield child


def _lins(expr: Expr) -> list[Lin]:
    """Return every index expression of an expression, bounds included, in no order."""
    found: list[Lin] = []
    waiting: list[object] = [expr]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Lin):
            found.append(node)
        elif isinstance(node, tuple):
            waiting.extend(node)
        elif isinstance(node, _CARRIERS):
            waiting.extend([getattr(node, name) for name in _field_names(cast(Any, type(node)))])
    return found


_CARRIERS = (Expr, Lambda, Range)


@cache
def _field_names(kind: Any) -> tuple[str, ...]:
    return tuple(item.name for item in fields(kind))


def _symbols(node: Expr, notation: Notation) -> set[str]:
    """Return the letters that sizes, variables and functions of an expression are written with."""
    symbols = {
        notation.sizes[size.name].whole if size.name in notation.sizes else size.name
        for value in _lins(node)
        for size in _sizes(value)
    }
    for name in _named(node):
        pattern = notation.patterns.get(name)
        symbols |= {pattern.whole, pattern.entry} if pattern else {notation.functions.get(name, name)}
    return symbols


def _sizes(value: Lin) -> Iterator[Size]:
    """Yield the sizes of an index expression, the factors of products such as the stride s of s i too."""
    for atom, _ in value.terms:
        if isinstance(atom, Size):
            yield atom
            for arg in atom.args:
                yield from _sizes(arg)


def _named(node: object) -> Iterator[str]:
    if isinstance(node, Var | Fun | Functional):
        yield node.name
    for child in _children(node):
        yield from _named(child)
