"""The chain rule over direct dependents: partial derivatives along the definitions of a network, one step at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from derive.algebra.arithmetic import multiply, product
from derive.algebra.differentiate import derivative, entry_delta, total
from derive.algebra.expr import Diff, Var
from derive.algebra.factors import (
    ONE_POLY,
    ZERO_POLY,
    DiffFactor,
    Factor,
    FunFactor,
    LambdaFactor,
    Poly,
    PolyFactor,
    SumFactor,
    VarFactor,
    add,
    poly_of,
    scale,
)
from derive.algebra.index import Index, Lin, Range, fresh, lin
from derive.algebra.index_facts import IndexFacts
from derive.algebra.normal_form import Algebra
from derive.algebra.primes import TooLargeError
from derive.algebra.substitute import subs, walk
from derive.algebra.summation import sum_over
from derive.budget import UNLIMITED, Budget
from derive.network.dependencies import Dependencies, definitions_of, variables
from derive.network.network import Definition, Fact, Network


class NetworkAlgebra(Algebra):
    """Normal forms in which derivatives of a network's variables are factors that expand along its definitions."""

    def __init__(
        self,
        network: Network,
        context: IndexFacts | None = None,
        budget: Budget = UNLIMITED,
        dependencies: Dependencies | None = None,
    ) -> None:
        super().__init__(context, budget)
        self.network = network
        self.dependencies = dependencies or Dependencies(network)
        self.tied = tied_names(network.facts)
        self.zeros: dict[tuple[str, str], None] = {}
        """The names between which a derivative was seen to be 0 by the places of its entries alone."""
        self._steps: dict[tuple[object, ...], Poly] = {}

    def derivative_of(self, u: VarFactor, v: VarFactor) -> Poly:
        """Return ∂u/∂v: zero or a Kronecker delta where no path of definitions leads from v to u, else one factor."""
        self._check_arity(v)
        possible = self.dependencies.possible((u.name, u.idx), (v.name, v.idx), self.context)
        if possible is False:
            if v.name in self.dependencies.below.get(u.name, ()):
                self.zeros[u.name, v.name] = None
            return self.same_entry(u, v)
        return poly_of(DiffFactor(u, v))

    def _check_arity(self, v: VarFactor) -> None:
        for definition in definitions_of(self.network, v.name):
            if len(definition.params) != len(v.idx):
                raise TooLargeError(f"{v.name} has {len(definition.params)} indices")

    def same_entry(self, u: VarFactor, v: VarFactor) -> Poly:
        """Return 1 where u and v are the same entry, else 0."""
        if u.name != v.name:
            return ZERO_POLY
        return product(self, [self.iverson("=", a - b) for a, b in zip(u.idx, v.idx, strict=True)])

    def expand_derivative(self, factor: DiffFactor) -> Poly:
        """One step of the chain rule: ∂u/∂v = [u = v] + Σ_w ∂u/∂w · ∂w/∂v over the direct dependents w of v."""
        key = (factor, self.plain, *self.rules, *self._bounds(factor))
        known = self._steps.get(key)
        if known is None:
            u, v = factor.u, factor.v
            steps = [self._through(definition, u, v) for definition in self.dependencies.users.get(v.name, ())]
            known = self._steps[key] = add(self.same_entry(u, v), *steps)
        return known

    def _bounds(self, factor: DiffFactor) -> Iterator[tuple[Index, Range | None]]:
        """Yield the bound indices in a factor, and in the ranges of these, with their ranges in the present scope."""
        waiting = {index for index in factor.free if index.uid}
        seen: set[Index] = set()
        while waiting - seen:
            index = min(waiting - seen, key=lambda index: index.order)
            seen.add(index)
            range_ = self.ranges.get(index)
            yield index, range_
            if range_ is not None:
                waiting |= {other for other in range_.lo.indices() | range_.hi.indices() if other.uid}

    def _through(self, definition: Definition, u: VarFactor, v: VarFactor) -> Poly:
        """Σ over the parameters of one definition w: ∂u/∂w · (∂w/∂v with everything else held fixed)."""
        if definition.name != u.name and definition.name not in self.dependencies.below.get(u.name, set()):
            return ZERO_POLY
        if self.dependencies.distinguishing[definition.name] is None:
            raise TooLargeError(f"the ranges of the definitions of {definition.name} may overlap")
        if any(isinstance(node, Diff) for node in walk(definition.body)):
            raise TooLargeError(f"{definition.name} is defined by a derivative, which may depend on more than it names")
        names = {param: lin(fresh(param.name)) for param in definition.params}
        params = [names[param] for param in definition.params]
        ranges = [range_.subs(names) for range_ in definition.ranges]
        for param, range_ in zip(params, ranges, strict=True):
            self.ranges[param.index] = range_
        slope = derivative(subs(definition.body, names), Var(v.name, v.idx), entry_delta)
        local = self.normal(slope)
        if local.is_zero:
            return ZERO_POLY
        body = multiply(self, local, self.derivative_of(u, VarFactor(definition.name, tuple(params))))
        for param, range_ in reversed(list(zip(params, ranges, strict=True))):
            body = sum_over(self, param.index, range_, body)
        return body

    def is_local(self, factor: DiffFactor) -> bool:
        """Whether one step of the chain rule leaves no derivative: u depends on v by its own definition only."""
        if not self._may_be_local(factor):
            return False
        return not any(isinstance(f, DiffFactor) for f in all_factors(self.expand_derivative(factor)))

    def _may_be_local(self, factor: DiffFactor) -> bool:
        return any(d.name == factor.u.name for d in self.dependencies.users.get(factor.v.name, ()))

    def expand_forward(self, factor: DiffFactor) -> Poly | None:
        """One step from the other end: ∂u/∂v = [u = v] + [u ≠ v] Σ_w ∂u/∂w · ∂w/∂v over what u is defined by."""
        u, v = factor.u, factor.v

        def slope(definition: Definition, values: dict[Index, Lin]) -> Poly:
            return self.normal(derivative(subs(definition.body, values), Var(v.name, v.idx), total))

        through = self._by_definition(u, slope)
        if through is None:
            return None
        same = self.same_entry(u, v)
        return add(same, multiply(self, add(ONE_POLY, scale(same, -1)), through))

    def expand_value(self, factor: VarFactor) -> Poly | None:
        """Insert the definition of a variable: [index in range] · body for each of its definitions; None for leaves."""

        def body(definition: Definition, values: dict[Index, Lin]) -> Poly:
            return self.normal(subs(definition.body, values))

        return self._by_definition(factor, body)

    def is_leaf(self, factor: VarFactor) -> bool:
        """Whether a variable is a parameter or an input."""
        return factor.name not in self.dependencies.mentions

    def may_depend(self, factor: VarFactor, leaf: VarFactor) -> bool:
        """Whether an entry is that of the leaf, or can depend on it through the definitions."""
        if super().may_depend(factor, leaf):
            return True
        ends = (factor.name, factor.idx), (leaf.name, leaf.idx)
        return self.dependencies.possible(*ends, self.context) is not False

    def _by_definition(self, u: VarFactor, value: Callable[[Definition, dict[Index, Lin]], Poly]) -> Poly | None:
        definitions = definitions_of(self.network, u.name)
        if not definitions:
            return None
        distinguishing = self.dependencies.distinguishing[u.name]
        if distinguishing is None:
            return None
        parts = []
        for definition in definitions:
            values = dict(zip(definition.params, u.idx, strict=True))
            conditions: list[Lin] | None = []
            for n in distinguishing:
                found = self.context.within(u.idx[n], definition.ranges[n].subs(values))
                conditions = None if found is None or conditions is None else conditions + found
            if conditions is not None:
                parts.append(product(self, [value(definition, values), *(self.iverson("<=", c) for c in conditions)]))
        return add(*parts)

    def second_derivative(self, body: Diff, var: Var) -> Poly:
        """∂(∂u/∂v)/∂w: expand the inner derivative as far as it goes, then differentiate the result."""
        from derive.algebra.rebuild import to_expr

        inner = self.expand_fully(self.normal(body))
        return self.normal(Diff(to_expr(inner), var)) if not inner.is_zero else ZERO_POLY

    def expand_fully(self, poly: Poly, limit: int = 24) -> Poly:
        """Expand derivatives until none is left; TooLargeError where the depth is symbolic."""
        for _ in range(limit):
            if not any(isinstance(f, DiffFactor) for f in all_factors(poly)):
                return poly
            poly = self.rewrite(poly, lambda f: self.expand_derivative(f) if isinstance(f, DiffFactor) else None)
        raise TooLargeError("the derivative does not end: the depth is symbolic")

    def in_leaves(self, poly: Poly, limit: int = 24) -> Poly:
        """Expand derivatives and insert definitions until parameters and inputs are left, as far as there is an end."""
        poly = self.expand_fully(poly)
        for _ in range(limit):
            if all(self.is_leaf(f) for f in all_factors(poly) if isinstance(f, VarFactor)):
                break
            poly = self.rewrite(poly, lambda f: self.expand_value(f) if isinstance(f, VarFactor) else None)
        return poly


def tied_names(facts: Iterable[Fact]) -> frozenset[str]:
    """Return the variables that facts bind to a null set of values: by an equation or a finite choice."""
    sides = (side for fact in facts if fact.relation != ">" for side in (fact.left, fact.right) if side is not None)
    return frozenset(v.name for side in sides for v in variables(side))


def _factors_of(poly: Poly) -> list[Factor]:
    return [factor for monomial in poly.terms for factor, _ in monomial]


def all_factors(poly: Poly) -> list[Factor]:
    """Return the factors of a polynomial at every depth, without repetition."""
    found: dict[Factor, None] = {}
    ahead = _factors_of(poly)[::-1]
    while ahead:
        factor = ahead.pop()
        if factor in found:
            continue
        found[factor] = None
        match factor:
            case FunFactor(args=parts) | LambdaFactor(parts=parts):
                inner = [one for part in parts for one in _factors_of(part)]
            case PolyFactor(poly=part):
                inner = _factors_of(part)
            case SumFactor(factors=factors):
                inner = [one for one, _ in factors]
            case _:
                continue
        ahead.extend(reversed(inner))
    return list(found)
