"""Hypotheses of a statement on one concrete network: whether they hold, and whether they say what they stand for.

    forall i, (1 <= i <= n)%Z -> I ("v", [i]) <> 0        n instances, each with a sign and two values

Each instance must have the sign and the values that the fact or the condition has there by the oracle. A statement that
assumes something else would be about other networks than the verdict.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice, zip_longest

from flint import arb

from derive.algebra.expr import Expr, Functional, Lambda
from derive.algebra.index import Index, Range
from derive.certify.conditions import Condition
from derive.certify.meaning import PRECISION, GuardError, Scope, Value, evaluate, keys_of, near
from derive.certify.reading import Apply, Binder, Name, Number, Operation, Term
from derive.certify.terms import place_of
from derive.network.network import Fact
from derive.network.partials import label_ranges
from derive.notation.functions import EXTREMES
from derive.proof.claim import Claim
from derive.proof.draw import Concrete
from derive.proof.evaluate import Evaluation
from derive.proof.faults import OutOfRange, Unsettled

TRUTHS = 200
"""How many instances of a hypothesis are looked at."""
Said = tuple[tuple[str, Value, Value], ...]
"""Relations between two values of which one holds: ("=", x, 0), ("=", x, 1); or ("alone", array, None)."""
Given = dict[Index, int]
Key = tuple[int, ...]


def instances(term: Term, scope: Scope) -> Iterator[tuple[Term, Scope]]:
    """Yield what a hypothesis says for each value of its indices; for some, where it is about all numbers."""
    match term:
        case Binder("forall", (name,), Operation("->", (bounds, body))):
            for value in range(*span(bounds, name, scope)):
                yield from instances(body, {**scope, name: value})
        case Binder("forall", names, body):
            for value in range(4):
                numbers = {name: arb(2 * value - 3) / 7 if name == "x" else value for name in names}
                yield from instances(body, {**scope, **numbers})
        case _:
            yield term, scope


def holds(term: Term, scope: Scope) -> bool:
    """Whether a hypothesis holds, as far as it is looked at."""
    return all(bool(evaluate(said, here)) for said, here in islice(instances(term, scope), TRUTHS))


def span(bounds: Term, name: str, scope: Scope) -> tuple[int, int]:
    """Return from where an index runs, and up to but without what. Raises: GuardError if that is not said."""
    match bounds:
        case Operation("<=", (Operation("<=", (lo, Name(found))), hi)) if found == name:
            return evaluate(lo, scope), evaluate(hi, scope) + 1
    raise GuardError("an index without a range")


def compare(term: Term, source: Fact | Condition, scope: Scope, concrete: Concrete) -> None:
    """Compare a hypothesis with what it stands for. Raises: GuardError."""
    found = (_said(said, here) for said, here in islice(instances(term, scope), TRUTHS))
    wanted = islice(_meant(source, concrete), TRUTHS)
    for here, there in zip_longest(found, wanted, fillvalue=()):
        if len(here) != len(there) or not all(map(_same, here, there)):
            raise GuardError("a hypothesis of the statement says something else than what is assumed")


def compare_label(term: Term, label: Index, claim: Claim, scope: Scope, concrete: Concrete) -> None:
    """Compare the range that is said of a label with its own: that it is within both does not tell them apart.

    Raises: GuardError.
    """
    own = (dict(claim.free) | label_ranges(claim.network))[label]
    wanted = (concrete.lin(own.lo, {}), concrete.lin(own.hi, {}) + 1)
    match term:
        case Operation("<=", (Operation("<=", (_, Name(name))), _)) if span(term, name, scope) == wanted:
            if scope[name] == concrete.free_index(label):
                return
    raise GuardError("the statement is about another range of a label than the claim")


def size_at_least_1(term: Term) -> str:
    """Return the size of which a hypothesis says that it is at least 1; "" if it says something else."""
    while isinstance(term, Binder):
        term = term.body
    match term:
        case Operation("<=", (Number(1), said)):
            while isinstance(said, Apply):
                said = said.function
            return said.name if isinstance(said, Name) else ""
    return ""


def keyed(args: tuple[Lambda, ...], concrete: Concrete, given: Given) -> Iterator[tuple[Key, Key, Expr, Given]]:
    """Yield the entries of arrays: their keys, the number of the array with the indices in it, what they are, and under
    which values of the indices."""
    for place, arg in enumerate(args):
        for here in assignments(arg.indices, arg.ranges, concrete, given):
            entry = tuple(here[index] for index in arg.indices)
            yield (*place_of(place, len(args)), *entry), (place, *entry), arg.body, here


def assignments(params: tuple[Index, ...], ranges: tuple[Range, ...], concrete: Concrete, given: Given) -> list[Given]:
    """Return the values that indices have together; later ranges may mention earlier indices."""
    found = [given]
    for param, range_ in zip(params, ranges, strict=True):
        ends = [(concrete.lin(range_.lo, one), concrete.lin(range_.hi, one)) for one in found]
        found = [one | {param: z} for one, (lo, hi) in zip(found, ends, strict=True) for z in range(lo, hi + 1)]
    return found


def _said(term: Term, scope: Scope) -> Said:
    match term:
        case Operation("\\/", (one, other)):
            return (*_said(one, scope), *_said(other, scope))
        case Operation("=" | "<" | "<>" as sign, (left, right)):
            return ((sign, evaluate(left, scope), evaluate(right, scope)),)
        case Apply(Apply(Name("alone"), shape), entries):
            array = evaluate(entries, scope)
            return (("alone", {key: array[key] for key in keys_of(evaluate(shape, scope))}, None),)
    raise GuardError("a hypothesis of the statement has an unknown form")


def known(expr: Expr, given: Given, run: Evaluation) -> arb | None:
    """Return what the oracle says that an expression is, None if it has no value there or is at a corner."""
    with suppress(OutOfRange, Unsettled):
        value = run.evaluate(expr, given).value
        return value if value.is_finite() else None
    return None


def _meant(source: Fact | Condition, concrete: Concrete) -> Iterator[Said]:
    """Yield what a fact or a condition says for all values of its indices."""
    run = concrete.run(PRECISION)
    binders = tuple(zip(source.params, source.ranges, strict=True)) if isinstance(source, Fact) else source.binders
    params, ranges = tuple(index for index, _ in binders), tuple(range_ for _, range_ in binders)
    for given in assignments(params, ranges, concrete, {}):
        match source:
            case Condition(_, Functional(name, args), "alone"):
                sign = 1 if EXTREMES[name] == "max" else -1
                entries = {key: known(sign * body, here, run) for key, _, body, here in keyed(args, concrete, given)}
                yield (("alone", entries, None),)
            case Condition(_, expr, relation):
                value = known(expr, given, run)
                yield (("<>", value, 0) if relation == "<> 0" else ("<", 0, value),)
            case Fact("in", left, choices=choices):
                yield tuple(("=", known(left, given, run), known(choice, given, run)) for choice in choices)
            case Fact(relation, left, right) if right is not None:
                one, other = known(left, given, run), known(right, given, run)
                yield (("=", one, other) if relation == "=" else ("<", other, one),)


def _same(one: tuple[str, Value, Value], other: tuple[str, Value, Value]) -> bool:
    return one[0] == other[0] and all(map(_near, one[1:], other[1:]))


def _near(here: Value, there: Value) -> bool:
    """Whether two values are the same, as far as the oracle has one."""
    if isinstance(here, dict) and isinstance(there, dict):
        return here.keys() == there.keys() and all(_near(here[key], there[key]) for key in here)
    return there is None or near(arb(here), arb(there))
