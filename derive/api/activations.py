"""A model with functions chosen for those that it leaves open."""

from __future__ import annotations

import re
from collections.abc import Mapping

from derive.errors import UsageError
from derive.models.model import Model, parse_model
from derive.writing.plain import plain

_NO_CHOICE = ("any", "open", "g")


def with_functions(model: Model, activation: str | None, functions: Mapping[str, str]) -> Model:
    """Return the model with `activation` in place of what it leaves open, and `functions` by their symbols.

    Raises: UsageError where the model has no such function, ModelError for a function that derive does not know.
    """
    chosen = {_symbol(model, name): value for name, value in functions.items()}
    if activation is not None and activation not in _NO_CHOICE:
        open_ones = [symbol for symbol, kind in model.functions if kind == "any"]
        if not open_ones:
            raise UsageError(f"the model {model.name} leaves no activation open; it has {_listed(model)}")
        chosen = {**dict.fromkeys(open_ones, activation), **chosen}
    if not chosen:
        return model
    text = model.text
    for symbol, function in chosen.items():
        text = _replaced(text, symbol, function, model)
    return parse_model(text, name=model.name)


def _symbol(model: Model, name: str) -> str:
    for symbol, _ in model.functions:
        if name in (symbol, plain(symbol), symbol.strip("\\")):
            return symbol
    raise UsageError(f'the model {model.name} has no function "{name}"; it has {_listed(model)}')


def _listed(model: Model) -> str:
    return ", ".join(f"{plain(symbol)} = {kind}" for symbol, kind in model.functions) or "no functions"


def _replaced(toml: str, symbol: str, function: str, model: Model) -> str:
    """Return the model file with one function changed, everything else as it was written."""
    if not re.fullmatch(r"[A-Za-z_ -]+", function):
        raise UsageError(f'"{function}" is no name of a function')
    start = max(toml.find("[functions]"), 0)
    line = (
        rf"""(?m)(?P<before>^\s*|[{{,]\s*)(?P<quote>['"]?){re.escape(symbol)}(?P=quote)"""
        rf"""(?P<equals>\s*=\s*)(?P<mark>['"])[^'"]*(?P=mark)"""
    )
    changed, count = re.subn(
        line, lambda match: f"{match['before']}'{symbol}'{match['equals']}\"{function}\"", toml[start:]
    )
    if count != 1:
        raise UsageError(f"cannot change the function {symbol} in the model {model.name}; change it in the model file")
    return toml[:start] + changed
