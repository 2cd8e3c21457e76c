"""Assumptions as rewriting rules: Σ_i y_i = 1, y ∈ {0, 1}, A_ij = A_ji, T > 0."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from derive.algebra.arithmetic import Powers, multiply, power
from derive.algebra.expr import Num, Var
from derive.algebra.factors import Factor, Poly, SumFactor, VarFactor, lin_key, poly_of
from derive.algebra.index import Index, Lin, lin
from derive.algebra.normal_form import Algebra, Rule
from derive.algebra.summation import open_sum, sum_over
from derive.network.network import Fact

Binding = dict[Index, Lin]


class FactRules:
    """Installs facts in an algebra and records the text of each one used."""

    def __init__(self, facts: Iterable[Fact], used: dict[str, None]) -> None:
        self.facts = tuple(facts)
        self.used = used

    def install(self, algebra: Algebra) -> None:
        """Make products in the algebra obey the facts."""
        rules: list[Rule] = []
        for fact in self.facts:
            if fact.relation == ">" and isinstance(fact.left, Var) and fact.right == Num(Fraction(0)):
                algebra.positive_names.add(fact.left.name)
                self.used[fact.text] = None
            elif fact.relation == "in" and isinstance(fact.left, Var):
                rules.append(self._idempotent(fact, fact.left))
            elif fact.relation == "=" and fact.right is not None:
                rule = self._equation(algebra, fact)
                if rule is not None:
                    rules.append(rule)
        algebra.rules.extend(rules)

    def _idempotent(self, fact: Fact, var: Var) -> Rule:
        """y² = y for y ∈ {0, 1}."""
        values = {choice.value for choice in fact.choices if isinstance(choice, Num)}

        def rule(algebra: Algebra, powers: Powers, c: Fraction) -> Poly | None:
            from derive.algebra.arithmetic import monomial

            if values != {Fraction(0), Fraction(1)}:
                return None
            for factor, e in powers.items():
                if isinstance(factor, VarFactor) and factor.name == var.name and e >= 2 and e.denominator == 1:
                    self.used[fact.text] = None
                    return monomial(algebra, {**powers, factor: Fraction(1)}, c)
            return None

        return rule

    def _equation(self, algebra: Algebra, fact: Fact) -> Rule | None:
        assert fact.right is not None
        for param, range_ in zip(fact.params, fact.ranges, strict=True):
            algebra.ranges.setdefault(param, range_)
        left, right = algebra.normal(fact.left), algebra.normal(fact.right)
        if left.single is None or len(left.single[0]) != 1:
            left, right = right, left
        if left.single is None or len(left.single[0]) != 1:
            return None
        ((factor, e),), c = left.single
        if e != 1:
            right = power(algebra, multiply(algebra, right, Poly({(): 1 / c})), 1 / e)
            c = Fraction(1)
        value = multiply(algebra, right, Poly({(): 1 / c}))
        params = frozenset(fact.params)
        if isinstance(factor, SumFactor) and len(factor.bounds) == 1:
            return self._sum_rule(fact, factor, value, params)
        return self._factor_rule(fact, factor, value, params)

    def _factor_rule(self, fact: Fact, wanted: Factor, value: Poly, params: frozenset[Index]) -> Rule:
        symmetric = value.single is not None and [f.__class__ for f, _ in value.single[0]] == [VarFactor]

        def rule(algebra: Algebra, powers: Powers, c: Fraction) -> Poly | None:
            for factor, e in powers.items():
                binding = match(wanted, factor, params, {})
                if binding is None:
                    continue
                replacement = algebra.subs(value, binding)
                if symmetric and not _smaller(replacement, factor):
                    continue
                self.used[fact.text] = None
                rest = {f: x for f, x in powers.items() if f is not factor}
                return multiply(algebra, _monomial(algebra, rest, c), power(algebra, replacement, e))
            return None

        return rule

    def _sum_rule(self, fact: Fact, wanted: SumFactor, value: Poly, params: frozenset[Index]) -> Rule:
        """Σ_j y_nj = 1, alone or inside a larger sum where j stands nowhere else."""

        def rule(algebra: Algebra, powers: Powers, c: Fraction) -> Poly | None:
            for factor, e in powers.items():
                if not isinstance(factor, SumFactor) or e < 0 or e.denominator != 1:
                    continue
                replacement = self._inside(algebra, factor, wanted, value, params)
                if replacement is not None:
                    self.used[fact.text] = None
                    rest = {f: x for f, x in powers.items() if f is not factor}
                    return multiply(algebra, _monomial(algebra, rest, c), power(algebra, replacement, e))
            return None

        return rule

    @staticmethod
    def _inside(
        algebra: Algebra, factor: SumFactor, wanted: SumFactor, value: Poly, params: frozenset[Index]
    ) -> Poly | None:
        bounds, factors = open_sum(algebra, factor)
        ((bound, range_),) = wanted.bounds
        for index, own_range in bounds:
            here = [(f, e) for f, e in factors if index in f.free]
            if len(here) != len(wanted.factors):
                continue
            binding: Binding | None = {bound: lin(index)}
            for (pattern, x), (f, e) in zip(wanted.factors, here, strict=True):
                binding = match(pattern, f, params, binding) if x == e and binding is not None else None
            if binding is None or range_.subs(binding) != own_range:
                continue
            rest = Poly({tuple((f, e) for f, e in factors if index not in f.free): Fraction(1)})
            body = multiply(algebra, algebra.subs(value, binding), rest)
            for other, other_range in reversed(bounds):
                if other != index:
                    body = sum_over(algebra, other, other_range, body)
            return body
        return None


def _monomial(algebra: Algebra, powers: Powers, c: Fraction) -> Poly:
    from derive.algebra.arithmetic import monomial

    return monomial(algebra, powers, c)


def _smaller(replacement: Poly, factor: Factor) -> bool:
    return replacement.key < poly_of(factor).key


def match(pattern: Factor, factor: Factor, params: frozenset[Index], binding: Binding | None) -> Binding | None:
    """Return the values of params under which a pattern becomes the factor, or None."""
    if binding is None:
        return None
    if pattern == factor and not pattern.free & (params | binding.keys()):
        return binding
    if not isinstance(pattern, VarFactor) or not isinstance(factor, VarFactor) or pattern.name != factor.name:
        return None
    found = dict(binding)
    for p, e in zip(pattern.idx, factor.idx, strict=True):
        atom = p.atom
        if isinstance(atom, Index) and atom in params and atom not in found:
            found[atom] = e
        elif lin_key(p.subs(found)) != lin_key(e):
            return None
    return found
