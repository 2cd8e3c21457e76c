"""Expressions as one line of plain Unicode, for terminals: ∂L/∂a[k,i], Σ[j=1…n[k-1]] W[k,i,j]·h[k-1,j]."""

from __future__ import annotations

from fractions import Fraction

from derive.algebra.expr import (
    Add,
    Chain,
    Diff,
    Expr,
    Fun,
    Functional,
    IndexValue,
    Iverson,
    Lambda,
    Mul,
    Num,
    Pow,
    Prod,
    Step,
    Sum,
    Var,
)
from derive.algebra.index import TIMES, Index, Lin, Range, Size
from derive.names.letters import Names, names_for
from derive.names.notation import Notation
from derive.notation.functions import EXTREMES, FUNCTIONS
from derive.writing.plain import plain

_SUM, _PRODUCT, _ATOM = range(3)
_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_FUNCTIONS = {row.name: row.unicode for row in FUNCTIONS if row.unicode}
_NEUTRAL = Notation(patterns={})


def to_unicode(expr: Expr, notation: Notation = _NEUTRAL) -> str:
    """Return an expression as one line; names are those of the notation without their markup."""
    return _Unicode(notation, names_for(expr, notation)).within(expr, _SUM)


class _Unicode:
    def __init__(self, notation: Notation, names: Names) -> None:
        self.notation = notation
        self.names = names

    def within(self, expr: Expr, tight: int) -> str:
        text, own = self.print(expr)
        return text if own >= tight else f"({text})"

    def print(self, expr: Expr) -> tuple[str, int]:
        match expr:
            case Num(value):
                return str(value), _ATOM if value >= 0 and value.denominator == 1 else _SUM if value < 0 else _PRODUCT
            case IndexValue(value):
                return self.index(value), _ATOM if value.atom or value.is_const else _SUM
            case Var(name, idx):
                return self.name(name) + self.bracketed(idx), _ATOM
            case Add(args):
                return self.add(args), _SUM
            case Mul(args):
                return self.mul(args)
            case Pow(base, exponent):
                return self.power(base, exponent)
            case Fun():
                return self.function(expr), _ATOM
            case Functional(name) if name in EXTREMES:
                return self.extreme(expr)
            case Functional():
                arguments = ", ".join(map(self.array, expr.args))
                below = "".join(
                    f"∂{self.array(expr.args[place])}{self.bracketed(entry)}" for place, entry in expr.slots
                )
                order = str(len(expr.slots)).translate(_RAISED) if len(expr.slots) > 1 else ""
                head = f"∂{order}{self.name(expr.name)}/{below} " if below else self.name(expr.name)
                return f"{head}({arguments})", _ATOM
            case Sum(index, range_, body) | Prod(index, range_, body):
                sign = "Σ" if isinstance(expr, Sum) else "Π"
                return f"{sign}[{self.bounds(index, range_)}] {self.within(body, _PRODUCT)}", _PRODUCT
            case Iverson(relation, left, right):
                return f"[{self.index(left)} {'=' if relation == '=' else '≤'} {self.index(right)}]", _ATOM
            case Step(arg):
                return f"[{self.within(arg, _SUM)} > 0]", _ATOM
            case Diff(body, var):
                return f"∂{self.within(body, _ATOM)}/∂{self.within(var, _ATOM)}", _PRODUCT
            case Chain():
                rows = f"{self.names.of_index(expr.row)},{self.names.of_index(expr.col)}"
                inner = f"Π[{self.bounds(expr.index, expr.range)}] ({self.within(expr.body, _SUM)})[{rows}]"
                return f"({inner}){self.bracketed((expr.left, expr.right))}", _ATOM
        raise TypeError(f"no text for {type(expr).__name__}")

    def extreme(self, expr: Functional) -> tuple[str, int]:
        """max[q=1…n] x[q], and its derivative by the entry at p, [p = argmax[q=1…n] x[q]]."""
        (array,) = expr.args
        runs = ", ".join(map(self.bounds, array.indices, array.ranges))
        text = f"{EXTREMES[expr.name]}[{runs}] {self.within(array.body, _PRODUCT)}"
        if not expr.slots:
            return text, _PRODUCT
        return f"[{','.join(map(self.index, expr.slots[0][1]))} = arg{text}]", _ATOM

    def name(self, name: str) -> str:
        pattern = self.notation.patterns.get(name)
        return plain(pattern.entry if pattern else name)

    def bracketed(self, idx: tuple[Lin, ...]) -> str:
        return f"[{','.join(map(self.index, idx))}]" if idx else ""

    def index(self, value: Lin) -> str:
        text = ""
        for atom, factor in sorted(value.terms, key=lambda term: term[1] < 0):
            sign = "-" if factor < 0 else "+" if text else ""
            text += sign + (f"{abs(factor)}·" if abs(factor) != 1 else "") + self.atom(atom)
        if value.const or not text:
            text += f"{value.const:+d}" if text else str(value.const)
        return text

    def atom(self, atom: Index | Size) -> str:
        if isinstance(atom, Index):
            return plain(self.names.of_index(atom))
        if atom.name == TIMES:
            return "·".join(map(self.index, atom.args))
        pattern = self.notation.sizes.get(atom.name)
        return plain(pattern.whole if pattern else atom.name) + self.bracketed(atom.args)

    def bounds(self, index: Index, range_: Range) -> str:
        return f"{plain(self.names.of_index(index))}={self.index(range_.lo)}…{self.index(range_.hi)}"

    def add(self, args: tuple[Expr, ...]) -> str:
        text = ""
        for arg in args:
            printed = self.within(arg, _PRODUCT) if not _negative(arg) else self.print(arg)[0]
            minus, printed = printed.startswith("-"), printed.removeprefix("-")
            text += f" {'-' if minus else '+'} {printed}" if text else ("-" if minus else "") + printed
        return text or "0"

    def mul(self, args: tuple[Expr, ...]) -> tuple[str, int]:
        number, above, below = Fraction(1), [], []
        for arg in args:
            match arg:
                case Num(value):
                    number *= value
                case Pow(base, Num(exponent)) if exponent < 0:
                    below.append(base if exponent == -1 else Pow(base, Num(-exponent)))
                case _:
                    above.append(arg)
        sign, number = ("-", -number) if number < 0 else ("", number)
        factors = [self.factor(arg, last=place == len(above) - 1 and not below) for place, arg in enumerate(above)]
        if number.denominator != 1:
            factors.insert(0, f"({number})")
        elif number != 1 or not factors:
            factors.insert(0, str(number))
        text = sign + "·".join(factors)
        if below:
            under = "·".join(self.factor(arg, last=False) for arg in below)
            text += f"/({under})" if len(below) > 1 else f"/{under}"
        return text, _SUM if sign else _PRODUCT

    def factor(self, expr: Expr, last: bool) -> str:
        """A sum or product sign swallows what follows, and a quotient may only stand last."""
        open_end = isinstance(expr, Sum | Prod | Diff | Mul | Functional)
        return self.within(expr, _PRODUCT if last or isinstance(expr, Diff) or not open_end else _ATOM)

    def power(self, base: Expr, exponent: Expr) -> tuple[str, int]:
        if exponent == Num(Fraction(1, 2)):
            return f"√({self.within(base, _SUM)})", _ATOM
        if isinstance(exponent, Num) and exponent.value.denominator == 1:
            if exponent.value < 0:
                below = base if exponent.value == -1 else Pow(base, Num(-exponent.value))
                return f"1/{self.within(below, _ATOM)}", _PRODUCT
            return self.within(base, _ATOM) + str(exponent.value.numerator).translate(_RAISED), _ATOM
        return f"{self.within(base, _ATOM)}^{self.within(exponent, _ATOM)}", _ATOM

    def function(self, expr: Fun) -> str:
        name = plain(self.notation.functions.get(expr.name) or _FUNCTIONS.get(expr.name, expr.name))
        order = expr.order[0] if len(expr.args) == 1 and expr.order else 0
        marks = "′" * order if order <= 3 else f"⁽{str(order).translate(_RAISED)}⁾"
        if len(expr.args) > 1:
            name = "".join(f"∂{place}" * times for place, times in enumerate(expr.order, 1)) + name
        return f"{name}{marks}{self.bracketed(expr.idx)}({', '.join(self.within(arg, _SUM) for arg in expr.args)})"

    def array(self, argument: Lambda) -> str:
        body, own = argument.body, tuple(Lin(((index, 1),)) for index in argument.indices)
        if isinstance(body, Var) and body.idx[len(body.idx) - len(own) :] == own:
            return self.name(body.name) + self.bracketed(body.idx[: len(body.idx) - len(own)])
        letters = ",".join(map(self.names.of_index, argument.indices))
        return f"({self.within(body, _SUM)})[{letters}]"


def _negative(expr: Expr) -> bool:
    """Return whether an expression is printed with a minus sign in front."""
    match expr:
        case Num(value):
            return value < 0
        case Mul(args):
            return sum(isinstance(arg, Num) and arg.value < 0 for arg in args) % 2 == 1
    return False
