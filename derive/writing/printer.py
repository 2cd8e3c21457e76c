"""Expressions as LaTeX, in the notation of a model.

    W[k+1, m, j]           W_{k+1,m,j}        commas only where an index is more than one character: W_{kij}
    ∂L/∂a[k,i]             \\frac{\\partial \\mathcal{L}}{\\partial a_{ki}}
    [i = l], [x > 0]       \\mathbf{1}_{(i=\\ell)}, \\mathbf{1}_{(x>0)}

A bound index is printed under its own name, or under the next free letter where that name is already taken.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from derive.algebra.expr import (
    ONE,
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
from derive.algebra.index import Index, Lin, Range, Size
from derive.algebra.substitute import walk
from derive.names.letters import Names, names_for
from derive.names.notation import Notation, Pattern
from derive.names.patterns import bracketed, default_pattern, index_latex, pattern_latex
from derive.notation import functions
from derive.notation.functions import EXTREMES

# How tightly a printed expression holds together; an operand that holds less tightly than its place needs brackets.
SUM, PRODUCT, POWER, ATOM = range(4)

FUNCTIONS: Mapping[str, str] = {row.name: row.written for row in functions.FUNCTIONS}
_JUXTAPOSED = frozenset(row.name for row in functions.FUNCTIONS if row.bare)


@dataclass(frozen=True, slots=True)
class Printed:
    """LaTeX and how tightly it holds together; `open_end` marks a trailing sum, which would swallow what follows it."""

    text: str
    tight: int
    open_end: bool = False


def to_latex(expr: Expr, notation: Notation) -> str:
    """Return an expression as LaTeX in a notation."""
    return _Printer(notation, names_for(expr, notation)).print(expr).text


def array_latex(name: str, indices: Sequence[Lin | str], notation: Notation) -> str:
    """Return a name with its first indices, the rest being left out: `W_k` for ("W", [k]), `W_{kij}` for all three.

    An index given as text, such as `\\cdot` for a whole axis, is printed as it is.
    """
    pattern = notation.patterns.get(name) or default_pattern(name, len(indices))
    texts = [value if isinstance(value, str) else index_latex(value, notation) for value in indices]
    return pattern_latex(pattern, texts, commas=notation.commas)


class _Printer:
    """Prints expressions whose index variables have the given names."""

    def __init__(self, notation: Notation, names: Names) -> None:
        self.notation = notation
        self.names = names

    def print(self, expr: Expr) -> Printed:
        match expr:
            case Num(value):
                return _number(value)
            case IndexValue(value):
                return Printed(self.index(value), ATOM if value.atom or (value.is_const and value.const >= 0) else SUM)
            case Var(name, idx):
                return Printed(self.name(name, idx), ATOM)
            case Add(args):
                return self.add(args)
            case Mul(args):
                return self.mul(args)
            case Pow():
                return self.power(expr)
            case Fun():
                return self.function(expr)
            case Functional(name) if name in EXTREMES:
                return self.extreme(expr)
            case Functional():
                return self.functional(expr)
            case Sum(index, range_, body) | Prod(index, range_, body):
                return self.big(r"\sum" if isinstance(expr, Sum) else r"\prod", index, range_, body)
            case Iverson(relation, left, right):
                sign = "=" if relation == "=" else r" \le "
                return Printed(rf"\mathbf{{1}}_{{({self.index(left)}{sign}{self.index(right)})}}", ATOM)
            case Step(arg):
                return Printed(rf"\mathbf{{1}}_{{({self.print(arg).text}>0)}}", ATOM)
            case Diff(body, var):
                return self.derivative(body, self.print(var).text)
            case Chain():
                return self.chain(expr)
        raise TypeError(f"no LaTeX for {type(expr).__name__}")

    # Names and indices

    def index(self, value: Lin) -> str:
        return index_latex(value, self.notation, self.names)

    def name(self, name: str, idx: tuple[Lin, ...]) -> str:
        pattern = self.notation.patterns.get(name) or default_pattern(name, len(idx))
        return pattern_latex(pattern, [self.index(value) for value in idx], commas=self.notation.commas)

    # Arithmetic

    def add(self, args: tuple[Expr, ...]) -> Printed:
        if not args:
            return Printed("0", ATOM)
        text = ""
        for arg in args:
            minus, rest = _sign(arg)
            printed = self.within(rest, PRODUCT)
            sign = "-" if minus else "+"
            text += f" {sign} {printed}" if text else ("-" if minus else "") + printed
        return Printed(text, SUM) if len(args) > 1 else Printed(text, self.print(args[0]).tight)

    def within(self, expr: Expr, tight: int) -> str:
        """Print an operand, in brackets where it holds together less than `tight`."""
        printed = self.print(expr)
        return printed.text if printed.tight >= tight else bracketed(printed.text)

    def mul(self, args: tuple[Expr, ...]) -> Printed:
        minus, rest = _sign(Mul(args))
        if minus:
            return Printed("-" + self.within(rest, PRODUCT), SUM)
        number, above, below = _split(args)
        if below:
            above, behind = _apart(above, below)
            above = ([Num(Fraction(number.numerator))] if number.numerator != 1 or not above else []) + above
            below = ([Num(Fraction(number.denominator))] if number.denominator != 1 else []) + below
            fraction = rf"\frac{{{self.factors(above)}}}{{{self.factors(below)}}}"
            if not behind:
                return Printed(fraction, PRODUCT)
            return Printed(f"{fraction} {self.within(Mul(tuple(behind)), PRODUCT)}", PRODUCT, _is_tall(behind[-1]))
        if number != 1 or not above:
            above = [Num(number), *above]
        printed = [self.print(factor) for factor in above]
        return Printed(self.factors(above), printed[-1].tight if len(above) == 1 else PRODUCT)

    def factors(self, args: Sequence[Expr]) -> str:
        """Print factors side by side; a sum that is not the last factor gets brackets, and so does a second number."""
        if len(args) == 1:
            return self.print(args[0]).text
        parts: list[str] = []
        for place, arg in enumerate(args):
            printed = self.print(arg)
            loose = printed.tight < PRODUCT or (printed.open_end and place < len(args) - 1)
            text = bracketed(printed.text) if loose else printed.text
            if parts and re.match(r"[\d]", text):
                text = rf"\cdot {text}"
            parts.append(text)
        return " ".join(parts)

    def power(self, expr: Pow) -> Printed:
        base, exponent = expr.base, expr.exponent
        if exponent == Num(Fraction(1, 2)):
            return Printed(rf"\sqrt{{{self.print(base).text}}}", ATOM)
        if isinstance(exponent, Num) and exponent.value < 0:
            below = base if exponent.value == -1 else Pow(base, Num(-exponent.value))
            return Printed(rf"\frac{{1}}{{{self.print(below).text}}}", PRODUCT)
        text = self.print(base)
        closed = text.tight == ATOM and "^" not in text.text and not text.text.startswith((r"\log", r"\frac"))
        shown = text.text if closed else bracketed(text.text)
        return Printed(f"{shown}^{{{self.print(exponent).text}}}", POWER)

    # Functions, sums, derivatives

    def function(self, expr: Fun) -> Printed:
        if expr.name == "sqrt" and not any(expr.order):
            return Printed(rf"\sqrt{{{self.print(expr.args[0]).text}}}", ATOM)
        if expr.name == "abs" and not any(expr.order):
            return Printed(rf"\left|{self.print(expr.args[0]).text}\right|", ATOM)
        head = self.head(expr)
        if not expr.args:
            return Printed(head, ATOM)
        bare = expr.name in _JUXTAPOSED and head == FUNCTIONS.get(expr.name)  # g a_i would be a product
        if bare and not any(expr.order) and isinstance(expr.args[0], Var):
            return Printed(f"{head} {self.print(expr.args[0]).text}", PRODUCT)
        arguments = ", ".join(self.print(arg).text for arg in expr.args)
        return Printed(head + bracketed(arguments), ATOM)

    def head(self, expr: Fun) -> str:
        """Return the name of a function with its primes: g', g^{[l]\\prime}, g^{(3)}, \\partial_1 f."""
        base = self.notation.functions.get(expr.name) or FUNCTIONS.get(expr.name) or default_pattern(expr.name, 0).whole
        pattern = self.notation.patterns.get(expr.name) or Pattern(base, base)
        indices = [self.index(value) for value in expr.idx]
        order = expr.order[0] if len(expr.args) == 1 and expr.order else 0
        if len(expr.args) > 1:
            marks = "".join(rf"\partial_{{{place}}}" * times for place, times in enumerate(expr.order, 1))
            return f"{marks} {pattern_latex(pattern, indices)}".strip()
        if order <= 3:
            return pattern_latex(pattern, indices, order)
        return f"{pattern_latex(pattern, indices)}^{{({order})}}"

    def extreme(self, expr: Functional) -> Printed:
        """Print max_q x_q, or its derivative by the entry at p as the indicator of p = argmax_q x_q."""
        (array,) = expr.args
        ends = zip(array.indices, array.ranges, strict=True)
        runs = [rf"{self.index(r.lo)} \le {self.names.of_index(i)} \le {self.index(r.hi)}" for i, r in ends]
        text = rf"\{EXTREMES[expr.name]}_{{{', '.join(runs)}}} {self.within(array.body, PRODUCT)}"
        if not expr.slots:
            return Printed(text, PRODUCT, open_end=True)
        place = ", ".join(map(self.index, expr.slots[0][1]))
        place = place if len(array.indices) == 1 else bracketed(place)
        return Printed(rf"\mathbf{{1}}_{{({place}=\arg{text})}}", ATOM)

    def functional(self, expr: Functional) -> Printed:
        name = self.notation.functions.get(expr.name) or default_pattern(expr.name, 0).whole
        arguments = ", ".join(self.array(argument) for argument in expr.args)
        if not expr.slots:
            return Printed(name + bracketed(arguments), ATOM)
        below = " ".join(rf"\partial {self.slot(expr.args[place], entry)}" for place, entry in expr.slots)
        above = r"\partial" + (f"^{{{len(expr.slots)}}}" if len(expr.slots) > 1 else "")
        return Printed(rf"\frac{{{above} {name}}}{{{below}}}" + bracketed(arguments), PRODUCT)

    def array(self, argument: Lambda) -> str:
        """Print an array argument by its own name where it is simply a variable, else by its general entry."""
        body, own = argument.body, tuple(Lin(((index, 1),)) for index in argument.indices)
        if isinstance(body, Var) and body.idx[len(body.idx) - len(own) :] == own:
            return self.name(body.name, body.idx[: len(body.idx) - len(own)])
        return bracketed(self.print(body).text) + "_{" + ",".join(map(self.names.of_index, argument.indices)) + "}"

    def slot(self, argument: Lambda, entry: tuple[Lin, ...]) -> str:
        values: dict[Index | Size, Lin] = dict(zip(argument.indices, entry, strict=True))
        body = argument.body
        if isinstance(body, Var):
            return self.name(body.name, tuple(value.subs(values) for value in body.idx))
        return self.array(argument)

    def big(self, sign: str, index: Index, range_: Range, body: Expr) -> Printed:
        letter = self.names.of_index(index)
        inner = self.within(body, PRODUCT)
        bounds = f"_{{{letter}={self.index(range_.lo)}}}^{{{self.index(range_.hi)}}}"
        return Printed(f"{sign}{bounds} {inner}", PRODUCT, open_end=True)

    def derivative(self, body: Expr, variable: str) -> Printed:
        if isinstance(body, Var):
            return Printed(rf"\frac{{\partial {self.print(body).text}}}{{\partial {variable}}}", PRODUCT)
        inner = bracketed(self.print(body).text)
        return Printed(rf"\frac{{\partial}}{{\partial {variable}}} {inner}", PRODUCT)

    def chain(self, expr: Chain) -> Printed:
        row, col = self.names.of_index(expr.row), self.names.of_index(expr.col)
        entry = rf"\left[{self.print(expr.body).text}\right]_{{{row},{col}}}"
        bounds = f"_{{{self.names.of_index(expr.index)}={self.index(expr.range.lo)}}}^{{{self.index(expr.range.hi)}}}"
        place = f"{self.index(expr.left)},{self.index(expr.right)}"
        return Printed(rf"\left(\prod{bounds} {entry}\right)_{{{place}}}", ATOM)


def _number(value: Fraction) -> Printed:
    if value.denominator == 1:
        return Printed(str(value.numerator), ATOM if value >= 0 else SUM)
    sign = "-" if value < 0 else ""
    return Printed(rf"{sign}\frac{{{abs(value.numerator)}}}{{{value.denominator}}}", SUM if sign else PRODUCT)


def _sign(expr: Expr) -> tuple[bool, Expr]:
    """Return whether an expression is written with a minus sign, and the expression after it."""
    if isinstance(expr, Num) and expr.value < 0:
        return True, Num(-expr.value)
    if not isinstance(expr, Mul):
        return False, expr
    number, rest = Fraction(1), []
    for arg in expr.args:
        if isinstance(arg, Num):
            number *= arg.value
        else:
            rest.append(arg)
    if number >= 0:
        return False, expr
    factors = rest if number == -1 and rest else [Num(-number), *rest]
    return True, factors[0] if len(factors) == 1 else Mul(tuple(factors))


def _apart(above: list[Expr], below: list[Expr]) -> tuple[list[Expr], list[Expr]]:
    """Return what stands in a fraction and what behind it: nothing that is tall itself stands above a flat line.

    \\frac{1}{T} \\sum_t J_t rather than a sum over T; a quotient of two sums stays one.
    """
    if any(isinstance(node, Sum) for factor in below for node in walk(factor)):
        return above, []
    first = next((n for n, factor in enumerate(above) if _is_tall(factor)), len(above))
    return above[:first], above[first:]


def _is_tall(factor: Expr) -> bool:
    """Whether a factor is written with a large sign or as a fraction of its own."""
    return isinstance(factor, Sum | Prod | Diff) or (isinstance(factor, Functional) and bool(factor.slots))


def _split(args: Sequence[Expr]) -> tuple[Fraction, list[Expr], list[Expr]]:
    """Return the numeric factor, the other factors above the fraction bar, and those below it."""
    number, above, below = Fraction(1), [], []
    for arg in args:
        match arg:
            case Num(value):
                number *= value
            case Pow(base, Num(exponent)) if exponent < 0:
                below.append(base if exponent == -1 else Pow(base, Num(-exponent)))
            case Pow() if arg.exponent == ONE:
                above.append(arg.base)
            case _:
                above.append(arg)
    return number, above, below
