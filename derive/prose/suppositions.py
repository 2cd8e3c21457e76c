"""What the sentence of a formula supposes: in formulas, if … (so $y_c = 1$), or in words, if all targets vanish."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from derive.document.pieces import FormulaRegion
from derive.notation.declared import function_phrases
from derive.notation.functions import BY_NAME
from derive.notation.phrases import begins_condition, first_role, not_held, words_of
from derive.notation.words import (
    CASES_SAID,
    DENIALS,
    DIAGONAL,
    LEAVES_OUT,
    LINEAR,
    NAMED_LOSSES,
    NOT_A_FUNCTION,
    THE_OTHERS,
    WRONGLY,
)
from derive.prose.sentences import (
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
    text_before,
)

_IN_WORDS = re.compile(
    r"(?:if|when|whenever|wherever|suppose|supposing|assume|assuming|provided|unless|as long as|in case|wenn|falls"
    r"|angenommen|sofern|si|lorsque|quand|supposons|supongamos|cuando|se|quando|если|когда|предположим)\b"
    r"(?!\s+(?:now\s+|that\s+)?(?:we|you|one|i|us|wir|man|nous|on|мы|\w+ing)\b)[^$.;]*",
    re.IGNORECASE,
)
_DENIED_BEFORE = re.compile(
    r"(?:\b(?:(?:is|it's|was|seems)\s+(?:false|wrong|untrue|incorrect|not\s+true|not\s+correct|not\s+the\s+case)"
    r"(?:\s+(?:to\s+(?:say|claim|write|conclude))?)?(?:\s*\bthat)?|(?:does|do)\s+not\s+(?:hold|follow|mean|imply)\s+that"
    r"|(?:we|one)\s+(?:do(?:es)?\s+not|don't|cannot|can't)\s+(?:have|conclude|write)(?:\s+that)?"
    r"|(?:ist\s+)?(?:falsch|nicht\s+wahr|nicht\s+richtig),?\s+(?:dass|daß)|(?:gilt|stimmt)\s+nicht(?:,?\s+(?:dass|daß))?"
    r"|(?:nobody|no\s+one)\s+(?:would\s+)?(?:claims?|says?|writes?)(?:\s+that)?|wir\s+haben\s+nicht|nicht\s+etwa|keineswegs"
    r"|by\s+no\s+means|no\s+tenemos(?:\s+que)?|não\s+temos(?:\s+que)?|non\s+abbiamo(?:\s+che)?|nous\s+n'avons\s+pas"
    r"|(?:est\s+faux|n'est\s+pas\s+(?:vrai|le\s+cas))\s+que|on\s+n'a\s+pas|(?:no\s+es\s+(?:cierto|verdad)|es\s+falso)\s+que"
    r"|(?:não\s+é\s+(?:verdade|certo)|é\s+falso)\s+que|non\s+è\s+vero\s+che|è\s+falso\s+che)|(?:неверно|не\s+верно)[,\s]+что"
    r"|(?:[$)\]]|\\\))\s*[,;(\u2013\u2014]\s*(?:(?:and|but|und|aber|et|mais|y|e|а)\s+)?(?:not|nicht|non|pas|no|não|не))"
    r"\s*$",
    re.IGNORECASE,
)
_DENIED_BEHIND = re.compile(
    r"[\s$\\)]*(?:(?:is|was)\s+(?:(?:simply|clearly|just|plainly)\s+)?(?:false|wrong|untrue|incorrect|not\s+(?:true|correct|right))"
    r"|ist\s+(?:falsch|nicht\s+richtig|nicht\s+wahr)|est\s+(?:faux|fausse)|es\s+(?:falso|falsa)|é\s+(?:falso|falsa)"
    rf"|è\s+(?:falso|falsa)|не\s+верно|{not_held()})(?!\w)",
    re.IGNORECASE,
)
_LEFT_OUT = re.compile(
    rf"(?:^|[,(]\s*|\band\s)(?:{'|'.join((*LEAVES_OUT, *CASES_SAID))})(?!\w)[^$.;,)]*", re.IGNORECASE
)
_WRONGLY = re.compile(rf"(?<!\w)(?:{'|'.join(WRONGLY)})(?!\w)[^$.;]{{0,60}}$", re.IGNORECASE)
_NO_LOSS = re.compile(r"without (?:any )?loss\b", re.IGNORECASE)
_WORDS_INSIDE = re.compile(r"\\(?:text[a-z]*|mbox|hbox)\s*\{\s*([^{}]*)")
"""Words that stand in a formula, beside a row of it."""
_ENDS = re.compile(r"(?<=[.!?;])\s|\n[ \t\r>]*\n|-->|\$\$(?:\s|\Z)")
MAX_OTHERWISE = 4
"""How many words a sentence has that says "otherwise", and then a formula: otherwise we get."""
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
    begins = sentence_before(region)
    return begins_condition(begins) or BEGINS_SO.match(begins) is not None


def says_again(region: FormulaRegion) -> bool:
    """Return whether a formula says once more what its sentence supposes: if the fit is perfect, i.e. $h = y$, …"""
    lead = plain(region.clean.text)[max(0, region.span.start - MAX_LEAD) : region.span.start].rstrip(" \t\r\n$\\(")
    return THAT_IS.search(lead) is not None and _IN_WORDS.match(sentence_before(region)) is not None


def is_denied(region: FormulaRegion) -> bool:
    """Return whether the sentence of a formula says that it does not hold: it is not the case that $a = b$."""
    before = text_before(region)[-MAX_LEAD:].rstrip(" \t\r\n:,")
    said = (_DENIED_BEFORE.search(before), _WRONGLY.search(sentence_before(region)))
    return any(said) or _DENIED_BEHIND.match(region.clean.text, region.span.end) is not None


def condition_in_words(region: FormulaRegion) -> str:
    """Return the condition that the sentence of a formula states in words alone: if all targets are zero; or ""."""
    sentences = _ENDS.split(text_before(region))
    places = [-1, -2] if len(sentences) > 1 and THEN.match(sentences[-1]) else [-1]
    behind = plain(region.clean.text)[region.span.end : region.span.end + MAX_SENTENCE]
    said = behind.lstrip(" \t\r\n$\\)],")
    clauses = [sentences[place].lstrip(AROUND + "-+0123456789") for place in places]
    goes_on = said[:1].islower() and not BREAK.search(behind[: len(behind) - len(said)])
    if goes_on and not region.clean.excerpt(region.span).endswith(ENDS):
        clauses.append(said)
    found = (_IN_WORDS.match(clause) for clause in clauses)
    supposed = next((match[0] for match in found if match is not None), "")
    words = words_of(clauses[0])
    if first_role(clauses[0]) == "otherwise" and len(words) <= MAX_OTHERWISE and "put" not in words:
        return clauses[0].strip(" ,\n")
    clause = re.split(r",|\bthen\b|\n[ \t\r>]*\n", supposed)[0].strip()
    if len(words_of(clause)) >= MIN_WORDS:
        return clause
    return _left_out([*clauses, *(match[1] for match in _WORDS_INSIDE.finditer(region.clean.excerpt(region.span)))])


def diagonal_said(region: FormulaRegion) -> str:
    """Return which entries of a square matrix the sentence of a formula speaks of: "if" on the diagonal, "unless" off
    it, "unclear" where it also speaks of something else, or ""."""
    before, behind = sentence_before(region), region.clean.text[region.span.end :][:MAX_SENTENCE]
    for role, phrases in DIAGONAL.items():
        said = f"(?:{'|'.join(phrases)})"
        leads = re.fullmatch(
            rf"(?:\w+ ){{0,2}}{said}(?: (?:of|der|des|de) [^$,]+)?,?(?: [\w']+){{0,4}}\W*", before, re.I
        )
        if leads or re.match(rf"[\s$\\)]*,?\s*{said}(?:\s*[.,;)]|\s*$)", behind, re.IGNORECASE):
            return "unclear" if DENIALS & set(words_of(before)) else role
        if re.search(rf"(?<!\w){said}", before, re.IGNORECASE):
            return "unclear"
    others = re.match(rf"(?:{'|'.join(THE_OTHERS)})(?!\w)", before, re.IGNORECASE)
    diagonal = "|".join((*DIAGONAL["if"], *DIAGONAL["unless"]))
    return "unclear" if others and re.search(diagonal, text_before(region), re.IGNORECASE) else ""


def function_said(region: FormulaRegion) -> tuple[str, str]:
    """Return which kind of function the sentence of a formula speaks of without a name for it, "loss" or "unit", and
    which one, "identity" of linear units; "" for both where there is none: for logistic units we get."""
    sentences = _ENDS.split(text_before(region))
    places = [-1, -2] if len(sentences) > 1 and THEN.match(sentences[-1]) else [-1]
    for clause in (re.sub(r"\$[^$]*\$", "$", sentences[place]).lower() for place in places):
        if re.search(rf"(?<!\w)(?:{'|'.join(LINEAR)})(?!\w)", clause):
            return "unit", "identity"
        if (loss := re.search(rf"(?<!\w)(?:{'|'.join(NAMED_LOSSES)})(?!\w)", clause)) is not None:
            return "loss", loss[0]
        if (found := _functions().search(clause)) is not None:
            return "unit", function_phrases()[found[0]]
    return "", ""


@cache
def _functions() -> re.Pattern[str]:
    """Return what finds the phrases for known functions of one number; the identity path is none."""
    others = rf"(?!\s+(?:{'|'.join(NOT_A_FUNCTION)})(?!\w))"
    known = (phrase for phrase, name in function_phrases().items() if name in BY_NAME and BY_NAME[name].arity == 1)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(known, key=len, reverse=True)))})(?!\w){others}")


def _left_out(clauses: Sequence[str]) -> str:
    """Return the words with which the sentence of a formula leaves something out: ignoring the penalty; or ""."""
    found = (match[0].strip(" ,(\n") for clause in clauses for match in _LEFT_OUT.finditer(clause))
    return next((words for words in found if not _NO_LOSS.match(words)), "")
