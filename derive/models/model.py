"""Models: a network with its notation, read from a TOML file whose forward pass is in the lecture's own LaTeX."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from derive.errors import ModelError
from derive.models.lines import ModelText
from derive.models.stated_theorems import StatedTheorem
from derive.names.notation import Notation
from derive.names.table import SymbolTable
from derive.network.network import Network
from derive.source import Source, Span
from derive.typing.reading import Reading


@dataclass(frozen=True, repr=False)
class Model:
    """A network, the symbols that its formulas use, and how both are written."""

    name: str
    source: str
    """Whose notation it is."""
    network: Network
    table: SymbolTable
    notation: Notation
    reading: Reading
    forward: tuple[str, ...] = ()
    shapes: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    assume: tuple[str, ...] = ()
    functions: tuple[tuple[str, str], ...] = ()
    inputs: frozenset[str] = frozenset()
    """Arrays that come from what stands before the network, and whose gradients are asked for."""
    given: frozenset[str] = frozenset()
    """Arrays that are neither learnt nor inputs: a mask, features of the data."""
    layers: frozenset[str] = field(default_factory=frozenset)
    theorems: tuple[StatedTheorem, ...] = ()
    text: str = ""
    description: str = ""
    """What it is, in words: "layer normalisation"."""

    def __str__(self) -> str:
        """The forward pass as the model writes it."""
        return "\n".join([f"{self.name}: {self.source}" if self.source else self.name, *self.forward])

    def __repr__(self) -> str:
        return f"<Model {self.name}>"


def parse_model(
    toml: str, source: Source | None = None, locate: Callable[[Span], Span] | None = None, name: str = "model"
) -> Model:
    """Return the model of a TOML text; `locate` maps spans of the TOML to spans of the document `source`.

    Raises: ModelError, at its own line, for a model that makes no sense.
    """
    own = Source(source.name if source is not None else name, toml)
    try:
        return _read(own, name)
    except ModelError:
        if locate is None and source in (None, own):
            raise
        return _model_of(ModelText(own, source or own, locate or (lambda span: span)), name)  # the fault in its place


@lru_cache(maxsize=64)
def _read(source: Source, name: str) -> Model:
    """Return the model of a file: the same one for the same text, so that what is derived of it is remembered, too."""
    return _model_of(ModelText(source, source, lambda span: span), name)


def _model_of(text: ModelText, name: str) -> Model:
    from derive.models.builder import Builder
    from derive.models.registry import bundled, list_models

    data = text.data()
    if "use" not in data:
        return Builder(text, data, name).model()
    if len(data) > 1:
        raise text.fault('beside "use" nothing else can stand; copy the model to change it')
    found = bundled(data["use"])
    if found is None:
        known = ", ".join(list_models())
        raise text.fault(f'there is no model "{data["use"]}"; there are {known}', text.find(data["use"]))
    return found
