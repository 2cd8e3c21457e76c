"""A whole module of Python: forward pass, gradients, an example, and a check of the gradients."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from derive.algebra.expr import Expr, Fun, Functional
from derive.algebra.functions import KNOWN
from derive.algebra.index import Lin
from derive.algebra.substitute import walk
from derive.errors import UsageError
from derive.export.emit import INDENT, Emitter
from derive.export.example import example_lines
from derive.export.gradient import Gradient, gradients
from derive.export.helpers import AGAINST, CHECKS, ERF, IMPORTS, MAIN, OPEN, OPEN_PRIME, XP, helper
from derive.export.names import ExportError, Names, bare_starts, loop_slots, sizes_of
from derive.export.schedule import schedule
from derive.export.shapes import size_lines
from derive.names.notation import Notation
from derive.network.concrete import blocks
from derive.network.dependencies import Dependencies
from derive.network.network import Definition, Leaf, Network
from derive.network.partials import label_ranges
from derive.notation.functions import EXTREMES
from derive.writing.plain import plain
from derive.writing.unicode import to_unicode

BACKENDS = tuple(IMPORTS)


def backward_pass(network: Network, notation: Notation) -> tuple[Gradient, ...]:
    """Return the gradients that an exported module computes, the same for every backend. Raises: ExportError."""
    network = bare_starts(network, notation)
    return tuple(gradients(network, loop_slots(network, notation)))


def export(
    network: Network,
    notation: Notation,
    backend: str = "numpy",
    title: str = "a network",
    backward: tuple[Gradient, ...] | None = None,
) -> str:
    """Return a Python module with `forward`, `gradients`, `example` and `check_gradients` for a network.

    `backward` has its gradients, where they are known (see `backward_pass`).
    Raises: UsageError for another backend; ExportError for what cannot be written as array expressions.
    """
    if backend not in BACKENDS:
        raise UsageError(f"there is no export to {backend}; there are {', '.join(BACKENDS)}")
    derived = backward_pass(network, notation) if backward is None else backward
    return _Module(bare_starts(network, notation), notation, backend, title, derived).text()


@dataclass
class _Module:
    network: Network
    notation: Notation
    backend: str
    title: str
    derived: tuple[Gradient, ...]
    names: Names = field(default_factory=Names)

    def __post_init__(self) -> None:
        slots = loop_slots(self.network, self.notation)
        self.slots = {**slots, **{f"d {name}": found for name, found in slots.items()}}
        self.below = Dependencies(self.network).below.get(self.network.loss or "", set())
        self._reserve()
        self.emitter = Emitter(self.names, self.slots, self._starts(), XP[self.backend])

    def _reserve(self) -> None:
        """Give variables their names before anything else; the loss is called `loss` unless something else is."""
        assert self.network.loss is not None or self._no_loss()
        self.names.given["variable", self.network.loss or ""] = "loss"
        for name in (*(leaf.name for leaf in self.leaves), *(d.name for d in self.definitions)):
            self.names.taken.add("d_" + self.names.of("variable", name))
        for size in sizes_of(blocks(self.network)):
            self.names.of("size", size.name)
        for label in label_ranges(self.network):
            self.names.of("label", label.name)

    def _no_loss(self) -> bool:
        raise ExportError("this network has no loss to differentiate")

    def _starts(self) -> dict[str, tuple[Lin, ...]]:
        found: dict[str, tuple[Lin, ...]] = {}
        for block in blocks(self.network):
            starts = tuple(range_.lo for range_ in block.ranges)
            found.setdefault(block.name, starts)
            found.setdefault(f"d {block.name}", starts)
        return found

    @cached_property
    def leaves(self) -> tuple[Leaf, ...]:
        return tuple(leaf for leaf in self.network.leaves if leaf.name in self.below)

    @cached_property
    def definitions(self) -> tuple[Definition, ...]:
        wanted = self.below | {self.network.loss or ""}
        return tuple(d for d in self.network.definitions if d.name in wanted)

    @property
    def inputs(self) -> list[str]:
        leaves = dict.fromkeys(self.names.of("variable", leaf.name) for leaf in self.leaves)
        return [*leaves, *(self.names.of("label", label.name) for label in label_ranges(self.network))]

    def text(self) -> str:
        self._open_functions(self.definitions)
        forward, backward = self._body(self.definitions), self._body([g.definition for g in self.derived])
        functions = list(self._functions())  # after the bodies, which say what they call
        used = "\n".join([*forward, *backward, *functions])
        parts = [
            self._docstring(),
            ("import math\n\n" if re.search(r"\bmath\.", used) else "") + IMPORTS[self.backend],
            f"PARAMETERS = {tuple(dict.fromkeys(self.names.of('variable', leaf.name) for leaf in self.leaves))!r}",
            *functions,
            self._forward(forward),
            self._gradients(backward),
            "\n".join(example_lines(self.network, self.leaves, self.names, self.slots, self.backend, self.open_sizes)),
            CHECKS[self.backend].format(loss=self._loss),
            MAIN.format(against=AGAINST[self.backend]),
        ]
        return (
            "\n\n\n".join(parts).replace("\n\n\nPARAMETERS", "\n\nPARAMETERS").replace("\n\n\nimport", "\n\nimport")
            + "\n"
        )

    @property
    def _loss(self) -> str:
        return self.names.of("variable", self.network.loss or "")

    def _body(self, definitions: Sequence[Definition]) -> list[str]:
        return [line for block in schedule(definitions, self.slots) for line in self.emitter.lines(block)]

    def _docstring(self) -> str:
        return (
            f'"""Forward pass and gradients of {self.title}, written by derive.\n\n'
            "Layers and time steps are keys of dictionaries (W[1], W[2], …), units are axes; labels count from 1.\n"
            f"Run this file to compare the gradients with {AGAINST[self.backend]}.\n"
            '"""'
        )

    def _sizes(self, lines: list[str], arrays: Sequence[Leaf]) -> tuple[list[str], list[str]]:
        """Return the statements that give sizes their values, and the sizes that no shape of `arrays` tells."""
        found, missing = list[str](), list[str]()
        arities = {size.name: len(size.args) for size in sizes_of((*self.leaves, *self.definitions))}
        text = "\n".join(lines)
        for name, arity in sorted(arities.items(), key=lambda pair: pair[1]):
            python = self.names.of("size", name)
            statements = list(size_lines(name, arity, arrays, self.names, self.slots))
            needed = re.search(rf"\b{python}\b", "\n".join([text, *found]))
            indexed = any(
                arities.get(other) and re.search(rf"\b{self.names.of('size', other)}\b", text) for other in arities
            )
            if needed or (arity == 0 and indexed):
                found += statements
                if not statements:
                    missing.append(python)
        return found, missing

    def _forward(self, body: list[str]) -> str:
        sizes, _ = self._sizes(body, self.leaves)
        layered = [self.names.of("variable", name) for name in self._defined if self.slots.get(name)]
        start = [f"{', '.join(layered)} = {', '.join('{}' for _ in layered)}"] if layered else []
        returned = ", ".join(f'"{self.names.of("variable", n)}": {self.names.of("variable", n)}' for n in self._defined)
        formulas = "\n".join(f"{INDENT}    {line}" for d in self.definitions for line in self._formula(d))
        doc = f'"""Return the values of the forward pass.\n\n{formulas}\n{INDENT}"""'
        return self._function("forward", [doc, *start, *sizes, *body, f"return {{{returned}}}"])

    @cached_property
    def open_sizes(self) -> list[str]:
        """The sizes that no shape of a parameter tells, as Python calls them."""
        every = self._body(self.definitions) + self._body([g.definition for g in self.derived])
        return self._sizes(every, self.leaves)[1]

    def _gradients(self, body: list[str]) -> str:
        computed = tuple(Leaf(d.name, d.params, d.ranges) for d in self.definitions)
        sizes, _ = self._sizes(body, (*self.leaves, *computed))
        sizes = [line for line in sizes if line.split(" = ")[0] not in self.open_sizes]
        names = list(dict.fromkeys(g.definition.name[2:] for g in self.derived))
        layered = ["d_" + self.names.of("variable", name) for name in names if self.slots.get(name)]
        start = [f"{', '.join(layered)} = {', '.join('{}' for _ in layered)}"] if layered else []
        text = "\n".join([*sizes, *body])
        used = [n for n in self._defined if re.search(rf"\b{self.names.of('variable', n)}\b", text)]
        values = [f'{self.names.of("variable", n)} = values["{self.names.of("variable", n)}"]' for n in used]
        if values:
            values.insert(0, f"values = forward({', '.join([*self.inputs, *self.open_sizes])})")
        returned = ", ".join(f'"{self.names.of("variable", n)}": d_{self.names.of("variable", n)}' for n in names)
        said = "\n".join(f"{INDENT}    {line}" for g in self.derived for line in self._said(g))
        doc = f'"""Return the gradient of the loss by every array.\n\n{said}\n{INDENT}"""'
        return self._function("gradients", [doc, *values, *start, *sizes, *body, f"return {{{returned}}}"])

    def _function(self, name: str, lines: list[str]) -> str:
        arguments = ", ".join([*self.inputs, *self.open_sizes])
        return "\n".join([f"def {name}({arguments}):", *(INDENT + line for line in lines)])

    @cached_property
    def _defined(self) -> list[str]:
        return list(dict.fromkeys(d.name for d in self.definitions))

    def _formula(self, d: Definition) -> Iterator[str]:
        left = to_unicode(_entry(d), self.notation)
        yield f"{left} = {to_unicode(d.body, self.notation)}"

    def _said(self, g: Gradient) -> Iterator[str]:
        yield f"{to_unicode(g.goal, self.notation)} = {to_unicode(g.result, self.notation)}"
        yield f"    {g.verdict}".replace("<=", "≤").replace(r"\ell", "ℓ")

    # Functions

    def _functions(self) -> Iterator[str]:
        for (kind, name), python in list(self.names.given.items()):
            if kind == "helper":
                erf, xp = ERF[self.backend], XP[self.backend]
                yield helper(name).format(name=python, xp=xp, erf=erf)
        for name, levels in self._open_functions((*self.definitions, *(g.definition for g in self.derived))).items():
            yield from self._open(name, levels)

    def _open_functions(self, definitions: Sequence[Definition]) -> dict[str, tuple[int, int]]:
        """Return the open functions with the highest derivative used and the number of their own indices.

        Raises: ExportError for an open function of several arguments or of whole arrays.
        """
        found: dict[str, tuple[int, int]] = {}
        for node in (node for definition in definitions for node in walk(definition.body)):
            if (isinstance(node, Functional) and node.name not in EXTREMES) or (
                isinstance(node, Fun) and node.name not in KNOWN and len(node.args) != 1
            ):
                name = plain(self.notation.functions.get(node.name, node.name))
                raise ExportError(f"the function {name} is left open; write what it is in the model")
            if isinstance(node, Fun) and node.name not in KNOWN:
                order = max(found.get(node.name, (0, 0))[0], sum(node.order))
                found[node.name] = (order, len(node.idx))
        return found

    def _open(self, name: str, levels: tuple[int, int]) -> Iterator[str]:
        order, layers = levels
        xp = XP[self.backend]
        if order > 1:
            raise ExportError(f"second derivatives of the open function {plain(name)} are needed; choose one")
        arguments = ", ".join(["z", *("layer" if n == 0 else f"index{n}" for n in range(layers))])
        symbol = plain(self.notation.functions.get(name, name))
        python = self.names.of("function", name)
        yield OPEN.format(name=python, arguments=arguments, symbol=symbol, value=f"{xp}.tanh(z)")
        prime = self.names.of("function", f"{python}_prime")
        yield OPEN_PRIME.format(name=prime, arguments=arguments, symbol=symbol, value=f"1 - {xp}.tanh(z) ** 2")


def _entry(d: Definition) -> Expr:
    from derive.algebra.expr import Var
    from derive.algebra.index import lin

    return Var(d.name, tuple(r.lo if r.lo == r.hi else lin(p) for p, r in zip(d.params, d.ranges, strict=True)))
