"""General entries to matrix notation: Σ_m W[k+1,m,i] d[m] is W_{k+1}ᵀ d, d[i] h[j] is d hᵀ, [i = j] u[i] is diag(u).

The result is only a proposal: whoever shows it has it read back and judged first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from derive.algebra.expr import Add, Diff, Expr, Fun, Functional, IndexValue, Iverson, Mul, Num, Pow, Step, Sum, Var
from derive.algebra.index import Index, Lin, lin
from derive.algebra.substitute import subs, walk
from derive.names.notation import Notation
from derive.names.patterns import transposed
from derive.writing.printer import array_latex, to_latex

ARGUMENT = Var("argument of the function")


class NoForm(Exception):
    """An entry that this notation has no matrix form for."""


@dataclass(frozen=True)
class Speller:
    """Writes entries over the axes `row` and `col` as arrays; `one_hot` writes [i = l] as a vector."""

    notation: Notation
    one_hot: Callable[[Lin], str]

    def vector(self, expr: Expr, row: Index) -> str:
        """Return the column whose entry `row` is the expression. Raises: NoForm."""
        return self._terms(expr, lambda factors: self._column(factors, row))

    def matrix(self, expr: Expr, row: Index, col: Index) -> str:
        """Return the matrix whose entry (row, col) is the expression. Raises: NoForm."""
        return self._terms(expr, lambda factors: self._matrix(factors, row, col))

    def _terms(self, expr: Expr, one: Callable[[list[Expr]], str]) -> str:
        text = ""
        terms = [_number(term) for term in (expr.args if isinstance(expr, Add) else (expr,))]
        for number, factors in sorted(terms, key=lambda term: term[0] < 0):
            body = one(factors) if factors else to_latex(Num(abs(number)), self.notation)
            sign = "-" if number < 0 else "+"
            size = abs(number)
            scaled = body if size == 1 or not factors else f"{to_latex(Num(size), self.notation)} {_bracketed(body)}"
            text += f" {sign} {scaled}" if text else ("-" if number < 0 else "") + scaled
        return text

    def _scalars(self, factors: Sequence[Expr], *axes: Index) -> tuple[str, list[Expr]]:
        """Return the factors that depend on no axis as a prefix, and the others."""
        own = [f for f in factors if not any(_has(f, axis) for axis in axes)]
        rest = [f for f in factors if f not in own]
        return (to_latex(Mul(tuple(own)), self.notation) + " " if own else ""), rest

    def _column(self, factors: list[Expr], row: Index) -> str:
        prefix, rest = self._scalars(factors, row)
        if not rest:
            raise NoForm
        parts = [self._column_factor(f, row) for f in rest]
        return prefix + (parts[0] if len(parts) == 1 else r" \odot ".join(map(_in_hadamard, parts)))

    def _column_factor(self, f: Expr, row: Index) -> str:
        match f:
            case Var():
                return self._entry(f, row)
            case Diff(Var() | Functional() as u, v) if not _has(u, row):
                return rf"\nabla_{{{self._entry(v, row)}}} {self._whole(u)}"
            case Pow(base, Num(power)) if power.denominator == 1 and 1 < power <= 4:
                return r" \odot ".join([self._column_factor(base, row)] * int(power))
            case Fun(_, (arg,)):
                return self._applied(f, self.vector(arg, row))
            case Iverson("=", left, right) if left == lin(row) or right == lin(row):
                return self.one_hot(right if left == lin(row) else left)
            case Sum(index, _, body):
                return self._product(body, row, index)
            case Add():
                return f"({self.vector(f, row)})"
        raise NoForm

    def _product(self, body: Expr, row: Index, index: Index) -> str:
        """Return Σ_index A[row, index] v[index] as A v."""
        _, factors = _number(body)
        if _number(body)[0] != 1:
            raise NoForm
        both = [f for f in factors if _has(f, row)]
        rest = [f for f in factors if not _has(f, row)]
        if len(both) != 1 or not rest:
            raise NoForm
        return f"{self._array(both[0], row, index)} {_bracketed(self._column(rest, index))}"

    def _matrix(self, factors: list[Expr], row: Index, col: Index) -> str:
        prefix, rest = self._scalars(factors, row, col)
        deltas = [f for f in rest if isinstance(f, Iverson) and {f.left, f.right} == {lin(row), lin(col)}]
        if deltas:
            others = [subs(f, {col: lin(row)}) for f in rest if f not in deltas]
            inner = self._column(others, row) if others else None
            return prefix + (_diagonal(inner) if inner else "I")
        both = [f for f in rest if _has(f, row) and _has(f, col)]
        left = [f for f in rest if f not in both and _has(f, row)]
        right = [f for f in rest if f not in both and _has(f, col)]
        if not both and left and right:
            turned = transposed(_bracketed(self._column(right, col)), self.notation)
            return f"{prefix}{_bracketed(self._column(left, row))} {turned}"
        if not both:
            raise NoForm
        forms = [self._array_or_product(f, row, col) for f in both]
        middle = forms[0] if len(forms) == 1 else r" \odot ".join(map(_in_hadamard, forms))
        if len(forms) > 1 and (left or right):
            middle = rf"\left( {middle} \right)"
        before = f"{_diagonal(self._column(left, row))} " if left else ""
        after = f" {_diagonal(self._column(right, col))}" if right else ""
        return f"{prefix}{before}{middle}{after}"

    def _array_or_product(self, f: Expr, row: Index, col: Index) -> str:
        if isinstance(f, Sum):
            number, factors = _number(f.body)
            first = [g for g in factors if _has(g, row)]
            last = [g for g in factors if _has(g, col)]
            between = [g for g in factors if g not in first and g not in last]
            if number != 1 or len(first) != 1 or len(last) != 1 or first == last:
                raise NoForm
            middle = f" {_diagonal(self._column(between, f.index))}" if between else ""
            return f"{self._array(first[0], row, f.index)}{middle} {self._array(last[0], f.index, col)}"
        return self._array(f, row, col)

    def _array(self, f: Expr, row: Index, col: Index) -> str:
        """Return the matrix whose entry (row, col) is an entry of an array, or a function of one."""
        match f:
            case Fun(_, (arg,)):
                return self._applied(f, self.matrix(arg, row, col))
            case Pow(base, Num(power)) if power.denominator == 1 and 1 < power <= 4:
                return r" \odot ".join([self._array(base, row, col)] * int(power))
            case Add():
                return f"({self.matrix(f, row, col)})"
            case Var(name, (*first, a, b)) if not _among(first, row, col):
                text = array_latex(name, first, self.notation)
                if (a, b) == (lin(row), lin(col)):
                    return text
                if (a, b) == (lin(col), lin(row)):
                    return transposed(text, self.notation)
            case Diff(Var() as u, Var(name, (*first, a, b))) if not _among((*first, *u.idx), row, col):
                text = rf"\nabla_{{{array_latex(name, first, self.notation)}}} {self._whole(u)}"
                if (a, b) == (lin(row), lin(col)):
                    return text
                if (a, b) == (lin(col), lin(row)):
                    return transposed(f"({text})", self.notation)
        raise NoForm

    def _entry(self, v: Var, row: Index) -> str:
        """Return the array whose entry is v: all but the axis stays an index."""
        places = [n for n, e in enumerate(v.idx) if row in e.indices()]
        if len(places) != 1 or v.idx[places[0]] != lin(row):
            raise NoForm
        if places[0] == len(v.idx) - 1:
            pattern = self.notation.patterns.get(v.name)
            units = [n for n, slot in enumerate(pattern.slots) if slot.kind == "unit"] if pattern else [places[0]]
            if units == [places[0]]:
                return array_latex(v.name, v.idx[:-1], self.notation)
        written = [r"\cdot" if n == places[0] else e for n, e in enumerate(v.idx)]
        text = array_latex(v.name, written, self.notation)
        return transposed(text, self.notation) if places[0] == len(v.idx) - 1 else text

    def _whole(self, u: Var | Functional) -> str:
        return self.notation.loss if isinstance(u, Var) and not u.idx else to_latex(u, self.notation)

    def _applied(self, f: Fun, argument: str) -> str:
        shell = to_latex(Fun(f.name, (ARGUMENT,), f.order, f.idx), self.notation)
        placeholder = to_latex(ARGUMENT, self.notation)
        return shell.replace(f" {placeholder}", f"({argument})").replace(placeholder, argument)


def _number(term: Expr) -> tuple[Fraction, list[Expr]]:
    """Return the numeric factor of a term and its other factors."""
    factors = list(term.args) if isinstance(term, Mul) else [term]
    number = Fraction(1)
    rest: list[Expr] = []
    for f in factors:
        if isinstance(f, Num):
            number *= f.value
        elif isinstance(f, Mul):
            inner, more = _number(f)
            number *= inner
            rest += more
        else:
            rest.append(f)
    return number, rest


def _has(expr: Expr, index: Index) -> bool:
    """Return whether an index occurs in an expression."""
    for node in walk(expr):
        match node:
            case Var(_, idx) | Fun(_, _, _, idx):
                if _among(idx, index):
                    return True
            case Iverson(_, left, right):
                if _among((left, right), index):
                    return True
            case IndexValue(value):
                if _among((value,), index):
                    return True
            case Step():
                continue
    return False


def _among(values: Sequence[Lin], *indices: Index) -> bool:
    return any(index in value.indices() for value in values for index in indices)


def _bracketed(text: str) -> str:
    """Return a text in brackets where it is a sum or an elementwise product."""
    loose = _loose(text)
    return rf"\left( {text} \right)" if loose else text


def _diagonal(text: str) -> str:
    """Return the diagonal matrix of a vector, in one pair of brackets."""
    whole = text.startswith("(") and _top(text) == ")"
    return rf"\operatorname{{diag}}{text if whole else f'({text})'}"


def _in_hadamard(text: str) -> str:
    return rf"\left( {text} \right)" if top_sum(text) else text


def _loose(text: str) -> bool:
    return top_sum(text) or r" \odot " in _top(text)


def top_sum(text: str) -> bool:
    """Return whether a text is a sum outside all brackets."""
    top = _top(text)
    return top.startswith("-") or " + " in top or " - " in top


def _top(text: str) -> str:
    """Return the text outside all brackets."""
    depth, found = 0, []
    for char in text:
        depth += (char in "({[") - (char in ")}]")
        if depth == 0:
            found.append(char)
    return "".join(found)
