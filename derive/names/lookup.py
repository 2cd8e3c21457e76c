"""What is known of names where one is read: the symbol table, the indices that are bound, the source for messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from derive.algebra.index import Index, Lin, lin, size
from derive.errors import LatexError
from derive.names.table import SymbolTable
from derive.reader.syntax import Node
from derive.source import Source


@dataclass(frozen=True)
class Lookup:
    """The symbol table, the source for messages, and the index letters that the present scope binds."""

    table: SymbolTable
    source: Source | None = None
    indices: Mapping[str, Lin] = field(default_factory=dict)

    def fault(self, message: str, node: Node, expected: str = "") -> LatexError:
        return LatexError(message, self.source, node.span, expected)

    def choice(self, name: str) -> str:
        """Return how a reading decides what the notation leaves open; the usual way, where there are no readings."""
        return ""

    def text(self, node: Node) -> str:
        """Return a node as the document writes it, on one line."""
        return node.text if self.source is None else " ".join(self.source.excerpt(node.span).split())

    def letter(self, name: str) -> Lin:
        """Return what a letter means as an index: a bound index, a size, or a free index."""
        name = self.table.index_names.get(name, name)
        if name in self.indices:
            return self.indices[name]
        if self.table.sizes.get(name) == 0:
            return self.table.equal.get(name, size(name))
        return lin(Index(name))

    def is_label(self, name: str) -> bool:
        """Return whether a name is that of an index of the whole model, such as the class y_{i}."""
        return Index(name) in self.table.labels

    def is_index(self, name: str) -> bool:
        """Return whether a word is declared as an index, a class or a size."""
        names = {index.name for index in self.table.labels} | set(self.table.sizes) | set(self.indices)
        return name in names or any(param.index.name == name for entry in self.table.every for param in entry.params)
