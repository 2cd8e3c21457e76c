"""What the text around a formula says of it.

Values that it sets, "if $y = 1$, the loss is"; names that it explains behind a formula, "where $u = Wx$"; conditions in
its sentence, "for $i \\ne j$ we have", "unless $i = j$"; a known function, "$g$ is the logistic function".
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from derive.document.pieces import FormulaRegion
from derive.notation.declared import GROUPS, alternatives, function_phrases
from derive.notation.functions import BY_NAME
from derive.notation.words import CONNECTIVES, DENIALS, INDEX, OTHER_LANGUAGES, SUMMATION, SUMS, TWICE
from derive.prose.case_splits import case_of_a_split
from derive.prose.one_hot_said import one_hot_said
from derive.prose.sentence_conditions import Conditions, comparison_nearby, conditions_around, signs_said
from derive.prose.sentences import (
    AROUND,
    COMPARES,
    HEADING,
    MAX_EXPLAINED,
    MAX_LEAD,
    MAX_NEIGHBOURS,
    earlier,
    in_one_paragraph,
    is_letter,
    layers_named,
    text_between,
)
from derive.prose.suppositions import (
    condition_in_words,
    diagonal_said,
    function_said,
    hypotheses,
    is_denied,
    says_again,
)
from derive.prose.true_class import true_class
from derive.source import Span

_SETTING = re.compile(r"\s*\\?[A-Za-z]+\s*=\s*-?\d+(?:\.\d+)?\s*[.,;:]?\s*")
_EXPLAINS = re.compile(r"(?:where|with|here|in which)\b[^$\n]{0,60}", re.IGNORECASE)
_GOES_ON = re.compile(r"(?:and|where|with|)\b[^$\n]{0,20}|", re.IGNORECASE)
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
_SUMS = re.compile("|".join((*map(re.escape, SUMS), "einstein", "эйнштейн", "爱因斯坦", "konvention")), re.IGNORECASE)
_SENTENCE_ENDS = re.compile(r"[.!?]\s|\n\s*\n")
MAX_TEXT = 600
"""How many characters before a formula may say what its partial derivatives hold fixed."""
_COUNTS = re.compile(
    r"\b(?:two|both|three|four|binary|zwei|beiden?|drei|binäre?[nrs]?|deux|trois|binaires?|dos|tres|ambos|ambas|binari[ao]s?"
    r"|dois|duas|três|binári[ao]s?|due|tre|entramb[ie]|два|две|двух|три|обоих|обеих|бинарн\w+|[2-4]\s+[^\W\d_]{3,})\b|[两二三]",
    re.IGNORECASE,
)
"""Words that may say how many units there are."""
_HYPOTHESIS = re.compile(
    r"(?:\b(?:if|when|whenever|suppose|supposing|assume|assuming|provided|given|as long as|in case|wenn|falls"
    r"|angenommen|si|supposons|supongamos|se|если|когда)|如果|若|假设)"
    r"(?:\s+(?:that|now|for now|again|dass|que|что))*\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The places of the formulas that set a letter to a number in the paragraph of one formula, and of those that
    explain its names behind it; whether it begins an example, "Let f(x) = x^2"; whether the text before it says
    that partial derivatives hold other names fixed; the conditions in its sentence, each after the words before it;
    the function that the words behind it name; whether the text sums over indices that appear twice; whether it is
    only supposed itself: if $h = y$; the numbers of the formulas that its sentence supposes; a condition that it
    states in words alone; the places of the names of symmetric matrices; whether it is said not to hold; whether
    the text before it counts something: two classes; the comparison of indices that its paragraph makes before it,
    if it has no conditions, each way in which it may be meant; the letters that its sentence says to be positive or
    negative, and those behind it that it says to be known functions; the places of the formulas that say which
    entry of a vector is 1, all others 0; the equation that its sentence sets up in words, ∂E/∂w = 0, empty where it
    is not clear which one; and the names that it or its sentence behind it calls one-hot, with the letters of their
    classes; the letters of which its sentence supposes something that is not understood; the layers of which its
    sentence speaks; whether it speaks of the entries on the diagonal ("if") or off it ("unless"); the known
    function that it speaks of without a name; and whether it is a display that no word before it supposes."""

    settings: tuple[Span, ...] = ()
    explained: tuple[Span, ...] = ()
    example: bool = False
    partials: bool = False
    conditions: Conditions = ()
    function: str = ""
    summation: bool = False
    supposed: bool = False
    hypotheses: tuple[int, ...] = ()
    in_words: str = ""
    symmetric: tuple[Span, ...] = ()
    denied: bool = False
    counted: bool = False
    true_class: tuple[Span, ...] = ()
    nearby: Conditions = ()
    signs: tuple[tuple[str, Span], ...] = ()
    functions: tuple[tuple[str, str], ...] = ()
    to_solve: str | None = None
    one_hot: tuple[tuple[str, str], ...] = ()
    supposes: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    diagonal: str = ""
    speaks_of: tuple[str, str] = ("", "")
    stated: bool = False


def surroundings(regions: Sequence[FormulaRegion], number: int) -> Surroundings:
    """Return what the text around a formula says of it.

    A display belongs to the paragraph before it, too, and what follows it without a blank line goes on with it.
    """
    own = regions[number]
    text, end = own.clean.text, own.span.start
    example = _LET.search(text, max(0, end - MAX_LEAD), end) is not None
    if _only_sets(own):
        return Surroundings(example=example)
    conditions, under = conditions_around(regions, number), tuple(hypotheses(regions, number))
    known = conditions or under or any(_function_behind(regions[n]) for n in range(max(0, number - 2), number))
    before = text[max(0, end - MAX_LEAD) : end].rstrip(" \t\r\n$\\(")
    hypothesis = _HYPOTHESIS.search(before) is not None
    found = [*_walk(regions, number, -1), *_walk(regions, number, 1)]
    return Surroundings(
        settings=tuple(sorted(found, key=lambda span: span.start)),
        explained=tuple(_explained(regions, number)),
        example=example,
        partials=_HELD.search(text, max(0, end - MAX_TEXT), end) is not None,
        conditions=conditions,
        function=_function_behind(own),
        summation=sums_over_repeated(text, end),
        supposed=not own.display and (hypothesis or says_again(own)),
        hypotheses=under,
        in_words="" if known else condition_in_words(own) or _value_supposed(regions, number),
        denied=is_denied(own),
        signs=signs_said(regions, number),
        functions=tuple(_functions_explained(regions, number)),
        one_hot=tuple(_called_one_hot(regions, number)),
        supposes=tuple(_functions_supposed(regions, number)),
        nearby=() if known else comparison_nearby(regions, number) or case_of_a_split(regions, number),
        counted=_COUNTS.search(HEADING.split(text[max(0, end - MAX_TEXT) : end])[-1]) is not None,
        true_class=true_class(regions, number),
        layers=layers_named(own),
        diagonal="" if conditions else diagonal_said(own),
        speaks_of=function_said(own),
        stated=own.display and not hypothesis,
    )


def conditions_on(regions: Sequence[FormulaRegion], number: int) -> Conditions:
    """Return the conditions that the sentence of a formula states for it, as its surroundings have them."""
    return () if _only_sets(regions[number]) else conditions_around(regions, number)


def _only_sets(region: FormulaRegion) -> bool:
    return not region.display and _SETTING.fullmatch(region.clean.excerpt(region.span)) is not None


def begins_section(before: FormulaRegion, region: FormulaRegion) -> bool:
    """Return whether a heading stands between two formulas."""
    between = text_between(before, region)
    return between is None or HEADING.search(between) is not None


def _function_behind(region: FormulaRegion) -> str:
    """Return the name of the known function that a letter in the text is said to be: $g$ is the hyperbolic tangent."""
    if region.display or COMPARES.search(region.clean.excerpt(region.span)):
        return ""
    if is_letter(region) and (before := _with_the().search(_words_before(region))) is not None:
        return _known(before["function"])
    chosen = _CHOSEN.search(_words_before(region)) is not None
    match = (_the() if chosen else _is_a()).match(region.clean.text, region.span.end)
    named, following = (match["function"], match["next"].lower()) if match is not None else ("", "")
    following = OTHER_LANGUAGES.get(following, following)
    in_layers = following in _IN and bool(layers_named(region))
    return _known(named) if not following or following in CONNECTIVES or in_layers else ""


def _known(phrase: str) -> str:
    named = function_phrases().get(phrase.lower(), "")
    return named if named in BY_NAME else ""


def _words_before(region: FormulaRegion) -> str:
    return region.clean.text[max(0, region.span.start - MAX_LEAD) : region.span.start].rstrip(" \t\r\n$\\(")


def _functions_supposed(regions: Sequence[FormulaRegion], number: int) -> Iterator[str]:
    """Yield the letters of which the sentence of a formula supposes something in words that name no function: if $g$
    is odd."""
    for region, _ in _names_supposed(regions, number):
        if is_letter(region) and not _function_behind(region):
            yield region.clean.excerpt(region.span).strip()


def _value_supposed(regions: Sequence[FormulaRegion], number: int) -> str:
    """Return what the sentence of a formula supposes of a name in words, but not what kind of thing it is: if
    $\\epsilon$ is negligible; or ""."""
    for region, words in _names_supposed(regions, number):
        if not _kinds().search(words):
            return f"{region.clean.excerpt(region.span)} {words}"
    return ""


def _names_supposed(regions: Sequence[FormulaRegion], number: int) -> Iterator[tuple[FormulaRegion, str]]:
    """Yield the names before a formula of which its sentence supposes something, with the words that say what."""
    for place in earlier(regions, number):
        region = regions[place]
        if region.display or COMPARES.search(region.clean.excerpt(region.span)):
            continue
        said = _verb().match(region.clean.text, region.span.end)
        if said is not None and _HYPOTHESIS.search(_words_before(region)) is not None:
            yield region, said["words"].strip()


@cache
def _verb() -> re.Pattern[str]:
    """Return what says something behind a name: is small, were zero, in German with the verb at the end."""
    verbs = "|".join(map(re.escape, (*alternatives(GROUPS["is"]), "were", "was", "vanishes", "vanish")))
    last = r"[^$.,;:]{1,60}\s(?:ist|sind|wäre|wären|verschwindet|verschwinden)(?=\s*[,.;:$])"
    return re.compile(
        rf"[$\s\\)]{{0,4}}(?P<words>(?:{verbs})(?!\w)[^$.,;:]*(?:\$[^$\n]*\$[^$.,;:]*)?|{last})", re.IGNORECASE
    )


@cache
def _kinds() -> re.Pattern[str]:
    """Return the nouns and properties that say what kind of thing a name is, or that are read elsewhere."""
    groups = ("matrix", "vector", "number", "input", "parts", "label", "loss", "distribution", "entries")
    nouns = "|".join(re.escape(one) for group in groups for one in alternatives(GROUPS[group]))
    return re.compile(
        rf"(?<!\w)(?:{nouns}|positiv\w*|n[eé]gati[vf]\w*|положител\w*|отрицател\w*|symmetric|one-hot)(?!\w)",
        re.IGNORECASE,
    )


@cache
def _is_a() -> re.Pattern[str]:
    """Return what says behind a name that it is a known function, with the word that follows."""
    verb, article = ("|".join(map(re.escape, alternatives(GROUPS[group]))) for group in ("is", "a"))
    phrases = "|".join(map(re.escape, sorted(function_phrases(), key=len, reverse=True)))
    first, last = rf"(?:{verb})\s+(?:(?:{article})\s+|l['’])?", rf"(?:{article})\s+(?=(?:{phrases})\s+(?:{verb})(?!\w))"
    named = rf"(?:{first}|{last})(?P<function>{phrases})(?!\w)(?:\s+(?:{verb})(?!\w))?"
    return re.compile(rf"[$\s\\)]{{0,4}}{named}\s*(?P<next>\w*)", re.IGNORECASE)


@cache
def _the() -> re.Pattern[str]:
    """Return what says which known function a name is behind a verb before it: ist $g$ die logistische Funktion."""
    article = "|".join(map(re.escape, alternatives(GROUPS["a"])))
    phrases = "|".join(map(re.escape, sorted(function_phrases(), key=len, reverse=True)))
    named = rf"(?:(?:as|to be|be|als|comme|como|come)\s+)?(?:(?:{article})\s+|l['’])?(?P<function>{phrases})(?!\w)"
    return re.compile(rf"[$\s\\)]{{0,4}}{named}\s*(?P<next>\w*)", re.IGNORECASE)


@cache
def _with_the() -> re.Pattern[str]:
    """Return what says before a name that it is a known function: for the logistic function $g$."""
    article = "|".join(map(re.escape, alternatives(GROUPS["a"])))
    phrases = "|".join(map(re.escape, sorted(function_phrases(), key=len, reverse=True)))
    named = (
        rf"(?:(?:{article})\s+|l['’])?(?P<function>{phrases})(?:\s+(?:as|for|als|für|comme|pour|como|para|come|per))?"
    )
    return re.compile(rf"(?<!\w)(?:{_FOR})\s+{named}\Z", re.IGNORECASE)


_IN = frozenset({"for", "in", "at", "on", "of"})
"""Words before the layers that have a function."""
_FOR = (
    "for|with|using|choosing|choose|taking|take|für|bei|mit|(?:wählen|nehmen|setzen) wir|(?:wählt|nimmt) man|pour|avec"
    "|prenons|choisissons|para|con|com|tomando|tomamos|per|prendendo|при|для|возьмём"
)
"""Words before a function that is chosen."""
_CHOSEN = re.compile(
    r"(?<!\w)(?:choos(?:e|ing)|tak(?:e|ing)|ist|is|(?:wählen|nehmen|setzen) wir|(?:wählt|nimmt) man|prenons|choisissons"
    r"|prenant|est|es|é|è|tomando|tomamos|prendendo|возьмём)(?:\s+(?:now|nun|jetzt))?(?:\s+(?:for|für|als|pour|para|per))?\Z",
    re.IGNORECASE,
)
"""A verb before the name of a function that is chosen."""


def sums_over_repeated(text: str, end: int) -> bool:
    """Return whether a text says up to a place, and does not deny, that an index that appears twice is summed over."""
    said = itertools.takewhile(lambda sentence: sentence.start < end, _stating_convention(text))
    return any(_states_convention(text[one.start : min(one.end, end)].lower()) for one in said)


@lru_cache(maxsize=64)
def _stating_convention(text: str) -> tuple[Span, ...]:
    """Return the sentences of a text that state the convention: each of its formulas asks for them."""
    if _SUMS.search(text) is None:
        return ()
    ends = [match.end() for match in _SENTENCE_ENDS.finditer(text)]
    sentences = (Span(*ends_of) for ends_of in itertools.pairwise((0, *ends, len(text))))
    return tuple(one for one in sentences if _states_convention(text[one.start : one.end].lower()))


def _states_convention(sentence: str) -> bool:
    named = any(name in sentence for name in SUMMATION)
    described = all(any(words in sentence for words in group) for group in (INDEX, SUMS, TWICE))
    return (named or described) and not DENIALS & set(re.findall(r"[\w']+", sentence))


def _explained(regions: Sequence[FormulaRegion], number: int) -> Iterator[Span]:
    """Yield the places of the definitions behind a formula: where $u = …$ and $v = …$."""
    for place in range(number + 1, min(number + 1 + MAX_EXPLAINED, len(regions))):
        first, second = regions[place - 1], regions[place]
        if first.clean is not second.clean or first.cell != second.cell or first.span.end > second.span.start:
            return
        between = first.clean.text[first.span.end : second.span.start].strip(AROUND)
        if not (_EXPLAINS if place == number + 1 else _GOES_ON).fullmatch(between):
            return
        yield second.span


def _functions_explained(regions: Sequence[FormulaRegion], number: int) -> Iterator[tuple[str, str]]:
    """Yield the letters behind a formula that its sentence says to be known functions: where $s$ is the sigmoid."""
    for span in _explained(regions, number):
        place = next(n for n in range(number + 1, len(regions)) if regions[n].span == span)
        if function := _function_behind(regions[place]):
            yield regions[place].clean.excerpt(span).strip(), function


def _called_one_hot(regions: Sequence[FormulaRegion], number: int) -> Iterator[tuple[str, str]]:
    """Yield the names that a formula, or its sentence behind it, calls one-hot, with the letters of their classes."""
    spans = {*_explained(regions, number), regions[number].span}
    for place in range(number, min(number + 1 + MAX_EXPLAINED, len(regions))):
        letter = one_hot_said(regions, place) if regions[place].span in spans else ""
        if letter:
            yield regions[place].clean.excerpt(regions[place].span).strip(), letter


def _walk(regions: Sequence[FormulaRegion], number: int, step: int) -> Iterator[Span]:
    for place in range(number + step, number + step * (MAX_NEIGHBOURS + 1), step):
        first, second = sorted((place, place - step))
        if not 0 <= place < len(regions) or not in_one_paragraph(regions[first], regions[second]):
            return
        here = regions[place]
        if not here.display and _SETTING.fullmatch(here.clean.excerpt(here.span)) and not _begins_range(regions, place):
            yield here.span


def _begins_range(regions: Sequence[FormulaRegion], number: int) -> bool:
    """Return whether a formula is the beginning of a range in words, from $t = 1$ to $T$, which no value follows of."""
    behind = text_between(regions[number], regions[number + 1]) if number + 1 < len(regions) else None
    return behind is not None and _up_to().fullmatch(behind.strip(AROUND)) is not None


@cache
def _up_to() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, alternatives(GROUPS["up to"]))), re.IGNORECASE)
