"""derive: a symbolic derivation checker for backpropagation.

from derive import load_network

net = load_network("khapra")
print(net.partial("W_{kij}"))
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from derive.api.equations import prove
    from derive.api.names import indices
    from derive.api.net import Net, load_network
    from derive.errors import DeriveError
    from derive.ipython import load_ipython_extension
    from derive.models.registry import list_models, load_model
    from derive.network.sympy_definitions import from_sympy
    from derive.proof.kernel import Proved
    from derive.proof.verdict import Refuted, Undecided

# Loaded when they are asked for, so that `import derive` and `derive --help` stay light.
_HOMES = {
    "DeriveError": "derive.errors",
    "Net": "derive.api.net",
    "from_sympy": "derive.network.sympy_definitions",
    "indices": "derive.api.names",
    "list_models": "derive.models.registry",
    "load_ipython_extension": "derive.ipython",
    "load_model": "derive.lecture.stated",
    "load_network": "derive.api.net",
    "prove": "derive.api.equations",
    "Proved": "derive.proof.kernel",
    "Refuted": "derive.proof.verdict",
    "Undecided": "derive.proof.verdict",
}

__all__ = [
    "DeriveError",
    "Net",
    "Proved",
    "Refuted",
    "Undecided",
    "from_sympy",
    "indices",
    "list_models",
    "load_ipython_extension",
    "load_model",
    "load_network",
    "prove",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'derive' has no attribute {name!r}")
    found = getattr(import_module(_HOMES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
