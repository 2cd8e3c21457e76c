"""The normal form of expressions: equal for all sizes at once exactly if the polynomials are the same.

For + × Σ over symbolic ranges with free symbols this is complete (Wang et al., SPORES, VLDB 2020); functions are
factors keyed by the normal form of their arguments, with the identities of `derive.algebra.arithmetic`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from derive.algebra import arithmetic, extremes, signs
from derive.algebra.arithmetic import (
    Powers,
    TooLargeError,
    UndefinedError,
    monomial,
    multiply,
    one_minus_sigmoid,
    power,
    product,
    take_out_content,
)
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
    DiffFactor,
    Factor,
    FunFactor,
    IversonFactor,
    LambdaFactor,
    Monomial,
    Poly,
    PolyFactor,
    Rational,
    SizeFactor,
    SumFactor,
    VarFactor,
    add,
    functional_lins,
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
from derive.algebra.substitute import subs as subs_expr
from derive.algebra.summation import Move, canonical, count, indicator, open_sum, rename_poly, subs_sum, sum_over
from derive.budget import UNLIMITED, Budget
from derive.notation.functions import EXTREMES

__all__ = ["Algebra", "TooLargeError", "UndefinedError"]

Bounds = list[tuple[Index, Range | None]]
Rule = Callable[["Algebra", Powers, Rational], "Poly | None"]
Replace = Callable[[Factor], "Poly | None"]
Concerns = Callable[[Factor], bool]
UNROLL = 12  # sums over concrete ranges up to this length are written out
POSITIVE_PARTS = "each factor under a root or logarithm is positive"
MAX_CHAIN = 6  # matrix products of at most this known length are multiplied out


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
        return arithmetic.product(self, [poly_of(SizeFactor(factor.terms[0][0])) for factor in factors_of(atom)])

    def exp(self, arg: Poly) -> Poly:
        """Return exp(arg)."""
        return arithmetic.exp(self, arg)

    def sigmoid(self, arg: Poly) -> Poly:
        """Return σ(arg)."""
        return arithmetic.sigmoid(self, arg)

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
                return arithmetic.log(self, *args)
            case "sigmoid":
                return self.sigmoid(*args)
            case "softplus":
                return arithmetic.softplus(self, *args)
            case "step":
                return self.step(*args)
            case "zero":
                return signs.zero(self, *args)
            case "sin":
                return arithmetic.sine(*args)
            case "cos":
                return arithmetic.cosine(*args)
            case "power":
                return self._power(*args)
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
                return self._power(self.normal(base), self.normal(exponent))
            case Fun():
                return self._function(expr)
            case Functional(name=name) if name in EXTREMES:
                return extremes.extreme(self, expr)
            case Functional():
                return self._functional(expr)
            case Sum(index, range_, body):
                return self._sum(index, range_, body)
            case Prod(index, range_, body):
                return self._product_over_range(index, range_, body)
            case Iverson(relation, left, right):
                return self.iverson(relation, left - right)
            case Step(arg):
                return self.step(self.normal(arg))
            case Diff(body, var):
                return self._derivative(body, var)
            case Chain():
                return self._chain(expr)
        raise TypeError(f"no normal form for {type(expr).__name__}")

    def _power(self, base: Poly, exponent: Poly) -> Poly:
        if exponent.constant is not None:
            return power(self, base, exponent.constant)
        if self._surely_positive(base):
            return self.exp(multiply(self, exponent, arithmetic.log(self, base)))
        whole = exponent.terms.get((), 0)
        if whole and whole.denominator == 1:  # b^(γ - 1) = b^γ / b
            return multiply(self, power(self, base, whole), self._power(base, subtract(exponent, number(whole))))
        factor = FunFactor("power", (base, exponent))
        return monomial(self, {factor: 1}, 1) if self.rules else poly_of(factor)

    def _surely_positive(self, base: Poly) -> bool:
        if one_minus_sigmoid(base) is not None:
            return True
        if base.is_zero:
            return False
        if base.single is None:
            content, rest = take_out_content(self, base, whole_exponent=False)
            return content != ONE_POLY and one_minus_sigmoid(rest) is not None and self._surely_positive(content)
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

    def _bound_part(self, bounds: Bounds, body: Expr) -> tuple[tuple[tuple[Index, Range | None], ...], Poly, int]:
        names = {index: fresh(index.name) for index, _ in bounds}
        to_fresh = {old: lin(new) for old, new in names.items()}
        moved = [(names[i], r.subs(to_fresh) if r is not None else None) for i, r in bounds]
        for index, range_ in moved:
            if range_ is not None:
                self.ranges[index] = range_
        return self.close(moved, self.normal(subs_expr(body, to_fresh)))

    def _functional(self, expr: Functional) -> Poly:
        parts = [self._bound_part(list(zip(a.indices, a.ranges, strict=True)), a.body) for a in expr.args]
        slots = in_order(expr.slots)
        name = f"{expr.name}@{len(expr.idx)}@{','.join(f'{n}:{len(s)}' for n, s in slots)}"
        lins = (*expr.idx, *(e for _, s in slots for e in s))
        bounds, polys = tuple(p[0] for p in parts), tuple(p[1] for p in parts)
        return poly_of(LambdaFactor("functional", name, bounds, polys, lins, max((p[2] for p in parts), default=0)))

    def _product_over_range(self, index: Index, range_: Range, body: Expr) -> Poly:
        length = range_.length
        if length.is_const and length.const <= self.unroll:
            values = (range_.lo + n for n in range(length.const))
            return product(self, (self.normal(subs_expr(body, {index: value})) for value in values))
        own = fresh(index.name)
        self.ranges[own] = range_
        return self.product_over(own, range_, self.normal(subs_expr(body, {index: lin(own)})))

    def product_over(self, index: Index, range_: Range, factor: Poly) -> Poly:
        """Return ∏ f: exp Σ log f where every f is surely positive, else factors that are products of their own."""
        logarithm = self._log_of_product(index, range_, factor)
        if logarithm is not None:
            return self.exp(logarithm)
        bound, part, height = self.close([(index, range_)], factor)
        if bound[0][0] not in part.free:
            return self._power(part, count(self, range_))
        if part.single is not None and part != poly_of(part.single[0][0][0]):
            return self._split_product(bound, part)
        return poly_of(LambdaFactor("prod", "", (bound,), (part,), (), height))

    def _log_of_product(self, index: Index, range_: Range, factor: Poly) -> Poly | None:
        """Return log ∏ f = Σ log f; None unless every f is surely positive, both where a condition holds and not."""
        conditions = tuple(dict.fromkeys(f for f in factor.factors() if isinstance(f, IversonFactor)))
        if not conditions:
            sure = self._surely_positive(factor)
            return sum_over(self, index, range_, arithmetic.log(self, factor)) if sure else None
        holds = poly_of(conditions[0])
        inside, outside = signs.at_one_and_zero(factor, conditions[0])
        if conditions[0].relation == "=" and abs(coefficient := dict(conditions[0].e.terms).get(index, 0)) == 1:
            inside = self.subs(inside, {index: lin(index) - conditions[0].e * coefficient})
        if len(conditions) > 1 or not (self._surely_positive(inside) and self._surely_positive(outside)):
            return None
        terms = [multiply(self, holds, arithmetic.log(self, inside))]
        terms.append(multiply(self, subtract(ONE_POLY, holds), arithmetic.log(self, outside)))
        return sum_over(self, index, range_, add(*terms))

    def _split_product(self, bound: tuple[tuple[Index, Range | None], ...], part: Poly) -> Poly:
        """∏ c·f·g^e = c^n · ∏ f · (∏ g)^e."""
        assert part.single is not None
        m, c = part.single
        ((index, range_),) = bound
        assert range_ is not None
        pieces = [self._power(number(c), count(self, range_))]
        for factor, e in m:
            if index in factor.free:
                b, p, h = self.close(*self.open(bound, poly_of(factor)))
                pieces.append(power(self, poly_of(LambdaFactor("prod", "", (b,), (p,), (), h)), e))
            else:
                pieces.append(self._power(poly_of(factor, e), count(self, range_)))
        return product(self, pieces)

    def _chain(self, expr: Chain) -> Poly:
        length = expr.range.length
        if self.context.zero(length):
            return self.iverson("=", expr.left - expr.right)
        if length.is_const and 0 < length.const <= MAX_CHAIN:
            return self.normal(peel(expr))
        bounds = [(expr.index, expr.range), (expr.row, None), (expr.col, Range(lin(1), expr.cols))]
        bound, part, height = self._bound_part(bounds, expr.body)
        return poly_of(LambdaFactor("chain", "", (bound,), (part,), (expr.left, expr.right), height))

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
        if not any(index in poly.free for index in values):
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


def _length(range_: Range | None) -> Lin:
    assert range_ is not None
    return range_.length


def peel(chain: Chain) -> Expr:
    """Write the first factor of a product of matrices apart: (M_lo · rest)[left, right]."""
    first = chain.range.lo
    middle = fresh("q")
    here = subs_expr(chain.body, {chain.index: first, chain.row: chain.left, chain.col: lin(middle)})
    rest = Chain(
        chain.index,
        Range(first + 1, chain.range.hi),
        chain.row,
        chain.col,
        chain.cols,
        chain.body,
        lin(middle),
        chain.right,
    )
    return Sum(middle, Range(lin(1), chain.cols.subs({chain.index: first})), here * rest)


def subs_term(algebra: Algebra, m: Monomial, c: Rational, values: Mapping[Index, Lin]) -> Poly:
    """Return a term with free indices replaced."""
    powers: Powers = {}
    sums: list[Poly] = []
    for factor, e in m:
        if not any(index in factor.free for index in values):
            powers[factor] = powers.get(factor, 0) + e
            continue
        new = power(algebra, subs_factor(algebra, factor, values), e)
        if new.single is None:
            sums.append(new)
            continue
        inner, d = new.single
        c *= d
        for f, x in inner:
            powers[f] = powers.get(f, 0) + x
    result = monomial(algebra, powers, c) if c else Poly()
    return product(algebra, [result, *sums]) if sums else result


def subs_factor(algebra: Algebra, factor: Factor, values: Mapping[Index, Lin]) -> Poly:
    """Replace free indices in a factor."""
    if not any(index in factor.free for index in values):
        return poly_of(factor)

    def lins(idx: tuple[Lin, ...]) -> tuple[Lin, ...]:
        return tuple(e.subs(values) for e in idx)

    match factor:
        case VarFactor(name=name, idx=idx):
            return algebra.variable(name, lins(idx))
        case SizeFactor(atom=atom):
            return algebra.size(lin(atom).subs(values))
        case IversonFactor(relation=relation, e=e):
            return algebra.iverson(relation, e.subs(values))
        case DiffFactor(u=u, v=v):
            return algebra.derivative_of(VarFactor(u.name, lins(u.idx)), VarFactor(v.name, lins(v.idx)))
        case FunFactor(name=name, args=args, order=order, idx=idx):
            return algebra.function(name, tuple(algebra.subs(a, values) for a in args), order, lins(idx))
        case PolyFactor(poly=poly):
            return algebra.subs(poly, values)
        case SumFactor():
            return subs_sum(algebra, factor, dict(values))
        case LambdaFactor():
            return _subs_lambda(algebra, factor, values)
    raise TypeError(f"cannot substitute in {type(factor).__name__}")


def _subs_lambda(algebra: Algebra, factor: LambdaFactor, values: Mapping[Index, Lin]) -> Poly:
    def body(part: Poly) -> Poly:
        return algebra.subs(part, values)

    def moved(bounds: Bounds) -> Bounds:
        return [(i, r.subs(values) if r is not None else None) for i, r in bounds]

    lins = tuple(e.subs(values) for e in factor.lins)
    return _rebuild_lambda(algebra, factor, body, moved, lins)


def _rebuild_lambda(
    algebra: Algebra,
    factor: LambdaFactor,
    body: Callable[[Poly], Poly],
    moved: Callable[[Bounds], Bounds],
    lins: tuple[Lin, ...],
) -> Poly:
    if factor.kind == "prod":
        opened, inner = algebra.open(factor.bounds[0], factor.parts[0])
        ((index, range_),) = moved(opened)
        assert range_ is not None, "a product has a range"
        return algebra.product_over(index, range_, body(inner))
    if factor.kind == "peak":
        opened, inner = algebra.open(factor.bounds[0], factor.parts[0])
        over = [(index, range_) for index, range_ in moved(opened) if range_ is not None]
        return extremes.peak(algebra, over, body(inner), lins)
    closed = []
    for bounds, part in zip(factor.bounds, factor.parts, strict=True):
        opened, inner = algebra.open(bounds, part)
        closed.append(algebra.close(moved(opened), body(inner)))
    height = max((c[2] for c in closed), default=0)
    if factor.kind == "functional":
        lins = functional_lins(factor.name, lins)
    names, parts = tuple(c[0] for c in closed), tuple(c[1] for c in closed)
    if factor.kind == "chain" and algebra.context.zero(_length(names[0][0][1])):
        return algebra.iverson("=", lins[0] - lins[1])
    return poly_of(LambdaFactor(factor.kind, factor.name, names, parts, lins, height))


def rewrite_term(algebra: Algebra, m: Monomial, c: Rational, replace: Replace, concerns: Concerns) -> Poly:
    """Return a term with factors replaced at every depth."""
    parts = [number(c)]
    kept: list[tuple[Factor, Rational]] = []
    for factor, e in m:
        new = _rewrite_factor(algebra, factor, replace, concerns)
        if new is None:
            kept.append((factor, e))
        else:
            parts.append(power(algebra, new, e))
    return product(algebra, [Poly({tuple(kept): 1}), *parts])


def _rewrite_factor(algebra: Algebra, factor: Factor, replace: Replace, concerns: Concerns) -> Poly | None:
    """Return what a factor becomes, None if nothing in it changes."""
    if not concerns(factor):
        return None
    match factor:
        case FunFactor():
            args = tuple(algebra.rewrite(arg, replace, concerns) for arg in factor.args)
            if args == factor.args:
                return replace(factor)
            return algebra.function(factor.name, args, factor.order, factor.idx)
        case PolyFactor():
            inner = algebra.rewrite(factor.poly, replace, concerns)
            return None if inner == factor.poly else inner
        case SumFactor():
            return _rewrite_sum(algebra, factor, replace, concerns)
        case LambdaFactor():

            def rewritten(part: Poly) -> Poly:
                return algebra.rewrite(part, replace, concerns)

            new = _rebuild_lambda(algebra, factor, rewritten, lambda b: b, factor.lins)
            return None if new == poly_of(factor) else new
    return replace(factor)


def _rewrite_sum(algebra: Algebra, factor: SumFactor, replace: Replace, concerns: Concerns) -> Poly | None:
    bounds, factors = open_sum(algebra, factor)
    new = [_rewrite_factor(algebra, inner, replace, concerns) for inner, _ in factors]
    if all(part is None for part in new):
        return None
    parts = (poly_of(inner) if part is None else part for part, (inner, _) in zip(new, factors, strict=True))
    body = product(algebra, [power(algebra, part, e) for part, (_, e) in zip(parts, factors, strict=True)])
    for index, range_ in reversed(bounds):
        body = sum_over(algebra, index, range_, body)
    return body
