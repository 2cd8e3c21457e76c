"""Which declared name is meant by a written one: what stands in its slots, and what is left above it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from derive.algebra.index import Index, Lin, Range, Size
from derive.errors import LatexError
from derive.names.indices import Token, cuts, expand_nested, index_value, parts
from derive.names.lookup import Lookup
from derive.names.pairs import as_one
from derive.names.table import Entry, Param
from derive.reader.syntax import Group, Name, Node, Number


@dataclass(frozen=True, slots=True)
class Written:
    """A name as written: its base, the index groups below, the pieces above, and primes."""

    node: Node
    base: Node
    sub: list[list[Token]]
    sup: tuple[Node, ...]
    primes: int = 0


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in the slots of a declared name: param -> index (None for a whole axis), and what is left above."""

    entry: Entry
    values: dict[int, Lin | None]
    rest: tuple[Node, ...]


class ZeroBasedIndex(LatexError):
    """Unit 0 was written: the formula counts its units from 0."""


def written(node: Node, ctx: Lookup) -> Written:
    """Return a node as base, subscripts and superscripts."""
    base = node.base
    sub = expand_nested(parts(node.sub), ctx)
    name = Written(node, base, sub, node.pieces, node.primes)
    primed = with_primes(name)
    return primed if primed.base.key in ctx.table.entries else name


def with_primes(name: Written) -> Written:
    """Return a name with its primes as a part of its base: x' beside x."""
    key = name.base.key
    if not name.primes or key is None:
        return name
    return replace(name, base=Name(name.base.span, key + "'" * name.primes), primes=0)


def unnested(name: Written) -> Written:
    """Return g^{s_t} as g^{s}_{t}: an index of a letter above a name is one of the name."""
    inner = [piece for piece in name.sup if piece.sub is not None and piece.sup is None]
    below = [*name.sub, *(group for piece in inner for group in parts(piece.sub))]
    return replace(name, sub=below, sup=tuple(piece.base if piece in inner else piece for piece in name.sup))


def fill(name: Written, candidates: Sequence[Entry], ctx: Lookup) -> Filled | None:
    """Return the declared name whose slots take the indices as written: with the longest fixed part, nothing left above
    that could be an index, and the fewest axes left open."""
    found: list[Filled] = []
    fault: LatexError | None = None
    for entry in candidates:
        try:
            filled = _match(entry, unnested(name) if entry.nested else name, ctx)
        except ZeroBasedIndex:
            raise
        except LatexError as error:  # then the text may be part of another name: Y_{\text{onehot}} beside Y
            fault = fault or error
            continue
        if filled is not None:
            found.append(filled)
    if fault is not None and not found:
        raise fault
    found = _of_one_kind(told_apart(found, ctx, name.node), ctx)
    layers = {param.index.name for filled in found for param in filled.entry.layers}
    return min(found, key=lambda filled: _remoteness(filled, layers), default=None)


def _of_one_kind(found: list[Filled], ctx: Lookup) -> list[Filled]:
    """Return the readings of x_m where x and x_n are both names: entry m of x, or another one of the x_n."""
    family = [filled for filled in found if filled.entry.layers]
    entries = [f for f in found if not f.entry.layers and any(value is not None for value in f.values.values())]
    return family if family and entries and ctx.choice("families") == "members" else found


def _remoteness(filled: Filled, layers: set[str]) -> tuple[int, bool, bool, int]:
    """Order readings of a name; where x and x_l are both names, x_0 and x_l are the layers, and no units of x."""
    entry = filled.entry
    fixed = len(entry.fixed_sub) + len(entry.fixed_sup)
    index_left = any(not piece.is_transpose for piece in filled.rest)
    units = [(filled.values.get(at), param) for at, param in enumerate(entry.params) if param.kind == "unit"]
    counts_layers = any(value is not None and _counts_layers(value, param, layers) for value, param in units)
    open_axes = sum(filled.values.get(at) is None for at in range(len(entry.params)))
    return -fixed, index_left, bool(layers) and not entry.layers and counts_layers, open_axes


def _counts_layers(value: Lin, param: Param, layers: set[str]) -> bool:
    """Return whether an index is one of a layer rather than one of a unit: 0, l+1, or a depth L that no unit has."""
    if value.is_const or any(index.name in layers for index in value.indices()):
        return True
    own = set() if param.range is None else {atom for atom, _ in param.range.hi.terms}
    return any(isinstance(atom, Size) and atom not in own for atom, _ in value.terms)


def _match(entry: Entry, name: Written, ctx: Lookup) -> Filled | None:
    below = _without_fixed(entry, name.sub)
    if below is not None and entry.pair is not None and not entry.sup:
        below = as_one(below, entry.pair, ctx)
    above = name.sup
    if entry.fixed_sup:
        texts = tuple(piece.text for piece in above[: len(entry.fixed_sup)])
        if texts != entry.fixed_sup and not _same_but_brackets(texts, entry.fixed_sup):
            return None
        above = above[len(entry.fixed_sup) :]
    if below is None:
        return None
    indices_above, rest = _take_above(entry, above, ctx)
    if indices_above is None:
        return None
    values: dict[int, Lin | None] = {}
    for at, group in zip(entry.sup, indices_above, strict=False):
        cut = next(cuts([group], 1), None)
        if cut is None:
            return None
        values[at] = index_value(cut[0], ctx)
    for count in range(len(entry.sub), -1, -1):
        if any(entry.params[at].kind == "layer" for at in entry.sub[count:]):
            break
        for segments in cuts(below, count, merge=count == len(entry.sub)) if below or count else [[]]:
            chosen = dict(values)
            for at, segment in zip(entry.sub, segments, strict=False):
                chosen[at] = index_value(segment, ctx)
            layers = (at for at, p in enumerate(entry.params) if p.kind == "layer" and at not in entry.bound)
            if all(chosen.get(at) is not None for at in layers):
                return Filled(entry, chosen, rest)
    return None


def _without_fixed(entry: Entry, groups: list[list[Token]]) -> list[list[Token]] | None:
    """Return the index groups without the fixed part of a name; None where that is not before or behind them."""
    fixed = entry.fixed_sub
    if not fixed:
        return groups
    if entry.fixed_last:
        tokens = groups[-1] if groups else []
        if tuple(token.text for token in tokens[-len(fixed) :]) != fixed:
            return None
        rest = tokens[: -len(fixed)]
        return groups[:-1] + ([rest] if rest else [])
    waiting = list(groups)
    while fixed:  # a comma may part what belongs to the name, too: h_{W,b}
        tokens = waiting.pop(0) if waiting else []
        count = min(len(tokens), len(fixed))
        if not count or tuple(token.text for token in tokens[:count]) != fixed[:count]:
            return None
        fixed, rest = fixed[count:], tokens[count:]
        waiting = ([rest] if rest else []) + waiting
    return waiting


def _same_but_brackets(texts: tuple[str, ...], fixed: tuple[str, ...]) -> bool:
    strip = "()[]"
    bracketed = all(text[:1] in ("(", "[") for text in texts)
    return bracketed and [t.strip(strip) for t in texts] == [f.strip(strip) for f in fixed]


def _is_index_above(piece: Node, ctx: Lookup) -> bool:
    """Return whether a bare letter above a name that may have an index there is it: μ in ξ_k^μ, not a number or a size,
    which would be a power."""
    if piece.symbol in {"", "*", r"\prime", r"\ast", r"\star"}:
        return False
    is_number = piece.symbol in ctx.table.sizes or bool(ctx.table.candidates(piece.symbol, piece.symbol))
    return piece.symbol in ctx.indices or not is_number


def _take_above(
    entry: Entry, above: tuple[Node, ...], ctx: Lookup
) -> tuple[list[list[Token]] | None, tuple[Node, ...]]:
    """Return the tokens of the slots above, and the pieces that are left; None if a layer is missing."""
    needed = sum(entry.params[at].kind == "layer" for at in entry.sup)
    taken: list[list[Token]] = []
    for piece in above[: len(entry.sup)]:
        optional = len(taken) >= needed
        if entry.bracket and isinstance(piece, Number):  # of x^{(i)} a square is none of its examples
            break
        if piece.is_transpose and (piece.key != "T" or optional):
            break
        if optional and not isinstance(piece, Group) and not _is_index_above(piece, ctx):
            break
        groups = parts(piece.inside)
        groups = groups if entry.pair is None else as_one(groups, entry.pair, ctx) or groups
        if len(groups) != 1:
            break
        taken.append(groups[0])
    if len(taken) < needed:
        return None, above
    return taken, above[len(taken) :]


def told_apart(found: Sequence[Filled], ctx: Lookup, node: Node) -> list[Filled]:
    """Return the readings of a name without those whose letters mean other units: w_{kj} is not w_{ji}, and w_{jk} is
    rather w_{ji} with a wrong index.

    Raises: LatexError if its letters fit several names.
    """
    families = [filled for filled in found if filled.entry.by_letter]
    if not families:
        return list(found)
    known = letter_ends(ctx)
    misfits = {id(filled): _misfits(filled, known) for filled in families}
    fewest = min(misfits.values())
    kept = [filled for filled in families if misfits[id(filled)] == fewest]
    kept = [filled for filled in kept if _strangers(filled) == 0] or kept
    if len(kept) != 1:
        forms = " or ".join(f"{filled.entry.base}_{{{''.join(filled.entry.letters)}}}" for filled in families)
        raise ctx.fault(f"cannot tell which units are meant: {forms}", node, "the letters of the model")
    return [filled for filled in found if not filled.entry.by_letter or filled in kept]


def letter_ends(ctx: Lookup) -> dict[str, Lin]:
    """Return up to what the letters run with which names were declared, where that is always the same."""
    found: dict[str, set[Lin]] = {}
    for entry in (entry for entry in ctx.table.every if entry.letters):
        for letter, param in zip(entry.letters, entry.params, strict=True):
            if param.range is not None:
                found.setdefault(letter, set()).add(param.range.hi)
    return {letter: next(iter(ends)) for letter, ends in found.items() if len(ends) == 1}


def _written(filled: Filled) -> list[tuple[str, str, Range | None]]:
    """Return for each index of a reading its letter as written ("" for a number), that of the name, and its range."""
    pairs = zip(filled.entry.letters, filled.entry.params, strict=True)
    return [(letter_of(filled.values.get(at)), own, param.range) for at, (own, param) in enumerate(pairs)]


def letter_of(value: Lin | None) -> str:
    """Return the letter of an index without primes, "" if it is no single letter."""
    atom = None if value is None else value.atom
    return atom.name.rstrip("'") if isinstance(atom, Index) else ""


def _misfits(filled: Filled, known: Mapping[str, Lin]) -> int:
    """Return how many letters of a reading are known to run over other units than those of the name."""
    return sum(
        bool(letter) and letter != own and letter in known and (range_ is None or known[letter] != range_.hi)
        for letter, own, range_ in _written(filled)
    )


def _strangers(filled: Filled) -> int:
    return sum(letter != own for letter, own, _ in _written(filled))
