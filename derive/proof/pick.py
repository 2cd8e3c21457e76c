"""Which values of the free indices a claim is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations, islice

from derive.algebra.expr import Expr, Var
from derive.algebra.index import Index, Range, lin
from derive.errors import NetworkError
from derive.network.network import Definition, Leaf
from derive.proof.claim import Claim
from derive.proof.draw import Concrete
from derive.proof.exact import Entry, subexpressions
from derive.proof.generic import scatter

Free = tuple[tuple[Index, Range], ...]
ASSIGNMENTS = 6
ALL = 300
SAMPLES = 60


def pinned(claim: Claim, loose: set[Index]) -> Free:
    """Return the indices that have one value for a whole network, with their ranges.

    These are the `loose` indices that the network itself leaves free (the class ℓ in -log ŷ_ℓ), those whose value
    decides a size of the claim, and those that their ranges read. Where the claim gives no range, the slot is one that
    the index stands in.
    Raises: NetworkError if there is no such slot.
    """
    sized = {index for size, value in claim.sizes for part in (*size.args, value) for index in part.indices()}
    wanted, ranges = loose | sized, dict(claim.free)
    while more := {read for one in wanted & ranges.keys() for read in _read(ranges[one])} & ranges.keys() - wanted:
        wanted |= more
    known = tuple((index, bounds) for index, bounds in claim.free if index in wanted)
    others = sorted(loose - ranges.keys(), key=str)
    return (*((index, _slot(index, claim)) for index in others), *_in_order(known, claim))


def _read(bounds: Range) -> set[Index]:
    return {*bounds.lo.indices(), *bounds.hi.indices()}


def _in_order(free: Free, claim: Claim) -> Free:
    """Return indices so that the range of each reads only those before it: of i ≤ j ≤ i + k, i comes first.

    Of ranges that read each other, j ≤ i and i ≥ j, one is that of the slot instead.
    Raises: NetworkError if that does not part them.
    """
    waiting, ordered = dict(free), []
    while waiting:
        ready = next((one for one, bounds in waiting.items() if not _read(bounds) & waiting.keys()), None)
        if ready is None:
            slots = ((one, _slot(one, claim)) for one in waiting)
            ready, bounds = next((pair for pair in slots if not _read(pair[1]) & waiting.keys()), (None, None))
            if ready is None or bounds is None:
                raise NetworkError(f"the ranges of {', '.join(map(str, waiting))} read each other")
            waiting[ready] = bounds
        ordered.append((ready, waiting.pop(ready)))
    return tuple(ordered)


def _slot(index: Index, claim: Claim) -> Range:
    network = claim.network
    sources: tuple[Definition | Leaf, ...] = (*network.definitions, *network.leaves)
    blocks = {source.name: source for source in sources}
    bodies: list[Expr] = [definition.body for definition in network.definitions]
    for expr in (claim.left, claim.right, *bodies):
        for node in subexpressions(expr):
            block = blocks.get(node.name) if isinstance(node, Var) else None
            if isinstance(node, Var) and block is not None and lin(index) in node.idx:
                place = node.idx.index(lin(index))
                return block.ranges[place].subs(dict(zip(block.params, node.idx, strict=True)))
    raise NetworkError(f"the index {index} has no range: it is not an index of {', '.join(sorted(blocks))}")


def pin(fixed: Free, free: dict[Index, int], concrete: Concrete) -> None:
    """Give each pinned index its value on a network whose sizes read the `free` indices."""
    for index, bounds in fixed:
        lo, hi = concrete.lin(bounds.lo, free), concrete.lin(bounds.hi, free)
        free[index] = lo + scatter(concrete.seed, index.name) % max(hi - lo + 1, 1)
        concrete.sizes.known.clear()


def candidates(claim: Claim, concrete: Concrete) -> list[Entry]:
    """Return all values of the free indices in their ranges, or a random selection where they are many."""
    ordered = _in_order(claim.free, claim)
    every = list(islice(_walk(ordered, concrete), ALL + 1))
    if len(every) > ALL:
        every = [env for sample in range(SAMPLES) if (env := _random(ordered, concrete, sample)) is not None]
    inside = (env for env in every if all(env[index] in _values(own, env, concrete) for index, own in claim.free))
    return list(dict.fromkeys(tuple(env[index] for index, _ in claim.free) for env in inside))


def _values(bounds: Range, env: dict[Index, int], concrete: Concrete) -> range:
    return range(concrete.lin(bounds.lo, env), concrete.lin(bounds.hi, env) + 1)


def _options(free: Free, env: dict[Index, int], concrete: Concrete) -> Iterable[int]:
    """Return the values of the next index."""
    index, bounds = free[len(env)]
    values = _values(bounds, env, concrete)
    fixed = concrete.sizes.free.get(index)
    return values if fixed is None else [fixed] if fixed in values else []


def _walk(free: Free, concrete: Concrete) -> Iterator[dict[Index, int]]:
    def walk(env: dict[Index, int]) -> Iterator[dict[Index, int]]:
        if len(env) == len(free):
            yield env
            return
        for value in _options(free, env, concrete):
            yield from walk({**env, free[len(env)][0]: value})

    return walk({})


def _random(free: Free, concrete: Concrete, sample: int) -> dict[Index, int] | None:
    env: dict[Index, int] = {}
    for place, (index, _) in enumerate(free):
        values = list(_options(free, env, concrete))
        if not values:
            return None
        # The first two samples are the corners; the others are random.
        choice = (0, -1)[sample] if sample < 2 else scatter(concrete.seed, sample, place) % len(values)
        env[index] = values[choice]
    return env


def spread(entries: list[Entry], seed: int) -> list[Entry]:
    """Return up to six of the entries: both ends of every index, and for two indices equal and different values."""
    if len(entries) <= ASSIGNMENTS:
        return entries
    ends = [(min(column), max(column)) for column in zip(*entries, strict=True)]
    pool = [*sorted(entries, key=lambda entry: scatter(seed, entry))[:SAMPLES], entries[0], entries[-1]]
    features = {entry: _features(entry, ends) for entry in pool}
    picked: list[Entry] = []
    seen: set[tuple[object, ...]] = set()
    while len(picked) < ASSIGNMENTS:
        best = max(features, key=lambda entry: len(features[entry] - seen))
        seen |= features.pop(best)
        picked.append(best)
    return picked


def _features(entry: Entry, ends: list[tuple[int, int]]) -> set[tuple[object, ...]]:
    found: set[tuple[object, ...]] = {(place, value) for place, value in enumerate(entry) if value in ends[place]}
    found |= {(a, b, (entry[a] > entry[b]) - (entry[a] < entry[b])) for a, b in combinations(range(len(entry)), 2)}
    return found
