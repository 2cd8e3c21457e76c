"""The sentences, paragraphs and items of a text around its formulas: where each begins, and how far it goes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from derive.document.pieces import FormulaRegion
from derive.notation.phrases import words_of
from derive.notation.words import CONDITIONS, CONNECTIVES, GENERALLY, LAYERS, OTHER_LANGUAGES

BREAK = re.compile(r"\n[ \t\r>]*\n")
AROUND = " \t\r\n$.,;:[]()\\>*"
COMMENT = re.compile(r"<!--.{0,300}?-->[ \t\r]*\n?", re.DOTALL)
ENDS = (".", "!", "?", "#")
HEADING = re.compile(r"\n[ \t>]*#{1,6}[ \t]|\\(?:sub){0,2}section\*?\s*\{|\n[^\n]+\n(?:={3,}|-{3,})[ \t]*\n")
COMPARES = re.compile(r"[=<>≠≤≥∈]|\\(?:ne|neq|le|leq|ge|geq|lt|gt|in|notin|leqslant|geqslant)(?![a-zA-Z])")
SENTENCE = re.compile(r"[.!?](?=[\s$]|$)")
THEN = re.compile(
    r"[\s$.\])]*(?:then|thus|hence|so|therefore|now|here|(?:in|under|for) (?:this|that|these|those|such)"
    r"|dann|daher|hier|in diesem fall|alors|donc|dans ce cas|entonces|en este caso|então|nesse caso|neste caso"
    r"|allora|in questo caso|тогда|в этом случае)\b|[\s$.\])]*(?:则|那么|这时|此时)",
    re.IGNORECASE,
)
_ABBREVIATION = re.compile(
    r"\b(?:i\.\s?e|e\.\s?g|cf|resp|w\.\s?r\.\s?t|vs|eqs?|figs?|sec|approx|d\.\s?h|z\.\s?B|bzw|p\.\s?ex|c\.-à-d|т\.\s?е)\.",
    re.IGNORECASE,
)
THAT_IS = re.compile(
    r"(?:\bi·\s?e·|\bd·\s?h·|\bc·-à-d·|\bт·\s?е·|\b(?:that is|that means|meaning|namely|das heißt|c'est-à-dire|es decir"
    r"|ou seja|isto é|то есть)|\(\s*(?:so|hence|also)|即)[\s,:(]*$",
    re.IGNORECASE,
)
BEGINS_SO = re.compile(
    r"(?:(?:now |so |here |first |next )?(?:let|suppose|assume|fix|consider|take)|(?:nun |jetzt )?(?:sei|seien)"
    r"|angenommen|soit|soient|supposons|sea|sean|supongamos|seja|sejam|suponha|suponhamos|sia|siano|supponiamo|пусть|предположим)\b",
    re.IGNORECASE,
)
_OF_INDICES = re.compile(
    r"\s*(?:[A-Za-z]|\\ell)\s*(?:[=<>≠≤≥]|\\(?:ne|neq|le|leq|ge|geq|lt|gt)(?![a-zA-Z]))\s*(?:\w|\\ell)(?:\s*[-+]\s*1)?\s*"
)
"""A comparison of letters; one that is supposed counts in the next sentence, too: Fix $i \\ne j$. The slope is …"""
_WE_GET = re.compile(
    r"[\s$.\])]*(?:(?:we|one|you)\s+(?:then\s+|now\s+|therefore\s+)?(?:gets?|obtains?|finds?|have|has|sees?)"
    r"|this\s+(?:gives|yields)|it\s+follows|wir\s+(?:erhalten|haben|bekommen)|man\s+erhält|es\s+(?:gilt|folgt)"
    r"|on\s+(?:a|obtient|trouve)|se\s+(?:obtiene|tiene)|(?:obtenemos|tenemos|obtemos|temos|abbiamo|otteniamo)"
    r"|(?:мы\s+)?(?:получаем|имеем|получим))\b",
    re.IGNORECASE,
)
"""How a sentence goes on from one that supposes something: Assume first that $i = k$. We get …"""
_LETTER = re.compile(r"\s*(?:[A-Za-z]|\\[a-zA-Z]+)\s*")
_ITEM = re.compile(r"\s*(?:[-*+]|\(?(?:\d+|[a-z]|[ivx]+)[.)]|\\item\[?(?:[^\]$\n]*\])?)[\s*_$\\(]*")
NEXT_ITEM = re.compile(r"\n[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]|\\item(?![a-zA-Z]))")
_STOP = re.compile(r"[$.,;:()\u2013\u2014，。]|\n\s*\n|\\[(\[]")
MAX_EXPLAINED = 3
"""How many formulas behind one may explain its names."""
MAX_LEAD = 60
"""How many characters before a formula may say that it begins an example."""
MAX_SENTENCE = 300
"""How many characters before a formula its sentence may have."""
MAX_NEIGHBOURS = 12
"""How many formulas on either side are looked at."""
_OPENING = re.compile(r"\$\$?[ \t\r\n>]*\Z")
_BLANK_END = re.compile(r"(?:[ \t\r\n]|(?<!--)>)+\Z")
"""Blanks and marks of quotation at the end, not the end of a comment."""
_SENTENCES = re.compile(r"[.!?;]\s|\n[ \t\r>]*\n|-->|\$\$(?:\s|\Z)")
_APART = re.compile(
    r"\$|(?<!\w)(?:and|while|whereas|but|und|aber|während|et|mais|tandis|y|pero|mientras|e|mas|enquanto|ma|mentre|и|а|но)(?!\w)"
    r"|[而但和]"
)
"""What parts words from a formula that they say nothing of."""
_LAST_WORD = re.compile(r"(?<![\\{])\b([^\W\d_]+)[`*_\"']*\Z")
_GENERALLY = re.compile(rf"(?<!\w)(?:{'|'.join(GENERALLY)})(?!\w)")
_FRAME = re.compile(r"\\(?:begin|end)\{(?:equation|displaymath|align|gather|multline)\*?\}")
"""What opens and closes an environment that stands between dollars, where it is no text."""


def text_between(one: FormulaRegion, other: FormulaRegion) -> str | None:
    """Return the words between two formulas that follow each other; None where they are not of one text."""
    if one.clean is not other.clean or one.cell != other.cell or one.span.end > other.span.start:
        return None
    return _FRAME.sub("", plain(one.clean.text)[one.span.end : other.span.start])


@lru_cache(maxsize=16)
def plain(text: str) -> str:
    """Return a text of the same length in which the dots of abbreviations, i.e., end no sentence: that of a whole
    document, of which each formula asks for many pieces."""
    return _ABBREVIATION.sub(lambda match: match[0].replace(".", "·"), text)


def in_one_paragraph(first: FormulaRegion, second: FormulaRegion) -> bool:
    """Return whether two formulas that follow each other stand in one paragraph.

    A display goes on with the paragraph before it, and small letters behind a display go on with its own.
    """
    text = text_between(first, second)
    if text is None:
        return False
    text = COMMENT.sub("", text)
    for match in BREAK.finditer(text):
        before, after = text[: match.start()], text[match.end() :].strip(AROUND)
        leads_in = second.display and not after and not before.rstrip(" \t\r\n$[\\").endswith(ENDS)
        goes_on = first.display and not before.strip(AROUND) and after[:1].islower()
        if not leads_in and not goes_on:
            return False
    return True


def earlier(regions: Sequence[FormulaRegion], number: int) -> Iterator[int]:
    """Yield the places of the formulas before one in its sentence, the nearest first."""
    for place in range(number - 1, max(-1, number - 1 - MAX_NEIGHBOURS), -1):
        between = text_between(regions[place], regions[number])
        if between is None or not in_one_paragraph(regions[place], regions[place + 1]):
            return
        if not _same_sentence(regions[place], regions[number], between) or _stand_alone(*regions[place : place + 2]):
            return
        yield place


def _stand_alone(first: FormulaRegion, second: FormulaRegion) -> bool:
    """Return whether nothing leads from one display to the next one, behind a blank line."""
    between = text_between(first, second) or ""
    written = [one.clean.excerpt(one.span).strip() for one in (first, second)]
    joined = written[0].endswith((",", ";", "=")) or written[1].startswith(("=", "&"))
    apart = BREAK.search(between) is not None and not between.strip(AROUND)
    return first.display and second.display and apart and not joined


def _same_sentence(other: FormulaRegion, here: FormulaRegion, between: str) -> bool:
    """Return whether a sentence goes on from one formula to another, or the next one begins with "Then".

    Many a display has no full stop: a capital behind it begins a sentence, too.
    """
    if _begins_item(other) and NEXT_ITEM.search(between):
        return False
    ends = [match.end() for match in SENTENCE.finditer(between)]
    capital = other.display and between.strip(AROUND)[:1].isupper()
    if capital or other.clean.excerpt(other.span).endswith(ENDS):
        ends.insert(0, 0)
    if ends and is_general(between[ends[-1] :]):
        return False
    if len(ends) != 1:
        return not ends
    if THEN.match(between, ends[0]) is not None:
        return True
    if BEGINS_SO.match(sentence_before(other)) is None:
        return False
    return is_of_indices(other) or _WE_GET.match(between, ends[0]) is not None


def is_of_indices(region: FormulaRegion) -> bool:
    """Return whether a formula only compares two letters, or a letter with a number: $i \\ne j$, $l = 1$."""
    return not region.display and _OF_INDICES.fullmatch(region.clean.excerpt(region.span)) is not None


def follows_a_noun(region: FormulaRegion) -> bool:
    """Return whether a word stands directly before a formula in a line, and none that goes on: the data $= X$."""
    before = region.clean.text[max(0, region.span.start - MAX_LEAD) : region.span.start].rstrip(" \t\r\n$\\(")
    match = _LAST_WORD.search(before)
    word = match[1].lower() if match is not None else ""
    return not region.display and bool(word) and OTHER_LANGUAGES.get(word, word) not in {*CONNECTIVES, *CONDITIONS}


def text_before(region: FormulaRegion) -> str:
    """Return what stands before a formula, without the dollars that open it.

    A paragraph without a full stop leads into the display behind it, over a blank line, too.
    """
    text = _OPENING.sub("", plain(region.clean.text)[max(0, region.span.start - MAX_SENTENCE) : region.span.start])
    lead = _BLANK_END.sub("", text)
    heads = HEADING.match("\n" + lead[lead.rfind("\n") + 1 :]) is not None
    return lead if region.display and not lead.endswith(ENDS) and not heads else text


def sentence_before(region: FormulaRegion) -> str:
    """Return what stands before a formula in its sentence, words and formulas."""
    return _SENTENCES.split(text_before(region))[-1].lstrip(AROUND + "-+0123456789")


def phrase_behind(region: FormulaRegion) -> str:
    """Return the words directly behind a formula, up to a stop."""
    behind = region.clean.text[region.span.end : region.span.end + MAX_LEAD]
    return _STOP.split(behind.lstrip(AROUND.replace(".", "") + ","), maxsplit=1)[0]


def layers_named(region: FormulaRegion) -> tuple[str, ...]:
    """Return of which layers a sentence says a formula: "last" of "in the output layer, $g$ is linear", but not of
    "the output layer has a softmax, and $g$ is tanh"."""
    before = sentence_before(region).lower().rstrip(AROUND)
    text = plain(region.clean.text)[region.span.end : region.span.end + MAX_SENTENCE].lstrip("$ )\\")
    behind = _SENTENCES.split(text)[0].lower()
    found = []
    for kind, phrases in _words_for_layers():
        between = [before[match.end() :] for match in phrases.finditer(before)]
        between += [behind[: match.start()].replace(",", "$") for match in phrases.finditer(behind)]
        found += [kind] if any(_APART.search(words) is None for words in between) else []
    return tuple(found)


@cache
def _words_for_layers() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return what finds the words for layers; ideographs stand without spaces."""
    found = ((kind, "|".join(map(re.escape, phrases))) for kind, phrases in LAYERS.items())
    return tuple((kind, re.compile(rf"(?<![a-zа-я])(?:{words})(?![a-zа-я])")) for kind, words in found)


def is_item(region: FormulaRegion) -> bool:
    """Return whether a formula begins an item of a list."""
    text, start = region.clean.text, region.span.start
    return _ITEM.fullmatch(text[text.rfind("\n", 0, start) + 1 : start]) is not None


def _begins_item(region: FormulaRegion) -> bool:
    """Return whether the line of a formula begins an item of a list."""
    text, start = region.clean.text, region.span.start
    return NEXT_ITEM.match("\n" + text[text.rfind("\n", 0, start) + 1 : start] + " ") is not None


def is_general(words: str) -> bool:
    """Return whether a text says that what follows holds in general."""
    return _GENERALLY.search(" ".join(words_of(words))) is not None


def is_letter(region: FormulaRegion) -> bool:
    return not region.display and _LETTER.fullmatch(region.clean.excerpt(region.span)) is not None
