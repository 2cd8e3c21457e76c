"""What formulas borrow from program text: X.T, a.dot(b), a ** 2, np.sum(dZ, axis=1).

Such words are told apart before anything is nested: a full stop that touches letters on both sides ends no sentence.
"""

from __future__ import annotations

from collections.abc import Sequence

from derive.reader.scanner import Token
from derive.source import Span

TRANSPOSED = "\\transposed"
"""The text of the token that .T becomes: a transpose of the operand before it."""
LIBRARY_CALL = "\\np:"
"""How the text of the token begins that np.sum becomes."""

LIBRARIES = frozenset(("np", "numpy", "jnp", "torch"))
_LONGEST_EXPONENT = 100
"""How many tokens the brackets behind ** may hold, so that brackets without end cost little."""
_ATTRIBUTES = {"T": TRANSPOSED, "dot": "@", "matmul": "@", "mm": "@"}


def with_code(tokens: list[Token]) -> list[Token]:
    """Return tokens with what is written as in a program replaced by tokens of formulas, at the same places."""
    if not any(token.text in (".", "*") for token in tokens):
        return tokens
    done: list[Token] = []
    place = 0
    while place < len(tokens):
        made, count = _library(tokens, place, done) or _attribute(tokens, place, done) or _power(tokens, place)
        done += made
        place += count
    return done


def _library(tokens: Sequence[Token], place: int, done: Sequence[Token]) -> tuple[list[Token], int] | None:
    """Read np.name, where no letter touches it on the left."""
    if done and done[-1].kind in ("letter", "number") and done[-1].span.end == tokens[place].span.start:
        return None
    name = _word(tokens, place)
    after = place + len(name)
    if name not in LIBRARIES or not _touching_stop(tokens, after):
        return None
    function = _word(tokens, after + 1)
    span = tokens[place].span | tokens[after + len(function)].span
    return [Token("command", LIBRARY_CALL + function, span)], len(name) + 1 + len(function)


def _attribute(tokens: Sequence[Token], place: int, done: Sequence[Token]) -> tuple[list[Token], int] | None:
    """Read .T, or .dot before a bracket, behind an operand that it touches."""
    if not done or not _touching_stop(tokens, place) or not _ends_operand(done[-1]):
        return None
    word = _word(tokens, place + 1)
    following = tokens[place + 1 + len(word)] if place + 1 + len(word) < len(tokens) else None
    text = _ATTRIBUTES.get(word)
    if text is None or (text == "@" and (following is None or following.text != "(")):
        return None
    span = tokens[place].span | tokens[place + len(word)].span
    return [Token("sign" if text == "@" else "command", text, span)], 1 + len(word)


def _power(tokens: Sequence[Token], place: int) -> tuple[list[Token], int]:
    """Read ** before a number, a letter or brackets as a power of each entry; any other token as it is."""
    token = tokens[place]
    if token.text != "*" or not _touches(tokens, place, "*"):
        return [token], 1
    span = token.span | tokens[place + 1].span
    first = place + 2
    while first < len(tokens) and tokens[first].kind == "space":
        first += 1
    last = _operand_end(tokens, first)
    if last is None:
        return [token], 1
    opening = [Token("sign", "^", span), Token("sign", "{", span), Token("command", "\\odot", span)]
    end = Span(tokens[last].span.end, tokens[last].span.end)
    return [*opening, *tokens[first : last + 1], Token("sign", "}", end)], last + 1 - place


def _operand_end(tokens: Sequence[Token], first: int) -> int | None:
    """Return where the exponent ends: a number, a letter, or the bracket that closes the one which begins here."""
    if first == len(tokens):
        return None
    if tokens[first].kind in ("number", "letter"):
        return first
    depth = 0
    for place in range(first, min(first + _LONGEST_EXPONENT, len(tokens))):
        depth += {"(": 1, ")": -1}.get(tokens[place].text, 0)
        if depth == 0:
            return place if place > first else None
    return None


def _word(tokens: Sequence[Token], place: int) -> str:
    """Return the letters that touch each other from a place on."""
    end = place
    while end < len(tokens) and tokens[end].kind == "letter" and (end == place or _adjacent(tokens, end)):
        end += 1
    return "".join(token.text for token in tokens[place:end])


def _touching_stop(tokens: Sequence[Token], place: int) -> bool:
    """Return whether a full stop stands here with no blank on either side, and a letter behind it."""
    here = 0 < place < len(tokens) - 1 and tokens[place].text == "." and tokens[place + 1].kind == "letter"
    return here and _adjacent(tokens, place) and _adjacent(tokens, place + 1)


def _touches(tokens: Sequence[Token], place: int, text: str) -> bool:
    return place + 1 < len(tokens) and tokens[place + 1].text == text and _adjacent(tokens, place + 1)


def _adjacent(tokens: Sequence[Token], place: int) -> bool:
    return tokens[place - 1].span.end == tokens[place].span.start


def _ends_operand(token: Token) -> bool:
    return (
        token.kind in ("letter", "number") or token.text in ("}", ")", "]", "'", TRANSPOSED) or token.text[1:].isalpha()
    )


def as_written(token: Token) -> str:
    """Return the text of a token, a call of a library as np.name, for words in an upright font."""
    if token.text.startswith(LIBRARY_CALL):
        return "np." + token.text.removeprefix(LIBRARY_CALL)
    return {TRANSPOSED: ".T"}.get(token.text, token.text)
