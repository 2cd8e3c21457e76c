"""The statement of a certificate: a closed proposition, made from a claim and the facts that its verdict assumes.

network     the definitions, over their ranges
statement   for all sizes, labels, open functions and forward passes that meet the hypotheses, there are partial
            derivatives d with  left = right  for all free indices
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256

from derive.algebra.expr import Diff, Expr, Fun, Functional, Prod, Sum, Var
from derive.algebra.functions import DERIVATIVES
from derive.algebra.index import Index, Lin, Range
from derive.algebra.index_facts import IndexFacts
from derive.algebra.primes import TooLargeError
from derive.algebra.rebuild import to_expr
from derive.algebra.substitute import map_children, refresh, subs, walk
from derive.certify.conditions import Condition, Conditions, distinct
from derive.certify.names import quoted
from derive.certify.terms import Open, Terms, UntranslatedError, free_indices
from derive.network.chain_rule import NetworkAlgebra
from derive.network.network import Definition, Fact, Network
from derive.network.partials import label_ranges
from derive.proof.claim import Claim
from derive.proof.domains import domain_facts
from derive.visible import escaped

WHERE, ASSUMED = "where it is differentiable", "assumed: "


@dataclass(frozen=True)
class Hypothesis:
    """An assumption of the statement: its text, why it is there, and of what it is the translation.

    Of an index that the whole statement has in common, such as the class, it says the range.
    """

    text: str
    why: str = ""
    of: Fact | Condition | Index | None = None


@dataclass(frozen=True)
class Slope:
    """A derivative that the claim differentiates again: the entry of its definition, and what that says it is.

    The statement says that it is so in every forward pass that meets `conditions`.
    """

    of: Diff
    entry: Var
    closed: Expr
    free: tuple[tuple[Index, Range], ...]
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Statement:
    """What a certificate says. `text` is all of it; the rest is for those who prove it."""

    text: str
    claim: Claim
    terms: Terms
    parameters: tuple[str, ...]
    typed: tuple[str, ...]
    """The parameters with their types."""
    hypotheses: tuple[Hypothesis, ...]
    sides: tuple[Expr, Expr]
    definitions: tuple[Definition, ...]
    binders: tuple[tuple[Index, str], ...]
    existing: int
    """How many entries are assumed to exist, behind the ranges of the free indices."""
    slopes: tuple[Slope, ...] = ()
    positive: tuple[str, ...] = ()
    """The sizes that are said to be at least 1."""

    @property
    def sizes(self) -> tuple[str, ...]:
        """Return the names of all sizes that occur."""
        return tuple(self.terms.sizes)

    @property
    def limited(self) -> bool:
        """Whether it says of values that functions are differentiable there."""
        return any(hypothesis.why == WHERE for hypothesis in self.hypotheses)

    @property
    def sha256(self) -> str:
        """Return the digest of the text."""
        return sha256(self.text.encode()).hexdigest()


def statement_of(
    claim: Claim, facts: tuple[Fact, ...] = (), positive: tuple[str, ...] = (), *, away_from_kinks: bool = False
) -> Statement:
    """Return the statement of a claim under the facts that its verdict assumes.

    The sizes that are named are said to be at least 1, as all are in the scope of every verdict. A verdict that
    is one away from kinks says so of the steps in the claim itself, too.
    Raises: UntranslatedError.
    """
    return _Writer(claim, facts, positive, away_from_kinks).statement()


@dataclass
class _Writer:
    claim: Claim
    facts: tuple[Fact, ...]
    positive: tuple[str, ...]
    away_from_kinks: bool
    terms: Terms = field(default_factory=Terms)

    def statement(self) -> Statement:
        claim, terms, network = self.claim, self.terms, self._network()
        labels = self._labels(network)
        free = [(index, range_) for index, range_ in claim.free if index not in labels]
        terms.fixed, terms.free = frozenset(labels), tuple(index for index, _ in free)
        sides = [terms.value(side) for side in self._sides]
        binders = tuple((index, terms.bounds(index, range_)) for index, range_ in free)
        exists = [f"(0 <= {terms.sum_of_integers(e)})%Z" for e in self._existing(free)]
        definitions = (*network.definitions, *self._differentiated(free))
        rows = [self._row(definition) for definition in definitions]
        premises = list(self._premises(labels))
        slopes = [replace(slope, conditions=tuple(self._elsewhere())) for slope in self._slopes]
        premises = [*self._positive_sizes(), *premises]
        parameters = self._parameters(labels)
        applied = " ".join(["network", *parameters])
        lines = [
            f"Definition network {' '.join(parameters.values())} : net := [".replace("  ", " "),
            ";\n".join(rows) + "].",
            f"Definition statement : Prop := forall {' '.join([*parameters.values(), '(I : interp)'])},",
            *(f"  {h.text} ->{f'   (* {h.why} *)' if h.why else ''}" for h in premises),
            f"  sat ({applied}) I ->",
            f"  exists d : entry -> entry -> R, (forall u v, pd ({applied}) I u v (d u v)) /\\",
            *(self._said_of(slope, applied) for slope in slopes),
            *(f"  forall {terms.index(index)}, {bounds} ->" for index, bounds in binders),
            *(f"  {e} ->" for e in exists),
            f"  {sides[0]}",
            f"  = {sides[1]}.",
        ]
        return Statement(
            "\n".join(lines) + "\n",
            claim, terms, tuple(parameters), tuple(parameters.values()), tuple(premises), self._sides, definitions,
            binders,
            len(exists), tuple(slopes), self.positive,
        )  # fmt: skip

    def _said_of(self, slope: Slope, applied: str) -> str:
        """Return that an entry is a partial derivative, in all forward passes."""
        terms = self.terms
        given = "".join(f"{condition} -> " for condition in slope.conditions)
        every = "".join(f"forall {terms.index(i)}, {terms.bounds(i, r)} -> " for i, r in slope.free)
        ends = f"{terms.entry(terms.upper(slope.of.body))} {terms.entry(slope.of.var)}"
        said = f"pd ({applied}) J {ends} (J {terms.entry(slope.entry)})"
        return f"  (forall J, sat ({applied}) J -> {given}{every}{said}) /\\"

    def _elsewhere(self) -> Iterator[str]:
        """Yield what is assumed of values, said of another forward pass J."""
        terms = self.terms
        terms.passed = "J"
        yield from [self._fact(fact) for fact in self.facts if fact.relation == ">"]
        yield from [self._condition(condition) for condition in self._conditions]
        terms.passed = "I"

    @cached_property
    def _sides(self) -> tuple[Expr, Expr]:
        """The sides of the claim, with what is defined by the slope of an open function inserted.

        As a definition it would need that slope to have one, too: δ_i = g'(u_i) e_i.
        """
        inserted = {d.name: d for d in self.claim.network.definitions if any(map(_is_open_slope, walk(d.body)))}
        left, right = (_inserted(side, inserted) for side in (self.claim.left, self.claim.right))
        return left, right

    def _network(self) -> Network:
        """Return the part of the network that the claim is about: what its entries are made of."""
        network = self.claim.network
        said = list(self._sides)
        said += [side for fact in self.facts for side in (fact.left, fact.right) if side is not None]
        waiting = {node.name for expr in said for node in walk(expr) if isinstance(node, Var)}
        found: set[str] = set()
        while waiting:
            name = waiting.pop()
            found.add(name)
            bodies = [d.body for d in network.definitions if d.name == name]
            waiting |= {v.name for body in bodies for v in walk(body) if isinstance(v, Var)} - found
        return replace(network, definitions=tuple(d for d in network.definitions if d.name in found))

    def _labels(self, network: Network) -> dict[Index, Range]:
        """Return the indices that the definitions leave free, such as the class, with their ranges."""
        ranges = dict(self.claim.free)
        open_ones = [i for d in network.definitions for i in free_indices(refresh(d.body)) if i not in d.params]
        return {i: ranges[i] for i in open_ones if i in ranges} | label_ranges(network)

    def _row(self, definition: Definition) -> str:
        """Return a definition: ("a", Bind 1 L (fun k => Bind 1 (n k) (fun i => Body …)))."""
        text = f"Body {self.terms.syntax(definition.body)}"
        for param, range_ in reversed(list(zip(definition.params, definition.ranges, strict=True))):
            text = f"Bind {self.terms.span(range_)} (fun {self.terms.index(param)} => {text})"
        return f"  ({quoted(definition.name)}, {text})"

    def _parameters(self, labels: dict[Index, Range]) -> dict[str, str]:
        """Return the variables over which the statement is quantified, with their types."""
        terms = self.terms
        found: dict[str, str] = {}
        for name, count in terms.sizes.items():
            found[terms.names.given["size", name]] = "Z -> " * count + "Z"
        for label in labels:
            found[terms.index(label)] = "Z"
        for opened in terms.opens.values():
            name = terms.names.given["function", opened.name]
            kind = "array -> R" if opened.shape else "Z -> " * opened.indices + "R -> R"
            found[name] = kind
            for order in range(1, opened.orders + 1):
                found[name + "'" * order] = f"list Z -> {kind}" if opened.shape else kind
        return {name: f"({name} : {kind})" for name, kind in found.items()}

    def _premises(self, labels: dict[Index, Range]) -> Iterator[Hypothesis]:
        terms = self.terms
        for size, value in self.claim.sizes:
            yield Hypothesis(f"({terms.atom(size)} = {terms.sum_of_integers(value)})%Z")
        for label, range_ in labels.items():
            yield Hypothesis(terms.bounds(label, range_), of=label)
        stated = list(self._once(self._conditions))
        told = [(self._fact(fact), fact) for fact in self.facts]
        for opened in list(terms.opens.values()):
            for order in range(opened.orders):
                yield Hypothesis(self._differentiable(opened, "'" * order))
        for text, fact in told:
            yield Hypothesis(text, f"{ASSUMED}{comment(fact.text)}", fact)
        yield from stated

    def _once(self, conditions: list[Condition]) -> Iterator[Hypothesis]:
        """Yield what is said of values, each once; of what is positive not that it is not 0."""
        once: dict[str, Condition] = {}
        for condition in conditions:
            once.setdefault(_unnamed(self._condition(condition)), condition)
        for condition in once.values():
            stronger = replace(condition, relation="> 0") if condition.relation == "<> 0" else None
            if stronger is None or _unnamed(self._condition(stronger)) not in once:
                yield Hypothesis(self._condition(condition), WHERE, condition)

    @cached_property
    def _conditions(self) -> list[Condition]:
        """Where the network and the sides have values and derivatives."""
        conditions = Conditions(self._network(), self.facts)
        free = tuple((index, range_) for index, range_ in self.claim.free if index not in self.terms.fixed)
        ours = [(d.body, tuple(zip(d.params, d.ranges, strict=True))) for d in self._differentiated(list(free))]
        return distinct(
            [
                *conditions.of_network(),
                *(c for body, binders in ours for c in conditions.of(body, binders)),
                *(c for side in self._sides for c in conditions.of(side, free, slopes=self.away_from_kinks)),
            ]
        )

    def _condition(self, condition: Condition) -> str:
        if isinstance(condition.expr, Functional) and condition.relation == "alone":
            return self._quantified(condition.binders, f"alone {self.terms.extreme(condition.expr)}")
        text = self._quantified(condition.binders, f"{self.terms.value(condition.expr)} {condition.relation}")
        return _flipped(text, condition)

    def _positive_sizes(self) -> Iterator[Hypothesis]:
        for name in self.positive:
            size = self.terms.names.given["size", name]
            args = [f"z{n}" for n in range(self.terms.sizes[name])]
            every = f"forall {' '.join(args)}, " if args else ""
            yield Hypothesis(f"({every}(1 <= {' '.join([size, *args])})%Z)", "as in the scope of the verdict")

    def _differentiable(self, opened: Open, primes: str) -> str:
        """Return that an open function, or one of its derivatives, has the derivative it is said to have."""
        name = self.terms.names.given["function", opened.name] + primes
        if opened.shape:
            return f"differentiable {opened.shape} {name} {name}'"
        args = [f"z{n}" for n in range(opened.indices)]
        f, slope = (" ".join([symbol, *args]) for symbol in (name, name + "'"))
        return f"(forall {' '.join([*args, 'x'])}, is_derive ({f}) x ({slope} x))"

    def _fact(self, fact: Fact) -> str:
        terms, binders = self.terms, tuple(zip(fact.params, fact.ranges, strict=True))
        left = terms.value(fact.left)
        if fact.relation == "in":
            return self._quantified(binders, " \\/ ".join(f"{left} = {terms.value(choice)}" for choice in fact.choices))
        if fact.right is None or fact.relation not in ("=", ">"):
            raise UntranslatedError(f"the assumption {fact.text}")
        right = terms.value(fact.right)
        return self._quantified(binders, f"{left} = {right}" if fact.relation == "=" else f"{right} < {left}")

    def _quantified(self, binders: tuple[tuple[Index, Range], ...], text: str) -> str:
        every = "".join(f"forall {self.terms.index(i)}, {self.terms.bounds(i, r)} -> " for i, r in binders)
        return f"({every}{text})"

    def _existing(self, free: list[tuple[Index, Range]]) -> list[Lin]:
        """Return what is at least 0 because the entries in the claim exist, beyond the ranges of the free indices."""
        claim = self.claim
        context = IndexFacts(dict(claim.free))
        found = domain_facts(claim.network, (claim.left, claim.right), dict(claim.sizes))
        return [e for e in found if context.at_most_zero(-e) is not True]

    def _differentiated(self, free: list[tuple[Index, Range]]) -> tuple[Definition, ...]:
        """Return the expressions that the claim differentiates as definitions of their own."""
        slopes = [(slope.closed, slope.entry) for slope in self._slopes]
        return tuple(
            Definition(var.name, *_unzipped(self._ranged(var, free)), body)
            for body, var in (*slopes, *self.terms.differentiated.items())
        )

    @cached_property
    def _slopes(self) -> list[Slope]:
        """The derivatives that the claim differentiates again."""
        algebra = NetworkAlgebra(self.claim.network, IndexFacts(dict(self.claim.free)))
        found = []
        for diff, entry in self.terms.slopes.items():
            if not self._may_be_parted(diff):
                raise UntranslatedError("a derivative of a derivative by another defined variable")
            try:
                closed = to_expr(algebra.expand_fully(algebra.normal(diff)))
            except TooLargeError as fault:
                raise UntranslatedError(f"a derivative of a derivative: {fault}") from fault
            found.append(Slope(diff, entry, closed, self._ranged(entry, list(self.claim.free))))
        return found

    def _may_be_parted(self, inner: Diff) -> bool:
        """Whether what a derivative is differentiated by is a leaf, or another entry of what it is a derivative by.

        Else it would matter in which variables the derivative is written.
        """
        defined = {definition.name for definition in self.claim.network.definitions}
        outer = [n for side in self._sides for n in walk(side) if isinstance(n, Diff) and inner in walk(n.body)]
        return all(n.var.name not in defined or n.var.name == inner.var.name for n in outer)

    def _ranged(self, var: Var, free: list[tuple[Index, Range]]) -> tuple[tuple[Index, Range], ...]:
        """Return the indices of an entry with their ranges."""
        ranges = dict(free)
        for side in self._sides:
            ranges |= {node.index: node.range for node in walk(side) if isinstance(node, Sum | Prod)}
        params = [e.atom for e in var.idx if isinstance(e.atom, Index)]
        if not all(param in ranges for param in params):
            raise UntranslatedError("a derivative of an expression in an array")
        return tuple((param, ranges[param]) for param in params)


def _unzipped(binders: tuple[tuple[Index, Range], ...]) -> tuple[tuple[Index, ...], tuple[Range, ...]]:
    return tuple(index for index, _ in binders), tuple(range_ for _, range_ in binders)


def _is_open_slope(expr: Expr) -> bool:
    return isinstance(expr, Fun) and any(expr.order) and expr.name not in DERIVATIVES


def _inserted(expr: Expr, definitions: dict[str, Definition]) -> Expr:
    """Return an expression with definitions inserted, except where it differentiates."""
    match expr:
        case Var(name, idx) if name in definitions:
            definition = definitions[name]
            body = subs(refresh(definition.body), dict(zip(definition.params, idx, strict=True)))
            return _inserted(body, definitions)
        case Var() | Diff():
            return expr
    return map_children(expr, lambda child: _inserted(child, definitions))


def _unnamed(text: str) -> str:
    """Return a text with the names that it binds by their places, so that it is the same for all choices of names."""
    places = {name: f"#{n}" for n, name in enumerate(dict.fromkeys(re.findall(r"(?:forall|fun|let) (\w+)", text)))}
    return re.sub(r"[\w']+", lambda word: places.get(word.group(), word.group()), text)


def _flipped(text: str, condition: Condition) -> str:
    """Return x > 0 as 0 < x, the form that proofs know."""
    if condition.relation != "> 0":
        return text
    head, _, tail = text[1:-1].rpartition(" -> ")
    value = tail.removesuffix(" > 0")
    return f"({head} -> 0 < {value})" if head else f"(0 < {value})"


def comment(text: str) -> str:
    """Return a text on one line that cannot end the comment it stands in."""
    return escaped(text).replace("(*", "( *").replace("*)", "* )").replace('"', "''")
