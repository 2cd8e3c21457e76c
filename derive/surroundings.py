"""What the text around a formula says of it.

Values that it sets, "if $y = 1$, the loss is"; names that it explains behind a formula, "where $u = Wx$"; conditions in
its sentence, "for $i \\ne j$ we have", "unless $i = j$"; a known function, "$g$ is the logistic function".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from derive.document.pieces import FormulaRegion
from derive.notation.declared import GROUPS, alternatives, function_phrases
from derive.notation.functions import BY_NAME
from derive.notation.phrases import begins_condition, first_role, roles_in, words_of
from derive.notation.words import CONNECTIVES, DENIALS, OTHER_LANGUAGES, SUMMATION, TWICE
from derive.source import Span

_SETTING = re.compile(r"\s*\\?[A-Za-z]+\s*=\s*-?\d+(?:\.\d+)?\s*[.,;:]?\s*")
_BREAK = re.compile(r"\n[ \t\r>]*\n")
_AROUND = " \t\r\n$.,;:[]()\\>*"
_EXPLAINS = re.compile(r"(?:where|with|here|in which)\b[^$\n]{0,60}", re.IGNORECASE)
_GOES_ON = re.compile(r"(?:and|where|with|)\b[^$\n]{0,20}|", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.{0,300}?-->[ \t\r]*\n?", re.DOTALL)
_LET = re.compile(
    r"\b(?:let|consider|take|suppose)(?:\s+(?:now|us|again|that|instead|say|for instance|the function)){0,3}[^\w.!?]*$",
    re.IGNORECASE,
)
_HELD = re.compile(
    r"\b(?:hold|held|keep|kept)\w*\b[^.]{0,60}\b(?:fixed|constant)\b"
    r"|\bpartial\s+derivatives?\s+of\s+(?:one|a\s+single|its\s+own|their\s+own|each)\b"
    r"|\b(?:direct|explicit)\s+(?:path|edge|partial|dependence|derivative)",
    re.IGNORECASE,
)
_ENDS = (".", "!", "?", "#")
MAX_EXPLAINED = 3
"""How many formulas behind one may explain its names."""
MAX_LEAD = 60
"""How many characters before a formula may say that it begins an example."""
MAX_TEXT = 600
"""How many characters before a formula may say what its partial derivatives hold fixed."""
MAX_NEIGHBOURS = 12
"""How many formulas on either side are looked at."""
MAX_WORDS = 8
"""How many words may stand between a formula and the condition behind it."""
MAX_NAMED = 3
"""How many words may say between "for" and a condition of what it speaks: for all hidden layers $k < L$."""
_COMPARES = re.compile(r"[=<>≠≤≥∈]|\\(?:ne|neq|le|leq|ge|geq|lt|gt|in|notin|leqslant|geqslant)(?![a-zA-Z])")
_HEADING = re.compile(r"\n[ \t>]*#{1,6}[ \t]|\\(?:sub){0,2}section\*?\s*\{|\n[^\n]+\n(?:={3,}|-{3,})[ \t]*\n")
_SENTENCE = re.compile(r"[.!?](?=[\s$]|$)")
_THEN = re.compile(r"[\s$.\])]*(?:then|thus|hence|so|therefore|now|in this case|here)\b", re.IGNORECASE)
_GOES_UP = re.compile(
    r"[\s$\\)]*(?:,\s*\$?\s*\\?[lch]?dots|,\s*\.\.|(?:up |down |)to\b|bis\b|until\b|through\b|à\b|hasta\b)"
)
_SUPPOSES = re.compile(
    r"\b(?:let|suppose|assume|fix|consider|because|since)(?:\s+(?:that|now|first))*\s*$", re.IGNORECASE
)
_HYPOTHESIS = re.compile(
    r"(?:\b(?:if|when|whenever|suppose|supposing|assume|assuming|provided|given|as long as|in case|wenn|falls"
    r"|angenommen|si|supposons|supongamos|se|если|когда)|如果|若|假设)"
    r"(?:\s+(?:that|now|for now|again|dass|que|что))*\s*$",
    re.IGNORECASE,
)
_LETTER = re.compile(r"\s*(?:[A-Za-z]|\\[a-zA-Z]+)\s*")


Conditions = tuple[tuple[str, Span | None], ...]
"""Formulas that limit another one, each after the words before it; then perhaps words alone: $i$ and $j$ differ."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The places of the formulas that set a letter to a number in the paragraph of one formula, and of those that
    explain its names behind it; whether it begins an example, "Let f(x) = x^2"; whether the text before it says that
    partial derivatives hold other names fixed; the conditions in its sentence, each after the words before it; the
    function that the words behind it name; whether the text sums over indices that appear twice; whether it is only
    supposed itself: if $h = y$; and the places of the names of symmetric matrices."""

    settings: tuple[Span, ...] = ()
    explained: tuple[Span, ...] = ()
    example: bool = False
    partials: bool = False
    conditions: Conditions = ()
    function: str = ""
    summation: bool = False
    supposed: bool = False
    symmetric: tuple[Span, ...] = ()


def surroundings(regions: Sequence[FormulaRegion], number: int) -> Surroundings:
    """Return what the text around a formula says of it.

    A display belongs to the paragraph before it, too, and what follows it without a blank line goes on with it.
    """
    own = regions[number]
    text, end = own.clean.text, own.span.start
    example = _LET.search(text, max(0, end - MAX_LEAD), end) is not None
    if _SETTING.fullmatch(own.clean.excerpt(own.span)):
        return Surroundings(example=example)
    conditions = tuple(_behind(regions, number)) or tuple(_before(regions, number))
    found = [*_walk(regions, number, -1), *_walk(regions, number, 1)]
    explained = tuple(_explained(regions, number))
    partials = _HELD.search(text, max(0, end - MAX_TEXT), end) is not None
    settings = tuple(sorted(found, key=lambda span: span.start))
    before = text[max(0, end - MAX_LEAD) : end].rstrip(" \t\r\n$\\(")
    supposed = not own.display and _HYPOTHESIS.search(before) is not None
    repeated = sums_over_repeated(text[:end])
    function = _function_behind(own)
    return Surroundings(settings, explained, example, partials, conditions, function, repeated, supposed)


def begins_section(before: FormulaRegion, region: FormulaRegion) -> bool:
    """Return whether a heading stands between two formulas."""
    between = _between(before, region)
    return between is None or _HEADING.search(between) is not None


def _function_behind(region: FormulaRegion) -> str:
    """Return the name of the known function that a letter in the text is said to be: $g$ is the hyperbolic tangent."""
    if region.display or _COMPARES.search(region.clean.excerpt(region.span)):
        return ""
    match = _is_a().match(region.clean.text, region.span.end)
    named, following = (match["function"].lower(), match["next"].lower()) if match is not None else ("", "")
    named, following = function_phrases().get(named, ""), OTHER_LANGUAGES.get(following, following)
    return named if named in BY_NAME and (not following or following in CONNECTIVES) else ""


@cache
def _is_a() -> re.Pattern[str]:
    """Return what says behind a name that it is a known function, with the word that follows."""
    verb, article = ("|".join(map(re.escape, alternatives(GROUPS[group]))) for group in ("is", "a"))
    phrases = "|".join(map(re.escape, sorted(function_phrases(), key=len, reverse=True)))
    first, last = rf"(?:{verb})\s+(?:(?:{article})\s+)?", rf"(?:{article})\s+(?=(?:{phrases})\s+(?:{verb})(?!\w))"
    named = rf"(?:{first}|{last})(?P<function>{phrases})(?!\w)(?:\s+(?:{verb})(?!\w))?"
    return re.compile(rf"[$\s\\)]{{0,4}}{named}\s*(?P<next>\w*)", re.IGNORECASE)


def _between(one: FormulaRegion, other: FormulaRegion) -> str | None:
    """Return the words between two formulas that follow each other; None where they are not of one text."""
    if one.clean is not other.clean or one.cell != other.cell or one.span.end > other.span.start:
        return None
    return one.clean.text[one.span.end : other.span.start]


def _pair(regions: Sequence[FormulaRegion], place: int, lead: str) -> Conditions:
    """Return what a text says of two letters, the first one at a place: if $s$ is less than $t$, if $i$ and $j$ differ.

    () where it compares no letters.
    """
    if not lead or place + 1 >= len(regions):
        return ()
    first, second = regions[place : place + 2]
    between = _between(first, second)
    if between is None or not all(_is_letter(region) for region in (first, second)) or _BREAK.search(between):
        return ()
    end = second.span.end
    behind = re.split(r"[$,.;]|\\[(\[]", second.clean.text[end : end + MAX_LEAD].lstrip("$\\) "))[0]
    among = first_role(behind) in {"differ", "agree"}
    pair = ((lead, first.span), (between.strip(_AROUND), second.span))
    roles = roles_in(between)
    if roles in {("is",), ("is not",), ("less",), ("greater",)}:
        return pair
    if roles == ("and",) and among:
        return (*pair, (behind, None))
    return pair if roles == ("and",) and "differ" in roles_in(lead) else ()


def _is_letter(region: FormulaRegion) -> bool:
    return not region.display and _LETTER.fullmatch(region.clean.excerpt(region.span)) is not None


def _behind(regions: Sequence[FormulaRegion], number: int) -> Iterator[tuple[str, Span | None]]:
    """Yield the conditions directly behind a formula, in its sentence: … unless $i = j$ or $i = m$."""
    for place in range(number + 1, min(number + 1 + MAX_EXPLAINED, len(regions))):
        first, second = regions[place - 1], regions[place]
        between = _between(first, second)
        if between is None or second.display:
            return
        said = between.strip(_AROUND.replace(".", ""))
        pair = _pair(regions, place, said if begins_condition(said) else "") if place == number + 1 else ()
        if not _COMPARES.search(second.clean.excerpt(second.span)) and not pair:
            return
        if "otherwise" in roles_in(said):  # what is said otherwise comes next
            return
        broken = len(_BREAK.findall(between)) > first.display
        ended = _SENTENCE.search(between) or broken or first.clean.excerpt(first.span).endswith(_ENDS)
        limits = roles_in(said)[:1] in {("or",), ("and",)}
        if place == number + 1:  # "for short, and" leads to another statement
            limits = begins_condition(said) and roles_in(said)[-1:] != ("and",)
        if ended or said[:1].isupper() or not limits or len(words_of(said)) > MAX_WORDS or _explains(said):
            return
        if place > number + 1 and _states(regions, place):
            return
        if _GOES_UP.match(second.clean.text, second.span.end):
            return
        if pair:
            yield from pair
            return
        yield said, second.span


def _explains(said: str) -> bool:
    """Return whether words lead to what a name is, rather than to a condition."""
    return words_of(said)[:1] in (["where"], ["with"], ["here"], ["mit"], ["wobei"], ["avec"], ["où"])


def _states(regions: Sequence[FormulaRegion], place: int) -> bool:
    """Return whether a formula after "and" has a condition of its own, so that it is a statement, not a condition."""
    if place + 1 >= len(regions):
        return False
    between = _between(regions[place], regions[place + 1])
    return between is not None and begins_condition(between.strip(_AROUND)) and not _SENTENCE.search(between)


def _before(regions: Sequence[FormulaRegion], number: int) -> Iterator[tuple[str, Span | None]]:
    """Yield the condition before a formula in its sentence, For $i = j$ we have …, or in Let $j > i$. Then …"""
    here = regions[number]
    for place in range(number - 1, max(-1, number - 1 - MAX_NEIGHBOURS), -1):
        other = regions[place]
        between = _between(other, here)
        if between is None or not _same_sentence(other, here, between):
            return
        lead = _lead(regions, place)
        if place + 1 < number and (pair := _pair(regions, place, lead)):
            yield from pair
            return
        if not other.display and _COMPARES.search(other.clean.excerpt(other.span)) and lead:
            yield (_turned(lead) if _is_otherwise(regions, place, number) else lead), other.span
            return


def _is_otherwise(regions: Sequence[FormulaRegion], place: int, number: int) -> bool:
    """Return whether a formula is said for the cases that a condition leaves: If $i = j$, then $…$, otherwise $…$."""
    gaps = (_between(regions[n], regions[n + 1]) for n in range(place, number))
    return any("otherwise" in roles_in(gap or "") for gap in gaps)


def _turned(lead: str) -> str:
    """Return words that say the opposite of those before a condition; what is unclear stays so."""
    return {"if": "unless", "unless": "if"}.get(next(iter(roles_in(lead)), ""), lead)


def _same_sentence(other: FormulaRegion, here: FormulaRegion, between: str) -> bool:
    """Return whether a sentence goes on from one formula to another, or the next one begins with "Then"."""
    breaks = len(_BREAK.findall(_COMMENT.sub("", between)))
    if breaks > 1 or (breaks == 1 and not here.display):
        return False
    ends = [match.end() for match in _SENTENCE.finditer(between)]
    if other.clean.excerpt(other.span).endswith(_ENDS):
        ends.insert(0, 0)
    return not ends or (len(ends) == 1 and _THEN.match(between[ends[0] :]) is not None)


def _lead(regions: Sequence[FormulaRegion], place: int) -> str:
    """Return the words of a condition that stand directly before a formula at the beginning of a sentence or clause."""
    own = regions[place]
    if _GOES_UP.match(own.clean.text, own.span.end):
        return ""
    start = max(0, own.span.start - MAX_LEAD)
    if place and (between := _between(regions[place - 1], own)) is not None and len(between) < MAX_LEAD:
        start = regions[place - 1].span.end
        said = between.strip(_AROUND)
        if (
            begins_condition(said)
            and not said[:1].isupper()
            and (said[:1].islower() or not _BREAK.search(between))
            and _COMPARES.search(regions[place - 1].clean.excerpt(regions[place - 1].span))
        ):
            return ""  # it is a condition of the formula before it
    text = re.split(r"[.!?:;]\s|\n[ \t\r>]*\n|-->", own.clean.text[start : own.span.start])[-1].rstrip(" \t\r\n$\\")
    if text.endswith("(") and own.clean.text[own.span.end :].lstrip(" $\\").startswith(")"):
        return "if"  # without hidden layers (L = 1)
    if _SUPPOSES.search(text):
        return "if"
    words = words_of(text)
    last = next((n for n in reversed(range(len(words))) if begins_condition(" ".join(words[n:]))), None)
    if last is None or len(words) - last > MAX_NAMED + 1:
        return ""
    while last and begins_condition(" ".join(words[last - 1 :])):
        last -= 1
    return " ".join(words[last:])


def sums_over_repeated(text: str) -> bool:
    """Return whether a text says, and does not deny, that an index that appears twice is summed over."""
    lowered = text.lower()
    if "summ" not in lowered and "einstein" not in lowered:
        return False
    return any(map(_states_convention, re.split(r"[.!?]\s|\n\s*\n", lowered)))


def _states_convention(sentence: str) -> bool:
    named = any(name in sentence for name in SUMMATION)
    described = "ind" in sentence and "summed" in sentence and any(words in sentence for words in TWICE)
    return (named or described) and not DENIALS & set(re.findall(r"[\w']+", sentence))


def _explained(regions: Sequence[FormulaRegion], number: int) -> Iterator[Span]:
    """Yield the places of the definitions behind a formula: where $u = …$ and $v = …$."""
    for place in range(number + 1, min(number + 1 + MAX_EXPLAINED, len(regions))):
        first, second = regions[place - 1], regions[place]
        if first.clean is not second.clean or first.cell != second.cell or first.span.end > second.span.start:
            return
        between = first.clean.text[first.span.end : second.span.start].strip(_AROUND)
        if not (_EXPLAINS if place == number + 1 else _GOES_ON).fullmatch(between):
            return
        yield second.span


def _walk(regions: Sequence[FormulaRegion], number: int, step: int) -> Iterator[Span]:
    here = regions[number]
    for place in range(number + step, number + step * (MAX_NEIGHBOURS + 1), step):
        if not 0 <= place < len(regions) or not _go_together(here, regions[place], step):
            return
        here = regions[place]
        if not here.display and _SETTING.fullmatch(here.clean.excerpt(here.span)):
            yield here.span


def _go_together(one: FormulaRegion, other: FormulaRegion, step: int) -> bool:
    """Return whether two formulas that follow each other stand in one paragraph."""
    first, second = (one, other) if step > 0 else (other, one)
    if first.clean is not second.clean or first.cell != second.cell or first.span.end > second.span.start:
        return False
    between = first.clean.text[first.span.end : second.span.start]
    between = _COMMENT.sub("", between)
    breaks = len(_BREAK.findall(between))
    leads_in = second.display and not between.rstrip(" \t\r\n$[\\").endswith(_ENDS)
    return breaks == 0 or (breaks == 1 and leads_in)
