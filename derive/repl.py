"""The explorer: IPython with a network loaded, or the plain Python prompt where IPython is missing."""

from __future__ import annotations

import code
import sys
from importlib.util import find_spec
from typing import Any

from derive.api.namespace import exchanged, namespace, network_of_words
from derive.api.net import Net, layer_places
from derive.api.quantity import Quantity
from derive.errors import DeriveError, UsageError


def banner(net: Net) -> str:
    """Return six lines: what is loaded, and things to try."""
    leaf = max(net.symbolic.leaves, key=lambda leaf: len(leaf.params)).name
    entry = net.named(leaf).entry()
    array = Quantity(net, entry.place, entry.idx[: len(layer_places(net, leaf))])
    loss, weight = net.scalar.latex(), entry.latex()
    python = net.face.labels[leaf]
    tries = {
        f"{python}[{', '.join(map(str, entry.idx))}]": "SymPy takes it: diff, subs, latex; .definition()",
        f'net.partial("{weight}")': ".path_sum() .judge() .doit() .at([2, 3, 2])",
        f'net.gradient("{array.latex()}")': "or net.jacobian(u, v), net.hessian(u, v)",
        rf"%derive \nabla_{{{array.latex()}}} {loss} = 0": f"judge a formula; %explain {weight}",
        "%derive_network nielsen 2,2,1": "other models; Tab completes, exit leaves",
    }
    width = max(map(len, tries))
    return "\n".join([f"{net!r} is loaded as net; print(net) shows it", *_columns(tries, width)])


def _columns(tries: dict[str, str], width: int) -> list[str]:
    return [f"  {left:<{width}}  {right}" for left, right in tries.items()]


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
    """Python's own prompt with faults said as on the command line, and the magics of `derive.magics`."""

    def runsource(self, source: str, filename: str = "<input>", symbol: str = "single") -> bool:
        """Run a line; `%derive FORMULA`, `%explain FORMULA` and `%derive_network MODEL WIDTHS` are magics here too."""
        word, _, rest = source.strip().partition(" ")
        if word in ("%derive", "%explain", "%derive_network"):
            self._magic(word, rest)
            return False
        return super().runsource(source, filename, symbol)

    def _magic(self, word: str, rest: str) -> None:
        try:
            self.write(self._answer(word, rest) + "\n")
        except DeriveError as fault:
            self.write(f"derive: {fault}\n")

    def _answer(self, word: str, rest: str) -> str:
        from derive.api.explain_formats import text
        from derive.api.explanation import explain

        if word == "%derive_network":
            self.locals.update(exchanged(self.locals, network_of_words(rest)))
            return f"{self.locals['net']!r}"
        net = self.locals.get("net")
        if not isinstance(net, Net):
            raise UsageError('formulas are judged in the network `net`; set it: net = load_network("khapra")')
        return str(net.claim(rest).judge()) if word == "%derive" else text(explain(net, rest)).rstrip()

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
