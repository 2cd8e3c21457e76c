"""The two passes as code, taken from `derive export`: the same derivation, written for NumPy and PyTorch."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import pairwise

from derive.errors import ModelError, UsageError
from derive.export.module import backward_pass, export
from derive.export.names import ExportError
from derive.models.overrides import closed
from derive.report.content import Block, Code, Section, paragraph
from derive.report.subject import Subject

WIDEST, TOGETHER, DEEPEST = 88, 8, 9
"""Letters of a line of code that a page has room for, names that are set to nothing in one line, brackets in brackets
that a line is broken inside."""
EMPTY = re.compile(r"(?P<indent> *)(?P<names>\w+(?:, \w+)+) = \{\}(?:, \{\})*")
LEFT_OUT = ("example", "check_gradients", "_arrays")
"""Functions of an exported module that a reader does not need: the numbers of the example stand in the text."""


def code(about: Subject) -> Section | None:
    """Forward pass and gradients in NumPy, the forward pass in PyTorch; None for what cannot be written as arrays."""
    try:
        chosen = Subject(closed(about.model))
        network, notation = chosen.network, chosen.notation
        backward = backward_pass(network, notation)
        numpy, torch = (export(network, notation, kind, backward=backward) for kind in ("numpy", "torch"))
    except (ExportError, UsageError, ModelError):
        return None
    return Section("code", "As code", tuple(_blocks(about, _functions(numpy), _functions(torch))))


def _blocks(about: Subject, numpy: dict[str, str], torch: dict[str, str]) -> Iterator[Block]:
    opened = [f"${symbol}$ is the logistic function" for symbol, kind in about.model.functions if kind == "any"]
    chosen = f" Here {' and '.join(opened)}." if opened else ""
    yield paragraph(
        "The same formulas, written by *derive export* from the same derivation: layers are keys of dictionaries, "
        f"units are axes, labels count from one, and *d* begins the name of a gradient.{chosen}"
    )
    yield Code("NumPy: the forward pass and every gradient", _module("import numpy as np", numpy))
    yield paragraph(
        "PyTorch needs the forward pass only: what it records on the way up, it goes back along when it is asked for "
        "derivatives, by the rules of this text."
    )
    forward = {name: text for name, text in torch.items() if name != "gradients"}
    yield Code("PyTorch: the forward pass", _module("import torch", forward))


def _module(head: str, functions: dict[str, str]) -> str:
    used = " ".join(functions.values())
    heads = (["import math"] if "math." in used.replace("torch.", "") else []) + [head]
    lines = "\n\n\n".join(functions.values()).splitlines()
    return "\n".join(heads) + "\n\n\n" + "\n".join(part for line in lines for part in _wrapped(line))


def _wrapped(line: str) -> Iterator[str]:
    """Yield a line that is too wide for a page in pieces: inside brackets, or as several assignments."""
    made = EMPTY.fullmatch(line)
    if len(line) <= WIDEST:
        yield line
    elif made:
        names = made["names"].split(", ")
        for some in (names[n : n + TOGETHER] for n in range(0, len(names), TOGETHER)):
            yield f"{made['indent']}{', '.join(some)} = {', '.join(['{}'] * len(some))}"
    else:
        indent = " " * (len(line) - len(line.lstrip()) + 4)
        first, *pieces = _parted(line)
        for piece in pieces:
            if len(first) + len(piece) > WIDEST:
                yield first.rstrip()
                first = indent + piece
            else:
                first += piece
        yield first


def _parted(line: str) -> list[str]:
    """Return the pieces that a line may be broken into, inside as few brackets as let each of them fit."""
    target, sign, value = line.partition(" = ")
    if sign and "(" not in target and (len(_pieces(value, 0)) > 1 or max(map(len, _pieces(line))) > WIDEST):
        line = f"{target} = ({value})"
    for deepest in range(1, DEEPEST):
        pieces = _pieces(line, deepest)
        if max(map(len, pieces)) <= WIDEST - len(line) + len(line.lstrip()):
            return pieces
    return _pieces(line)


def _pieces(line: str, deepest: int = DEEPEST) -> list[str]:
    """Split a line inside its brackets, but for those inside so many others, behind commas and before signs; outside of
    all for the depth 0."""
    ends, depth = [0], 0
    for n, char in enumerate(line):
        depth += (char in "([{") - (char in ")]}")
        if min(deepest, 1) <= depth <= deepest and line.startswith((", ", " + ", " - "), n):
            ends.append(n + (2 if char == "," else 1))
    return [line[one:other] for one, other in pairwise([*ends, len(line)])]


def _functions(module: str) -> dict[str, str]:
    """Return the functions of a module by name, without their docstrings and what only checks them."""
    found: dict[str, str] = {}
    lines = module.splitlines()
    for node in ast.parse(module).body:
        if not isinstance(node, ast.FunctionDef) or node.name in LEFT_OUT:
            continue
        first = node.body[0]
        skipped = range(0)
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and len(node.body) > 1:
            skipped = range(first.lineno, (first.end_lineno or first.lineno) + 1)
        numbers = range(node.lineno, (node.end_lineno or node.lineno) + 1)
        found[node.name] = "\n".join(lines[n - 1] for n in numbers if n not in skipped)
    return found
