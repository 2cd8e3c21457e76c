"""Whether what stands between two dollars is a formula, a price, or the prose between two formulas."""

from __future__ import annotations

import re

from derive.notation.functions import OF_MATRICES, OF_WHOLE_ARRAYS, READS

_WORD = re.compile(r"[A-Za-z]{2,}")
_MATHEMATICAL = re.compile(r"[\\_^=<>≤≥∂∇Σ]")
_FUNCTIONS = frozenset((*READS, *OF_WHOLE_ARRAYS, *OF_MATRICES, "argmax", "argmin", "det"))
_NEVER_INSIDE = re.compile(r"<!--|^[ \t>]*(?:```|~~~|#{1,6} )", re.MULTILINE)
_PARAGRAPHS = re.compile(r"\n[ \t\r>]*\n")


def is_inline(content: str, before: str, after: str, *, lenient: bool = True) -> bool:
    """Return whether `content` between two single dollars is a formula.

    `before` and `after` are the characters outside the dollars. By habit a formula touches its dollars and no digit
    follows; where blanks stand inside (`$ x $`, frequent in scanned notes) it must not look like prose or a price.
    """
    body = content.strip()
    if not body or "<!--" in content or ("`" in content and "\\text" not in content):
        return False
    words = _WORD.findall(body)
    plain = "\\" not in body
    mathematical = _MATHEMATICAL.search(body) is not None
    if body[0].isdigit() and plain and not mathematical and any(word.islower() for word in words):
        return False
    touching = content[0] == body[0] and content[-1] == body[-1]
    if touching and not after.isdigit():
        return lenient or mathematical or len(words) < 2
    if plain and body[0].isdigit() and (after.isdigit() or words or not mathematical) and not content[0].isspace():
        return False
    if plain and before.isdigit() and content[0].isspace():
        return False
    return mathematical or not _is_prose(body, words, after)


def _is_prose(body: str, words: list[str], after: str) -> bool:
    """Return whether text without a mathematical sign, apart from its dollars, reads as prose."""
    if len(words) >= 2 or (words and (after.isdigit() or body[-1].isdigit() or body[0].isdigit())):
        return True
    return any(word not in _FUNCTIONS and len(word) > 2 for word in words)


def is_display(text: str, start: int, end: int, paragraph_end: int) -> bool:
    """Return whether text[start:end] between two `$$` is one formula, not the text between two of them.

    Blank lines are allowed in it, but no prose paragraph, heading, comment or fence.
    """
    content = text[start:end]
    if _NEVER_INSIDE.search(content):
        return False
    if end <= paragraph_end:
        return True
    later = _PARAGRAPHS.split(content)[1:]
    if any(_is_prose_paragraph(paragraph) for paragraph in later):
        return False
    # The last paragraph is empty where the dollars begin a new one; with a formula on their line they open it.
    line_end = text.find("\n", end)
    rest = text[end + 2 : line_end if line_end >= 0 else len(text)]
    return bool(later[-1].strip(" \t>")) or "$$" not in rest


def _is_prose_paragraph(paragraph: str) -> bool:
    return len(re.findall(r"(?<![\\\w{])[A-Za-z]{3,}", paragraph)) >= 4 and not re.search(r"[\\=^_]", paragraph)
