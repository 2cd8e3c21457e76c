"""Which matrices the text around a formula says are symmetric: let $A$ be symmetric, for a symmetric matrix $A$."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from derive.document.pieces import FormulaRegion
from derive.notation.phrases import first_role
from derive.notation.signs import TRANSPOSES
from derive.prose.sentences import BREAK, ENDS, HEADING, MAX_EXPLAINED, MAX_NEIGHBOURS, SENTENCE, plain, text_between
from derive.source import Span

_SYMMETRIC = (
    r"(?<![\w-])(?:symmetric|symmetrical|symmetrische?[nrsm]?|symétriques?|sim[eé]tric[ao]s?|simmetric[aoihe]+"
    r"|симметрич\w+|对称)(?![\w-])"
)
_BETWEEN = r"(?:matrix|matrices|matrizen|matrice|matriz|матриц\w+|矩阵|real|square|positive|(?:semi-?)?definite|and|,)"
_LINKS = (
    r"(?:is|are|be|being|assumed|taken|to|a|an|the|some|any|fixed|given|constant|known|real|square|positive|(?:semi-?)?definite|and|again|always|also|then"
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
_MODEL = re.compile("derive:model")
MAX_LEAD = 90
"""How many characters before a name may say that it is symmetric, and in which case."""


@dataclass(frozen=True)
class Symmetries:
    """What a document says of symmetric matrices, found once for all of its formulas."""

    regions: Sequence[FormulaRegion]

    @cached_property
    def _saying(self) -> tuple[tuple[int, bool], ...]:
        """The numbers of the formulas that say it, and whether each says it in general."""
        said = ((number, region) for number, region in enumerate(self.regions) if _says_symmetric(region))
        return tuple((number, _is_general(region)) for number, region in said)

    def around(self, number: int) -> tuple[Span, ...]:
        """Return the places of the formulas of this section that name symmetric matrices, A or A = A^T, each once.

        What is said of a case, "if $A$ is symmetric", counts in its own sentence only, and so does what follows a
        formula.
        """
        own, found = self.regions[number], dict[str, Span]()
        if not self._saying:
            return ()
        reach = _begins(own.clean.text, own.span.start)
        for place, general in reversed(self._saying[: bisect_left(self._saying, (number,))]):
            other = self.regions[place]
            if other.clean is not own.clean or other.cell != own.cell or not reach < other.span.end <= own.span.start:
                break
            if general or (number - place <= MAX_NEIGHBOURS and _goes_on(other, own)):
                found.setdefault(other.clean.excerpt(other.span), other.span)
        return (*reversed(found.values()), *_behind(self.regions, number))


def _begins(text: str, end: int) -> int:
    """Return where what is said up to a place begins to count: behind a heading, a model, or a denial."""
    walls = _walls(text)
    number = bisect_right(walls, end, key=lambda wall: wall.end)
    return walls[number - 1].start if number else 0


@lru_cache(maxsize=64)
def _walls(text: str) -> tuple[Span, ...]:
    """Return the headings, models and denials of a text, in order: each of its formulas asks for them."""
    found = (match for pattern in (HEADING, _MODEL, _DENIED) for match in pattern.finditer(plain(text)))
    return tuple(sorted((Span(match.start(), match.end()) for match in found), key=lambda span: span.end))


def _goes_on(one: FormulaRegion, other: FormulaRegion) -> bool:
    """Return whether two formulas stand in one sentence."""
    between = text_between(one, other)
    return between is not None and _is_one_sentence(one, other, between)


def _behind(regions: Sequence[FormulaRegion], number: int) -> Iterator[Span]:
    """Yield what is said in the same sentence behind a formula: where $A$ is symmetric."""
    own = regions[number]
    for place in range(number + 1, min(number + 1 + MAX_EXPLAINED, len(regions))):
        between = text_between(own, regions[place])
        if between is None or not _is_one_sentence(own, regions[place], between):
            return
        if BREAK.search(between) and between.lstrip(" \t\r\n$\\])")[:1].isupper():
            return
        if _says_symmetric(regions[place]):
            yield regions[place].span


def _says_symmetric(region: FormulaRegion) -> bool:
    """Return whether a formula is a name that the words beside it call symmetric, or says so itself."""
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
    {
        "with", "mit", "avec", "con", "com", "where", "wobei", "wo", "où", "donde", "onde", "assuming", "suppose",
        "each", "every", "all", "any", "alle", "jede", "jedes", "chaque",
    }
)  # fmt: skip
"""Words that begin a condition elsewhere, and say here what holds from now on."""


def _is_one_sentence(one: FormulaRegion, other: FormulaRegion, between: str) -> bool:
    """Return whether a sentence goes on from one formula to another; a display may stand in a paragraph of its own."""
    ended = one.clean.excerpt(one.span).rstrip().endswith(ENDS) or SENTENCE.search(between) is not None
    return not ended and len(BREAK.findall(between)) <= (one.display or other.display)
