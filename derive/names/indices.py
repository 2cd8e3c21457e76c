"""Index lists as written below and above a name: tokens, and the ways to cut them into indices.

W_{kij}, W_{k,i,j}, W_{112}, W_{k0n-1}, W_{i+1,\\cdot,j}: commas part indices; without commas every digit and letter
begins a new one, and a sign joins its two sides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from derive.algebra.index import Lin, lin, size, times
from derive.names.lookup import Lookup
from derive.reader.syntax import Additive, Empty, Font, Group, Name, Node, Number, Placeholder, Product, Script, Tuple


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of an index list: a number, a letter, a sign, a placeholder or a bracketed index."""

    kind: str
    text: str
    node: Node


Segment = tuple[Token, ...]

NO_NUMBERS = frozenset({r"\infty", r"\nabla", r"\partial", r"\emptyset", r"\varnothing"})
"""Signs that are no index, size or end of a range."""


def parts(node: Node | None) -> list[list[Token]]:
    """Return the tokens of a script, parted at its commas."""
    if node is None:
        return []
    if isinstance(node, Group) and node.opening in "([" and isinstance(node.body, Tuple):
        node = node.body
    if isinstance(node, Tuple):
        return [_tokens(item) for item in node.items]
    tokens = _tokens(node)
    return [tokens] if tokens else []


def _tokens(node: Node) -> list[Token]:
    match node:
        case Number(_, text):
            return [Token("number", text, node)]
        case Name(sub=None, sup=None) | Script(sub=None, sup=None) if node.primes:
            return [Token("letter", node.text, node)]
        case Name(scripted=True) | Script():
            return [Token("script", node.text, node)]
        case Name() if node.symbol:
            return [Token("letter", node.symbol, node)]
        case Name(_, _, fonts) if fonts:
            return [Token("letter", node.plain or node.text, node)]
        case Placeholder():
            return [Token("all", "", node)]
        case Product(_, items):
            return [token for item in items for token in _operator(item.operator, item.node) + _tokens(item.node)]
        case Additive(_, terms):
            found: list[Token] = []
            for position, term in enumerate(terms):
                if position or term.sign != "+":
                    found.append(Token("sign", term.sign, term.node))
                found.extend(_tokens(term.node))
            return found
        case Group(_, opening, _, body) if opening in "([":
            inner = _tokens(body)
            return [Token("bracket", opening, node), *inner, Token("end", "", node)] if inner else []
        case Font():
            return [Token("letter", node.text, node)]
        case Empty():
            return []
    return [Token("other", node.text, node)]


def _operator(operator: str, node: Node) -> list[Token]:
    return [] if operator == "" else [Token("other", operator, node)]


def cuts(groups: list[list[Token]], count: int, *, merge: bool = True) -> Iterator[list[Segment]]:
    """Yield the ways to cut an index list into `count` indices, the most natural one first.

    With `merge`, digits side by side may make one number (x_{10}) and a digit may multiply a letter (n_{2k}).
    """
    found = segments(groups)
    if len(found) == count:
        yield found
    if merge and len(groups) == count and len(found) != count:
        merged = [tuple(group) for group in groups]
        if all(_is_one_index(group) for group in merged):
            yield merged


def segments(groups: list[list[Token]]) -> list[Segment]:
    """Return the indices of a list one by one, with what a sign or brackets join: k n - 1 is k, n-1."""
    return [segment for group in groups for segment in _segments(group)]


def _segments(tokens: list[Token]) -> list[Segment]:
    found: list[list[Token]] = []
    joined, inside, kept = False, False, False
    for token in tokens:
        if token.kind == "bracket":
            kept = kept or joined  # n - (k - 1): the brackets say what is taken away
            found += [] if kept else [[]]
            inside = True
        elif token.kind == "end":
            inside = False
        if token.kind in {"bracket", "end"}:
            if kept:
                found[-1].append(token)
            joined, kept = False, kept and token.kind == "bracket"
        elif token.kind == "sign" and found:
            found[-1].append(token)
            joined = True
        elif joined or inside:
            found[-1].append(token)
            joined = False
        else:
            found.append([token])
    return [tuple(segment) for segment in found]


def _is_one_index(tokens: Segment) -> bool:
    """Return whether tokens make one number of several digits, or numbers times letters, with signs between."""
    own = [token for token in tokens if token.kind not in {"bracket", "end"}]
    text = ["d" if token.kind == "number" else "l" if token.kind in {"letter", "script"} else "s" for token in own]
    pieces = "".join(text).split("s")
    return all(piece and (set(piece) == {"d"} or piece.lstrip("d") in {"", "l", "ll"}) for piece in pieces)


def index_value(segment: Segment, ctx: Lookup) -> Lin | None:
    """Return the index expression of a segment; None for a placeholder.

    Raises: LatexError if it is no linear index expression.
    """
    if len(segment) == 1 and segment[0].kind == "all":
        return None
    if not segment:
        raise ValueError("empty index")
    value, rest = _sum_of(segment, ctx)
    if rest:
        raise ctx.fault(f'cannot read the index "{rest[0].text}"', rest[0].node)
    return value


def _sum_of(tokens: Segment, ctx: Lookup) -> tuple[Lin, Segment]:
    """Return the value of terms up to the end of the brackets around them, and the tokens behind."""
    total, sign, factor, digits = lin(0), 1, None, ""
    while tokens:
        token, tokens = tokens[0], tokens[1:]
        match token.kind:
            case "end":
                break
            case "bracket":
                inner, tokens = _sum_of(tokens, ctx)
                factor, digits = _times(factor, inner, token, ctx), ""
            case "sign":
                total, factor, digits = total + _close(factor, sign), None, ""
                sign = {"+": 1, "-": -1}.get(token.text, 0)
                if sign == 0:
                    raise ctx.fault(f'cannot read the index "{token.text}"', token.node)
            case "number":
                if not token.text.isdigit() or len(token.text) > 9:
                    raise ctx.fault(f'index "{token.text}" is not a whole number', token.node)
                digits += token.text
                factor = lin(int(digits))
            case "letter" | "script":
                factor, digits = _times(factor, _named(token, ctx), token, ctx), ""
            case _:
                expected = "a letter, a number, or \\cdot for a whole axis"
                raise ctx.fault(f'cannot read the index "{token.text}"', token.node, expected)
    return total + _close(factor, sign), tokens


def _named(token: Token, ctx: Lookup) -> Lin:
    if len(token.node.word) > 1 and not ctx.is_index(token.text):
        raise ctx.fault(f'"{token.text}" is no index', token.node, "a letter or a number")
    if token.text in NO_NUMBERS:
        raise ctx.fault(f'"{token.text}" is no number', token.node, "a size")
    return letter_value(token, ctx)


def _times(factor: Lin | None, value: Lin, token: Token, ctx: Lookup) -> Lin:
    if factor is None:
        return value
    if factor.indices() and value.indices():
        raise ctx.fault(f'"{token.text}" multiplies no size here', token.node, "a size times an index")
    return times(factor, value)


def _close(factor: Lin | None, sign: int) -> Lin:
    return lin(0) if factor is None else factor * sign


def letter_value(token: Token, ctx: Lookup) -> Lin:
    """Return what a letter, perhaps with indices of its own as n_k or n^{[l]}, means as an index."""
    if token.kind == "letter" or ctx.is_label(token.text):
        return ctx.letter(token.text)
    found = size_value(token.node, ctx)
    if found is not None:
        return found
    raise ctx.fault(f'cannot read the index "{token.text}"', token.node)


def size_value(node: Node, ctx: Lookup) -> Lin | None:
    """Return a declared size such as n, n_k, n^{[l]} as an index expression; None if the node is none."""
    base, sub, sup = (node.base, node.sub, node.sup) if node.scripted else (node, None, None)
    key = base.key
    if key is None:
        return None
    full = node.text
    if ctx.table.sizes.get(full) == 0 and full not in ctx.indices:
        return ctx.table.equal.get(full, size(full))
    arity = ctx.table.sizes.get(key)
    if not arity:
        return None
    for segments in cuts(parts(sub) + parts(sup), arity):
        values = [index_value(segment, ctx) for segment in segments]
        if None not in values:
            return size(key, *(value for value in values if value is not None))
    return None


def expand_nested(groups: list[list[Token]], ctx: Lookup) -> list[list[Token]]:
    """Read an index that carries an index as two, L_i as L, i, unless it is a declared size or the label y_i."""
    found = []
    for group in groups:
        tokens: list[Token] = []
        for token in group:
            script = token.node
            named = ctx.is_label(token.text) or token.kind != "script" or size_value(script, ctx) is not None
            if script.scripted and not named:
                tokens += _tokens(script.base) + [t for part in parts(script.sub) + parts(script.sup) for t in part]
            else:
                tokens.append(token)
        found.append(tokens)
    return found


def letters_alone(node: Node) -> list[str]:
    """Return the letters of k, or of i, j; none if the node is something else."""
    tokens = [token for group in parts(node) for token in group]
    return [token.text for token in tokens] if all(token.kind == "letter" for token in tokens) else []
