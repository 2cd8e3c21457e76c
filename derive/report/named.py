"""How what a handout is about is written: arrays, entries, layers and derivatives by the names of the model."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cached_property
from typing import Literal

from derive.algebra.expr import ONE, Diff, Expr, Functional, Mul, Pow, Sum, Var
from derive.algebra.index import Index, Lin, fresh, lin
from derive.algebra.substitute import map_children, subs
from derive.errors import NetworkError
from derive.models.lines import sides
from derive.models.model import Model
from derive.names.letters import lettered
from derive.names.notation import Notation, Pattern, Slot
from derive.names.patterns import index_latex
from derive.network.dependencies import variables
from derive.network.network import Definition, Leaf
from derive.network.tidy import MINUS_ONE, replaced, tidy
from derive.notation.functions import EXTREMES
from derive.writing.printer import array_latex, to_latex

FONT = re.compile(r"\\(?:mathbf|boldsymbol|bm)\{([^{}]*)\}")
"""A bold letter is an array; a number is not bold."""
COMMAS = re.compile(r"_\{\s*\\?[A-Za-z]+(?:\s*,\s*\\?[A-Za-z]+)+\s*\}")
LAYERED = re.compile(r"(?P<base>.+?)(?P<place>[\^_])\{?(?P<bracket>[\[(]?)(?:\\[A-Za-z]+|[A-Za-z])[\])]?\}?")


class Named:
    """A model and its names."""

    def __init__(self, model: Model) -> None:
        """Take a model. Raises: NetworkError for one without a loss."""
        if model.network.loss is None:
            raise NetworkError(f"the model {model.name} has no loss: no scalar is defined in it")
        self.model = model
        self.network = model.network
        self.notation = _written_out(model)
        self.loss = Var(model.network.loss)

    def latex(self, expr: Expr, beside: Expr = ONE) -> str:
        """Return an expression in the model's notation, derivatives that it has a name for by that name.

        Its bound letters mean nothing else in the model, nor in what stands `beside` it.
        """
        return to_latex(lettered(self.timed(self.signed(expr)), self.notation, (beside,)), self.notation)

    def timed(self, expr: Expr) -> Expr:
        """Return an expression whose sums count by the letters that the model has for what they run over."""
        expr = map_children(expr, self.timed)
        letter = self.counting(expr.body, expr.index) if isinstance(expr, Sum) else None
        if not isinstance(expr, Sum) or letter in (None, expr.index.name):
            return expr
        new = fresh(str(letter))
        return Sum(new, expr.range, subs(expr.body, {expr.index: lin(new)}))

    def counting(self, expr: Expr, index: Index) -> str | None:
        """Return the letter of the layers that an index counts in an expression, or of the places in an array that the
        model writes entry by entry; None for one that counts units."""
        named = {name: array for array, (name, _) in self.signals.items()}
        for entry in variables(expr):
            name = named.get(entry.name, entry.name)
            for slot in self.layer_slots(entry.name):
                if index in entry.idx[slot].indices():
                    return self.block(name).params[slot].name
            for letter, e in zip(self._entrywise.get(name, ()), entry.idx, strict=False):
                if letter and e == lin(index):
                    return letter
        return None

    def array(self, name: str, *layers: Lin | str) -> str:
        return array_latex(self._starts.get(name, name), layers, self.notation)

    @cached_property
    def _starts(self) -> dict[str, str]:
        """The starts that have no letters of their own, such as h_0 where the model has h_t: leaf -> array."""
        patterns = self.notation.patterns
        bodies = [(d.name, d.body) for d in self.network.definitions]
        return {body.name: name for name, body in bodies if isinstance(body, Var) and body.name not in patterns}

    def index(self, value: Lin) -> str:
        return index_latex(value, self.notation)

    @cached_property
    def signals(self) -> dict[str, tuple[str, Expr]]:
        """The model's names of derivatives of its loss: array -> the name, and what the derivative is times it.

        With dZ = m ∂J/∂Z, ∂J/∂Z is 1/m times dZ.
        """
        found: dict[str, tuple[str, Expr]] = {}
        for entry in self.model.table.every:
            body = entry.body
            factors = body.args if isinstance(body, Mul) else (body,)
            diffs = [f for f in factors if isinstance(f, Diff) and f.body == self.loss]
            rest = [f for f in factors if f not in diffs and f is not None]
            idx = tuple(lin(param.index) for param in entry.params)
            alike = len(diffs) == 1 and (diffs[0].var.idx == idx or self._is_written_alike(entry.name, diffs[0].var))
            if alike and entry.name in self.notation.patterns:
                found[diffs[0].var.name] = entry.name, tidy(Pow(tidy(Mul(tuple(rest))), MINUS_ONE)) if rest else ONE
        return found

    def _is_written_alike(self, name: str, var: Var) -> bool:
        """Whether the model writes the same letters in the same order below a name as below what it is the derivative
        by: g_{n,f,i,j} = ∂L/∂y_{n,f,i,j}."""
        own, array = (re.escape(self.array(one)) for one in (name, var.name))
        return any(
            re.fullmatch(rf"{own}(_\{{[^{{}}]*\}}) = .*\\partial {array}\1\}}", line) for line in self.model.where
        )

    def signed(self, expr: Expr) -> Expr:
        """Return an expression with δ for ∂C/∂z where the model has that name."""

        def change(node: Expr) -> Expr | None:
            match node:
                case Functional(name, args, ((place, entry),)) if name not in EXTREMES:
                    array = args[place].body
                    if isinstance(array, Var):
                        at = dict(zip(args[place].indices, entry, strict=True))
                        return Diff(Functional(name, args), Var(array.name, tuple(e.subs(at) for e in array.idx)))
                case Diff(body, var) if body == self.loss and var.name in self.signals:
                    name, factor = self.signals[var.name]
                    return Mul((factor, Var(name, var.idx)))
            return node if isinstance(node, Diff) else None

        return tidy(replaced(expr, change))

    def letter(self, name: str) -> str:
        """Return the letter of a name, small and without its font."""
        pattern = self.notation.patterns.get(name)
        return FONT.sub(r"\1", pattern.entry if pattern else name).lower()

    def block(self, name: str) -> Definition | Leaf:
        """Return the definition of a name at most of its layers, or the leaf."""
        blocks: list[Definition | Leaf] = [*self.network.leaves, *self.network.definitions]
        found = [block for block in blocks if block.name == name]
        wide = [block for block in found if not any(r.lo == r.hi for r in block.ranges)]
        return (wide or found)[0]

    def layer_slots(self, name: str) -> list[int]:
        arrays = {signal: array for array, (signal, _) in self.signals.items()}
        pattern = self.notation.patterns.get(self._starts.get(name, arrays.get(name, name)))
        return [n for n, slot in enumerate(pattern.slots) if slot.kind == "layer"] if pattern else []

    @cached_property
    def _entrywise(self) -> dict[str, tuple[str, ...]]:
        """The letters by which the model writes an array that it reads entry by entry: w_{f,c,a,b}; "" at a place that
        it reads by a sum of letters, x_{n,c,si+a}. An array in matrix notation has none."""
        found: dict[str, tuple[str, ...]] = {}
        for definition in self.network.definitions:
            if not self._is_entrywise(definition):
                continue
            found[definition.name] = tuple(param.name for param in definition.params)
            for v in variables(definition.body):
                letters = tuple(e.atom.name if isinstance(e.atom, Index) else "" for e in v.idx)
                plain = [letter for letter in letters if letter]
                if plain and len(set(plain)) == len(plain) and not self.layer_slots(v.name):
                    found.setdefault(v.name, letters)
        return found

    def _is_entrywise(self, definition: Definition) -> bool:
        """Whether the model states a definition by its general entry."""
        name = definition.name
        if not definition.params or name not in self.notation.patterns or self.layer_slots(name):
            return False
        entry = re.sub(r"[\\s{},]", "", self.array(name, *map(lin, definition.params)))
        return any(re.sub(r"[\\s{},]", "", sides(line)[0]) == entry for line in self.model.forward)

    def shape(self, name: str) -> tuple[str, ...]:
        """Return the lengths of the axes of an array, as LaTeX; a sum in brackets where it stands beside others."""
        block, layers = self.block(name), self.layer_slots(name)
        lengths = [r.length for n, r in enumerate(block.ranges) if n not in layers]
        sums = [len(length.terms) + bool(length.const) > 1 and len(lengths) > 1 for length in lengths]
        return tuple(
            f"({self.index(one)})" if bracketed else self.index(one)
            for one, bracketed in zip(lengths, sums, strict=True)
        )

    def at(self, expr: Expr, values: dict[Index, Lin]) -> str:
        """Return an expression with numbers or sizes in place of indices, as LaTeX."""
        return self.latex(subs(expr, values))


def _written_out(model: Model) -> Notation:
    """Return the notation of a model, with the logistic function by its name where the model has no letter for it,
    functions that have a layer as the model writes them: g^{[l]}, and commas between indices where it has them."""
    notation = model.notation
    functions = {"sigmoid": r"\operatorname{sigmoid}", **notation.functions}
    patterns = dict(notation.patterns)
    for symbol, _ in model.functions:
        found = LAYERED.fullmatch(symbol)
        name = next((name for name, base in notation.functions.items() if found and base == found["base"]), None)
        if found and name is not None:
            place: Literal["sub", "sup"] = "sup" if found["place"] == "^" else "sub"
            slot = Slot(place, "layer", found["bracket"])  # type: ignore[arg-type]
            patterns.setdefault(name, Pattern(found["base"], found["base"], (slot,)))
        elif name is None:
            base = re.split(r"[\^_]", symbol)[0]
            functions |= {name: symbol for name, had in notation.functions.items() if had == base != symbol}
    commas = any(COMMAS.search(line) for line in model.forward)
    return replace(notation, functions=functions, patterns=patterns, commas=commas)
