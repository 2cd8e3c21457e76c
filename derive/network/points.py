"""The value of a name at another point: f at v where f(x) = … is defined, put into everything in between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from derive.algebra.expr import (
    Chain,
    Diff,
    Expr,
    Var,
)
from derive.algebra.index import Index, Lin, lin
from derive.algebra.substitute import map_children, refresh, subs, walk
from derive.errors import NetworkError
from derive.network.network import Definition, Network


@dataclass(frozen=True, slots=True)
class Point:
    """A variable, at its own `axes` and elsewhere at fixed indices, and the expression over them that it becomes."""

    variable: Var
    axes: tuple[Index, ...]
    value: Expr


def reached_from(expr: Expr, network: Network) -> set[str]:
    """Return the names of the variables in an expression, and of those that they are defined by."""
    found: set[str] = set()
    waiting = [expr]
    while waiting:
        for part in walk(waiting.pop()):
            if isinstance(part, Var) and part.name not in found:
                found.add(part.name)
                waiting += [definition.body for definition in network.definitions if definition.name == part.name]
    return found


def at_points(expr: Expr, points: Sequence[Point], network: Network) -> Expr:
    """Return an expression in which variables, and all that is defined by them, have other values.

    Raises: NetworkError where one of them is defined step by step, or differentiated by.
    """
    moved = {point.variable.name for point in points}

    def at(e: Expr) -> Expr:
        match e:
            case Var():
                return variable(e)
            case Diff() | Chain() if reached_from(e, network) & moved:
                raise NetworkError("a derivative, or a product of matrices, by what is put in")
        return map_children(e, at)

    def variable(found: Var) -> Expr:
        for point in points:
            if point.variable.name == found.name and (value := _value(point, found)) is not None:
                return value
        if found.name in moved or not reached_from(found, network) & moved:
            return found
        return at(_opened(found, network))

    return at(refresh(expr))


def _value(point: Point, found: Var) -> Expr | None:
    """Return what a variable becomes; None where it is another one of the same name."""
    places: dict[Index, Lin] = {}
    for own, index in zip(point.variable.idx, found.idx, strict=True):
        if own.atom in point.axes and isinstance(own.atom, Index):
            places[own.atom] = index
        elif own != index:
            if (own - index).is_const:
                return None
            raise NetworkError(f"{found.name} at {index} may be the one at {own}")
    return refresh(subs(point.value, places))


def _opened(found: Var, network: Network) -> Expr:
    """Return the definition of a variable at its indices. Raises: NetworkError where there are several."""
    definitions: list[Definition] = [d for d in network.definitions if d.name == found.name]
    if len(definitions) != 1 or found.name in reached_from(definitions[0].body, network):
        raise NetworkError(f"{found.name} is defined step by step")
    (definition,) = definitions
    return refresh(subs(definition.body, dict(zip(definition.params, map(lin, found.idx), strict=True))))
