"""The guard of the translation: the text of a statement is read back and evaluated on concrete networks.

On each of them its hypotheses must hold, and both sides must have the values that the oracle finds for the claim. So a
wrong translation would have to be wrong in the same way as the oracle, which shares no code with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from flint import arb

from derive.algebra.expr import Var
from derive.algebra.index import Index
from derive.certify.meaning import PRECISION, Function, Pass, Slopes, evaluate
from derive.certify.reading import Apply, Binder, Name, Operation, Term, definitions
from derive.certify.statement import Slope, Statement
from derive.certify.terms import Open
from derive.errors import DeriveError
from derive.proof.draw import Concrete
from derive.proof.evaluate import precision
from derive.proof.generic import generic
from derive.proof.oracle import confirmed

NETWORKS = 2
ENTRIES = 3
TOLERANCE = arb(10) ** -9
UNSAID = frozenset({"is_derive", "differentiable"})


class GuardError(DeriveError):
    """A statement does not say what its claim says, or nothing could tell."""


def guard(statement: Statement, seed: int = 0) -> int:
    """Return on how many entries of concrete networks a statement says what the claim says.

    Raises: GuardError if it does not on one of them, or none could be evaluated; ReadingError, MeaningError.
    """
    asked = agreed = 0
    with precision(PRECISION):
        meaning = Meaning(statement)
        for concrete, entries in confirmed(statement.claim, seed):
            world = World(meaning, concrete)
            if world.meets_hypotheses():
                for values in islice(entries, ENTRIES):
                    world.compare(values)
                    agreed += 1
                asked += 1
            if asked == NETWORKS:
                break
    if not agreed:
        raise GuardError("no concrete network meets the hypotheses of the statement")
    return agreed


class Meaning:
    """A statement as it was read back."""

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        found = definitions(statement.text)
        if set(found) != {"network", "statement"}:
            raise GuardError("a statement is made of a network and a proposition")
        self.parameters, self.network = found["network"]
        self.hypotheses, self.slopes, self.free, self.sides = _parts(found["statement"][1], self.parameters)
        if len(self.slopes) != len(statement.slopes):
            raise GuardError("the statement does not say of every derivative that is differentiated what it is")


class World:
    """A statement at one concrete network."""

    def __init__(self, meaning: Meaning, concrete: Concrete) -> None:
        self.meaning, self.concrete = meaning, concrete
        self.scope = dict(self._parameters())
        run = concrete.run(PRECISION)
        network = evaluate(meaning.network, self.scope)
        base = Pass(network, lambda entry: concrete.leaf(entry[0], entry[1], run))
        slopes = Slopes(base)
        self.scope |= {"I": base, "d": Function(2, slopes)}

    def meets_hypotheses(self) -> bool:
        """Whether all hypotheses hold, as far as a concrete network can tell."""
        return all(map(self._holds, self.meaning.hypotheses))

    def compare(self, values: tuple[int, ...]) -> None:
        """Compare both sides with those of the claim, for values of its free indices. Raises: GuardError."""
        claim = self.meaning.statement.claim
        given = {index: value for (index, _), value in zip(claim.free, values, strict=True)}
        terms = self.meaning.statement.terms
        scope = self.scope | {terms.index(index): value for index, value in given.items()}
        for bounds in self.meaning.free:
            if not evaluate(bounds, scope):
                raise GuardError("the statement leaves out an entry that the claim is about")
        for said, slope in zip(self.meaning.slopes, self.meaning.statement.slopes, strict=True):
            self._check_slope(said, slope, scope, given)
        run = self.concrete.run(PRECISION)
        for side, expr in zip(self.meaning.sides, (claim.left, claim.right), strict=True):
            here, there = arb(evaluate(side, scope)), run.evaluate(expr, given).value
            if not _close(here, there):
                raise GuardError(f"a side has the value {here.str(8)} in the statement and {there.str(8)} in the claim")

    def _check_slope(self, said: Term, slope: Slope, scope: dict[str, object], given: dict[Index, int]) -> None:
        """Check that an entry is said to be the derivative that the claim differentiates. Raises: GuardError."""
        terms, network = self.meaning.statement.terms, _applied("network", self.meaning.parameters)
        match said:
            case Binder("forall", ("J",), body):
                (forward, *premises), conclusion = _premises(body)
            case _:
                raise GuardError("a derivative that is differentiated is not one in all forward passes")
        here = scope | {"J": self.scope["I"]}
        holds = all(all(map(bool, truths(premise, here))) for premise in premises)
        match conclusion:
            case Apply(Apply(Apply(head, of), by), Apply(Name("J"), entry)) if holds:
                named = [evaluate(term, here) for term in (of, by, entry)]
                said_of = head == Apply(Apply(Name("pd"), network), Name("J")) and forward == Apply(
                    Apply(Name("sat"), network), Name("J")
                )
                wanted = [self._entry(var, given) for var in (terms.upper(slope.of.body), slope.of.var, slope.entry)]
                if said_of and named == wanted:
                    return
        raise GuardError("a derivative that is differentiated is not the one of the claim")

    def _entry(self, var: Var, given: dict[Index, int]) -> tuple[str, tuple[int, ...]]:
        return var.name, tuple(self.concrete.lin(e, given) for e in var.idx)

    def _holds(self, term: Term) -> bool:
        """Whether a hypothesis holds; that of an open function to have its derivative is one about all numbers."""
        return all(bool(truth) for truth in islice(truths(term, self.scope), 200))

    def _parameters(self) -> Iterator[tuple[str, object]]:
        """Yield what the parameters of the statement are in the concrete network."""
        terms, concrete = self.meaning.statement.terms, self.concrete
        for name, count in terms.sizes.items():
            identifier = terms.names.given["size", name]
            yield identifier, _size(concrete, name, count)
        for index in terms.fixed:
            yield terms.index(index), concrete.free_index(index)
        for opened in terms.opens.values():
            identifier = terms.names.given["function", opened.name]
            for order in range(opened.orders + 1):
                yield identifier + "'" * order, _open_function(concrete, opened, order)


def truths(term: Term, scope: dict[str, object]) -> Iterator[object]:
    """Yield what a hypothesis says for each value of its indices; what it says of functions is about all numbers."""
    match term:
        case Binder("forall", (name,), Operation("->", (bounds, body))):
            for value in range(*_range(bounds, name, scope)):
                yield from truths(body, scope | {name: value})
        case Binder("forall", names, body):
            if not _is_about_functions(body):
                for value in range(4):
                    yield from truths(body, scope | dict.fromkeys(names, value))
        case _ if not _is_about_functions(term):
            yield evaluate(term, scope)


def _size(concrete: Concrete, name: str, count: int) -> object:
    if not count:
        return concrete.size(name, ())
    return Function(count, lambda *args: concrete.size(name, args))


def _open_function(concrete: Concrete, opened: Open, order: int) -> object:
    if opened.shape:
        return _open_functional(concrete, opened, order)

    def value(*args: object) -> arb:
        *idx, x = args
        assert all(isinstance(i, int) for i in idx)
        found = generic(concrete.seed, opened.name, tuple(idx), ((0,),)).at((arb(x),))  # type: ignore[arg-type]
        return arb(found((order,)))

    return Function(opened.indices + 1, value)


def _open_functional(concrete: Concrete, opened: Open, order: int) -> object:
    """Return a generic function of arrays, or its partial derivatives by their keys."""

    def at(array: dict[tuple[int, ...], arb], key: tuple[int, ...] | None) -> arb:
        labels = tuple(_label(own, opened.count) for own in array)
        partials = generic(concrete.seed, opened.name, (), labels).at(tuple(arb(x) for x in array.values()))
        return arb(partials(tuple(int(own == key) for own in array)))

    return Function(2, lambda key, array: at(array, key)) if order else (lambda array: at(array, None))


def _label(key: tuple[int, ...], count: int) -> tuple[int, ...]:
    """Return the number of the argument and the indices in it, for a key of an array of several arguments."""
    place = 0
    while count > 1:
        head, key = key[0], key[1:]
        if head == 0:
            break
        place, count = place + 1, count - 1
    return (place, *key)


def _parts(term: Term, parameters: tuple[str, ...]) -> tuple[list[Term], list[Term], list[Term], tuple[Term, Term]]:
    """Return hypotheses, what is said of derivatives that are differentiated, ranges of the free indices, and sides.

    Raises: GuardError for another form of statement.
    """
    match term:
        case Binder("forall", names, body) if names == (*parameters, "I"):
            hypotheses, conclusion = _premises(body)
        case _:
            raise GuardError("the statement is not quantified over the parameters of its network")
    network = _applied("network", parameters)
    forward = Apply(Apply(Name("sat"), network), Name("I"))
    slopes = _slopes(network)
    match conclusion:
        case Binder("exists", ("d",), Operation("/\\", (found, said))) if found == slopes and hypotheses[-1] == forward:
            told: list[Term] = []
            while isinstance(said, Operation) and said.sign == "/\\":
                told.append(said.operands[0])
                said = said.operands[1]
            free, equation = _premises(said)
            if isinstance(equation, Operation) and equation.sign == "=" and len(equation.operands) == 2:
                return hypotheses[:-1], told, free, (equation.operands[0], equation.operands[1])
    raise GuardError("the statement is not one about the partial derivatives of a forward pass")


def _premises(term: Term) -> tuple[list[Term], Term]:
    """Return the premises of a proposition and what they lead to; a quantified index is known by its range."""
    found: list[Term] = []
    while True:
        match term:
            case Binder("forall", (_,), body):
                term = body
            case Operation("->", (premise, rest)):
                found.append(premise)
                term = rest
            case _:
                return found, term


def _applied(name: str, arguments: tuple[str, ...]) -> Term:
    term: Term = Name(name)
    for argument in arguments:
        term = Apply(term, Name(argument))
    return term


def _slopes(network: Term) -> Term:
    """Return the proposition that d are the partial derivatives."""
    term: Term = Apply(Apply(Name("pd"), network), Name("I"))
    term = Apply(Apply(term, Name("u")), Name("v"))
    return Binder("forall", ("u", "v"), Apply(term, Apply(Apply(Name("d"), Name("u")), Name("v"))))


def _range(bounds: Term, name: str, scope: dict[str, object]) -> tuple[int, int]:
    match bounds:
        case Operation("<=", (Operation("<=", (lo, Name(found))), hi)) if found == name:
            return evaluate(lo, scope), evaluate(hi, scope) + 1
    raise GuardError("an index without a range")


def _is_about_functions(term: Term) -> bool:
    while isinstance(term, Apply):
        term = term.function
    return isinstance(term, Name) and term.name in UNSAID


def _close(here: arb, there: arb) -> bool:
    """Whether two balls are the same value; the difference quotient has an error of its own."""
    gap = abs(here - there)
    return bool(here.is_finite()) and bool(gap <= TOLERANCE * (1 + abs(there)))
