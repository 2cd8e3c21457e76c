"""The guard of the translation: the text of a statement is read back and evaluated on concrete networks.

On each of them its hypotheses must hold, and both sides must have the values that the oracle finds for the claim. So a
wrong translation would have to be wrong in the same way as the oracle, which shares no code with it.
"""

from __future__ import annotations

from collections.abc import Iterator

from flint import arb

from derive.algebra.expr import Diff, Expr, Var
from derive.algebra.index import Index, lin
from derive.algebra.substitute import children
from derive.certify.hypotheses import assignments, compare, compare_label, holds, keyed, known, size_at_least_1, span
from derive.certify.meaning import (
    PRECISION,
    Array,
    Entry,
    Function,
    GuardError,
    Pass,
    Slopes,
    evaluate,
    mentions,
    near,
    places,
)
from derive.certify.reading import Apply, Binder, Name, Number, Operation, Term, definitions, texts
from derive.certify.statement import Slope, Statement
from derive.certify.terms import Open, Terms
from derive.proof.draw import Concrete
from derive.proof.evaluate import precision
from derive.proof.generic import generic
from derive.proof.oracle import confirmed

NETWORKS = 3
ENTRIES = 6
MOST = 100_000
"""After how many evaluated expressions of one network what was compared is enough: a convolution is large."""
SMALL, MORE = 10_000, 9
"""While fewer expressions were evaluated in all, up to so many networks are compared."""


def guard(statement: Statement, seed: int = 0) -> int:
    """Return on how many entries of concrete networks a statement says what the claim says.

    Raises: GuardError if it does not on one of them, or none could be evaluated; ReadingError, MeaningError.
    """
    asked = agreed = steps = 0
    try:
        with precision(PRECISION):
            meaning = Meaning(statement)
            for concrete, entries in confirmed(statement.claim, seed):
                world = World(meaning, concrete)
                if world.meets_hypotheses():
                    world.check_network()
                    for values in _spread(entries):
                        world.compare(values)
                        agreed += 1
                        if world.base.effort.steps > MOST:
                            return agreed
                    asked += 1
                steps += world.base.effort.steps
                if asked >= (MORE if steps < SMALL else NETWORKS):
                    break
    except (TypeError, ValueError, LookupError, AttributeError, RecursionError, ArithmeticError) as fault:
        raise GuardError(f"the statement has no value on a concrete network: {fault}") from fault
    if not agreed:
        raise GuardError("no concrete network meets the hypotheses of the statement")
    return agreed


def _spread(entries: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Return the first, the last and some between: neighbours have most of their indices in common."""
    if len(entries) <= ENTRIES:
        return entries
    return [entries[(len(entries) - 1) * k // (ENTRIES - 1)] for k in range(ENTRIES)]


class Meaning:
    """A statement as it was read back."""

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        found = definitions(statement.text)
        if set(found) != {"network", "statement"}:
            raise GuardError("a statement is made of a network and a proposition")
        self.parameters, self.network = found["network"]
        self.hypotheses, self.slopes, self.bound, self.free, self.sides = _parts(found["statement"][1], self.parameters)
        if len(self.slopes) != len(statement.slopes):
            raise GuardError("the statement does not say of every derivative that is differentiated what it is")
        self._check_names()
        self._check_sizes()
        self._check_sources()

    def _check_names(self) -> None:
        """Check that the free indices are bound, and that the sides name what the claim names. Raises: GuardError."""
        statement = self.statement
        if self.bound != tuple(statement.terms.index(index) for index, _ in statement.binders):
            raise GuardError("the statement is not quantified over the free indices of the claim")
        for side, expr in zip(self.sides, statement.sides, strict=True):
            if set(texts(side)) != set(_variables(expr, statement.terms)):
                raise GuardError("a side of the statement names other variables than that of the claim")

    def _check_sizes(self) -> None:
        """Check that the statement says of those sizes that they are at least 1 of which its certificate does.

        Raises: GuardError.
        """
        statement = self.statement
        told = [name for term in self.hypotheses if (name := size_at_least_1(term))]
        known = [statement.terms.names.given["size", name] for name in statement.positive]
        if told != known or len(self.hypotheses) != len(statement.hypotheses):
            raise GuardError("the statement has other hypotheses than its certificate names")

    def _check_sources(self) -> None:
        """Check that what is said of values stands for something with which it can be compared. Raises: GuardError."""
        for term, hypothesis in zip(self.hypotheses, self.statement.hypotheses, strict=True):
            if hypothesis.of is None and any(texts(term)):
                raise GuardError("a hypothesis of the statement says of values what nothing stands for")


class World:
    """A statement at one concrete network."""

    def __init__(self, meaning: Meaning, concrete: Concrete) -> None:
        self.meaning, self.concrete = meaning, concrete
        self.scope = dict(self._parameters())
        run = concrete.run(PRECISION)
        network = evaluate(meaning.network, self.scope)
        leaves = {leaf.name: len(leaf.ranges) for leaf in meaning.statement.claim.network.leaves}

        def leaf(entry: Entry) -> arb:
            if len(entry[1]) != leaves.get(entry[0]):
                raise GuardError(f"the statement needs an entry of {entry[0]} that the network does not have")
            return concrete.leaf(*entry, run)

        self.base = Pass(network, mentions(meaning.network), leaf)
        self.scope |= {"I": self.base, "d": Function(2, Slopes(self.base))}

    def meets_hypotheses(self) -> bool:
        """Whether all hypotheses hold.

        An argument of a logarithm may be negative where the claim has values all the same, d/dx log x = 1/x, and two
        numbers that are drawn may be the largest. That any other fails would leave out a network that the claim is
        about. Raises: GuardError.
        """
        for term, hypothesis in zip(self.meaning.hypotheses, self.meaning.statement.hypotheses, strict=True):
            if isinstance(hypothesis.of, Index):
                compare_label(term, hypothesis.of, self.meaning.statement.claim, self.scope, self.concrete)
            elif hypothesis.of is not None:
                compare(term, hypothesis.of, self.scope, self.concrete)
            if not holds(term, self.scope):
                if hypothesis.of is None or not _may_fail(term):
                    raise GuardError("a network that the claim is about does not meet the hypotheses of the statement")
                return False
        return True

    def check_network(self) -> None:
        """Check that each definition has the entries of the network, and their values. Raises: GuardError."""
        run = self.concrete.run(PRECISION)
        defined = {definition.name for definition in self.meaning.statement.claim.network.definitions}
        for (name, row), definition in zip(self.base.network, self.meaning.statement.definitions, strict=True):
            found = assignments(definition.params, definition.ranges, self.concrete, {})
            keys = [tuple(given.values()) for given in found]
            if name != definition.name or list(places(row)) != keys:
                raise GuardError(f"the statement defines other entries of {definition.name} than the network")
            for key in _spread(keys):
                given = dict(zip(definition.params, key, strict=True))
                whole: Expr = Var(name, tuple(map(lin, definition.params))) if name in defined else definition.body
                there = known(whole, given, run)
                if there is not None and not near(arb(self.base((name, key))), there):
                    raise GuardError(f"an entry of {name} has another value in the statement than in the network")

    def compare(self, values: tuple[int, ...]) -> None:
        """Compare both sides with those of the claim, for values of its free indices. Raises: GuardError."""
        claim = self.meaning.statement.claim
        given = {index: value for (index, _), value in zip(claim.free, values, strict=True)}
        terms = self.meaning.statement.terms
        scope = self.scope | {terms.index(index): value for index, value in given.items()}
        self._check_ranges(scope, given)
        for said, slope in zip(self.meaning.slopes, self.meaning.statement.slopes, strict=True):
            self._check_slope(said, slope, scope, given)
        run = self.concrete.run(PRECISION)
        for side, expr in zip(self.meaning.sides, (claim.left, claim.right), strict=True):
            here, there = arb(evaluate(side, scope)), run.evaluate(expr, given).value
            if not near(here, there):
                raise GuardError(f"a side has the value {here.str(8)} in the statement and {there.str(8)} in the claim")

    def _check_slope(self, said: Term, slope: Slope, scope: dict[str, object], given: dict[Index, int]) -> None:
        """Check that an entry is said to be the derivative that the claim differentiates. Raises: GuardError."""
        terms, network = self.meaning.statement.terms, _applied("network", self.meaning.parameters)
        match said:
            case Binder("forall", ("J",), body):
                (forward, *premises), _, conclusion = _premises(body)
            case _:
                raise GuardError("a derivative that is differentiated is not one in all forward passes")
        here = scope | {"J": self.scope["I"]}
        met = all(holds(premise, here) for premise in premises)
        match conclusion:
            case Apply(Apply(Apply(head, of), by), Apply(Name("J"), entry)) if met:
                named = [evaluate(term, here) for term in (of, by, entry)]
                said_of = head == Apply(Apply(Name("pd"), network), Name("J")) and forward == Apply(
                    Apply(Name("sat"), network), Name("J")
                )
                wanted = [self._entry(var, given) for var in (terms.upper(slope.of.body), slope.of.var, slope.entry)]
                if said_of and named == wanted:
                    return
        raise GuardError("a derivative that is differentiated is not the one of the claim")

    def _check_ranges(self, scope: dict[str, object], given: dict[Index, int]) -> None:
        """Check that the free indices run as far as in the claim. Raises: GuardError."""
        statement, ranges = self.meaning.statement, dict(self.meaning.statement.claim.free)
        bounds, existing = self.meaning.free[: len(statement.binders)], self.meaning.free[len(statement.binders) :]
        for said, (index, _) in zip(bounds, statement.binders, strict=True):
            lo, hi = (self.concrete.lin(end, given) for end in (ranges[index].lo, ranges[index].hi))
            if span(said, statement.terms.index(index), scope) != (lo, hi + 1):
                raise GuardError(f"the statement is about another range of {index.name} than the claim")
        if not all(evaluate(condition, scope) for condition in existing):
            raise GuardError("the statement leaves out an entry that the claim is about")

    def _entry(self, var: Var, given: dict[Index, int]) -> tuple[str, tuple[int, ...]]:
        return var.name, tuple(self.concrete.lin(e, given) for e in var.idx)

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
    labels = {key: label for key, label, _, _ in keyed(opened.args, concrete, {})}

    def at(array: Array, key: tuple[int, ...] | None) -> arb:
        if array.keys() != labels.keys():
            raise GuardError(f"the statement has other arrays in {opened.name} than the network")
        values = tuple(arb(array[own]) for own in labels)
        partials = generic(concrete.seed, opened.name, (), tuple(labels.values())).at(values)
        return arb(partials(tuple(int(own == key) for own in labels)))

    return Function(2, lambda key, array: at(array, key)) if order else (lambda array: at(array, None))


def _may_fail(term: Term) -> bool:
    """Whether a hypothesis says 0 < x, or that an extreme stands at one place, for all indices in their ranges."""
    _, _, said = _premises(term)
    match said:
        case Operation("<", (Number(0), _)) | Apply(Apply(Name("alone"), _), _):
            return True
    return False


def _variables(expr: Expr, terms: Terms) -> Iterator[str]:
    """Yield the names of variables in an expression; a derivative has two ends."""
    match expr:
        case Diff(body, by):
            yield from (terms.upper(body).name, by.name)
        case Var(name):
            yield name
        case _:
            yield from (name for child in children(expr) for name in _variables(child, terms))


def _parts(
    term: Term, parameters: tuple[str, ...]
) -> tuple[list[Term], list[Term], tuple[str, ...], list[Term], tuple[Term, Term]]:
    """Return hypotheses, what is said of derivatives that are differentiated, free indices, their ranges, and sides.

    Raises: GuardError for another form of statement.
    """
    match term:
        case Binder("forall", names, body) if names == (*parameters, "I"):
            hypotheses, _, conclusion = _premises(body)
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
            free, bound, equation = _premises(said)
            if isinstance(equation, Operation) and equation.sign == "=" and len(equation.operands) == 2:
                return hypotheses[:-1], told, bound, free, (equation.operands[0], equation.operands[1])
    raise GuardError("the statement is not one about the partial derivatives of a forward pass")


def _premises(term: Term) -> tuple[list[Term], tuple[str, ...], Term]:
    """Return the premises of a proposition, the indices it is quantified over, and what the premises lead to."""
    found: list[Term] = []
    bound: list[str] = []
    while True:
        match term:
            case Binder("forall", (name,), body):
                bound.append(name)
                term = body
            case Operation("->", (premise, rest)):
                found.append(premise)
                term = rest
            case _:
                return found, tuple(bound), term


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
