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
_WORDS = frozenset((r"\text", r"\textrm", r"\textnormal", r"\mbox", r"\mathrm", r"\hbox"))
"""What words stand in."""
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

    What is said of derivatives, the values of an example, x = 1, 2 and W = np.zeros(3), and numbers in cases that words
    tell apart, y_k = 1 if class k is the true one, else 0, say nothing of what a name is computed from.
    """
    for at, token in enumerate(tokens):
        if token.text != "=":
            continue
        left = list(_up_to_an_end(reversed(tokens[:at]), _CLOSING, _OPENING))[::-1]
        right = list(_up_to_an_end(tokens[at + 1 :], _OPENING, _CLOSING))
        cases = list(_up_to_the_last_case(tokens[at + 1 :]))
        if any(one.text in _DERIVED for one in left) or _are_values(right) or _is_a_label(left, cases):
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


def _up_to_the_last_case(right: Sequence[Token]) -> Iterator[Token]:
    """Yield the tokens of cases, without the environment around them; none for anything else."""
    text = [token for token in right if token.kind != "space"]
    words = "".join(token.text for token in text)
    begin, end = len(r"\begin{cases}"), words.find(r"\end{cases}")
    if not words.startswith(r"\begin{cases}") or end < 0:
        return
    place = 0
    for token in text:
        if begin <= place < end:
            yield token
        place += len(token.text)


def _is_a_label(left: Sequence[Token], cases: Sequence[Token]) -> bool:
    """Return whether cases are numbers under conditions in words, which speak of the indices of a left side alone."""
    indices = {token.text for token in left if token.kind == "letter"} - {token.text for token in _named(left)}
    rows: list[list[list[Token]]] = [[[]]]
    words, depth = False, 0
    for token in cases:
        depth += (token.text == "{") - (token.text == "}")
        words = words if depth else token.text in _WORDS
        if words or token.text in {"{", "}"}:
            continue
        if token.text == r"\\":
            rows.append([[]])
        elif token.text == "&":
            rows[-1].append([])
        else:
            rows[-1][-1].append(token)
    rows = [row for row in rows if any(row)]
    values = all(row[0] and {token.kind for token in row[0]} <= {"number", "sign"} for row in rows)
    letters = {token.text for row in rows for cell in row[1:] for token in cell if token.kind in {"letter", "command"}}
    return bool(rows) and values and letters <= indices


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
