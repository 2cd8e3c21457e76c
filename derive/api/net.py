"""A network to explore: its names, derivatives, gradients, Jacobians, Hessians and claims."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from derive.algebra.expr import Var
from derive.algebra.index import Lin, Range, Size, lin
from derive.api.names import find_name, index_of, spellings
from derive.api.quantity import Place, Quantity
from derive.api.show import Shown
from derive.errors import UsageError
from derive.names.notation import Notation
from derive.network.concrete import with_sizes
from derive.network.network import Network
from derive.writing.plain import plain

if TYPE_CHECKING:
    from derive.api.arrays import ArrayDerivative
    from derive.api.claims import Claimed
    from derive.api.face import Face
    from derive.api.names import IndexLike
    from derive.api.partial import Partial
    from derive.models.model import Model

    Given: TypeAlias = Quantity | str | Any


@dataclass(frozen=True, repr=False, eq=False)
class Net(Shown):
    """A network with the notation of its model; `sizes` are the sizes that are given, such as widths.

    net = Net(network)                     any network; load_network(name) for one with a model
    net["W"]["k", "i", "j"], net["W"][1]   names and indices
    """

    symbolic: Network
    model: Model | None = None
    sizes: Mapping[Size, Lin] = field(default_factory=dict)

    # What it consists of

    @property
    def notation(self) -> Notation:
        return self.model.notation if self.model is not None else Notation(patterns={})

    @cached_property
    def network(self) -> Network:
        """The network with its sizes inserted, each layer apart where the depth is given."""
        return with_sizes(self.symbolic, self.sizes) if self.sizes else self.symbolic

    @cached_property
    def places(self) -> dict[str, Place]:
        """The names with their indices: parameters, definitions, and what the model calls by a further name."""
        found = {leaf.name: Place(leaf.name, leaf.params, leaf.ranges) for leaf in self.symbolic.leaves}
        for definition in self.symbolic.definitions:
            old = found.get(definition.name)
            if old is None or any(r.lo == r.hi for r in old.ranges):
                found[definition.name] = Place(definition.name, definition.params, definition.ranges)
        entries = self.model.table.every if self.model is not None else ()
        for entry in (entry for entry in entries if entry.body is not None):
            ranges = tuple(param.range for param in entry.params if param.range is not None)
            if len(ranges) == len(entry.params):
                params = tuple(param.index for param in entry.params)
                found.setdefault(entry.name, Place(entry.name, params, ranges, entry.body))
        return found

    def keys(self) -> list[str]:
        """Return the names, as they are completed at the prompt."""
        return list(dict.fromkeys(plain(name) for name in self.places))

    def _ipython_key_completions_(self) -> list[str]:
        return self.keys()

    def __getitem__(self, name: str) -> Any:
        """Return what a name stands for: an array, which takes indices, or a scalar, which is a SymPy symbol.

        The name may be LaTeX, Unicode or letters: "\\\\hat{y}", "ŷ", "yhat".
        Raises: UsageError for a name that the network does not have.
        """
        found = self.named(name)
        return found if found.place.params else found.to_sympy()

    def named(self, name: str) -> Quantity:
        """Return the quantity of a name, be it an array or a scalar."""
        return Quantity(self, self.places[find_name(name, self.places)])

    @property
    def loss(self) -> Any:
        """The loss, as a SymPy symbol. Raises: UsageError for a network that has none."""
        return self.scalar.to_sympy()

    @property
    def scalar(self) -> Quantity:
        """What is differentiated where nothing else is named: the loss."""
        if self.symbolic.loss is None:
            raise UsageError("this network has no loss: no scalar is defined in it")
        return Quantity(self, self.places[self.symbolic.loss])

    def index(self, value: IndexLike) -> Lin:
        """Return an index expression as the network's notation writes it."""
        if hasattr(value, "free_symbols"):  # SymPy's, or what stands for it
            return self.face.read_index(value)
        names = self.model.table.index_names if self.model is not None else {}
        arities: dict[str, int] = {"L": 0} if self.model is None else dict(self.model.table.sizes)
        return index_of(value, arities, names)

    # SymPy

    @cached_property
    def face(self) -> Face:
        """Writes the network's expressions as SymPy objects, and reads SymPy objects about it."""
        from derive.api.face import Face

        return Face(self)

    def sympy_definitions(self) -> list[Any]:
        """Return the forward pass as SymPy equations, indices with their ranges; `from_sympy` builds it from these."""
        from derive.api.equations import sympy_definitions

        return sympy_definitions(self)

    # Sizes

    def at(self, widths: Sequence[int] | None = None, **sizes: int) -> Net:
        """Return the network with given widths n_0, …, n_L, and further sizes by name: `at([2, 3, 2], m=4)`.

        Raises: NetworkError or UsageError for widths that do not fit the network.
        """
        from derive.api.widths import size_of_name, widths_as_sizes

        given = dict(self.sizes)
        if widths is not None:
            given.update(widths_as_sizes(self.symbolic, tuple(widths)))
        for name, value in sizes.items():
            given[size_of_name(self.symbolic, name)] = lin(value)
        return replace(self, sizes=given)

    def sized(self, range_: Range) -> Range:
        """Return a range with the given sizes inserted."""
        return range_.subs(self.sizes)

    # Derivatives

    def partial(self, by: Given, of: Given | None = None) -> Partial:
        """Return ∂of/∂by with its derivation, of the loss where `of` is left out.

        `by` and `of` are entries: `net["W"][k, i, j]`, SymPy's Indexed or Symbol, LaTeX: "W_{kij}"; or the whole
        derivative, as LaTeX or as SymPy's Derivative.
        Raises: UsageError for an array, LatexError for LaTeX that cannot be read, NetworkError.
        """
        from derive.api.equations import whole_derivative
        from derive.api.partial import Partial
        from derive.api.reading import derivative_of

        found = whole_derivative(self, by) if of is None else None
        if found is not None:
            return found

        if isinstance(by, str) and of is None and re.search(r"\\(?:partial|nabla|d?frac)\b", by):
            return Partial(self, *derivative_of(self, by))
        of_var = self.quantity(of).var if of is not None else self.scalar.var
        return Partial(self, of_var, self.quantity(by).entry().var if isinstance(by, str) else self.quantity(by).var)

    def gradient(self, by: Given, of: Given | None = None) -> ArrayDerivative:
        """Return the gradient of the loss by a whole array in matrix form: `net.gradient("W_k")`.

        Raises: as `partial`.
        """
        from derive.api.arrays import gradient

        return gradient(self, self.quantity(by), self.scalar if of is None else self.quantity(of))

    def jacobian(self, of: Given, by: Given) -> ArrayDerivative:
        """Return ∂of/∂by of two arrays in matrix form, dim(of) × dim(by): `net.jacobian("a_{k+1}", "a_k")`."""
        from derive.api.arrays import jacobian

        return jacobian(self, self.quantity(of), self.quantity(by))

    def hessian(self, one: Given, other: Given | None = None) -> Partial:
        """Return ∂²L/∂one ∂other for two entries, `other` being `one` where it is left out.

        Raises: NetworkError where the depth between them is symbolic, so that the derivative does not end.
        """
        from derive.api.partial import SecondPartial

        first = self.quantity(one).entry().var
        second = first if other is None else self.quantity(other).entry().var
        return SecondPartial(self, self.scalar.var, first, second)

    def claim(self, formula: Any, right: Any = None) -> Claimed:
        """Return what is to be judged: a formula in LaTeX, SymPy's Eq, or two sides.

        Raises: UsageError for a network without a model, or what is no statement about it; LatexError.
        """
        from derive.api.claims import FormulaClaim
        from derive.api.equations import Equation

        if not isinstance(formula, str):
            return Equation.of(self, formula, right)
        if self.model is None:
            raise UsageError("formulas need a notation to be read in; load_network has networks with a model")
        return FormulaClaim(self, formula)

    def quantity(self, given: Given) -> Quantity:
        """Return a quantity that is given as such, by its name, as LaTeX with indices: "W_k", or as SymPy's Indexed."""
        if isinstance(given, Quantity):
            return given
        if not isinstance(given, str):
            from derive.api.equations import quantity_of

            return quantity_of(self, given)
        if any(given in spellings(name) for name in self.places):
            return self.named(given)
        from derive.api.reading import read_quantity

        return read_quantity(self, given)

    # Numbers

    def sample(self, seed: int = 0) -> dict[str, Any]:
        """Return random values of all parameters and inputs as NumPy arrays, those with layers by layer.

        Raises: UsageError while sizes are open; `net.at(widths)` gives them.
        """
        from derive.api.numbers import sample

        return sample(self, seed)

    # How it shows itself

    def latex(self) -> str:
        """Return the forward pass in the model's own words, or from the definitions."""
        if self.model is not None and self.model.forward:
            lines = [line.replace("=", "&=", 1) for line in self.model.forward]
        else:
            from derive.writing.printer import to_latex

            pairs = [(Var(d.name, tuple(map(lin, d.params))), d.body) for d in self.symbolic.definitions]
            lines = [" &= ".join(to_latex(side, self.notation) for side in pair) for pair in pairs]
        return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"

    def __str__(self) -> str:
        name = self.model.name if self.model is not None else "network"
        given = ", ".join(f"{size} = {value}" for size, value in self.sizes.items())
        lines = [f"{name}{f' with {given}' if given else ''}"]
        defined = dict.fromkeys(d.name for d in self.symbolic.definitions)
        for found in defined:
            lines.extend(f"  {line}" for line in Quantity(self, self.places[found]).lines())
        parameters = ", ".join(str(Quantity(self, self.places[leaf.name]).entry()) for leaf in self.symbolic.leaves)
        return "\n".join([*lines, f"  parameters and inputs: {parameters}"])

    def __repr__(self) -> str:
        name = self.model.name if self.model is not None else "network"
        given = ", ".join(f"{size}={value}" for size, value in self.sizes.items())
        return f"<Net {name}{f' {given}' if given else ''}>"


def load_network(
    name_or_path: str = "khapra",
    *,
    activation: str | None = None,
    widths: Sequence[int] | None = None,
    functions: Mapping[str, str] | None = None,
    **sizes: int,
) -> Net:
    """Return the network of a bundled model or of a model file.

    `activation` takes the place of the activation that the model leaves open, `functions` says more ({"O": "sigmoid"}),
    `widths` are n_0, …, n_L, `sizes` further ones by name.
    Raises: UsageError for a name or function that does not exist, ModelError for a model that makes no sense.
    """
    from derive.api.activations import with_functions
    from derive.lecture.stated import load_model

    model = with_functions(load_model(name_or_path), activation, functions or {})
    net = Net(model.network, model)
    return net.at(widths, **sizes) if widths is not None or sizes else net


def layer_places(net: Net, name: str) -> list[int]:
    """Return the index slots of a name that count layers or steps."""
    from derive.network.concrete import layer_slots

    pattern = net.notation.patterns.get(name)
    place = net.places[name]
    if pattern is not None and len(pattern.slots) == len(place.params):
        return [n for n, slot in enumerate(pattern.slots) if slot.kind == "layer"]
    return layer_slots(place.params, place.ranges)
