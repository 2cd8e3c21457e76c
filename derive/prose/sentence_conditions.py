"""The conditions of a formula: for $i \\ne j$ we have, unless $i = j$, First case: $i = j$."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from derive.document.pieces import FormulaRegion
from derive.notation.phrases import begins_condition, first_role, roles_in, turned_by, words_of
from derive.notation.words import ALONE, CONNECTIVES, SOME, UNIVERSAL
from derive.prose.sentences import (
    AROUND,
    BEGINS_SO,
    BREAK,
    COMPARES,
    ENDS,
    HEADING,
    MAX_EXPLAINED,
    MAX_LEAD,
    MAX_NEIGHBOURS,
    NEXT_ITEM,
    SENTENCE,
    THAT_IS,
    THEN,
    earlier,
    in_one_paragraph,
    is_general,
    is_item,
    is_letter,
    is_of_indices,
    phrase_behind,
    plain,
    sentence_before,
    text_between,
)
from derive.source import Span

_GOES_UP = re.compile(
    r"[\s$\\)]*(?:,\s*\$?\s*\\?[lch]?dots|,\s*\.\.|(?:up |down |)to\b|bis\b|until\b|through\b|à\b|hasta\b)"
)
_SUPPOSES = re.compile(
    r"\b(?:let|suppose|assume|fix|consider|because|since|sei|seien|soit|soient|sea|sean|seja|sejam|sia|пусть)"
    r"(?:\s+(?:that|now|first|nun|maintenant))*\s*$|[设令]\s*$",
    re.IGNORECASE,
)
_SIGN = (
    r"(?<![\w-])(?:strictly\s+|strikt\s+|strictement\s+)?"
    r"(?:(?P<more>positi[vf]\w*|положительн\w+)|(?P<less>n[eé]gati[vf]\w*|отрицательн\w+))"
)
_SIGN_BEFORE = re.compile(
    rf"(?<![\w-])(?:for|with|when|if|any|all|für|bei|mit|pour|avec|para|con|com|per|при|для)\s+{_SIGN}\s*$",
    re.IGNORECASE,
)
_NAMED = re.compile(r"\s*(?:[A-Za-z]|\\[a-zA-Z]+)(?:_(?:\w|\{[^{}]*\}))?\s*")
"""A letter, perhaps with indices: $u_i$."""
_SIGN_BEHIND = re.compile(rf"[\s$\\)]*(?:(?:is|ist|est|es|é|è)\s+)?{_SIGN}(?=[\s,.:]|$)", re.IGNORECASE)
_CASE = re.compile(
    r"(?:\b(?:case|fall|cas|caso|случай)|情形|情况)\W*(?:\d+|[a-z]|[ivx]+|[一二三四])?\W*$", re.IGNORECASE
)
_LABELS = re.compile(r"[\s$\\)*_]*[:,\u2013\u2014]")
_SIMPLE = re.compile(r"\s*\S{1,12}\s*(?:[=<>≠≤≥]|\\(?:ne|neq|le|leq|ge|geq|lt|gt)(?![a-zA-Z]))\s*\\?\w{1,9}\s*")
_APPOSED = re.compile(r"[\s$\\)]*(?:,|\u2014|\u2013|--)|[\s$\\)]*\n[ \t\r>]*(?:\$\$|\\\[|\\begin)|[\s$\\)]*\$\$")
"""What stands behind a condition that only says words before it again: for the same index, $i = k$, we have."""
_CASE_OF = re.compile(
    r"[\s$.,\])]*(?:(?:but|and|so|thus|then|hence)\s+)?(?:in|at|on|off|for|within|along|inside|outside|im|am|bei|für"
    r"|dans|à|au|aux|sur|pour|en|para|no|na|nos|nas|nel|nella|per|в|на|при|для)\b",
    re.IGNORECASE,
)
_MANNERS = frozenset(
    ("general", "particular", "fact", "words", "way", "reason", "reasons", "example", "short", "total")
)
"""Words that say of a statement how it is made, not of which case it speaks: in other words, $a = b$, …"""
_TERM = re.compile(
    r"\b(?:terms?|summands?|addends?|contributions?|paths?|term[es]?|summand(?:en)?|termes?|términos?|termos?|termini"
    r"|слагаем\w+|члены?)(?:\s+(?:with|where|for|in which|mit|für|avec|con|com|с))?\s*$",
    re.IGNORECASE,
)
_IS_LEFT = re.compile(
    r"[\s$\\),]*(?:contribut|surviv|remain|vanish|matters?\b|drops?\b|(?:is|are)\s+(?:left|non-?zero|the only)"
    r"|do(?:es)?\s+not\s+vanish|trägt|tragen|bleib|verschwind|contribue|reste|s'annul|contribuye|queda|contribui"
    r"|resta|sobra|остаётся|остается|остаются)",
    re.IGNORECASE,
)
"""What is said of a term of a sum that the formula has: only the term $k = i$ contributes to …"""
_HOLDS = re.compile(
    r"^(?:holds?(?:\s+true)?|(?:is|are)\s+(?:valid|true|right|correct|so)|appl(?:y|ies)|gilt|gelten|(?:est|sont)\s+(?:vraie?s?|valables?"
    r"|valides?)|vale|valgono|(?:es|é|è)\s+(?:válid[ao]|valid[ao]|ciert[ao]|verdadeir[ao])|верно|справедливо)\s+(?=\w)",
    re.IGNORECASE,
)
"""What may stand between a formula and its condition: it holds for $i \\ne j$."""
_IN_A_ROW = re.compile(r"[\s$\\)]*(?:\||&)[\s$\\(]*")
"""What parts two cells of a table."""
_VERB_FIRST = re.compile(
    r"\W*(?:ist|sind|gilt|wäre|wären)(?:\s+(?:nun|jetzt|dagegen|jedoch|aber|also|hingegen|andererseits|speziell|sogar|sowohl|beide))*",
    re.IGNORECASE,
)
_THEN_SO = re.compile(r"[^.!?;]{0,60}?,\s*(?:so|dann|folgt|gilt)\b", re.IGNORECASE)
"""A condition without "if", and how its sentence goes on: Ist $i = j$, so gilt; sind $i$ und $j$ gleich, so ist."""
MAX_WORDS = 8
"""How many words may stand between a formula and the condition behind it."""
MAX_STRANGE = 2
"""How many words before a condition may be those of a language that is not known."""
MAX_NAMED = 3
"""How many words may say between "for" and a condition of what it speaks: for all hidden layers $k < L$."""
MAX_NAMED_BEFORE_ORDER = 8
"""How many before one that cannot be a statement: for the rows of the wrong classes, $j \\ne c$, we have …"""
_ORDERS = re.compile(r"[<>≠≤≥]|\\(?:ne|neq|le|leq|ge|geq|lt|gt|leqslant|geqslant)(?![a-zA-Z])")
_SCRIPT = re.compile(r"[_^](\{[^{}]*\}|\\?\w+)")
"""What stands below or above a name."""
Conditions = tuple[tuple[str, Span | None], ...]
"""Formulas that limit another one, each after the words before it; then perhaps words alone: $i$ and $j$ differ."""


def conditions_around(regions: Sequence[FormulaRegion], number: int) -> Conditions:
    """Return the conditions of a formula: those behind it, or else before it in its row or sentence, or its case."""
    for found in (_behind, _in_its_row, _before, _case):
        if conditions := tuple(found(regions, number)):
            return conditions
    return ()


def comparison_nearby(regions: Sequence[FormulaRegion], number: int) -> Conditions:
    """Return the comparison of indices that the paragraph makes before a formula without conditions, and of which it
    has stated nothing yet; also what it leaves, where the words before it are strange: tenzij $i = j$. And both behind
    the formula in its sentence, where the words between are strange."""
    if behind := _strange_behind(regions, number):
        return behind
    for place in range(number - 1, max(-1, number - 1 - MAX_NEIGHBOURS), -1):
        between = text_between(regions[place], regions[number])
        if between is None or not in_one_paragraph(regions[place], regions[place + 1]) or is_general(between):
            return ()
        if COMPARES.search(regions[place].clean.excerpt(regions[place].span)):
            if _goes_on_behind(regions, place):
                continue
            found = [("if", regions[place].span)] if is_of_indices(regions[place]) else []
            words = words_of(sentence_before(regions[place]))
            strange = 0 < len(words) <= MAX_STRANGE and not CONNECTIVES & set(words) and not roles_in(" ".join(words))
            return (*found, *(("unless", span) for _, span in found if strange))
    return ()


def _goes_on_behind(regions: Sequence[FormulaRegion], place: int) -> bool:
    """Return whether a sentence goes on behind a display, with what is said of it: …, which simplifies to …"""
    between = text_between(*regions[place : place + 2]) or ""
    return regions[place].display and between.strip(AROUND)[:1].islower() and not SENTENCE.search(between)


def _strange_behind(regions: Sequence[FormulaRegion], number: int) -> Conditions:
    """Return a comparison of indices behind a formula, and what it leaves, where it is not clear what the words between
    them say: …, nur nicht bei $i = j$."""
    if number + 1 >= len(regions) or regions[number].display:
        return ()
    first, second = regions[number], regions[number + 1]
    between = text_between(first, second)
    if between is None or SENTENCE.search(between) or BREAK.search(between) or is_item(second):
        return ()
    if not is_of_indices(second):
        return ()
    said = words_of(between.strip(AROUND))
    if (
        not 0 < len(said) <= MAX_WORDS
        or CONNECTIVES & set(said)
        or any(role in {"and", "is"} for role in roles_in(" ".join(said)))
    ):
        return ()
    return (("if", second.span), ("unless", second.span))


def signs_said(regions: Sequence[FormulaRegion], number: int) -> tuple[tuple[str, Span], ...]:
    """Return which names a sentence says to be positive or negative beside a formula: for positive $s$, if $s$ is
    negative; each with > or <."""
    found: list[tuple[str, Span]] = []
    for place in (*earlier(regions, number), *_directly_behind(regions, number)):
        region = regions[place]
        text, span = region.clean.text, region.span
        if region.display or _NAMED.fullmatch(region.clean.excerpt(span)) is None:
            continue
        match = _SIGN_BEFORE.search(text[max(0, span.start - MAX_LEAD) : span.start].rstrip(" \t\r\n$\\("))
        asks = _VERB_FIRST.fullmatch(sentence_before(region).rstrip(" \t\r\n$\\(")) is not None
        begins = place > number or begins_condition(condition_lead(regions, place))
        if match is None and (begins or (asks and _THEN_SO.match(text, span.end) is not None)):
            match = _SIGN_BEHIND.match(text, span.end)
        if match is not None:
            found.append((">" if match["more"] else "<", span))
    return tuple(found)


def _directly_behind(regions: Sequence[FormulaRegion], number: int) -> tuple[int, ...]:
    """Return the place of the formula to which a condition behind one leads: … if $s$ is positive."""
    between = text_between(*regions[number : number + 2]) if number + 1 < len(regions) else None
    if between is None or SENTENCE.search(between) or BREAK.search(between):
        return ()
    said = between.strip(AROUND)
    return (number + 1,) if begins_condition(said) and len(words_of(said)) <= MAX_NAMED else ()


def _in_its_row(regions: Sequence[FormulaRegion], number: int) -> Conditions:
    """Return the condition in the cell before a formula in a table."""
    between = text_between(*regions[number - 1 : number + 1]) if number else None
    found = between is not None and _IN_A_ROW.fullmatch(between) is not None and is_of_indices(regions[number - 1])
    return (("if", regions[number - 1].span),) if found else ()


def _pair(regions: Sequence[FormulaRegion], place: int, lead: str) -> Conditions:
    """Return what a text says of two letters, the first one at a place: if $s$ is less than $t$, if $i$ and $j$ differ.

    () where it compares no letters.
    """
    if not lead or place + 1 >= len(regions):
        return ()
    first, second = regions[place : place + 2]
    between = text_between(first, second)
    if between is None or not all(is_letter(region) for region in (first, second)) or BREAK.search(between):
        return ()
    end = second.span.end
    behind = re.split(r"[$,.;]", second.clean.text[end : end + MAX_LEAD].lstrip("$\\) "))[0]
    behind = "are equal" if first_role(behind) == "is" else behind  # sind $i$ und $j$ gleich
    among = first_role(behind) in {"differ", "agree"}
    pair = ((lead, first.span), (between.strip(AROUND), second.span))
    roles = roles_in(between)
    if roles in {("is",), ("is not",), ("less",), ("greater",)}:
        return pair
    if roles == ("and",) and among:
        return (*pair, (behind, None))
    return pair if roles == ("and",) and "differ" in roles_in(lead) else ()


def _behind(regions: Sequence[FormulaRegion], number: int) -> Iterator[tuple[str, Span | None]]:
    """Yield the conditions directly behind a formula, in its sentence: … unless $i = j$ or $i = m$."""
    for place in range(number + 1, min(number + 1 + MAX_EXPLAINED, len(regions))):
        first, second = regions[place - 1], regions[place]
        between = text_between(first, second)
        if between is None or second.display:
            return
        said = _HOLDS.sub("", between.strip(AROUND.replace(".", "")))
        if place == number + 1 and not SENTENCE.search(between) and _exists(said, second, first):
            yield said, second.span
            return
        pair = _pair(regions, place, said if begins_condition(said) else "") if place == number + 1 else ()
        if not COMPARES.search(second.clean.excerpt(second.span)) and not pair:
            return
        if "otherwise" in roles_in(said) or (place == number + 1 and _leads_on(regions, place)):
            return  # it is said of what comes next
        broken = len(BREAK.findall(between)) > first.display
        ended = SENTENCE.search(between) or broken or first.clean.excerpt(first.span).endswith(ENDS)
        turned = _turned_behind(said if begins_condition(said) else "", second)
        if place == number + 1 and turned not in {"", said} and not SENTENCE.search(between):
            yield turned, second.span
            return
        if place == number + 1 and not said.strip(".") and _is_added(first, second, between):
            yield "if", second.span
            return
        limits = roles_in(said)[:1] in {("or",), ("and",)}
        if place == number + 1:  # "for short, and" leads to another statement
            limits = begins_condition(said) and roles_in(said)[-1:] != ("and",)
        explains = _explains(said) and not pair and not _limits_indices(first, second)
        if ended or said[:1].isupper() or not limits or len(words_of(said)) > MAX_WORDS or explains:
            return
        if place > number + 1 and _states(regions, place):
            return
        if _GOES_UP.match(second.clean.text, second.span.end):
            return
        if pair:
            yield from pair
            return
        yield said, second.span
        yield from _for_all(regions, place)


def _leads_on(regions: Sequence[FormulaRegion], place: int) -> bool:
    """Return whether a condition behind a formula belongs to the next one: for $i = j$ we have F, for $i < j$ G."""
    between = text_between(regions[place - 1], regions[place]) or ""
    if ";" in between:
        return True
    behind = text_between(*regions[place : place + 2]) if place + 1 < len(regions) else None
    if behind is None or not between.lstrip(" \t\r\n$\\)]").startswith(","):
        return False
    ended = SENTENCE.search(behind) or BREAK.search(behind) or roles_in(behind)[:1] in {("and",), ("or",)}
    states = COMPARES.search(regions[place + 1].clean.excerpt(regions[place + 1].span)) is not None
    return states and not ended and any(True for _ in _before(regions, place - 1))


def _for_all(regions: Sequence[FormulaRegion], place: int) -> Conditions:
    """Return the letter for all of whose values a condition holds: if $y_n = 1$ for all $n$."""
    if place + 1 >= len(regions) or not is_letter(regions[place + 1]):
        return ()
    said = " ".join(words_of((text_between(regions[place], regions[place + 1]) or "").strip(AROUND)))
    return ((said, regions[place + 1].span),) if said in UNIVERSAL else ()


def _is_added(first: FormulaRegion, second: FormulaRegion, between: str) -> bool:
    """Return whether a comparison of letters stands behind a formula without a word: … ($i = j$), …, $i \\ne j$."""
    if SENTENCE.search(between) or BREAK.search(between) or not _SIMPLE.fullmatch(second.clean.excerpt(second.span)):
        return False
    if "(" in between:
        return True
    states = COMPARES.search(first.clean.excerpt(first.span)) is not None
    return "," in between and states and "=" not in second.clean.excerpt(second.span)


def _explains(said: str) -> bool:
    """Return whether words lead to what a name is, rather than to a condition."""
    return words_of(said)[:1] in (["where"], ["with"], ["here"], ["mit"], ["wobei"], ["avec"], ["où"])


def _exists(lead: str, letter: FormulaRegion, formula: FormulaRegion) -> bool:
    """Return whether a formula is said for some value of an index only: for some $i$ we have …"""
    said = " ".join(words_of(lead)) in SOME and is_letter(letter)
    name = letter.clean.excerpt(letter.span).strip()
    return said and any(name in script for script in _SCRIPT.findall(formula.clean.excerpt(formula.span)))


def _limits_indices(first: FormulaRegion, second: FormulaRegion) -> bool:
    """Return whether a formula compares letters that stand below or above in the one before it: where $i \\ne j$."""
    limit = second.clean.excerpt(second.span)
    if not is_of_indices(second) or _ORDERS.search(limit) is None:
        return False
    scripts = " ".join(_SCRIPT.findall(first.clean.excerpt(first.span)))
    return re.findall(r"(?<!\\)[A-Za-z]|\\ell", _ORDERS.sub(" ", limit))[0] in scripts


def _states(regions: Sequence[FormulaRegion], place: int) -> bool:
    """Return whether a formula after "and" has a condition of its own, so that it is a statement, not a condition."""
    if place + 1 >= len(regions):
        return False
    between = text_between(regions[place], regions[place + 1])
    return between is not None and begins_condition(between.strip(AROUND)) and not SENTENCE.search(between)


def _before(regions: Sequence[FormulaRegion], number: int) -> Iterator[tuple[str, Span | None]]:
    """Yield the condition before a formula in its sentence, For $i = j$ we have …, or in Let $j > i$. Then …"""
    joined: list[tuple[str, Span | None]] = []
    for place in earlier(regions, number):
        other = regions[place]
        lead = condition_lead(regions, place)
        if place + 1 < number and (pair := _pair(regions, place, lead)):
            yield from pair
            return
        if lead and _exists(lead, other, regions[number]):
            yield lead, other.span
            return
        if other.display or not COMPARES.search(other.clean.excerpt(other.span)):
            joined.clear()
        elif lead:
            yield (_turned(lead) if _is_otherwise(regions, place, number) else lead), other.span
            yield from _for_all(regions, place)
            yield from reversed(joined)
            return
        else:
            between = text_between(regions[place - 1], other) if place else None
            words = (between or "").strip(AROUND)
            is_joined = roles_in(words) in {("and",), ("or",)} and len(words_of(words)) < MAX_NAMED
            joined = [*joined, (words, other.span)] if is_joined else []


def _case(regions: Sequence[FormulaRegion], number: int) -> Iterator[tuple[str, Span | None]]:
    """Yield the condition that is the label of the case in which a formula stands: *Case $i = j$.*, 1. $i = j$: …"""
    here = regions[number]
    for place in range(number - 1, max(-1, number - 1 - MAX_NEIGHBOURS), -1):
        other = regions[place]
        between = text_between(other, here)
        if between is None or HEADING.search(between) or is_general(between):
            return
        heads = _is_label(other) and not between.split("\n\n")[0].strip(AROUND)
        if not heads and not in_one_paragraph(other, regions[place + 1]):
            return
        if not other.display and COMPARES.search(other.clean.excerpt(other.span)):
            if _is_label(other) and not (is_item(other) and (NEXT_ITEM.search(between) or BREAK.search(between))):
                yield "if", other.span
            if _is_label(other) or condition_lead(regions, place):
                return


def _is_label(region: FormulaRegion) -> bool:
    """Return whether a condition stands as the label of a case."""
    text, span = region.clean.text, region.span
    if _CASE.search(text[max(0, span.start - MAX_LEAD) : span.start]):
        return True
    simple = _SIMPLE.fullmatch(region.clean.excerpt(span)) is not None
    if not simple or not is_item(region):
        return False
    ended = re.match(r"[\s$\\)]*\.", text[span.end : span.end + MAX_LEAD])
    leads_on = ended is not None and THEN.match(text, span.end + ended.end()) is not None
    return leads_on or _LABELS.match(text, span.end) is not None


def _is_otherwise(regions: Sequence[FormulaRegion], place: int, number: int) -> bool:
    """Return whether a formula is said for the cases that a condition leaves: If $i = j$, then $…$, otherwise $…$."""
    gaps = (text_between(regions[n], regions[n + 1]) for n in range(place, number))
    return any("otherwise" in roles_in(gap or "") for gap in gaps) or _ends_otherwise(regions[number])


def _ends_otherwise(region: FormulaRegion) -> bool:
    """Return whether a sentence ends with "otherwise" behind a formula, so that this leads to no other one."""
    text = region.clean.text[region.span.end : region.span.end + MAX_LEAD].lstrip(AROUND.replace(".", ""))
    behind = re.split(r"[$.;]|\n\s*\n", text, maxsplit=1)
    led_on = text[len(behind[0]) :].lstrip().startswith("$")
    return first_role(behind[0]) == "otherwise" and not led_on


def _turned(lead: str) -> str:
    """Return words that say the opposite of those before a condition; what is unclear stays so."""
    return {"if": "unless", "unless": "if"}.get(next(iter(roles_in(lead)), ""), lead)


def _is_apposed(before: str, region: FormulaRegion) -> bool:
    """Return whether a comparison says again which case the words before it speak of: in the last layer, $l = L$, …"""
    words = words_of(before)
    if not before.endswith(",") or len(words) < MAX_NAMED or not _CASE_OF.match(before) or _MANNERS & set(words):
        return False
    simple = _SIMPLE.fullmatch(region.clean.excerpt(region.span)) is not None
    return simple and _APPOSED.match(region.clean.text, region.span.end) is not None


def _named_in_words(text: str) -> str:
    """Return the words before a condition in brackets that says again what they say: except on the diagonal (i = j)."""
    words = words_of(text)
    begins = [n for n in range(len(words)) if first_role(" ".join(words[n:])) in {"unless", "unclear"}]
    return " ".join(words[begins[-1] : begins[-1] + 1]) if begins and len(words) - begins[-1] <= MAX_NAMED + 1 else "if"


def condition_lead(regions: Sequence[FormulaRegion], place: int) -> str:
    """Return the words of a condition that stand directly before a formula at the beginning of a sentence or clause;
    turned by what stands behind it, the case $i = j$ aside, if $i = j$ does not hold."""
    return _turned_behind(_lead(regions, place), regions[place])


def _turned_behind(lead: str, region: FormulaRegion) -> str:
    """Return the words before a condition as they are turned by those behind it, up to a stop."""
    said = None if region.display else turned_by(phrase_behind(region))
    if said == "left out":
        return "unless"
    return _turned(lead) if said and lead else lead


def _lead(regions: Sequence[FormulaRegion], place: int) -> str:
    """Return the words of a condition that stand before it."""
    own = regions[place]
    if _GOES_UP.match(own.clean.text, own.span.end):
        return ""
    start = max(0, own.span.start - MAX_LEAD)
    if place and (between := text_between(regions[place - 1], own)) is not None and len(between) < MAX_LEAD:
        start = regions[place - 1].span.end
        said = between.strip(AROUND)
        if (
            begins_condition(said)
            and not _leads_on(regions, place)
            and not said[:1].isupper()
            and (said[:1].islower() or not BREAK.search(between))
            and COMPARES.search(regions[place - 1].clean.excerpt(regions[place - 1].span))
        ):
            return ""  # it is a condition of the formula before it
    text = re.split(r"[.!?:;]\s|\n[ \t\r>]*\n|-->", plain(own.clean.text)[start : own.span.start])[-1]
    text = text.rstrip(" \t\r\n$\\")
    if _TERM.search(text) and _IS_LEFT.match(own.clean.text, own.span.end):
        return ""
    if _is_apposed(text, own):
        return "if"
    if _VERB_FIRST.fullmatch(text) and _THEN_SO.match(own.clean.text, own.span.end):
        return "if"
    if THAT_IS.search(text):
        role = first_role(sentence_before(own))
        return role if role in {"if", "unless"} else ""
    if text.endswith("(") and own.clean.text[own.span.end :].lstrip(" $\\").startswith(")"):
        return _named_in_words(text)  # without hidden layers (L = 1)
    if _SUPPOSES.search(text) or BEGINS_SO.match(sentence_before(own)) is not None:
        return "if"
    words = words_of(text)
    last = next((n for n in reversed(range(len(words))) if begins_condition(" ".join(words[n:]))), None)
    most = MAX_NAMED_BEFORE_ORDER if _ORDERS.search(own.clean.excerpt(own.span)) else MAX_NAMED
    if last is None or len(words) - last > most + 1:
        return ""
    while last and begins_condition(" ".join(words[last - 1 :])):
        last -= 1
    if not last and len(words) > 1 and words[0] in ALONE and most == MAX_NAMED:
        return ""  # some prefer $o = f(s)$, every unit computes $h = g(a)$
    return " ".join(words[last:])
