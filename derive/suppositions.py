"""What the sentence of a formula supposes: in formulas, if … (so $y_c = 1$), or in words, if all targets vanish."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from derive.document.pieces import FormulaRegion
from derive.notation.phrases import begins_condition, words_of
from derive.sentences import (
    AROUND,
    BEGINS_SO,
    BREAK,
    COMPARES,
    ENDS,
    MAX_LEAD,
    MAX_SENTENCE,
    THAT_IS,
    THEN,
    earlier,
    plain,
    sentence_before,
    sentence_up_to,
)

_IN_WORDS = re.compile(
    r"(?:if|when|whenever|suppose|supposing|assume|assuming|provided|unless|as long as|in case|wenn|falls|angenommen"
    r"|sofern|si|lorsque|quand|supposons|supongamos|cuando|se|quando|если|когда|предположим)\b"
    r"(?!\s+(?:now\s+|that\s+)?(?:we|you|one|i|us|wir|man|nous|on|мы|\w+ing)\b)[^$.;]*",
    re.IGNORECASE,
)
MIN_WORDS = 3
"""How many words make a condition without a formula: if targets vanish."""


def hypotheses(regions: Sequence[FormulaRegion], number: int) -> Iterator[int]:
    """Yield the comparisons in the text that the sentence of a formula supposes: if … (so $y_c = 1$), then."""
    for place in earlier(regions, number):
        other = regions[place]
        if not other.display and COMPARES.search(other.clean.excerpt(other.span)) and _is_supposed(other):
            yield place


def _is_supposed(region: FormulaRegion) -> bool:
    """Return whether the sentence up to a formula begins as a condition."""
    begins = sentence_up_to(region)
    return begins_condition(begins) or BEGINS_SO.match(begins) is not None


def says_again(region: FormulaRegion) -> bool:
    """Return whether a formula says once more what its sentence supposes: if the fit is perfect, i.e. $h = y$, …"""
    lead = plain(region.clean.text[max(0, region.span.start - MAX_LEAD) : region.span.start]).rstrip(" \t\r\n$\\(")
    return THAT_IS.search(lead) is not None and _IN_WORDS.match(sentence_before(region)) is not None


def condition_in_words(region: FormulaRegion) -> str:
    """Return the condition that the sentence of a formula states in words alone: if all targets are zero; or ""."""
    text = plain(region.clean.text[max(0, region.span.start - MAX_SENTENCE) : region.span.start])
    sentences = re.split(r"(?<=[.!?;])\s|\n[ \t\r>]*\n|-->|\$\$\s", text)
    places = [-1, -2] if len(sentences) > 1 and THEN.match(sentences[-1]) else [-1]
    behind = plain(region.clean.text[region.span.end :][:MAX_SENTENCE])
    said = behind.lstrip(" \t\r\n$\\)],")
    clauses = [sentences[place].lstrip(AROUND + "-+0123456789") for place in places]
    goes_on = said[:1].islower() and not BREAK.search(behind[: len(behind) - len(said)])
    if goes_on and not region.clean.excerpt(region.span).endswith(ENDS):
        clauses.append(said)
    found = (_IN_WORDS.match(clause) for clause in clauses)
    supposed = next((match[0] for match in found if match is not None), "")
    clause = re.split(r",|\bthen\b|\n[ \t\r>]*\n", supposed)[0].strip()
    return clause if len(words_of(clause)) >= MIN_WORDS else ""
