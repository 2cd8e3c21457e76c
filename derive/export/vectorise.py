"""Expressions over axes as array expressions in Python: matmul, outer, einsum, sums along axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from derive.algebra.expr import (
    Add,
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
from derive.algebra.functions import KNOWN
from derive.algebra.index import Index, Range
from derive.algebra.substitute import subs, walk
from derive.export.contract import contract
from derive.export.indexing import ATOM, MATMUL, POWER, PRODUCT, SUM, UNARY, Code, Indexing, union
from derive.export.names import ExportError
from derive.notation.functions import BY_NAME, EXTREMES


class Vectoriser(Indexing):
    """Compiles expressions."""

    def array(self, expr: Expr, axes: tuple[Index, ...]) -> str:
        """Return code for the array whose entry at `axes` is the expression."""
        return self.aligned(self.expr(expr), axes).text

    def inside(self, index: Index, range_: Range, name: str | None = None) -> Vectoriser:
        """Return the compiler inside a sum; `name` for one that becomes a loop."""
        loops = {**self.loops, index: name} if name is not None else self.loops
        return replace(self, loops=loops, ranges={**self.ranges, index: range_})

    def expr(self, e: Expr) -> Code:
        match e:
            case Num(value):
                return _number(value)
            case IndexValue(value):
                axes = tuple(self.axes_in(value))
                single = ATOM if value.atom is not None or value.is_const else SUM
                return Code(self.grid(value, axes) if axes else self.index(value), axes, SUM if axes else single)
            case Var(name, idx):
                return self.entry(self.names.of("variable", name), name, idx)
            case Diff(_, v):
                return self.entry("d_" + self.names.of("variable", v.name), v.name, v.idx)
            case Add(args):
                return self.add(args)
            case Mul(args):
                return self.product(list(args), ())
            case Pow(base, exponent):
                return self.power(base, exponent)
            case Fun():
                return self.function(e)
            case Functional(name) if name in EXTREMES:
                return self.extreme(e)
            case Sum():
                return self.sum(e)
            case Prod(index, range_, body):
                return self.prod(index, range_, body)
            case Iverson():
                return self.indicator(e)
            case Step(arg):
                inner = self.expr(arg)
                return Code(f"{self.xp}.where({inner.text} > 0, 1.0, 0.0)", inner.axes)
        raise ExportError(
            f"{type(e).__name__} cannot be written as an array expression; choose the functions left open"
        )

    def add(self, args: tuple[Expr, ...]) -> Code:
        if not args:
            return Code("0.0")
        terms = sorted((_signed(arg) for arg in args), key=lambda term: term[0])
        codes = [(minus, self.expr(term)) for minus, term in terms]
        axes = self.in_order(union([code.axes for _, code in codes]))
        text = ""
        for minus, code in codes:
            part = self.aligned(code, axes)
            shown = part.within(MATMUL)
            text += f" {'-' if minus else '+'} {shown}" if text else ("-" if minus else "") + shown
        return Code(text, axes, SUM if len(codes) > 1 or text.startswith("-") else codes[0][1].tight)

    def product(self, args: list[Expr], summed: tuple[Index, ...]) -> Code:
        """Return Σ over `summed` of a product, as matmul, outer or einsum where it is one."""
        number, above, below = Fraction(1), list[Expr](), list[Expr]()
        for arg in _flat(args):
            match arg:
                case Num(value):
                    number *= value
                case Pow(base, Num(power)) if power < 0 and not self._uses(base, summed):
                    below.append(base if power == -1 else Pow(base, Num(-power)))
                case _:
                    above.append(arg)
        code = contract(self, [self.expr(arg) for arg in above], summed)
        if number != 1 or not above:
            factor = _number(abs(number))
            joined = code.within(MATMUL)
            if abs(number) != 1:
                joined = f"{factor.within(PRODUCT)} * {code.within(PRODUCT)}"
            joined = joined if above else factor.text
            code = Code(("-" if number < 0 else "") + joined, code.axes, SUM if number < 0 else PRODUCT)
        for base in below:
            under = self.expr(base)
            axes = union([code.axes, under.axes])
            top, bottom = self.aligned(code, axes), self.aligned(under, axes)
            code = Code(f"{top.within(PRODUCT)} / {bottom.within(UNARY)}", axes, PRODUCT)
        return code

    def _uses(self, expr: Expr, summed: tuple[Index, ...]) -> bool:
        return any(index in summed for index in self.expr(expr).axes)

    def power(self, base: Expr, exponent: Expr) -> Code:
        inner = self.expr(base)
        match exponent:
            case Num(Fraction(numerator=-1, denominator=1)):
                return Code(f"1 / {inner.within(UNARY)}", inner.axes, PRODUCT)
            case Num(value):
                if value == Fraction(1, 2):
                    return (
                        Code(f"{self.xp}.sqrt({inner.text})", inner.axes)
                        if inner.axes
                        else Code(f"{inner.within(ATOM)} ** 0.5", (), POWER)
                    )
                shown = str(value) if value.denominator == 1 and value >= 0 else f"({_number(value).text})"
                return Code(f"{inner.within(ATOM)} ** {shown}", inner.axes, POWER)
        above = self.expr(exponent)
        axes = union([inner.axes, above.axes])
        base_text, power_text = self.aligned(inner, axes).within(ATOM), self.aligned(above, axes).within(ATOM)
        return Code(f"{base_text} ** {power_text}", axes, POWER)

    def function(self, e: Fun) -> Code:
        if e.name == "pi":
            return Code("math.pi")
        codes = [self.expr(arg) for arg in e.args]
        axes = union([code.axes for code in codes])
        own = [] if e.name in KNOWN else [self.index(value) for value in e.idx]
        args = [self.aligned(code, axes).text for code in codes] + own
        return Code(f"{self.function_name(e)}({', '.join(args)})", axes)

    def function_name(self, e: Fun) -> str:
        """Return the name of a function: one of the array library, a helper, or an open one and its derivatives."""
        if e.name in KNOWN:
            if any(e.order):
                raise ExportError(f"the derivative of {e.name} is not worked out")
            native = BY_NAME[e.name].numpy
            if native:
                return f"{self.xp}.{native}"
            return self.names.of("helper", e.name)
        name = self.names.of("function", e.name)
        if not any(e.order):
            return name
        marks = "_prime" * e.order[0] if len(e.order) == 1 else "_" + "".join(map(str, e.order))
        return self.names.of("function", f"{name}{marks}")

    def sum(self, e: Sum) -> Code:
        """Return a sum: a loop over layers or steps, else a contraction of axes."""
        inner, indices, body = self, list[Index](), self.loops_first(e)
        current: Expr = body
        while isinstance(current, Sum) and not inner.counts_loops(current.body, current.index):
            inner = inner.inside(current.index, current.range)
            indices.append(current.index)
            current = current.body
        if indices:
            inner, factors = inner.opened(_flat([current]), indices)
            if any(isinstance(f, Add) for f in factors) and len(factors) == 1:
                whole = inner.expr(current)
                return inner.summed(whole, tuple(indices))
            return inner.product(factors, tuple(indices))
        return self.loop(body)

    def opened(self, factors: list[Expr], indices: list[Index]) -> tuple[Vectoriser, list[Expr]]:
        """Return factors in which sums that are no matrix are opened, their indices added to `indices`, so that the
        whole is one contraction; and the compiler inside them."""
        inner, found = self, list[Expr]()
        for factor in factors:
            if isinstance(factor, Sum) and not inner.counts_loops(factor.body, factor.index):
                deeper = inner.inside(factor.index, factor.range)
                if len(deeper.expr(factor.body).axes) > 3:
                    indices.append(factor.index)
                    inner, more = deeper.opened(_flat([factor.body]), indices)
                    found += more
                    continue
            found.append(factor)
        return inner, found

    def loops_first(self, e: Sum) -> Sum:
        """Return a sum of sums with the layers outside: Σ_m Σ_r A[r] B[r] adds a product of matrices for each r."""
        if not isinstance(e.body, Sum):
            return e
        inner = self.loops_first(e.body)
        bounds = (e.range.lo, e.range.hi, inner.range.lo, inner.range.hi)
        apart = not {e.index, inner.index} & {index for bound in bounds for index in bound.indices()}
        if apart and self.counts_loops(inner.body, inner.index) and not self.counts_loops(inner.body, e.index):
            return Sum(inner.index, inner.range, self.loops_first(Sum(e.index, e.range, inner.body)))
        return Sum(e.index, e.range, inner)

    def loop(self, e: Sum) -> Code:
        name = self.names.of("loop", f"{e.index.name}_{e.index.uid}" if e.index.name in self.loops.values()
                             else e.index.name)  # fmt: skip
        body = self.inside(e.index, e.range, name).expr(e.body)
        return Code(f"sum({body.text} for {name} in range({self.bounds(e.range)}))", body.axes)

    def counts_loops(self, body: Expr, index: Index) -> bool:
        """Return whether an index stands where a loop variable must: as a layer, or in a size."""
        for node in walk(body):
            match node:
                case Var(name, idx) if any(index in idx[n].indices() for n in self.slots.get(name, ())):
                    return True
                case Fun(_, _, _, idx) if any(index in value.indices() for value in idx):
                    return True
                case Sum(_, range_, _) | Prod(_, range_, _) if index in range_.lo.indices() | range_.hi.indices():
                    return True
        return False

    def summed(self, code: Code, indices: tuple[Index, ...]) -> Code:
        """Return the sum of an array along axes."""
        places = [n for n, axis in enumerate(code.axes) if axis in indices]
        left = tuple(axis for axis in code.axes if axis not in indices)
        missing = [index for index in indices if index not in code.axes]
        text = code.text if not places else (
            f"{code.within(ATOM)}.sum({places[0] if len(places) == 1 else tuple(places)})"
        )  # fmt: skip
        for index in missing:
            text = f"{self.length(self.ranges[index])} * {text}"
        return Code(text, left, PRODUCT if missing else ATOM if places else code.tight)

    def extreme(self, e: Functional) -> Code:
        """Return the largest or smallest entry along axes, or as 1 and 0 whether it is the one at a place."""
        (array,) = e.args
        compiler: Vectoriser = self
        for index, range_ in zip(array.indices, array.ranges, strict=True):
            compiler = compiler.inside(index, range_)
        whole = compiler.expr(array.body)
        if any(index not in whole.axes for index in array.indices):
            raise ExportError(f"the {EXTREMES[e.name]}imum of entries that are all the same cannot be exported")
        places = [n for n, axis in enumerate(whole.axes) if axis in array.indices]
        call = {"max": "amax", "min": "amin"}[EXTREMES[e.name]] if self.xp == "torch" else EXTREMES[e.name]
        left = tuple(axis for axis in whole.axes if axis not in array.indices)
        top = Code(f"{whole.within(ATOM)}.{call}({places[0] if len(places) == 1 else tuple(places)})", left)
        if not e.slots:
            return top
        chosen = self.expr(subs(array.body, dict(zip(array.indices, e.slots[0][1], strict=True))))
        axes = union([chosen.axes, top.axes])
        one, other = self.aligned(chosen, axes), self.aligned(top, axes)
        return Code(f"{self.xp}.where({one.within(SUM)} == {other.within(SUM)}, 1.0, 0.0)", axes)

    def prod(self, index: Index, range_: Range, body: Expr) -> Code:
        if self.counts_loops(body, index):
            name = self.names.of("loop", index.name)
            inner = self.inside(index, range_, name).expr(body)
            return Code(f"math.prod({inner.text} for {name} in range({self.bounds(range_)}))", inner.axes)
        inner = self.inside(index, range_).expr(body)
        if index not in inner.axes:
            return Code(f"{inner.within(ATOM)} ** {self.length(range_)}", inner.axes, POWER)
        left = tuple(axis for axis in inner.axes if axis != index)
        return Code(f"{inner.within(ATOM)}.prod({inner.axes.index(index)})", left)

    def indicator(self, e: Iverson) -> Code:
        """Return [i = j] as an identity matrix, [i = l] as a row of one, any other condition by comparison."""
        axes = tuple(dict.fromkeys((*self.axes_in(e.left), *self.axes_in(e.right))))
        sign = "==" if e.relation == "=" else "<="
        if not axes:
            return Code(f"(1.0 if {self.index(e.left)} {sign} {self.index(e.right)} else 0.0)")
        if e.relation == "=":
            pair = [value for value in (e.left, e.right) if value.atom in axes]
            if len(pair) == 2 and len(axes) == 2 and self.ranges[axes[0]] == self.ranges[axes[1]]:
                return Code(f"{self.xp}.eye({self.length(self.ranges[axes[0]])})", axes)
            if len(pair) == 1 and len(axes) == 1:
                other = e.right if pair[0] == e.left else e.left
                place = self.index(other - self.ranges[axes[0]].lo)
                return Code(f"{self.xp}.eye({self.length(self.ranges[axes[0]])})[{place}]", axes)
        left, right = (self.grid(v, axes) if self.axes_in(v) else self.index(v) for v in (e.left, e.right))
        return Code(f"{self.xp}.where({left} {sign} {right}, 1.0, 0.0)", axes)


def _signed(e: Expr) -> tuple[bool, Expr]:
    """Return whether a term has a minus sign, and the term without it."""
    factors = _flat([e])
    number = Fraction(1)
    rest: list[Expr] = []
    for f in factors:
        if isinstance(f, Num):
            number *= f.value
        else:
            rest.append(f)
    if number >= 0:
        return False, e
    kept: list[Expr] = rest if number == -1 and rest else [Num(-number), *rest]
    return True, kept[0] if len(kept) == 1 else Mul(tuple(kept))


def _flat(args: Sequence[Expr]) -> list[Expr]:
    return [inner for arg in args for inner in (_flat(arg.args) if isinstance(arg, Mul) else [arg])]


def _number(value: Fraction) -> Code:
    if value.denominator == 1:
        return Code(str(value), (), ATOM if value >= 0 else SUM)
    as_decimal = float(value)
    if Fraction(str(as_decimal)) == value:
        return Code(str(as_decimal), (), ATOM if value >= 0 else SUM)
    return Code(f"{value.numerator} / {value.denominator}", (), PRODUCT if value >= 0 else SUM)
