"""The statement of a certificate: a closed proposition, made from a claim and the facts that its verdict assumes.

network     the definitions, over their ranges
statement   for all sizes, labels, open functions and forward passes that meet the hypotheses, there are partial
            derivatives d with  left = right  for all free indices
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256

from derive.algebra.expr import Diff, Expr, Fun, Prod, Sum, Var
from derive.algebra.functions import DERIVATIVES
from derive.algebra.index import Index, Lin, Range
from derive.algebra.index_facts import IndexFacts
from derive.algebra.substitute import map_children, refresh, subs, walk
from derive.certify.conditions import Condition, Conditions, distinct
from derive.certify.names import quoted
from derive.certify.terms import Open, Terms, UntranslatedError, free_indices
from derive.network.network import Definition, Fact, Network
from derive.network.partials import label_ranges
from derive.proof.claim import Claim
from derive.proof.domains import domain_facts


@dataclass(frozen=True)
class Hypothesis:
    """An assumption of the statement: the name that the proof gives it, what it says, and why it is there."""

    name: str
    text: str
    why: str = ""


@dataclass(frozen=True)
class Statement:
    """What a certificate says. `text` is all of it; the rest is for those who prove it."""

    text: str
    claim: Claim
    terms: Terms
    parameters: tuple[str, ...]
    hypotheses: tuple[Hypothesis, ...]
    definitions: tuple[Definition, ...]
    binders: tuple[tuple[Index, str], ...]
    existing: int
    """How many entries are assumed to exist, behind the ranges of the free indices."""

    @property
    def sha256(self) -> str:
        """Return the digest of the text."""
        return sha256(self.text.encode()).hexdigest()


def statement_of(claim: Claim, facts: tuple[Fact, ...] = (), *, positive_sizes: bool = False) -> Statement:
    """Return the statement of a claim under the facts that its verdict assumes.

    With `positive_sizes` every size is said to be at least 1, as it is in the scope of every verdict.
    Raises: UntranslatedError.
    """
    return _Writer(claim, facts, positive_sizes).statement()


@dataclass
class _Writer:
    claim: Claim
    facts: tuple[Fact, ...]
    positive_sizes: bool
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
        if self.positive_sizes:
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
            *(f"  forall {terms.index(index)}, {bounds} ->" for index, bounds in binders),
            *(f"  {e} ->" for e in exists),
            f"  {sides[0]}",
            f"  = {sides[1]}.",
        ]
        return Statement(
            "\n".join(lines) + "\n", claim, terms, tuple(parameters), tuple(premises), definitions, binders, len(exists)
        )

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
            found[name + "'"] = f"list Z -> {kind}" if opened.shape else kind
        return {name: f"({name} : {kind})" for name, kind in found.items()}

    def _premises(self, labels: dict[Index, Range]) -> Iterator[Hypothesis]:
        terms = self.terms
        for size, value in self.claim.sizes:
            yield Hypothesis("", f"({terms.atom(size)} = {terms.sum_of_integers(value)})%Z")
        for label, range_ in labels.items():
            yield Hypothesis("", terms.bounds(label, range_))
        conditions = Conditions(self._network(), self.facts)
        free = tuple((index, range_) for index, range_ in self.claim.free if index not in labels)
        needed = [
            *conditions.of_network(),
            *(
                c
                for d in self._differentiated(list(free))
                for c in conditions.of(d.body, tuple(zip(d.params, d.ranges, strict=True)))
            ),
            *(c for side in self._sides for c in conditions.of(side, free, slopes=False)),
        ]
        stated = [(self._quantified(c.binders, f"{terms.value(c.expr)} {c.relation}"), c) for c in distinct(needed)]
        told = [(self._fact(fact), fact.text) for fact in self.facts]
        for opened in list(terms.opens.values()):
            yield Hypothesis("", self._differentiable(opened))
        for text, why in told:
            yield Hypothesis("", text, f"assumed: {comment(why)}")
        for text, condition in stated:
            yield Hypothesis("", _flipped(text, condition), "where it is differentiable")

    def _positive_sizes(self) -> Iterator[Hypothesis]:
        for name, count in self.terms.sizes.items():
            size = self.terms.names.given["size", name]
            args = [f"z{n}" for n in range(count)]
            every = f"forall {' '.join(args)}, " if args else ""
            yield Hypothesis("", f"({every}(1 <= {' '.join([size, *args])})%Z)", "sizes are at least 1")

    def _differentiable(self, opened: Open) -> str:
        """Return that an open function has the derivative it is said to have."""
        name = self.terms.names.given["function", opened.name]
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
        ranges = dict(free)
        for side in self._sides:
            ranges |= {node.index: node.range for node in walk(side) if isinstance(node, Sum | Prod)}
        found = []
        for body, var in self.terms.differentiated.items():
            params = tuple(e.atom for e in var.idx if isinstance(e.atom, Index))
            if not all(param in ranges for param in params):
                raise UntranslatedError("a derivative of an expression in an array")
            found.append(Definition(var.name, params, tuple(ranges[param] for param in params), body))
        return tuple(found)


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


def _flipped(text: str, condition: Condition) -> str:
    """Return x > 0 as 0 < x, the form that proofs know."""
    if condition.relation != "> 0":
        return text
    head, _, tail = text[1:-1].rpartition(" -> ")
    value = tail.removesuffix(" > 0")
    return f"({head} -> 0 < {value})" if head else f"(0 < {value})"


def comment(text: str) -> str:
    """Return a text that cannot end the comment it stands in."""
    return text.replace("(*", "( *").replace("*)", "* )").replace('"', "''")
