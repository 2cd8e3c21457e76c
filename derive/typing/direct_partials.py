"""What ∂u/∂v holds fixed: nothing, or all that does not change by v directly.

∂f(x_t, h_{t-1}, w)/∂w is in most lectures on recurrent networks the partial derivative of f by its last argument,
with h_{t-1} held fixed; and in Σ_k … ∂h_t/∂h_k ∂h_k/∂W the last factor is what step k alone contributes. In a sum over
the paths, ∂E/∂x = ∂E/∂y ∂y/∂x + ∂E/∂m ∂m/∂x with y = x - m, each last factor is the slope of one line of the forward
pass: ∂y/∂x = 1.
"""

from __future__ import annotations

from derive.algebra.build import add, mul, substitute
from derive.algebra.differentiate import NoRuleError, derivative, entry_delta
from derive.algebra.expr import ZERO, Chain, Diff, Expr, Iverson, Var
from derive.algebra.index import Index
from derive.algebra.substitute import walk
from derive.network.dependencies import names_below
from derive.network.network import Definition, Network
from derive.typing.context import Context

MAX_DEPTH = 12
"""How many definitions of one step are put into each other."""


def direct(body: Expr, variable: Var, ctx: Context) -> Expr | None:
    """Return ∂body/∂variable with other names held fixed, where the reading says so; None for the total derivative.

    Notes in the log where both are possible and differ.
    """
    network = ctx.network
    if network is None:
        return None
    if not isinstance(body, Var):
        holds = _holds_others(body, variable, network)
        return _by_rules(body, variable) if holds and ctx.choice("held") != "nothing" else None
    step = _step_of(body, variable)
    if step is not None and body.name in _below(body.name, network) and ctx.choice("step") == "own":
        return _at_step(body, variable, step, network)
    if _is_off_diagonal(body, variable):
        return None
    formulas = [_defined(body, definition) for definition in network.definitions if definition.name == body.name]
    if not any(_has_another_path(formula, variable, network) for formula in formulas):
        return None
    way = ctx.choice("partials")
    if way == "total" or (way == "inner" and body.name == ctx.table.loss):
        return None
    return _by_rules(add(*formulas), variable)


def _is_off_diagonal(body: Var, variable: Var) -> bool:
    """Return whether ∂u_i/∂v_j asks for all i and j, and so for what v_j does to the others."""
    own, other = ({i for value in var.idx for i in value.indices() if not i.uid} for var in (body, variable))
    return bool(own) and bool(other - own)


def _has_another_path(formula: Expr, variable: Var, network: Network) -> bool:
    """Return whether a formula changes by a variable directly, and by another name that depends on it, too."""
    names = {part.name for part in walk(formula) if isinstance(part, Var)}
    return variable.name in names and any(variable.name in _below(name, network) for name in names)


def _below(name: str, network: Network) -> set[str]:
    """Return the names from which another is computed."""
    return names_below((definition.body for definition in network.definitions if definition.name == name), network)


def _by_rules(body: Expr, variable: Var) -> Expr | None:
    try:
        return derivative(body, variable, entry_delta)
    except NoRuleError:
        return None


def _holds_others(body: Expr, variable: Var, network: Network) -> bool:
    """Return whether a variable stands in an expression beside others that the network computes."""
    parts = list(walk(body))
    if any(isinstance(part, Diff | Chain) for part in parts):
        return False
    found = {part for part in parts if isinstance(part, Var)}
    computed = {definition.name for definition in network.definitions}
    same = {var for var in found if var.name == variable.name}
    return bool(same) and any(var.name in computed for var in found - same)


def _step_of(body: Var, variable: Var) -> Index | None:
    """Return the bound index that counts the steps of u in ∂u_k/∂W, where W has no steps."""
    bound = [index for value in body.idx[:1] for index in value.indices() if index.uid]
    if len(bound) != 1 or any(bound[0] in value.indices() for value in variable.idx):
        return None
    return bound[0]


def _at_step(body: Var, variable: Var, step: Index, network: Network) -> Expr | None:
    """Return what the definitions of one step contribute to ∂u_k/∂W; names of other steps are held fixed."""
    at = body.idx[0]

    def along(u: Var, var: Var, depth: int = MAX_DEPTH) -> Expr:
        if u.name == var.name:
            return entry_delta(u, var)
        if u.idx and step in u.idx[0].indices() and u.idx[0] != at:
            return ZERO
        if not depth:
            raise NoRuleError(f"{u.name} is defined by itself")
        bodies = [_defined(u, definition) for definition in network.definitions if definition.name == u.name]
        return add(*(derivative(inner, var, lambda w, v: along(w, v, depth - 1)) for inner in bodies))

    try:
        return along(body, variable)
    except NoRuleError:
        return None


def _defined(u: Var, definition: Definition) -> Expr:
    """Return the body of a definition at some indices, zero outside its range of steps."""
    body = substitute(definition.body, dict(zip(definition.params, u.idx, strict=True)))
    if not u.idx:
        return body
    range_, at = definition.ranges[0], u.idx[0]
    return mul(Iverson("<=", range_.lo, at), Iverson("<=", at, range_.hi), body)
