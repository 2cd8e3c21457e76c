"""The normal form of expressions: equal for all sizes at once exactly if the polynomials are the same.

For + × Σ over symbolic ranges with free symbols this is complete (Wang et al., SPORES, VLDB 2020); functions are
factors keyed by the normal form of their arguments, with the identities of `derive.algebra.elementary`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from derive.algebra import elementary, extremes, signs
from derive.algebra.arithmetic import (
    Powers,
    monomial,
    multiply,
    one_minus_sigmoid,
    power,
    product,
    take_out_content,
)
from derive.algebra.bound_names import canonical, rename_poly
from derive.algebra.differentiate import derivative, total, unfold_orders
from derive.algebra.expr import (
    Add,
    Chain,
    Diff,
    Expr,
    Fun,
    Functional,
    IndexValue,
    Iverson,
    Mul,
    Num,
    Pow,
    Prod,
    Step,
    Sum,
    Var,
)
from derive.algebra.factors import (
    ONE_POLY,
    Factor,
    FunFactor,
    LambdaFactor,
    Poly,
    Rational,
    SizeFactor,
    VarFactor,
    add,
    in_order,
    is_negative,
    number,
    poly_of,
    scale,
    subtract,
)
from derive.algebra.functions import DEFINITIONS, KNOWN
from derive.algebra.index import Index, Lin, Range, Size, factors_of, fresh, lin
from derive.algebra.index_facts import IndexFacts
from derive.algebra.indicators import indicator
from derive.algebra.range_products import matrix_chain, product_over_range
from derive.algebra.replaced_factors import Bounds, Concerns, Replace, rewrite_term, subs_factor, subs_term
from derive.algebra.substitute import subs as subs_expr
from derive.algebra.summation import sum_over
from derive.algebra.triangles import Move
from derive.budget import UNLIMITED, Budget
from derive.notation.functions import EXTREMES

Rule = Callable[["Algebra", Powers, Rational], "Poly | None"]
UNROLL = 12  # sums over concrete ranges up to this length are written out
POSITIVE_PARTS = "each factor under a root or logarithm is positive"


class Algebra:
    """Turns expressions into normal form under the ranges and facts of a context.

    `notes` collects side conditions that were used (positive logarithms, no kinks), `moves` how sums were cut, shifted
    and exchanged, for whoever writes the proof down. `rules` rewrite products (facts).
    """

    def __init__(self, context: IndexFacts | None = None, budget: Budget = UNLIMITED) -> None:
        self.context = context or IndexFacts()
        self.ranges = self.context.ranges
        self.notes: set[str] = set()
        self.moves: dict[Move, None] = {}
        self.rules: list[Rule] = []
        self.positive_rules: list[Callable[[VarFactor], bool]] = []
        self.twins: list[Callable[[VarFactor], tuple[VarFactor, int] | None]] = []  # the mirror images that facts tell
        self.assume_positive = False  # assume that what stands under roots and logarithms is positive, factor by factor
        self.declined = False  # whether such an assumption could have helped
        self.fixed: dict[Size, Lin] = {}  # sizes with a given value
        self.unroll = UNROLL
        self.plain = False  # plain: do not reduce by denominators that are sums
        self.budget = budget
        self.tied: frozenset[str] = frozenset()  # names of variables of which an equation or a choice is assumed
        self._rarely_zero: dict[str, bool] = {}
        self._memo: dict[Expr, Poly] = {}

    def add_rules(self, rules: Iterable[Rule]) -> None:
        """Rewrite products by further rules from here on; what was brought into normal form before is forgotten."""
        self.rules.extend(rules)
        self._memo.clear()

    def note(self, condition: str) -> None:
        """Record a side condition."""
        self.notes.add(condition)

    def positive(self, factor: Factor) -> bool:
        """Whether a factor is surely positive."""
        return signs.is_positive(self, factor)

    def assumed_positive(self, factor: Factor) -> bool:
        """Whether a factor under a root or logarithm is positive, or may be taken to be."""
        if self.positive(factor):
            return True
        if self.assume_positive:
            self.note(POSITIVE_PARTS)
        else:
            self.declined = True
        return self.assume_positive

    def size(self, e: Lin) -> Poly:
        """Return an index expression as a number."""
        e = self.resolve(e)
        return add(number(e.const), *(scale(self._atom(atom), c) for atom, c in e.terms))

    def _atom(self, atom: Index | Size) -> Poly:
        return product(self, [poly_of(SizeFactor(factor.terms[0][0])) for factor in factors_of(atom)])

    def exp(self, arg: Poly) -> Poly:
        """Return exp(arg)."""
        return elementary.exp(self, arg)

    def sigmoid(self, arg: Poly) -> Poly:
        """Return σ(arg)."""
        return elementary.sigmoid(self, arg)

    def step(self, arg: Poly) -> Poly:
        """Return [arg > 0]."""
        return signs.step(self, arg)

    def where_zero(self, indicator: FunFactor, powers: Powers, c: Rational) -> Poly | None:
        """Use the equation x = 0 in a product with [x = 0]; None if nothing changes."""
        return signs.where_zero(self, indicator, powers, c)

    def rarely_zero(self, poly: Poly) -> bool:
        """Whether a polynomial is surely zero on a null set only."""
        known = self._rarely_zero.get(poly.key)
        if known is None:
            known = self._rarely_zero[poly.key] = signs.rarely_zero(self, poly)
        return known

    def is_leaf(self, factor: VarFactor) -> bool:
        """Whether a variable is defined by nothing. Without a network: every one."""
        return True

    def is_free(self, leaf: VarFactor) -> bool:
        """Whether a leaf takes all values in an interval: no fact says more of it than that it is positive."""
        return leaf.name not in self.tied

    def may_depend(self, factor: VarFactor, leaf: VarFactor) -> bool:
        """Whether an entry of a variable may depend on one of a leaf."""
        return signs.same_entry_possible(self, factor, leaf)

    def expand_value(self, factor: VarFactor) -> Poly | None:
        """Return the definition of a variable. Without a network: there is none."""
        return None

    def iverson(self, relation: str, e: Lin) -> Poly:
        """Return [e = 0] or [e <= 0]."""
        return indicator(self, relation, self.resolve(e))

    def resolve(self, e: Lin) -> Lin:
        """Insert the sizes that have a given value."""
        return e.subs(self.fixed) if self.fixed else e

    def variable(self, name: str, idx: tuple[Lin, ...]) -> Poly:
        """Return an entry of a variable, or what a fact says that it equals."""
        factor = VarFactor(name, tuple([self.resolve(e) for e in idx]) if self.fixed else idx)
        return monomial(self, {factor: 1}, 1) if self.rules else poly_of(factor)

    def derivative_of(self, u: VarFactor, v: VarFactor) -> Poly:
        """Return ∂u/∂v. Without a network: entries are independent."""
        if u.name != v.name:
            return Poly()
        return product(self, [self.iverson("=", a - b) for a, b in zip(u.idx, v.idx, strict=True)])

    def function(self, name: str, args: tuple[Poly, ...], order: tuple[int, ...], idx: tuple[Lin, ...]) -> Poly:
        """Return a function of the basis, or an open one, of polynomials."""
        match name:
            case "exp":
                return self.exp(*args)
            case "log":
                return elementary.log(self, *args)
            case "sigmoid":
                return self.sigmoid(*args)
            case "softplus":
                return elementary.softplus(self, *args)
            case "step":
                return self.step(*args)
            case "zero":
                return signs.zero(self, *args)
            case "sin":
                return elementary.sine(*args)
            case "cos":
                return elementary.cosine(*args)
            case "power":
                return self.raised(*args)
            case "erf" | "arctan" if args[0].terms and is_negative(args[0]):
                return scale(poly_of(FunFactor(name, (scale(args[0], -1),))), -1)
        return poly_of(FunFactor(name, args, order, tuple(map(self.resolve, idx))))

    def normal(self, expr: Expr) -> Poly:
        """Return the normal form of an expression."""
        if isinstance(expr, Num):
            return number(expr.value)
        known = self._memo.get(expr)
        if known is None:
            known = self._memo[expr] = self._normal(expr)
        return known

    def _normal(self, expr: Expr) -> Poly:
        match expr:
            case Num(value):
                return number(value)
            case IndexValue(value):
                return self.size(value)
            case Var(name, idx):
                return self.variable(name, idx)
            case Add(args):
                return add(*map(self.normal, args))
            case Mul(args):
                return product(self, map(self.normal, args))
            case Pow(Mul(args), Num(e)) if e.denominator == 1:
                return product(self, [self.normal(Pow(arg, Num(e))) for arg in args])
            case Pow(Pow(base, Num(inner)), Num(e)) if e.denominator == 1 and inner.denominator == 1:
                return self.normal(Pow(base, Num(inner * e)))
            case Pow(base, exponent):
                return self.raised(self.normal(base), self.normal(exponent))
            case Fun():
                return self._function(expr)
            case Functional(name=name) if name in EXTREMES:
                return extremes.extreme(self, expr)
            case Functional():
                return self._functional(expr)
            case Sum(index, range_, body):
                return self._sum(index, range_, body)
            case Prod(index, range_, body):
                return product_over_range(self, index, range_, body)
            case Iverson(relation, left, right):
                return self.iverson(relation, left - right)
            case Step(arg):
                return self.step(self.normal(arg))
            case Diff(body, var):
                return self._derivative(body, var)
            case Chain():
                return matrix_chain(self, expr)
        raise TypeError(f"no normal form for {type(expr).__name__}")

    def raised(self, base: Poly, exponent: Poly) -> Poly:
        """Return base^exponent."""
        if exponent.constant is not None:
            return power(self, base, exponent.constant)
        if self.surely_positive(base):
            return self.exp(multiply(self, exponent, elementary.log(self, base)))
        whole = exponent.terms.get((), 0)
        if whole and whole.denominator == 1:  # b^(γ - 1) = b^γ / b
            return multiply(self, power(self, base, whole), self.raised(base, subtract(exponent, number(whole))))
        factor = FunFactor("power", (base, exponent))
        return monomial(self, {factor: 1}, 1) if self.rules else poly_of(factor)

    def surely_positive(self, base: Poly) -> bool:
        """Whether a polynomial is seen to be positive: 1 - σ(x), or a product of what is."""
        if one_minus_sigmoid(base) is not None:
            return True
        if base.is_zero:
            return False
        if base.single is None:
            content, rest = take_out_content(self, base, whole_exponent=False)
            return content != ONE_POLY and one_minus_sigmoid(rest) is not None and self.surely_positive(content)
        return base.single[1] > 0 and all(self.positive(f) for f, _ in base.single[0])

    def _function(self, fun: Fun) -> Poly:
        if fun.name in KNOWN:
            if any(fun.order):
                return self.normal(unfold_orders(fun))
            definition = DEFINITIONS.get(fun.name)
            if definition is not None:
                return self.normal(definition(*fun.args))
        return self.function(fun.name, tuple(map(self.normal, fun.args)), fun.order, fun.idx)

    def _sum(self, index: Index, range_: Range, body: Expr) -> Poly:
        known = self.ranges.get(index)
        if index.uid == 0 or (known is not None and known != range_):  # the name has another meaning elsewhere
            new = fresh(index.name)
            index, body = new, subs_expr(body, {index: lin(new)})
        self.ranges[index] = range_
        return sum_over(self, index, range_, self.normal(body))

    def close(self, bounds: Bounds, body: Poly) -> tuple[tuple[tuple[Index, Range | None], ...], Poly, int]:
        """Return bounds and body of a binder under canonical names, and the height."""
        height = 1 + body.height
        values = {index: lin(canonical(height, n)) for n, (index, _) in enumerate(bounds)}
        renamed = tuple(
            (canonical(height, n), r.subs(values) if r is not None else None) for n, (_, r) in enumerate(bounds)
        )
        return renamed, rename_poly(self, body, values), height

    def open(self, bounds: tuple[tuple[Index, Range | None], ...], body: Poly) -> tuple[Bounds, Poly]:
        """Return bounds and body of a binder with fresh indices in place of the canonical ones."""
        values = {index: lin(fresh("s")) for index, _ in bounds}
        opened: Bounds = []
        for index, range_ in bounds:
            new = values[index].atom
            assert isinstance(new, Index)
            moved = range_.subs(values) if range_ is not None else None
            if moved is not None:
                self.ranges[new] = moved
            opened.append((new, moved))
        return opened, rename_poly(self, body, values)

    def bound_part(self, bounds: Bounds, body: Expr) -> tuple[tuple[tuple[Index, Range | None], ...], Poly, int]:
        """Return bounds and normal form of what a binder is over, under canonical names, and the height."""
        names = {index: fresh(index.name) for index, _ in bounds}
        to_fresh = {old: lin(new) for old, new in names.items()}
        moved = [(names[i], r.subs(to_fresh) if r is not None else None) for i, r in bounds]
        for index, range_ in moved:
            if range_ is not None:
                self.ranges[index] = range_
        return self.close(moved, self.normal(subs_expr(body, to_fresh)))

    def _functional(self, expr: Functional) -> Poly:
        parts = [self.bound_part(list(zip(a.indices, a.ranges, strict=True)), a.body) for a in expr.args]
        slots = in_order(expr.slots)
        name = f"{expr.name}@{len(expr.idx)}@{','.join(f'{n}:{len(s)}' for n, s in slots)}"
        lins = (*expr.idx, *(e for _, s in slots for e in s))
        bounds, polys = tuple(p[0] for p in parts), tuple(p[1] for p in parts)
        return poly_of(LambdaFactor("functional", name, bounds, polys, lins, max((p[2] for p in parts), default=0)))

    def _derivative(self, body: Expr, var: Var) -> Poly:
        if isinstance(body, Var):
            return self.derivative_of(VarFactor(body.name, body.idx), VarFactor(var.name, var.idx))
        if isinstance(body, Diff):
            return self.second_derivative(body, var)
        return self.normal(derivative(body, var, total))

    def second_derivative(self, body: Diff, var: Var) -> Poly:
        """Return ∂(∂u/∂v)/∂w: the inner derivative first."""
        from derive.algebra.rebuild import to_expr

        return self.normal(Diff(to_expr(self.normal(body)), var))

    def subs(self, poly: Poly, values: Mapping[Index, Lin]) -> Poly:
        """Replace free indices and bring the result into normal form again."""
        if poly.free.isdisjoint(values):
            return poly
        return add(*(subs_term(self, m, c, values) for m, c in poly.terms.items()))

    def subs_factor(self, factor: Factor, values: Mapping[Index, Lin]) -> Poly:
        """Replace free indices in a factor."""
        return subs_factor(self, factor, values)

    def rewrite(self, poly: Poly, replace: Replace, concerns: Concerns = lambda factor: True) -> Poly:
        """Replace factors, at every depth, by polynomials, and bring the result into normal form again.

        What is replaced only stands in factors that this `concerns`; the others are left as they are.
        """
        return add(*(rewrite_term(self, m, c, replace, concerns) for m, c in poly.terms.items()))
