"""Which matrices the text around a formula says are symmetric: let $A$ be symmetric, for a symmetric matrix $A$."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from derive.document.pieces import FormulaRegion
from derive.notation.phrases import first_role
from derive.notation.signs import TRANSPOSES
from derive.sentences import BREAK, ENDS, MAX_EXPLAINED, SENTENCE, text_between
from derive.source import Span
from derive.surroundings import begins_section

_SYMMETRIC = (
    r"(?<![\w-])(?:symmetric|symmetrical|symmetrische?[nrsm]?|symétriques?|sim[eé]tric[ao]s?|simmetric[aoihe]+"
    r"|симметрич\w+|对称)(?![\w-])"
)
_BETWEEN = r"(?:matrix|matrices|matrizen|matrice|matriz|матриц\w+|矩阵|real|square|positive|(?:semi-?)?definite|and|,)"
_LINKS = (
    r"(?:is|are|be|being|assumed|taken|to|a|an|the|real|square|positive|(?:semi-?)?definite|and|again|always|also|then"
    r"|now|matrix|matrices|matrice|matriz|ist|sei|sind|eine?|reelle?|est|sont|soit|une|es|sea|é|è|una|uma|—|является|вещественная)"
)
_BEHIND = re.compile(rf"[$\s\\)]{{0,4}},?\s*(?:{_LINKS}\s+){{0,6}}(?:是)?{_SYMMETRIC}", re.IGNORECASE)
_BEFORE = re.compile(rf"{_SYMMETRIC}(?:\s*{_BETWEEN})*[\s$\\(]*$", re.IGNORECASE)
_DENIED = re.compile(
    rf"\b(?:not|no|nicht|never|without|pas|sin|non|не)\b[\s-]*(?:\w+\s+){{0,3}}{_SYMMETRIC}"
    r"|\b(?:non-?|un|a)symmetri|asymétri|asim[eé]tri|несимметр|不对称|非对称",
    re.IGNORECASE,
)
_HINT = re.compile(r"symmetri|symétri|sim[eé]tri|simmetri|симметр|对称", re.IGNORECASE)
_SIGNS = "|".join(sorted(map(re.escape, TRANSPOSES), key=len, reverse=True))
_TURNED = rf"\{{?\s*\^\s*(?:\{{\s*(?:{_SIGNS})\s*\}}|(?:{_SIGNS}))"
_OWN_TRANSPOSE = re.compile(rf"\s*(\S{{1,24}}?)\s*(?:=\s*\{{?\1\}}?\s*{_TURNED}|{_TURNED}\s*=\s*\1)\s*[.,;]?\s*")
_AND = r"(?:,|and|und|et|y|e|и|和)"
_LIST = re.compile(rf"(?:\$?[^$]{{1,20}}\$\s*{_AND}\s*)+\$?\s*$")
_LISTED = re.compile(rf"(?:[\s$]*{_AND}\s*\$[^$=]{{1,20}}(?=\$))*")
"""Further names in a list of them, before and behind one."""
_MODEL = "derive:model"
MAX_LEAD = 90
"""How many characters before a name may say that it is symmetric, and in which case."""


def symmetric_names(regions: Sequence[FormulaRegion], number: int) -> tuple[Span, ...]:
    """Return the places of the formulas of this section that name symmetric matrices, A or A = A^T.

    What is said of a case, "if $A$ is symmetric", counts in its own sentence only, and so does what follows a formula.
    """
    own = regions[number]
    found: list[Span] = []
    for place in range(number - 1, -1, -1):
        other = regions[place]
        between = text_between(other, own)
        if between is None or _MODEL in between or begins_section(other, regions[place + 1]) or _DENIED.search(between):
            break
        if _says_symmetric(regions, place) and (_is_general(other) or _is_one_sentence(other, own, between)):
            found.append(other.span)
    return (*reversed(found), *_behind(regions, number))


def _behind(regions: Sequence[FormulaRegion], number: int) -> Iterator[Span]:
    """Yield what is said in the same sentence behind a formula: where $A$ is symmetric."""
    own = regions[number]
    for place in range(number + 1, min(number + 1 + MAX_EXPLAINED, len(regions))):
        between = text_between(own, regions[place])
        if between is None or not _is_one_sentence(own, regions[place], between):
            return
        if BREAK.search(between) and between.lstrip(" \t\r\n$\\])")[:1].isupper():
            return
        if _says_symmetric(regions, place):
            yield regions[place].span


def _says_symmetric(regions: Sequence[FormulaRegion], place: int) -> bool:
    """Return whether a formula is a name that the words beside it call symmetric, or says so itself."""
    region = regions[place]
    if region.display:
        return False
    excerpt, text = region.clean.excerpt(region.span), region.clean.text
    if _is_own_transpose(excerpt):
        return True
    if "=" in excerpt or not _hints(text):
        return False
    listed = _LISTED.match(text, region.span.end)
    behind = None if listed is None else _BEHIND.match(text, listed.end())
    return behind is not None or _BEFORE.search(_LIST.sub("", _lead(region))) is not None


@lru_cache(maxsize=1024)
def _is_own_transpose(formula: str) -> bool:
    return _OWN_TRANSPOSE.fullmatch(formula) is not None


@lru_cache(maxsize=64)
def _hints(text: str) -> bool:
    """Return whether a document says symmetric anywhere: each of its formulas asks."""
    return _HINT.search(text) is not None


def _lead(region: FormulaRegion) -> str:
    """Return the words before a formula in its sentence."""
    text = region.clean.text[max(0, region.span.start - MAX_LEAD) : region.span.start]
    return SENTENCE.split(BREAK.split(text)[-1])[-1]


def _is_general(region: FormulaRegion) -> bool:
    """Return whether what is said at a formula is no mere case: not if, for or unless."""
    words = re.findall(r"[^\W\d_]+(?:'\w+)?", _lead(region).lower())
    return not any(first_role(word) in {"if", "unless", "unclear"} for word in words if word not in _GENERAL)


_GENERAL = frozenset(
    (*("with", "mit", "avec", "con", "com", "where", "wobei", "wo", "où", "donde", "onde", "assuming", "suppose"),)
)
"""Words that begin a condition elsewhere, and say here what holds from now on."""


def _is_one_sentence(one: FormulaRegion, other: FormulaRegion, between: str) -> bool:
    """Return whether a sentence goes on from one formula to another; a display may stand in a paragraph of its own."""
    ended = one.clean.excerpt(one.span).rstrip().endswith(ENDS) or SENTENCE.search(between) is not None
    return not ended and len(BREAK.findall(between)) <= (one.display or other.display)
