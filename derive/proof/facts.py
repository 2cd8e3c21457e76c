"""Assumptions as rewriting rules: Σ_i y_i = 1, y ∈ {0, 1}, both at once, A_ij = A_ji, T > 0."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from derive.algebra.arithmetic import Powers, UndefinedError, monomial, multiply, power
from derive.algebra.bound_names import open_sum
from derive.algebra.expr import ONE, ZERO, Iverson, Num, Sum, Var
from derive.algebra.factors import (
    ONE_POLY,
    Factor,
    FunFactor,
    Poly,
    Rational,
    SumFactor,
    VarFactor,
    add,
    lin_key,
    monomial_key,
    number,
    poly_of,
    scale,
    subtract,
)
from derive.algebra.index import Index, Lin, Range, fresh, lin
from derive.algebra.normal_form import Algebra, Rule
from derive.algebra.primes import divide
from derive.algebra.signs import at_one_and_zero
from derive.algebra.substitute import subs
from derive.algebra.summation import sum_over
from derive.network.chain_rule import all_factors
from derive.network.network import Fact

Binding = dict[Index, Lin]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A factor with parameters in their ranges, to be found in products."""

    factor: Factor
    params: tuple[tuple[Index, Range], ...]

    def match(self, algebra: Algebra, factor: Factor) -> Binding | None:
        """Return the values of the parameters, all surely in their ranges, under which the pattern is the factor."""
        binding = match(self.factor, factor, frozenset(param for param, _ in self.params), {})
        return binding if self.covers(algebra, binding) else None

    def covers(self, algebra: Algebra, binding: Binding | None) -> bool:
        """Whether the values of the parameters are surely in their ranges."""
        if binding is None or any(index.uid < 0 for e in binding.values() for index in e.indices()):
            return False
        moved = ((param, range_.subs(binding)) for param, range_ in self.params)
        return all(
            param in binding
            and algebra.context.within(binding[param], Range(algebra.resolve(r.lo), algebra.resolve(r.hi))) == []
            for param, r in moved
        )


class FactRules:
    """Installs facts in an algebra and records the text of each one used."""

    def __init__(self, facts: Iterable[Fact], used: dict[str, None]) -> None:
        self.facts = tuple(facts)
        self.used = used

    def install(self, algebra: Algebra) -> None:
        """Make products in the algebra obey the facts."""
        rules: list[Rule] = []
        for given in self.facts:
            fact = _renamed(given)
            algebra.ranges.update(zip(fact.params, fact.ranges, strict=True))
            if fact.relation == ">" and isinstance(fact.left, Var):
                self._positive(algebra, fact, fact.left)
            elif fact.relation == "in" and isinstance(fact.left, Var):
                rules.extend(self._choice(algebra, fact, fact.left))
            elif fact.relation == "=" and fact.right is not None:
                rules.extend(self._equation(algebra, fact))
        rules += [rule for fact in self.facts if (rule := self._cases_of(_renamed(fact))) is not None]
        rules += [_one_hot_rule(*pair, self.used) for pair in _one_hot(self.facts)]
        algebra.add_rules(rules)

    def _positive(self, algebra: Algebra, fact: Fact, var: Var) -> None:
        """Make the entries of y positive, for y > 0."""
        if not isinstance(fact.right, Num) or fact.right.value < 0:
            return
        wanted = Pattern(VarFactor(var.name, var.idx), _params(fact))

        def positive(factor: VarFactor) -> bool:
            if wanted.match(algebra, factor) is None:
                return False
            self.used[fact.text] = None
            return True

        algebra.positive_rules.append(positive)

    def _choice(self, algebra: Algebra, fact: Fact, var: Var) -> Iterable[Rule]:
        """y² = y for y ∈ {0, 1}: the product of y - v over the choices v is zero."""
        values = [choice.value for choice in fact.choices if isinstance(choice, Num)]
        if not values or len(values) < len(fact.choices):
            return
        y = VarFactor(var.name, var.idx)
        vanishing = ONE_POLY
        for value in dict.fromkeys(values):
            vanishing = multiply(algebra, vanishing, add(poly_of(y), number(-value)))
        degree = len(set(values))
        lower = scale(Poly({m: c for m, c in vanishing.terms.items() if m != ((y, degree),)}), -1)
        yield self._factor_rule(fact, y, degree, lower)

    def _cases_of(self, fact: Fact) -> Rule | None:
        """f(y) = (1 - y) f(0) + y f(1) for y ∈ {0, 1} in an exponent, or in a logarithm beside one: 2^y = 1 + y."""
        if fact.relation != "in" or not isinstance(fact.left, Var) or set(fact.choices) != {ZERO, ONE}:
            return None
        wanted = Pattern(VarFactor(fact.left.name, fact.left.idx), _params(fact))

        def rule(algebra: Algebra, powers: Powers, c: Rational) -> Poly | None:
            for factor, e in powers.items():
                if not isinstance(factor, FunFactor) or factor.name not in _OF_EXPONENTS or any(factor.order):
                    continue
                inside = [f for arg in factor.args for f in arg.factors() if isinstance(f, VarFactor)]
                own = next((f for f in inside if wanted.match(algebra, f) is not None), None)
                if own is None:
                    continue
                try:
                    values = [_value_at(algebra, factor, own, one) for one in (False, True)]
                    low, high = (power(algebra, value, e) for value in values)
                except UndefinedError:
                    continue
                self.used[fact.text] = None
                y = poly_of(own)
                split = add(multiply(algebra, subtract(ONE_POLY, y), low), multiply(algebra, y, high))
                return multiply(algebra, monomial(algebra, {**powers, factor: 0}, c), split)
            return None

        return rule

    def _equation(self, algebra: Algebra, fact: Fact) -> Iterable[Rule]:
        assert fact.right is not None
        left, right = algebra.normal(fact.left), algebra.normal(fact.right)
        if isinstance(fact.left, Sum) and len(left.terms) > 1:
            yield from self._written_out(fact, left, right)
            return
        for one, other in ((left, right), (right, left)):
            if one.single is None or len(one.single[0]) != 1:
                continue
            ((factor, e),), c = one.single
            value = scale(other, divide(1, c))
            if e.numerator in (1, -1) and e != 1:  # 1/x = y, √x = y
                value, e = power(algebra, value, divide(1, e)), 1
            if e.denominator != 1 or e < 1 or _recurs(factor, value):
                continue
            if isinstance(factor, VarFactor) and e == 1:
                self._mirror_image(algebra, fact, factor, value)
            if isinstance(factor, SumFactor) and len(factor.bounds) == 1 and e == 1:
                yield self._sum_rule(fact, factor, value)
            else:
                yield self._factor_rule(fact, factor, int(e), value)
            return

    def _written_out(self, fact: Fact, total: Poly, value: Poly) -> Iterable[Rule]:
        """Σ_j y_nj = 1 at given sizes, y_n1 + y_n2 = 1, tells the last entry by the others."""
        entries = {m[0][0]: c for m, c in total.terms.items() if len(m) == 1 and m[0][1] == 1}
        last = max(entries, key=lambda factor: factor.key, default=None)
        alike = {(f.name, len(f.idx)) for f in entries if isinstance(f, VarFactor)}
        if isinstance(last, VarFactor) and len(alike) == 1 and len(entries) == len(total.terms):
            others = subtract(total, poly_of(last)) if entries[last] == 1 else None
            if others is not None and last not in all_factors(others):
                yield self._factor_rule(fact, last, 1, subtract(value, others), ordered=True)

    def _mirror_image(self, algebra: Algebra, fact: Fact, entry: VarFactor, value: Poly) -> None:
        """Tell sums over both indices of A that A_ij = ±A_ji."""
        wanted = Pattern(entry, _params(fact))
        if value.single is None or value.single[1] not in (1, -1) or len(value.single[0]) != 1:
            return
        ((image, sign),) = value.terms.items()
        ((other_entry, e),) = image
        if e != 1 or not isinstance(other_entry, VarFactor) or other_entry.name != entry.name:
            return

        def twin(found: VarFactor) -> tuple[VarFactor, int] | None:
            binding = wanted.match(algebra, found)
            if binding is None:
                return None
            self.used[fact.text] = None
            return VarFactor(entry.name, tuple(e.subs(binding) for e in other_entry.idx)), int(sign)

        algebra.twins.append(twin)

    def _factor_rule(self, fact: Fact, factor: Factor, degree: int, value: Poly, *, ordered: bool = False) -> Rule:
        """Return the rule that puts in a value; `ordered` says that the value has none that match again."""
        wanted = Pattern(factor, _params(fact))
        same_name = not ordered and any(
            isinstance(f, VarFactor) and f.name == getattr(factor, "name", None) for f in value.factors()
        )

        def rule(algebra: Algebra, powers: Powers, c: Rational) -> Poly | None:
            for found, e in powers.items():
                if e.denominator != 1 or (0 < e < degree) or (e < 0 and degree > 1):
                    continue
                binding = wanted.match(algebra, found)
                if binding is None:
                    continue
                replacement = _without_rules(algebra, value, binding)
                if degree == 1 and same_name and not _plain_key(replacement) < found.key:
                    continue
                self.used[fact.text] = None
                left_over = {**powers, found: e - degree if degree > 1 else 0}
                times = power(algebra, replacement, 1 if degree > 1 else e)
                return multiply(algebra, monomial(algebra, left_over, c), times)
            return None

        return rule

    def _sum_rule(self, fact: Fact, wanted: SumFactor, value: Poly) -> Rule:
        """Σ_j y_nj = 1, alone or inside a larger sum where j stands nowhere else."""

        def rule(algebra: Algebra, powers: Powers, c: Rational) -> Poly | None:
            for factor, e in powers.items():
                if not isinstance(factor, SumFactor) or e < 0 or e.denominator != 1:
                    continue
                replacement = _inside(algebra, factor, Pattern(wanted, _params(fact)), value)
                if replacement is not None:
                    self.used[fact.text] = None
                    rest = monomial(algebra, {**powers, factor: 0}, c)
                    return multiply(algebra, rest, power(algebra, replacement, e))
            return None

        return rule


def _inside(algebra: Algebra, factor: SumFactor, pattern: Pattern, value: Poly) -> Poly | None:
    """Replace one of the sums in a sum over several indices, where the pattern is all that it is over."""
    assert isinstance(pattern.factor, SumFactor)
    bounds, factors = open_sum(algebra, factor)
    ((bound, range_),) = pattern.factor.bounds
    params = frozenset(param for param, _ in pattern.params)
    for index, own_range in bounds:
        here = [(f, e) for f, e in factors if index in f.free]
        others = [(other, r) for other, r in bounds if other != index]
        if len(here) != len(pattern.factor.factors) or any(index in r.lo.indices() | r.hi.indices() for _, r in others):
            continue
        binding: Binding | None = {bound: lin(index)}
        for (wanted, x), (f, e) in zip(pattern.factor.factors, here, strict=True):
            binding = match(wanted, f, params, binding) if x == e and binding is not None else None
        if binding is None or range_.subs(binding) != own_range or not pattern.covers(algebra, binding):
            continue
        rest = Poly({tuple([(f, e) for f, e in factors if index not in f.free]): 1})
        body = multiply(algebra, algebra.subs(value, binding), rest)
        for other, other_range in reversed(others):
            body = sum_over(algebra, other, other_range, body)
        return body
    return None


_OF_EXPONENTS = frozenset(("exp", "power", "log"))


def _value_at(algebra: Algebra, factor: FunFactor, own: VarFactor, one: bool) -> Poly:
    """Return a function with an entry inside it put to 1 or to 0."""
    args = tuple(at_one_and_zero(arg, own)[0 if one else 1] for arg in factor.args)
    return algebra.function(factor.name, args, factor.order, factor.idx)


def _one_hot(facts: Sequence[Fact]) -> Iterator[tuple[str, int, tuple[Fact, Fact]]]:
    """Yield the arrays of which facts say y ∈ {0, 1} and Σ_k y_nk = 1, with the place of the index of that sum."""
    choices = {
        fact.left.name: fact
        for fact in facts
        if fact.relation == "in" and isinstance(fact.left, Var) and set(fact.choices) == {ZERO, ONE}
    }
    for fact in facts:
        match fact:
            case Fact(relation="=", left=Sum(index, _, Var(name, idx)), right=right) if (
                right == ONE and name in choices
            ):
                places = [n for n, value in enumerate(idx) if value.atom == index]
                if len(places) == 1 and _is_all(fact, idx, places[0]) and len(choices[name].params) == len(idx):
                    yield name, places[0], (choices[name], fact)


def _is_all(fact: Fact, idx: tuple[Lin, ...], place: int) -> bool:
    """Return whether the other indices of a sum's entries are the parameters of the fact, one each."""
    others = [value.atom for n, value in enumerate(idx) if n != place]
    return len(set(others)) == len(others) and set(others) == set(fact.params)


def _one_hot_rule(name: str, place: int, facts: Sequence[Fact], used: dict[str, None]) -> Rule:
    """y_a Σ_k y_k f_k = y_a f_a, and y_a y_b = 0 for a ≠ b, of a one-hot y."""

    def rule(algebra: Algebra, powers: Powers, c: Rational) -> Poly | None:
        entries = [f for f, e in powers.items() if isinstance(f, VarFactor) and f.name == name and e >= 1]
        for entry in entries:
            for factor, e in powers.items():
                if factor == entry or e != 1:
                    continue
                replacement = _picked(algebra, entry, factor, place)
                if replacement is not None:
                    used.update(dict.fromkeys(fact.text for fact in facts))
                    return multiply(algebra, monomial(algebra, {**powers, factor: 0}, c), replacement)
        return None

    return rule


def _picked(algebra: Algebra, entry: VarFactor, factor: Factor, place: int) -> Poly | None:
    """Return what a factor beside y_a is: f_a for Σ_k y_k f_k, [a = b] for y_b; None for any other."""
    if isinstance(factor, VarFactor):
        if not _alike(entry, factor, place):
            return None
        return algebra.normal(Iverson("=", entry.idx[place], factor.idx[place]))
    if not isinstance(factor, SumFactor):
        return None
    bounds, factors = open_sum(algebra, factor)
    for n, (index, range_) in enumerate(bounds):
        others = [*bounds[:n], *bounds[n + 1 :]]
        inner = [f for f, e in factors if isinstance(f, VarFactor) and f.name == entry.name and e == 1]
        bound = [f for f in inner if f.idx[place] == lin(index) and _alike(entry, f, place)]
        free_of = all(index not in r.lo.indices() | r.hi.indices() for _, r in others)
        if not bound or not free_of or algebra.context.within(entry.idx[place], range_) != []:
            continue
        rest = Poly({tuple([(f, e) for f, e in factors if f != bound[0]]): 1})
        body = algebra.subs(rest, {index: entry.idx[place]})
        for other, other_range in reversed(others):
            body = sum_over(algebra, other, other_range, body)
        return body
    return None


def _alike(one: VarFactor, other: VarFactor, place: int) -> bool:
    """Return whether two entries differ in one place at most."""
    if one.name != other.name:
        return False
    return all(a == b for n, (a, b) in enumerate(zip(one.idx, other.idx, strict=True)) if n != place)


def _without_rules(algebra: Algebra, value: Poly, binding: Binding) -> Poly:
    """Return a value at a binding as it is written: A_ji, which the rule for A_ij = A_ji would turn round again."""
    rules, algebra.rules = algebra.rules, []
    try:
        return algebra.subs(value, binding)
    finally:
        algebra.rules = rules


def _renamed(fact: Fact) -> Fact:
    """Return a fact whose parameters are like no index of any claim: what is known of those says nothing about them."""
    names = {param: lin(fresh(param.name)) for param in fact.params}
    params = tuple(e.atom for e in names.values() if isinstance(e.atom, Index))
    ranges = tuple(range_.subs(names) for range_ in fact.ranges)
    right = None if fact.right is None else subs(fact.right, names)
    choices = tuple(subs(choice, names) for choice in fact.choices)
    return replace(fact, left=subs(fact.left, names), right=right, params=params, ranges=ranges, choices=choices)


def _params(fact: Fact) -> tuple[tuple[Index, Range], ...]:
    return tuple(zip(fact.params, fact.ranges, strict=True))


def _plain_key(poly: Poly) -> str:
    """Return the key of a term without its coefficient, so that of A_ij and -A_ji one comes first."""
    return "+".join(monomial_key(m) for m in poly.terms)


def _recurs(factor: Factor, value: Poly) -> bool:
    """Whether a value is made of entries like the one that it stands for, so that replacing it might have no end.

    A_ij = A_ji is no such case: of the two, the smaller one stays.
    """
    alike = [f for f in all_factors(value) if isinstance(f, VarFactor) and f.name == getattr(factor, "name", None)]
    symmetric = value.single is not None and [f for f, _ in value.single[0]] == alike
    return factor in all_factors(value) or (bool(alike) and not symmetric)


def match(pattern: Factor, factor: Factor, params: frozenset[Index], binding: Binding | None) -> Binding | None:
    """Return the values of params under which a pattern becomes the factor, or None."""
    if binding is None:
        return None
    if pattern == factor and not pattern.free & (params | binding.keys()):
        return binding
    if not isinstance(pattern, VarFactor) or not isinstance(factor, VarFactor) or pattern.name != factor.name:
        return None
    if len(pattern.idx) != len(factor.idx):
        return None
    found = dict(binding)
    for p, e in zip(pattern.idx, factor.idx, strict=True):
        atom = p.atom
        if isinstance(atom, Index) and atom in params and atom not in found:
            found[atom] = e
        elif lin_key(p.subs(found)) != lin_key(e):
            return None
    return found
