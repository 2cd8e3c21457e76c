"""Arrays in matrix notation as LaTeX: W_{k+1}^T \\nabla_{a_{k+1}} L, or written out by their entries.

The result is only a proposal: whoever shows it has it read back and judged first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from derive.algebra.expr import Diff, Expr, Fun, Functional, Iverson, Mul, Num, Pow, Var
from derive.algebra.index import Index, Lin, Range, lin
from derive.algebra.substitute import subs
from derive.names.letters import lettered
from derive.names.notation import Notation
from derive.names.patterns import index_latex, transposed
from derive.names.table import Entry
from derive.network.array_forms import (
    Applied,
    Diagonal,
    Elementwise,
    NoForm,
    Outer,
    Product,
    Repeated,
    Scaled,
    Stretched,
    Summed,
    Total,
    Turned,
    Whole,
    Written,
)
from derive.network.derivation import Form
from derive.writing.printer import array_latex, to_latex

ARGUMENT = Var("argument of the function")
SHORT = 3  # so many entries are written out


@dataclass(frozen=True)
class Speller:
    """Writes arrays in a notation; `names` are those of the model, such as that of the vector that is 1 at a label."""

    notation: Notation
    names: Iterable[Entry] = ()

    def latex(self, form: Form) -> str:
        """Return an array as LaTeX. Raises: NoForm for a part of an array that has no name."""
        match form:
            case Whole(of, axes):
                return self._whole(of, axes)
            case Written(of, axes):
                return self._written(of, axes)
            case Applied(function, argument):
                return self._applied(function, self.latex(argument))
            case Scaled():
                return self._scaled(form)
            case Total(terms):
                return self._total(terms)
            case Summed(index, range_, array):
                low, high = (index_latex(end, self.notation) for end in (range_.lo, range_.hi))
                return rf"\sum_{{{index}={low}}}^{{{high}}} {bracketed(self.latex(array), top_sum)}"
            case Elementwise(factors):
                return r" \odot ".join(self._in_elementwise(f) for f in factors)
            case Product(left, Whole(Num())):
                return rf"{self._factor(left)} \mathbf{{1}}"
            case Product(left, right):
                return f"{self._factor(left)} {self._factor(right)}"
            case Outer(left, right):
                return f"{self._factor(left)} {transposed(self._factor(right), self.notation)}"
            case Turned(array):
                named = isinstance(array, Written) or (isinstance(array, Whole) and isinstance(array.of, Var))
                return transposed(self.latex(array) if named else f"({self.latex(array)})", self.notation)
            case Diagonal(array=array):
                return "I" if array is None else _diagonal(self.latex(array))
            case Stretched(diagonal, array, after):
                both = (_diagonal(self.latex(diagonal)), self._factor(array))
                return " ".join(both[::-1] if after else both)
            case Repeated(index, range_, factor, vector=vector):
                low, high = (index_latex(end, self.notation) for end in (range_.lo, range_.hi))
                product = rf"\prod_{{{index}={low}}}^{{{high}}} {self.latex(factor)}"
                return rf"\left( {product} \right) {self._factor(vector)}"
        raise TypeError(f"no LaTeX for {type(form).__name__}")

    def _factor(self, form: Form) -> str:
        return bracketed(self.latex(form), _loose)

    def _in_elementwise(self, form: Form) -> str:
        text = self.latex(form)
        if isinstance(form, Product):
            return rf"\left({text}\right)"
        return f"({text})" if top_sum(text) else text

    def _total(self, terms: tuple[Form, ...]) -> str:
        text = ""
        for term in terms:
            written = self.latex(term)
            minus = written.startswith("-")
            text += f" {'-' if minus else '+'} {written.removeprefix('-')}" if text else written
        return text

    def _scaled(self, form: Scaled) -> str:
        sign, size = "-" if form.number < 0 else "", abs(form.number)
        scalars = [Num(size)] if size != 1 else []
        flat: tuple[Expr, ...] = (*scalars, *form.factors)
        divided = any(isinstance(f, Pow) and isinstance(f.exponent, Num) and f.exponent.value < 0 for f in form.factors)
        if divided:  # λ/m in place of λ 1/m
            flat = (Mul(flat),) if len(flat) > 1 else flat
        prefix = "".join(f"{bracketed(to_latex(factor, self.notation), top_sum)} " for factor in flat)
        array = self.latex(form.array)
        return (
            sign + prefix + (bracketed(array, _loose if scalars and not form.factors else top_sum) if prefix else array)
        )

    def _whole(self, of: Expr, axes: tuple[Index, ...]) -> str:
        match of:
            case Num():
                return to_latex(of, self.notation)
            case Var():
                return self._named(of, axes)
            case Diff(Var() | Functional() as u, Var() as v):
                whole = self.notation.loss if isinstance(u, Var) and not u.idx else to_latex(u, self.notation)
                return rf"\nabla_{{{self._named(v, axes)}}} {whole}"
            case Iverson(_, left, right):
                return self._one_hot(right if left == lin(axes[0]) else left)
        raise NoForm

    def _one_hot(self, label: Lin) -> str:
        """Return the model's own name of the vector that is 1 at a label, else e(ℓ)."""
        for entry in self.names:
            match entry.params, entry.body:
                case (param,), Iverson("=", left, right) if {left, right} == {lin(param.index), label}:
                    return array_latex(entry.name, (), self.notation)
        return f"e({index_latex(label, self.notation)})"

    def _named(self, v: Var, axes: tuple[Index, ...]) -> str:
        """Return the array whose entry is v: all but the axes stay indices."""
        if len(axes) == 2:
            return array_latex(v.name, v.idx[:-2], self.notation)
        place = v.idx.index(lin(axes[0]))
        if place == len(v.idx) - 1:
            pattern = self.notation.patterns.get(v.name)
            units = [n for n, slot in enumerate(pattern.slots) if slot.kind == "unit"] if pattern else [place]
            if units == [place]:
                return array_latex(v.name, v.idx[:-1], self.notation)
        text = array_latex(v.name, [r"\cdot" if n == place else e for n, e in enumerate(v.idx)], self.notation)
        return transposed(text, self.notation) if place == len(v.idx) - 1 else text

    def _applied(self, f: Fun, argument: str) -> str:
        shell = to_latex(Fun(f.name, (ARGUMENT,), f.order, f.idx), self.notation)
        placeholder = to_latex(ARGUMENT, self.notation)
        return shell.replace(f" {placeholder}", f"({argument})").replace(placeholder, argument)

    def _written(self, of: Expr, axes: Sequence[tuple[Index, Range]]) -> str:
        """Return the entries at the corners, with dots between them; a short axis in full."""
        (row, down), (col, across) = (*axes, (Index("one"), Range(lin(1), lin(1))))[:2]
        of, columns, lines = lettered(of, self.notation), _places(across), list[str]()
        for i in _places(down):
            if i is None:
                dots = [r"\vdots" if j is not None else r"\ddots" for j in columns]
            else:
                dots = [
                    r"\cdots" if j is None else to_latex(subs(of, {row: i, col: j}), self.notation) for j in columns
                ]
            lines.append(" & ".join(dots))
        body = r" \\ ".join(lines)
        return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}"


def _places(range_: Range) -> list[Lin | None]:
    """Return the values that are written out of an axis, None for dots."""
    length = range_.length
    if length.is_const and length.const <= SHORT:
        return [range_.lo + n for n in range(length.const)]
    return [range_.lo, None, range_.hi]


def bracketed(text: str, loose: Callable[[str], bool]) -> str:
    """Return a text in brackets where it is too loose to stand in a product."""
    return rf"\left( {text} \right)" if loose(text) else text


def _diagonal(text: str) -> str:
    """Return the diagonal matrix of a vector, in one pair of brackets."""
    whole = text.startswith("(") and _top(text) == ")"
    return rf"\operatorname{{diag}}{text if whole else f'({text})'}"


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
