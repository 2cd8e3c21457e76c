"""The magics: `%derive FORMULA` judges, `%explain FORMULA` derives, `%%derive` judges a formula on each line, and
`%derive_network MODEL WIDTHS` loads a network with its names."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, TypeVar

from IPython.core.magic import Magics, line_cell_magic, line_magic, magics_class, no_var_expand

from derive.api.claims import Judgement
from derive.api.explain_formats import html, text
from derive.api.explanation import Explanation, explain
from derive.api.namespace import exchanged, network_of_words
from derive.api.net import Net
from derive.api.verdict_table import VerdictTable, judge_lines
from derive.errors import DeriveError, UsageError

NAME = "net"
Found = TypeVar("Found")


def network_of(shell: Any) -> Net:
    """Return the network that formulas are about: the variable `net`. Raises: UsageError if it is none."""
    found = shell.user_ns.get(NAME)
    if not isinstance(found, Net):
        raise UsageError('formulas are judged in the network `net`; set it: net = derive.load_network("khapra")')
    return found


class Shown:
    """An explanation that a terminal shows as text and a notebook as HTML."""

    def __init__(self, explanation: Explanation) -> None:
        self.explanation = explanation

    def __repr__(self) -> str:
        return text(self.explanation).rstrip()

    def _repr_html_(self) -> str:
        return html(self.explanation)


@magics_class
class DeriveMagics(Magics):
    """Formulas about the network `net`."""

    @no_var_expand
    @line_cell_magic
    def derive(self, line: str, cell: str | None = None) -> Judgement | VerdictTable | None:
        """Judge a formula, or in a cell a formula on each line: %derive \\nabla_{W_k} L = \\nabla_{a_k} L h_{k-1}^T."""

        def work() -> Judgement | VerdictTable:
            net = network_of(self.shell)
            return net.claim(line).judge() if cell is None else judge_lines(net, cell)

        return _guarded(work)

    @no_var_expand
    @line_magic
    def explain(self, line: str) -> Shown | None:
        """Derive: %explain \\frac{\\partial L}{\\partial W_{112}}."""
        return _guarded(lambda: Shown(explain(network_of(self.shell), line)))

    @no_var_expand
    @line_magic
    def derive_network(self, line: str) -> Net | None:
        """Load a network, and its names, sizes and index letters as variables, in place of those of the one before."""

        def work() -> Net:
            net = network_of_words(line)
            self.shell.push(exchanged(self.shell.user_ns, net))  # type: ignore[union-attr]
            return net

        return _guarded(work)


def _guarded(work: Callable[[], Found]) -> Found | None:
    """Return what a magic finds; a fault of the user's is said as on the command line, without a traceback."""
    try:
        return work()
    except DeriveError as fault:
        print(f"derive: {fault}", file=sys.stderr)
        return None
