"""The notation of a model whose network is a multilayer perceptron, found by the form of its definitions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from derive.algebra.expr import Add, Expr, Fun, Mul, Sum, Var
from derive.algebra.index import Index, Size, lin
from derive.errors import UsageError
from derive.models.model import Model
from derive.names.notation import Notation, Pattern, Slot
from derive.network.network import Definition
from derive.report.mlp_notation import NOTATIONS, MlpNotation

_LETTERS = ("i", "j", "m", "p", "q", "r", "s", "t", "u")
_SCALARS = ("z", "t", "u", "s", "v")


def notation_for(name: str) -> MlpNotation:
    """Return the notation of a model by its name or file.

    Raises: UsageError for a model that is not a multilayer perceptron of one example, saying what is missing.
    """
    if name in NOTATIONS:
        return NOTATIONS[name]
    from derive.models.registry import load_model

    return notation_of(load_model(name))


def notation_of(model: Model) -> MlpNotation:
    """Return the notation of a model: its weighted sums, activations and output give the names their parts."""
    affine, weight, bias, hidden = _weighted_sum(model)
    activated = _applied(model, hidden, affine.name)
    start = _start(model, hidden)
    outputs = _output(model, hidden, affine.name)
    layer, *units = _letters(model)
    used = {layer, *units, *model.notation.patterns}
    patterns = model.notation.patterns
    return MlpNotation(
        model.name,
        weight=patterns[weight],
        bias=patterns[bias],
        pre=patterns[affine.name],
        hidden=patterns[hidden],
        inputs=patterns[start.name],
        outputs=patterns[outputs],
        targets=_targets(model, outputs),
        size=_size(model, affine),
        loss=_loss(model),
        activation=_symbol(model.notation, activated.name),
        output_function=_output_symbol(model, activated.name),
        label=_label(model, used),
        depth=_depth(model, affine),
        layer=layer,
        units=(units[0], units[1], units[2]),
        first=_first(start.definition, model),
        transpose=model.notation.transpose,
        scalar=next(letter for letter in _SCALARS if letter not in used),
    )


def _missing(model: Model, what: str) -> UsageError:
    return UsageError(
        f'the network of "{model.name}" is not a multilayer perceptron of one example: {what}. There is a handout in '
        f"the notation of {', '.join(NOTATIONS)}"
    )


def _weighted_sum(model: Model) -> tuple[Definition, str, str, str]:
    """Return the definition a[k,i] = b[k,i] + Σ_j W[k,i,j] h[k-1,j], and the names of W, b and h."""
    for definition in model.network.definitions:
        match definition:
            case Definition(params=(k, i), body=Add((left, right))):
                bias, total = (left, right) if isinstance(right, Sum) else (right, left)
                match bias, total:
                    case Var(bias_name, (k1, i1)), Sum(j, _, Mul((Var(weight, at), Var(hidden, below)))):
                        layer, unit = lin(k), lin(i)
                        wanted = (layer, unit), (layer, unit, lin(j)), (layer - 1, lin(j))
                        if ((k1, i1), at, below) == wanted:
                            return definition, weight, bias_name, hidden
    batch = next((d.name for d in model.network.definitions if len(d.params) > 2), None)
    if batch is not None:
        name = model.notation.patterns[batch].whole
        raise _missing(model, f"{name} holds many examples at once; write the forward pass for one of them")
    raise _missing(model, "no layer is a bias plus a matrix times the layer below")


def _applied(model: Model, hidden: str, affine: str) -> Fun:
    """Return g(a[k,i]) from the definition of the hidden layers."""
    for definition in model.network.definitions:
        match definition:
            case Definition(name=name, params=(k, i), body=Fun(_, (Var(argument, idx),)) as applied):
                if (name, argument, idx) == (hidden, affine, (lin(k), lin(i))):
                    return applied
    raise _missing(model, f"{hidden} is not a function of each entry of {affine}")


class _Start:
    """The lowest layer: the name of the input, and the definition that makes it a layer."""

    def __init__(self, name: str, definition: Definition) -> None:
        self.name = name
        self.definition = definition


def _start(model: Model, hidden: str) -> _Start:
    for definition in model.network.definitions:
        match definition:
            case Definition(name=name, params=(_, i), body=Var(inputs, (unit,))) if name == hidden and unit == lin(i):
                return _Start(inputs, definition)
    raise _missing(model, f"no layer of {hidden} is the input")


def _first(definition: Definition, model: Model) -> int:
    low = definition.ranges[0].lo
    if not low.is_const:
        raise _missing(model, "the input layer has no number")
    return low.const


def _output(model: Model, hidden: str, affine: str) -> str:
    """Return the name of the output: what reads the top pre-activation, or else the top activation itself."""
    for definition in model.network.definitions:
        reads = {var.name for var in _variables(definition.body)}
        if len(definition.params) == 1 and (affine in reads or reads == {hidden}):
            return definition.name
    return hidden


def _variables(node: object) -> Iterator[Var]:
    if isinstance(node, Var):
        yield node
    elif isinstance(node, tuple):
        for item in node:
            yield from _variables(item)
    elif isinstance(node, Expr) and is_dataclass(node):
        for part in fields(node):
            yield from _variables(getattr(node, part.name))


def _targets(model: Model, outputs: str) -> Pattern:
    """Return the pattern of the target: the vector of the loss that is not the output, or y."""
    leaves = {leaf.name for leaf in model.network.leaves if len(leaf.params) == 1}
    for definition in model.network.definitions:
        if definition.name == model.network.loss:
            for var in _variables(definition.body):
                if var.name in leaves and var.name != outputs:
                    return model.notation.patterns[var.name]
    return model.notation.patterns.get("y", Pattern("y", "y", (Slot("sub", "unit"),)))


def _size(model: Model, affine: Definition) -> Pattern:
    """Return the pattern of the width of a layer, whose size must depend on the layer."""
    atom = affine.ranges[1].hi.atom
    if not isinstance(atom, Size) or len(atom.args) != 1:
        raise _missing(model, f"the layers of {affine.name} have no width of their own")
    return model.notation.sizes[atom.name]


def _depth(model: Model, affine: Definition) -> str:
    atom = affine.ranges[0].hi.atom
    if not isinstance(atom, Size) or atom.args:
        raise _missing(model, "its depth is not a letter")
    return model.notation.sizes[atom.name].whole if atom.name in model.notation.sizes else atom.name


def _loss(model: Model) -> str:
    """Return the loss as the forward pass writes it: with its arguments, if it has some."""
    written = [line.split("=")[0].strip() for line in model.forward]
    return next((left for left in reversed(written) if left.startswith(model.notation.loss)), model.notation.loss)


def _symbol(notation: Notation, name: str) -> str:
    """Return a function's symbol without a layer: g of g^{[l]}."""
    return re.split(r"[\^_]", notation.functions.get(name, name))[0]


def _output_symbol(model: Model, activation: str) -> str:
    """Return the symbol of the output function: the model's own, or a letter that is free."""
    own = [symbol for symbol, _ in model.functions if symbol != activation and not symbol.startswith("\\mathrm")]
    if own:
        return _symbol(model.notation, own[0])
    return next(letter for letter in ("f", "O", "F", "s") if letter not in model.notation.patterns)


def _label(model: Model, used: set[str]) -> str:
    """Return the letter of the right class: the free index of the loss, or one that is free."""
    for definition in model.network.definitions:
        if definition.name == model.network.loss:
            for var in _variables(definition.body):
                atom = var.idx[-1].atom if var.idx else None
                if isinstance(atom, Index) and atom.uid == 0:
                    return atom.name
    return next(letter for letter in ("c", r"\ell", "q") if letter not in used)


def _letters(model: Model) -> tuple[str, ...]:
    """Return the letter of layers and three of units."""
    layer = next(iter(model.notation.layer_letters), "k")
    units = dict.fromkeys((*model.notation.unit_letters, *_LETTERS))
    return layer, *[letter for letter in units if letter != layer][:3]
