"""The lines of one derivation: the chain rule through the direct dependents, what is inserted, and how it is tidied."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice
from itertools import product as product_of

from derive.algebra.arithmetic import multiply, power, product
from derive.algebra.differentiate import derivative, entry_delta
from derive.algebra.expr import Add, Diff, Expr, Fun, Functional, Iverson, Mul, Num, Pow, Sum, Var
from derive.algebra.factors import (
    DiffFactor,
    Factor,
    IversonFactor,
    Poly,
    PolyFactor,
    VarFactor,
    add,
    poly_of,
    subtract,
)
from derive.algebra.index import Index, Range, fresh, lin
from derive.algebra.primes import TooLargeError
from derive.algebra.rebuild import to_expr
from derive.algebra.substitute import refresh, subs, walk
from derive.algebra.summation import sum_over
from derive.network import tidy
from derive.network.calculus import NAMED, worked_out
from derive.network.chain_rule import NetworkAlgebra, all_factors
from derive.network.dependencies import definitions_of, variables
from derive.network.derivation import Step
from derive.network.factoring import factored
from derive.network.network import Definition, Fact
from derive.network.recognise import recognise

MAX_INSERTED, MAX_AGAIN, MAX_PLACES = 16, 4, 36
HALF = Num(Fraction(1, 2))
Chain = tuple[Step, ...]
Renamed = tuple[Var, tuple[Range | None, ...]]


def derive_steps(algebra: NetworkAlgebra, goal: DiffFactor) -> Iterator[Step]:
    """Yield the lines of ∂u/∂v where the ranges of the free indices leave one case only.

    Where it is not seen that what is known of the derivatives above may be inserted, they stay as they are.
    """
    expanded = algebra.expand_derivative(goal)
    for keeps in (False, True):
        writer = _Writer(algebra, Var(goal.u.name, goal.u.idx), Var(goal.v.name, goal.v.idx), keeps=keeps)
        steps = tuple(writer.steps())
        if writer.agrees(steps[-1].expr, expanded):
            yield from steps
            return
    yield from (steps[0], Step(to_expr(recognise(algebra, expanded)), "chain rule"))


def simplest(algebra: NetworkAlgebra, expr: Expr) -> Expr:
    """Return an expression as it is left when all the rules have been applied."""
    writer = _Writer(algebra, Var(algebra.network.loss or ""), Var(algebra.network.loss or ""))
    line = writer._bound(tidy.tidy(expr))
    for _ in range(MAX_AGAIN):
        lines = [step.expr for step in writer.simplified(line)]
        if not lines:
            break
        line = writer._bound(lines[-1])
    return line


@dataclass
class _Writer:
    """`found` has what is known of the derivatives above, each worked out once for all that insert it.

    `long` has those that end in nothing short, whatever their indices are called; `keeps` says that none is inserted.
    """

    algebra: NetworkAlgebra
    u: Var
    v: Var
    found: dict[Diff, Chain | None] = field(default_factory=dict)
    long: set[Renamed] = field(default_factory=set)
    keeps: bool = False

    def steps(self) -> Iterator[Step]:
        start = Diff(self.u, self.v)
        yield Step(start, "start")
        line: Expr | None = None
        for step in self._lines():
            if step.expr != line:
                yield step
            line = step.expr

    def _lines(self) -> Iterator[Step]:
        users = [d for d in self.algebra.dependencies.users.get(self.v.name, ()) if self._reaches(d)]
        terms = [(d.name, term) for d in users if not (term := self._term(d)).is_zero]
        own = self.local(self.u, self.v) if {name for name, _ in terms} == {self.u.name} else None
        if own is not None:
            yield from own[1:]
            return
        line = self._chain_rule([term for _, term in terms])
        yield Step(line, "sum over paths" if _has_sum(line) else "chain rule")
        for _ in range(MAX_INSERTED):
            line, used = self._inserted(line)
            if not used:
                return
            yield Step(line, "insert", used=used)
            for step in self.simplified(line):
                yield step
                line = step.expr

    def _reaches(self, definition: Definition) -> bool:
        return definition.name == self.u.name or definition.name in self.algebra.dependencies.below.get(
            self.u.name, set()
        )

    # The chain rule

    def _chain_rule(self, terms: list[Poly]) -> Expr:
        """Return Σ_w ∂u/∂w · ∂w/∂v over the direct dependents w of v.

        Where w depends on v by other paths too, what stands beside ∂u/∂w is its derivative with all else held fixed.
        """
        goal = self._factor(self.u, self.v)
        total = add(self.algebra.same_entry(goal.u, goal.v), *terms)
        line = tidy.replaced(self._bound(to_expr(total)), self._from_above)
        return tidy.tidy(tidy.replaced(line, self._held_fixed))

    def _from_above(self, node: Expr) -> Expr | None:
        """Write ∂u/∂w before ∂w/∂v."""

        def place(factor: Expr) -> int:
            return 0 if not isinstance(factor, Diff) else 1 if factor.body == self.u else 2

        return Mul(tuple(sorted(node.args, key=place))) if isinstance(node, Mul) else None

    def _factor(self, u: Var, v: Var) -> DiffFactor:
        return DiffFactor(VarFactor(u.name, u.idx), VarFactor(v.name, v.idx))

    def _term(self, definition: Definition) -> Poly:
        """Return the sum of ∂u/∂w · ∂w/∂v over the entries w of one definition."""
        algebra, goal = self.algebra, self._factor(self.u, self.v)
        names = {param: lin(fresh(param.name)) for param in definition.params}
        ranges = [r.subs(names) for r in definition.ranges]
        params = [i.atom for i in names.values() if isinstance(i.atom, Index)]
        for param, range_ in zip(params, ranges, strict=True):
            algebra.ranges[param] = range_
        local = algebra.normal(derivative(subs(definition.body, names), self.v, entry_delta))
        if local.is_zero:
            return local
        w = VarFactor(definition.name, tuple(names.values()))
        deltas = [f for f in local.factors() if isinstance(f, IversonFactor) and f.relation == "="]
        common = [f for f in dict.fromkeys(deltas) if all((f, Fraction(1)) in m for m in local.terms)]
        once = w.name == goal.u.name and w.name not in algebra.dependencies.below.get(w.name, set())
        above = algebra.same_entry(w, goal.u) if once else algebra.derivative_of(goal.u, w)
        body = product(algebra, [*(poly_of(f) for f in common), above])
        body = multiply(algebra, body, poly_of(DiffFactor(w, goal.v)))
        for param, range_ in reversed(list(zip(params, ranges, strict=True))):
            body = sum_over(algebra, param, range_, body)
        return body

    def _held_fixed(self, node: Expr) -> Expr | None:
        """Return ∂w/∂v with all else held fixed, where that is not the whole derivative."""
        if not isinstance(node, Diff) or node.var != self.v or not isinstance(node.body, Var):
            return None
        w = node.body
        factor = self._factor(w, self.v)
        if w != self.u and self.algebra.is_local(factor):
            return None
        body = self.body(w)
        if body is None:
            return None
        lines = [Step(Diff(body, self.v), "definition"), *worked_out(body, self.v)]
        return list(self._to_the_end(lines))[-1].expr

    # What is inserted

    def local(self, w: Var, v: Var) -> Chain | None:
        """Return the lines of ∂w/∂v from the definition of w; None where w depends on v by other paths too."""
        factor = self._factor(w, v)
        body = self.body(w)
        if body is None or not self.algebra.is_local(factor):
            return None
        begun = [Step(Diff(w, v), "start"), Step(Diff(body, v), "definition", place=w)]
        every = tuple(self._to_the_end([*begun, *worked_out(body, v)]))
        lines = (*(step for step in every[:-1] if not _only_deltas(step.expr)), every[-1])
        slope = _slope(body, v)
        if slope is None or not any(isinstance(node, Fun) for node in walk(lines[-1].expr)):
            return lines
        return (*begun, Step(slope, "activation", place=body))

    def _to_the_end(self, lines: list[Step]) -> Iterator[Step]:
        yield from lines
        for step in lines:
            self._bound(step.expr)
        yield from self.simplified(lines[-1].expr)

    def body(self, w: Var) -> Expr | None:
        """Return the definition of an entry, if it is known which one holds there."""
        for definition in definitions_of(self.algebra.network, w.name):
            at = dict(zip(definition.params, w.idx, strict=True))
            ranges = [r.subs(at).subs(self.algebra.fixed) for r in definition.ranges]
            if all(self.algebra.context.within(e, r) == [] for e, r in zip(w.idx, ranges, strict=True)):
                return self._bound(tidy.tidy(tidy.cancelled(tidy.tidy(refresh(subs(definition.body, at))))))
        return None

    def _inserted(self, line: Expr) -> tuple[Expr, tuple[Chain, ...]]:
        """Return a line with its local derivatives worked out, and with the derivatives above that are known."""
        used: dict[Diff, Chain] = {}

        def change(node: Expr) -> Expr | None:
            if not isinstance(node, Diff):
                return None
            chain = used.get(node) or self._local(node) or self._above(node)
            if chain is None:
                return node
            used[node] = chain
            return self._bound(refresh(chain[-1].expr))

        new = tidy.replaced(line, change)
        return tidy.tidy(new), tuple(used.values())

    def _local(self, node: Diff) -> Chain | None:
        if node.var != self.v or not isinstance(node.body, Var) or node.body == self.u:
            return None
        return self.local(node.body, self.v)

    def _above(self, node: Diff) -> Chain | None:
        """Return the lines of ∂u/∂w, where they end in something short: no derivative, no sum.

        Else ∂u/∂w stays as it is, the value that is known from above: there the recursion of the lectures stops.
        """
        if self.keeps or node.body != self.u or node.var == self.v:
            return None
        if node not in self.found:
            alike = self._renamed(node.var)
            self.found[node] = None if alike in self.long else self._worked_out(node)
            if self.found[node] is None:
                self.long.add(alike)
        return self.found[node]

    def _renamed(self, entry: Var) -> Renamed:
        """Return an entry with its bound indices numbered, and their ranges: what they are called does not count."""
        order = dict.fromkeys(i for e in entry.idx for i in sorted(e.indices(), key=lambda i: i.order) if i.uid > 0)
        numbers = {index: lin(Index("", -1 - n)) for n, index in enumerate(order)}
        known = self.algebra.context.ranges
        ranges = tuple(known[i].subs(numbers) if i in known else None for i in order)
        return Var(entry.name, tuple(e.subs(numbers) for e in entry.idx)), ranges

    def _worked_out(self, node: Diff) -> Chain | None:
        above = _Writer(self.algebra, self.u, node.var, self.found, self.long)
        again = self.algebra.dependencies.below.get(node.var.name, set())
        users = self.algebra.dependencies.users.get(node.var.name, ())
        if any(d.name in again and not above._term(d).is_zero for d in users if above._reaches(d)):
            return None
        steps = tuple(above.steps())
        long = any(isinstance(part, Diff | Sum | Functional) for part in walk(steps[-1].expr))
        return None if long and node.var.idx else steps

    def _bound(self, expr: Expr) -> Expr:
        """Make the ranges of the bound indices of an expression known."""
        for index, range_ in tidy.bound(expr):
            self.algebra.context.bind(index, range_.subs(self.algebra.fixed))
        return expr

    def agrees(self, result: Expr, expanded: Poly) -> bool:
        """Whether a result is what the chain rule gives in normal form, followed upwards as far as the result is."""
        wanted = self.algebra.normal(result)
        kept = {_ends(f) for f in all_factors(wanted) if isinstance(f, DiffFactor)}
        found = expanded
        for _ in range(MAX_INSERTED):
            if self._same(found, wanted):
                return True
            further = self._upwards(found, kept)
            if further == found:
                break
            found = further
        return False

    def _same(self, one: Poly, other: Poly) -> bool:
        """Whether two normal forms are equal, once values are inserted and denominators multiplied out."""
        if one == other:
            return True
        rest = self.algebra.rewrite(subtract(one, other), self._inserted_value)
        for _ in range(MAX_AGAIN):
            below = {f: -e for m in rest.terms for f, e in m if isinstance(f, PolyFactor) and e < 0}
            if not below:
                break
            rest = multiply(
                self.algebra, rest, product(self.algebra, [power(self.algebra, f.poly, e) for f, e in below.items()])
            )
        return rest.is_zero or self.algebra.normal(self._by_facts(self._bound(to_expr(rest)))).is_zero

    def _inserted_value(self, f: Factor) -> Poly | None:
        """Return the definition of a value of the forward pass that is a function or root of others: h, ŷ."""
        if not isinstance(f, VarFactor) or self.algebra.is_leaf(f):
            return None
        body = self.body(Var(f.name, f.idx))
        worked = body is not None and (_is_root(body) or any(isinstance(n, Fun) for n in walk(body)))
        return self.algebra.normal(body) if body is not None and worked else None

    def _upwards(self, poly: Poly, kept: set[tuple[object, ...]]) -> Poly:
        """Return a polynomial with its derivatives expanded once, but for those that are kept."""

        def expanded(f: Factor) -> Poly | None:
            open_one = isinstance(f, DiffFactor) and _ends(f) not in kept
            return self.algebra.expand_derivative(f) if isinstance(f, DiffFactor) and open_one else None

        return self.algebra.rewrite(poly, expanded)

    # Tidying

    def simplified(self, line: Expr) -> Iterator[Step]:
        """Yield what follows from a line without derivatives to be inserted, one rule at a time."""
        rules: tuple[tuple[str, Callable[[Expr], Expr]], ...] = (
            ("split", lambda e: tidy.split(e, self.algebra.context)),
            ("delta contraction", lambda e: tidy.contract(e, self.algebra.context)),
            ("cancel", lambda e: tidy.tidy(tidy.cancelled(e))),
            ("fact", self._by_facts),
            ("recognise", self._recognised),
            ("common denominator", self._on_one_line),
            ("cancel", lambda e: tidy.sign_inside(tidy.tidy(tidy.cancelled(e)))),
            ("collect", self._collected),
            ("factor", lambda e: tidy.tidy(factored(e))),
        )
        for name, rule in rules:
            new = rule(line)
            if new != line:
                softmax = name == "recognise" and _has_quotient(line) and not _has_quotient(new)
                yield Step(new, "recognise softmax" if softmax else name)
                line = new

    def _by_facts(self, line: Expr) -> Expr:
        """Return a line with sums replaced by what an assumption says that they are: Σ_i y_i = 1."""
        facts = [f for f in self.algebra.network.facts if f.relation == "=" and isinstance(f.left, Sum)]

        def known(node: Expr) -> Expr | None:
            if isinstance(node, Sum):
                for left, right in (pair for fact in facts for pair in self._instances(fact, node)):
                    if self.algebra.normal(left) == self.algebra.normal(node):
                        return right
            return None

        return tidy.tidy(tidy.replaced(line, known))

    def _instances(self, fact: Fact, node: Sum) -> Iterator[tuple[Expr, Expr]]:
        """Yield the sides of a fact, at the example or time that a sum is of where it holds for all of them."""
        if fact.right is None:
            return
        where = dict(zip(fact.params, fact.ranges, strict=True))
        for one, other in product_of(variables(fact.left), variables(node)):
            pairs = zip(one.idx, other.idx, strict=True) if one.name == other.name else ()
            at = {here.atom: there for here, there in pairs if here.atom in where}
            if set(at) == set(where) and all(self.algebra.context.within(at[i], r) == [] for i, r in where.items()):
                yield subs(fact.left, at), subs(fact.right, at)

    def _on_one_line(self, line: Expr) -> Expr:
        """Return a line with its sums of fractions each over one line, where that is shorter and has no more terms."""

        def shorter(node: Expr) -> Expr | None:
            found = tidy.over_one_line(node) if isinstance(node, Add) else None
            if found is None:
                return None
            above = tidy.positive_first(to_expr(self.algebra.normal(found[0])))
            whole = tidy.cancelled(tidy.tidy(above / found[1]))
            more = isinstance(node, Add) and isinstance(above, Add) and len(above.args) > len(node.args)
            return whole if tidy.size(whole) < tidy.size(node) and not more else None

        return tidy.tidy(tidy.replaced(line, shorter))

    def _recognised(self, line: Expr) -> Expr:
        return tidy.tidy(tidy.replaced(line, self._value))

    def _value(self, node: Expr) -> Expr | None:
        """Return a value of the forward pass in place of its definition: h for g(a), ŷ for a softmax."""
        if isinstance(node, Pow) and isinstance(node.exponent, Num) and node.exponent.value.denominator == 2:
            root = self._applied(Pow(node.base, HALF))
            return None if root is None else tidy.tidy(Pow(root, Num(2 * node.exponent.value)))
        if isinstance(node, Add) or not any(isinstance(part, Fun) for part in walk(node)):
            return None
        if isinstance(node, Fun):
            return None if any(node.order) else self._applied(node)
        if not isinstance(node, Mul) or not _has_quotient(node):
            return None
        averaged = self._averaged(node)
        if averaged is not None:
            return averaged
        deltas = [factor for factor in node.args if isinstance(factor, Iverson)]
        poly = self.algebra.normal(Mul(tuple(factor for factor in node.args if factor not in deltas)))
        found = recognise(self.algebra, poly)
        return Mul((*deltas, to_expr(found))) if found != poly else None

    def _averaged(self, node: Mul) -> Expr | None:
        """Return Σ_m x_m ŷ_m in place of a sum over Σ exp: Σ_m x_m exp(a_m) / Σ_m exp(a_m)."""
        for below in node.args:
            for whole in node.args:
                if not isinstance(whole, Sum) or not isinstance(below, Pow) or not _has_quotient(below):
                    continue
                self._bound(whole)
                inside = self._value(Mul((*(whole.body.args if isinstance(whole.body, Mul) else (whole.body,)), below)))
                if inside is not None and not _has_quotient(inside):
                    rest = (factor for factor in node.args if factor not in (below, whole))
                    return Mul((*rest, Sum(whole.index, whole.range, inside)))
        return None

    def _applied(self, node: Fun | Pow) -> Expr | None:
        """Return the value whose definition is this function or root: h[k,i] for g(a[k,i])."""
        found = {e for v in variables(node) for e in v.idx if not any(i in dict(tidy.bound(node)) for i in e.indices())}
        for definition in self.algebra.network.definitions:
            if not _is_alike(definition.body, node):
                continue
            choices = [[r.lo] if r.lo == r.hi else sorted(found, key=str) for r in definition.ranges]
            for at in islice(product_of(*choices), MAX_PLACES):
                body = subs(definition.body, dict(zip(definition.params, at, strict=True)))
                same = body == node or (_has_sum(body) and self.algebra.normal(body) == self.algebra.normal(node))
                if same and self.body(Var(definition.name, at)) is not None:
                    return Var(definition.name, at)
        return None

    def _collected(self, line: Expr) -> Expr:
        """Return the normal form where that is shorter than what stands there, and brings no new roots."""
        try:
            new = tidy.tidy(tidy.positive_first(to_expr(recognise(self.algebra, self.algebra.normal(line)))))
        except (TooLargeError, ArithmeticError):
            return line
        rooted = any(isinstance(node, Pow) and isinstance(node.base, Num | Fun) for node in walk(new))
        return new if tidy.size(new) < tidy.size(line) and not rooted else line


def _is_alike(body: Expr, node: Fun | Pow) -> bool:
    """Whether two are the same function, or both a root."""
    if isinstance(body, Fun) and isinstance(node, Fun):
        return body.name == node.name and not any(body.order)
    return _is_root(body) and _is_root(node)


def _is_root(expr: Expr) -> bool:
    return isinstance(expr, Pow) and expr.exponent == HALF


def _slope(body: Expr, v: Var) -> Expr | None:
    """Return g'(v) for a body g(v): what a slope stays that no value of the forward pass says in short."""
    if isinstance(body, Fun) and body.args == (v,) and body.name not in NAMED and not any(body.order):
        return Fun(body.name, body.args, (1,), body.idx)
    return None


def _ends(f: DiffFactor) -> tuple[object, ...]:
    """Return what a derivative is of and by, whatever its bound indices are called."""
    free = (tuple(e if all(i.uid == 0 for i in e.indices()) else None for e in v.idx) for v in (f.u, f.v))
    return (f.u.name, f.v.name, *free)


def _only_deltas(expr: Expr) -> bool:
    """Whether a line sums nothing but deltas: it says less than the line after it."""
    sums = (node.body for node in walk(expr) if isinstance(node, Sum))
    return any(not any(isinstance(part, Var | Functional | Sum) for part in walk(body)) for body in sums)


def _has_sum(expr: Expr) -> bool:
    return any(isinstance(node, Sum) for node in walk(expr))


def _has_quotient(expr: Expr) -> bool:
    """Whether there is a sum of exponentials, as below the line of a softmax."""
    return any(
        isinstance(part, Fun) and part.name == "exp"
        for node in walk(expr)
        if isinstance(node, Sum)
        for part in walk(node)
    )
