"""The explorer: IPython with a network loaded, or the plain Python prompt where IPython is missing."""

from __future__ import annotations

import code
import sys
from importlib.util import find_spec
from typing import Any

from derive.algebra.index import Index, lin
from derive.api.names import indices
from derive.api.net import Net, layer_places, load_network
from derive.api.quantity import Quantity
from derive.errors import DeriveError, UsageError
from derive.export.names import identifier

LETTERS = ("i", "j", "k", "m", "l", "t")


def banner(net: Net) -> str:
    """Return six lines: what is loaded, and things to try."""
    leaf = max(net.symbolic.leaves, key=lambda leaf: len(leaf.params)).name
    entry = net[leaf].entry()
    array = Quantity(net, entry.place, entry.idx[: len(layer_places(net, leaf))])
    loss, weight = net.loss.latex(), entry.latex()
    tries = {
        f'net.partial("{weight}")': ".path_sum() .judge() .latex() .at([2, 3, 2])",
        f'net.gradient("{array.latex()}")': "or net.jacobian(u, v), net.hessian(u, v)",
        f"%explain {weight}": "every line of it, and what it needs",
        rf"%derive \nabla_{{{array.latex()}}} {loss} = 0": "judge a formula of your lecture",
        'net = load_network("nielsen")': "other models; Tab completes, exit leaves",
    }
    width = max(map(len, tries))
    return "\n".join([f"{net!r} is loaded as net; print(net) shows it", *_columns(tries, width)])


def _columns(tries: dict[str, str], width: int) -> list[str]:
    return [f"  {left:<{width}}  {right}" for left, right in tries.items()]


def namespace(net: Net) -> dict[str, Any]:
    """Return what is at hand: net, its names as variables (W, a, yhat), and index letters that are free."""
    import derive

    found: dict[str, Any] = {"derive": derive, "load_network": load_network, "indices": indices}
    for letter in LETTERS:
        found[letter] = lin(Index(letter))
    for name in net.places:
        python = identifier(name)
        if python.isidentifier() and python not in ("net", "derive"):
            found[python] = net[name]
    return {**found, "net": net}


def start(net: Net, *, plain: bool = False) -> None:
    """Open the prompt: IPython, or the plain one if it is missing or asked for."""
    if plain or find_spec("IPython") is None:
        _start_plain(net)
    else:
        _start_ipython(net)


def _start_ipython(net: Net) -> None:
    from IPython.terminal.ipapp import TerminalIPythonApp
    from traitlets.config import Config

    config = Config()
    config.TerminalInteractiveShell.banner1 = banner(net) + "\n"
    config.TerminalInteractiveShell.banner2 = ""
    config.TerminalInteractiveShell.enable_tip = False
    config.TerminalInteractiveShell.confirm_exit = False
    config.InteractiveShellApp.extensions = ["derive"]
    application: Any = TerminalIPythonApp.instance(config=config, user_ns=namespace(net))
    application.initialize([])
    application.start()


class PlainConsole(code.InteractiveConsole):
    """Python's own prompt with faults said as on the command line, and `%derive`, `%explain` as in IPython."""

    def runsource(self, source: str, filename: str = "<input>", symbol: str = "single") -> bool:
        """Run a line; `%derive FORMULA` and `%explain FORMULA` are magics here too."""
        word, _, formula = source.strip().partition(" ")
        if word in ("%derive", "%explain"):
            self._magic(word, formula)
            return False
        return super().runsource(source, filename, symbol)

    def _magic(self, word: str, formula: str) -> None:
        from derive.api.explain_formats import text
        from derive.api.explanation import explain

        net = self.locals.get("net")
        try:
            if not isinstance(net, Net):
                raise UsageError('formulas are judged in the network `net`; set it: net = load_network("khapra")')
            found = str(net.claim(formula).judge()) if word == "%derive" else text(explain(net, formula)).rstrip()
        except DeriveError as fault:
            found = f"derive: {fault}"
        self.write(found + "\n")

    def showtraceback(self) -> None:
        """Show a traceback, but of a fault of the user's only what it says."""
        fault = sys.exc_info()[1]
        if isinstance(fault, DeriveError):
            self.write(f"derive: {fault}\n")
        else:
            super().showtraceback()


def _display(value: object) -> None:
    """Show objects of the explorer in full at the plain prompt."""
    from derive.api.show import Shown

    if value is not None:
        print(value if isinstance(value, Shown) else repr(value))


def _start_plain(net: Net) -> None:
    names = namespace(net)
    try:
        import readline
        import rlcompleter

        readline.set_completer(rlcompleter.Completer(names).complete)
        readline.parse_and_bind("tab: complete")
    except ImportError:  # not on every platform; the prompt works without completion
        pass
    before = sys.displayhook
    sys.displayhook = _display
    try:
        PlainConsole(names).interact(banner=banner(net), exitmsg="")
    finally:
        sys.displayhook = before
