"""A model with functions and a loss as somebody chooses them, in place of its own.

An override is another model file: it is read as one, and is what every formula about it is judged by.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from string import Template
from typing import Any

from derive.algebra.expr import Fun
from derive.errors import ModelError, UsageError
from derive.models.lines import sides
from derive.models.model import Model, parse_model
from derive.models.roles import Roles, roles_of
from derive.names.patterns import index_latex, pattern_latex
from derive.network.dependencies import variables
from derive.network.losses import LOSSES, NAMES, usual_loss

KINDS = {"linear": "identity", "elementwise": "any", "open": "any"}
"""What a model file calls the output functions of `derive.network.losses` and the activations that are left open."""
BARE = re.compile(r"[A-Za-z0-9_-]+")


def overridden(model: Model, activation: str = "", output: str = "", loss: str = "", target: str = "") -> Model:
    """Return a model with another activation, output function or loss; "" keeps its own.

    Raises: UsageError for what the model has no place for, or what would make one letter two things; ModelError.
    """
    change = _Change(model, tomllib.loads(model.text))
    if activation:
        change.activation(KINDS.get(activation, activation))
    output, loss = KINDS.get(output, output), NAMES.get(loss, loss)
    if output and change.output(output):
        loss = loss or usual_loss(output)
    if target and not loss:
        loss = usual_loss("linear" if target == "vector" else "softmax")
    if loss:
        change.loss(loss, target)
    return change.model_of()


def closed(model: Model, kind: str = "sigmoid") -> Model:
    """Return a network with a function, the logistic one, and half the squared error for what it leaves open.

    Where the prediction and the target of an open loss differ in shape, it is half the squared length of the first.
    """
    try:
        return _closed(model, kind, 2)
    except ModelError:
        return _closed(model, kind, 1)


def _closed(model: Model, kind: str, counted: int) -> Model:
    """Return it closed, with half the squared length of the difference of `counted` arguments of an open loss."""
    change = _Change(model, tomllib.loads(model.text))
    change.functions.update({symbol: kind for symbol, what in change.functions.items() if what == "any"})
    if "any scalar" in change.functions.values():
        change.squared(counted)
    return change.model_of()


def with_loss(model: Model) -> Model:
    """Return a model with half the squared error for the loss that it leaves open, or the model itself."""
    if "any scalar" not in dict(model.functions).values():
        return model
    change = _Change(model, tomllib.loads(model.text))
    change.squared()
    return change.model_of()


class _Change:
    """A model file as data, with changes made to it."""

    def __init__(self, model: Model, data: dict[str, Any]) -> None:
        self.model = model
        self.data = data

    def _refuse(self, what: str) -> UsageError:
        return UsageError(f"{what} in the model {self.model.name}; copy the model to a file of your own and change it")

    def model_of(self) -> Model:
        """Return the changed model, which writes transposes as the other one: its theorems alone may have any."""
        found = parse_model(model_text(self.data), name=self.model.name)
        notation = replace(found.notation, transpose=self.model.notation.transpose)
        return replace(found, notation=notation)

    @property
    def roles(self) -> Roles:
        roles = roles_of(self.model.network)
        if roles is None or roles.batch:
            kind = "holds many examples" if roles else "is no multilayer perceptron"
            raise self._refuse(f"--output and --loss have no place, because the network {kind},")
        return roles

    @property
    def functions(self) -> dict[str, str]:
        found: dict[str, str] = self.data.setdefault("functions", {})
        return found

    def activation(self, kind: str) -> None:
        """Put a function in place of the hidden layers', or of what the model leaves open."""
        symbols = [symbol for symbol, had in self.functions.items() if had == "any"]
        symbols = symbols or [symbol for symbol in self._of_layers() if symbol in self.functions]
        if not symbols:
            raise self._refuse("there is no activation function")
        self.functions.update(dict.fromkeys(symbols, kind))

    def _of_layers(self) -> Iterator[str]:
        roles = roles_of(self.model.network)
        for definition in self.model.network.definitions:
            if roles is not None and definition.name == roles.hidden and isinstance(definition.body, Fun):
                yield self.model.notation.functions.get(definition.body.name, definition.body.name)

    def output(self, kind: str) -> bool:
        """Put a function in place of the output's; return whether that is another one."""
        own = [symbol for symbol in self.functions if symbol not in set(self._of_layers())]
        own = [symbol for symbol in own if self.functions[symbol] != "any scalar"]
        if self.roles.output == self.roles.hidden or not own:
            symbols = " ".join(dict.fromkeys(self._of_layers()))
            what = f"the function {symbols} of all layers" if self.roles.output == self.roles.hidden else "no function"
            raise self._refuse(f"the output has {what}, not one of its own, so that --output has no place")
        changed = self.functions[own[0]] != kind
        self.functions[own[0]] = kind
        return changed

    def loss(self, loss: str, target: str) -> None:
        """Put a loss in place of the model's, for a kind of target."""
        target = target or LOSSES[loss].targets[0]
        self._fit(loss, target)
        y, symbol = self._target(), self.model.notation.unit_letters[0]
        value = self._value(loss, target, y, symbol)
        name, place = self._place()
        left, right = sides(self.data["forward"][place])
        call = self._open_call(right)
        if call is None and {v.name for v in variables(self._body(name))} & {self.roles.weight, self.roles.bias}:
            raise self._refuse("the loss has a penalty in the same line, so that --loss has no place")
        new = value if call is None or call == right else right.replace(call, rf"\left({value}\right)")
        self.data["forward"][place] = f"{left} = {new}"
        where = [line for line in self.data.get("where", []) if sides(line)[0] != y]
        self.data["where"] = [*where, rf"{y} = e(\ell)"] if target == "class" else where
        if target == "distribution":
            self.data.setdefault("assume", []).append(rf"\sum_{symbol} {self._entry(self._target_name(), symbol)} = 1")

    def _fit(self, loss: str, target: str) -> None:
        row, output = LOSSES[loss], self._output_kind()
        if target not in row.targets:
            raise UsageError(f'the loss {loss} goes with the target {" or ".join(row.targets)}, not "{target}"')
        if row.needs and output not in row.outputs:
            raise UsageError(
                f"the loss {loss} goes with the output function {row.outputs[0]}, and the output of the model "
                f"{self.model.name} is {output or 'the top pre-activation itself'}"
            )

    def _output_kind(self) -> str:
        layers = set(self._of_layers())
        own = [symbol for symbol in self.functions if symbol not in layers and self.functions[symbol] != "any scalar"]
        reads = {
            v.name for d in self.model.network.definitions if d.name == self.roles.output for v in variables(d.body)
        }
        if self.roles.output == self.roles.hidden or reads == {self.roles.hidden}:
            own = [symbol for symbol in self.functions if symbol in layers]
        return self.functions[own[0]] if own else ""

    def _target_name(self) -> str:
        return self.roles.targets or next((n for n in self.model.notation.patterns if n.strip("\\") == "y"), "y")

    def _target(self) -> str:
        return self._entry(self._target_name())

    def _entry(self, name: str, *units: str) -> str:
        pattern = self.model.notation.patterns.get(name)
        return pattern_latex(pattern, units) if pattern is not None else name + (f"_{units[0]}" if units else "")

    def _value(self, loss: str, target: str, y: str, i: str) -> str:
        roles, notation = self.roles, self.model.notation
        pattern = notation.patterns[roles.output]
        top = (index_latex(roles.depth, notation),)
        layer = top if roles.output == roles.hidden else ()
        whole, one = pattern_latex(pattern, layer), pattern_latex(pattern, (*layer, i))
        t = self._entry(self._target_name(), i)
        total = rf"\sum_{{{i}=1}}^{{{pattern_latex(notation.sizes[roles.size], top)}}}"
        if (loss, target) == ("cross-entropy", "class"):
            return rf"-\log {pattern_latex(pattern, (*layer, chr(92) + 'ell'))}"
        return Template(LOSSES[loss].latex).substitute(whole=whole, y=y, p=one, t=t, total=total)

    def _place(self) -> tuple[str, int]:
        """Return the scalar that compares output and target, and the line of the forward pass that defines it."""
        names = [d.name for d in self.model.network.definitions if not d.params]
        wanted = [n for n in names if any(v.name == self.roles.output for v in variables(self._body(n)))]
        for name in wanted:
            whole = self.model.notation.patterns[name].whole if name in self.model.notation.patterns else name
            for place, line in enumerate(self.data["forward"]):
                left = sides(line)[0].replace("_0", "_{0}")
                if left == whole or left.startswith((f"{whole}(", f"{whole} ")):
                    return name, place
        raise self._refuse("no line compares the output with a target, so that --loss has no place")

    def _body(self, name: str) -> Any:
        return next(d.body for d in self.model.network.definitions if d.name == name)

    def squared(self, counted: int = 2) -> None:
        """Put half the squared distance of its two arguments, or length of one, in place of each loss left open."""
        for place, line in enumerate(self.data["forward"]):
            left, right = sides(line)
            call = self._open_call(right)
            if call is not None:
                inside = " - ".join(arguments(call[call.index("(") + 1 : -1])[:counted])
                half = rf"\frac{{1}}{{2}} \|{inside}\|^2"
                self.data["forward"][place] = f"{left} = {right.replace(call, half)}"

    def _open_call(self, right: str) -> str | None:
        """Return the call of an open loss in a line, which goes with its function."""
        for symbol, kind in list(self.functions.items()):
            start = right.find(f"{symbol}(")
            if kind == "any scalar" and start >= 0:
                depth, end = 0, start + len(symbol)
                for end in range(start + len(symbol), len(right)):
                    depth += (right[end] == "(") - (right[end] == ")")
                    if depth == 0:
                        break
                del self.functions[symbol]
                return right[start : end + 1]
        return None


def arguments(text: str) -> list[str]:
    """Return the one or two arguments of a call. Raises: UsageError for more."""
    depth, found = 0, [""]
    for char in text:
        depth += (char in "([{") - (char in ")]}")
        if char == "," and depth == 0:
            found.append("")
        else:
            found[-1] += char
    if len(found) > 2:
        raise UsageError(f"the loss of {text} is left open; write what it is in the model")
    return [argument.strip() for argument in found]


# The model as text


def model_file(model: Model) -> str:
    """Return the file of a model, for a comment."""
    return model_text(tomllib.loads(model.text))


def model_text(data: dict[str, Any]) -> str:
    """Return a model file of these entries; no string in it ends the comment of Markdown that the file stands in.

    Theorems are left out: they are about the network with the functions and the loss that its own file gives it.
    """
    plain = {key: value for key, value in data.items() if not isinstance(value, dict) and key != "theorems"}
    lines = [line for key, value in plain.items() for line in _entry(key, value)]
    for key, value in data.items():
        if isinstance(value, dict) and value:
            lines += [f"[{key}]", *(line for name, kind in value.items() for line in _entry(name, kind))]
    return "\n".join(lines)


def _entry(key: str, value: Any) -> Iterator[str]:
    name = key if BARE.fullmatch(key) else _quoted(key)
    if isinstance(value, list):
        if value:
            yield from (f"{name} = [", *(f"  {_quoted(item)}," for item in value), "]")
    else:
        yield f"{name} = {_quoted(value) if isinstance(value, str) else json.dumps(value)}"


def _quoted(text: str) -> str:
    if not re.search(r"['\x00-\x1f\x7f]|--", text) and "\\" in text:
        return f"'{text}'"
    return json.dumps(text).replace(">", "\\u003e").replace("\x7f", "\\u007f")
