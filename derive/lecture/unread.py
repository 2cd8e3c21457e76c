"""What equations that cannot be read say in part: of which names they speak on their left sides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from derive.document.pieces import FormulaRegion
from derive.errors import LatexError
from derive.reader.scanner import Token, scan

_OPENING = frozenset(("{", "(", "[", r"\{"))
_CLOSING = frozenset(("}", ")", "]", r"\}"))
_ENDS = frozenset(
    (
        "=", ",", ";", r"\\", r"\implies", r"\impliedby", r"\Rightarrow", r"\Leftarrow", r"\rightarrow", r"\quad",
        r"\qquad",
    )
)  # fmt: skip
"""What stands between the equations of one formula."""
_DERIVED = frozenset((r"\partial", r"\nabla", r"\frac"))
_CODE = re.compile(r"\b(?:np|numpy|torch|tf)\.(?:array|empty|eye|full|ones|rand|zeros)")
"""Code that makes values, np.zeros((2, 1))."""


def left_sides_of(region: FormulaRegion) -> Iterator[tuple[list[Token], bool]]:
    """Yield the left sides of the equations of a formula, as `left_sides` does; none where TeX finds a fault in it."""
    try:
        tokens = scan(region.clean, region.span)
    except LatexError:
        return
    yield from left_sides(tokens)


def left_sides(tokens: Sequence[Token]) -> Iterator[tuple[list[Token], bool]]:
    """Yield the letters that name what each equation of a formula says, those of indices and arguments apart, and
    whether it begins with the first of them.

    What is said of derivatives, and the values of an example, x = 1, 2 and W = np.zeros(3), say nothing of a name.
    """
    for at, token in enumerate(tokens):
        if token.text != "=":
            continue
        left = list(_up_to_an_end(reversed(tokens[:at]), _CLOSING, _OPENING))[::-1]
        right = list(_up_to_an_end(tokens[at + 1 :], _OPENING, _CLOSING))
        if any(one.text in _DERIVED for one in left) or _are_values(right):
            continue
        letters = list(_named(left))
        if letters:
            yield letters, next(one for one in left if one.kind != "space") is letters[0]


def _up_to_an_end(tokens: Iterable[Token], begins: frozenset[str], ends: frozenset[str]) -> Iterator[Token]:
    """Yield tokens as far as the equation that they stand in reaches."""
    depth = 0
    for token in tokens:
        depth += (token.text in begins) - (token.text in ends)
        if depth < 0 or (not depth and token.text in _ENDS):
            return
        yield token


def _are_values(right: Sequence[Token]) -> bool:
    kinds = {token.kind for token in right}
    return ("number" in kinds and "letter" not in kinds) or _CODE.search("".join(one.text for one in right)) is not None


def _named(left: Sequence[Token]) -> Iterator[Token]:
    """Yield the letters of a left side: those of Ŵ^{[l]}, but not the l; those of f(x), but not the x."""
    depth = below = 0
    before = ""
    for token in (one for one in left if one.kind != "space"):
        if before in {"^", "_"}:
            below = depth + 1
        depth += (token.text in _OPENING) - (token.text in _CLOSING)
        inside = below and (depth >= below or before in {"^", "_"})
        if token.text == "(" and before.isalpha():
            return
        if token.kind == "letter" and not inside:
            yield token
        below = below if depth >= below else 0
        before = token.text
