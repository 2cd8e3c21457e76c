"""`derive repl` in a real terminal, the plain prompt, and the extension in a notebook that is executed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pexpect
import pytest
from nbclient import NotebookClient

from derive import load_network
from derive.repl import PlainConsole, banner, namespace

ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[a-zA-Z]|\][^\x07]*\x07)")
WAIT = 45  # seconds: a cold start on a busy machine


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[pexpect.spawn]:
    """A terminal in which `derive repl --widths 2,2,2` has come to its first prompt."""
    environment = {
        **os.environ, "IPYTHONDIR": str(tmp_path), "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1", "NO_COLOR": "1",
    }  # fmt: skip
    child = pexpect.spawn(
        sys.executable, ["-m", "derive", "repl", "--widths", "2,2,2"],
        env=environment, encoding="utf-8", timeout=WAIT, dimensions=(50, 160),
    )  # fmt: skip
    try:
        yield child
    finally:
        child.close(force=True)


def prompt(child: pexpect.spawn, number: int) -> str:
    """Wait for a prompt; return what was shown before it, without escapes."""
    child.expect(rf"In \[(?:\x1b\[[0-9;]*m)*{number}(?:\x1b\[[0-9;]*m)*\]")
    return ESCAPES.sub("", child.before or "")


class TestTerminal:
    def test_a_session(self, terminal: pexpect.spawn) -> None:
        welcome = prompt(terminal, 1)
        assert "is loaded as net" in welcome
        assert 'net.partial("W_{kij}")' in welcome

        terminal.sendline('net.partial("W_{112}").path_sum()')
        terminal.expect("sum over 2 paths")
        terminal.expect("─┬─")
        prompt(terminal, 2)

        terminal.sendline(r"%derive \nabla_{a_2} L = y - \hat{y}")
        terminal.expect("refuted")
        terminal.expect("proved instead")
        prompt(terminal, 3)

        terminal.sendline(r"%explain W_{112}")
        terminal.expect("What is inserted")
        prompt(terminal, 4)

        terminal.sendline('net["q"]')
        shown = prompt(terminal, 5)
        assert 'derive: there is no "q" in this network' in shown
        assert "Traceback" not in shown

        terminal.sendline(r"%derive \frac{a")
        terminal.expect("never closed")
        prompt(terminal, 6)

        terminal.sendline("exit")
        terminal.expect(pexpect.EOF)

    def test_tab_completes_names_and_methods(self, terminal: pexpect.spawn) -> None:
        prompt(terminal, 1)

        terminal.send("yh\t")
        terminal.expect("yhat")
        terminal.sendline("")
        prompt(terminal, 2)
        terminal.send("net.grad\t")
        terminal.expect("net.gradient")
        terminal.sendline("")
        prompt(terminal, 3)
        terminal.sendline("exit")
        terminal.expect(pexpect.EOF)

    def test_history_comes_back(self, terminal: pexpect.spawn) -> None:
        prompt(terminal, 1)
        terminal.sendline("6 * 7")
        terminal.expect("42")
        prompt(terminal, 2)

        terminal.send("\x1b[A")
        terminal.expect(r"6\S* \* \S*7")
        terminal.sendline("")
        terminal.expect("42")


class TestPlainPrompt:
    def run(self, *lines: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "derive", "repl", "--plain"],
            input="\n".join([*lines, "exit()", ""]), capture_output=True, text=True, timeout=WAIT, check=True,
        )  # fmt: skip
        return done.stdout + done.stderr

    def test_a_session(self) -> None:
        shown = self.run('net.partial("W_{kij}")', 'net["q"]', r"%derive \nabla_{W_k} L = \nabla_{a_k} L h_{k-1}^T")

        assert "∂L/∂a[k,i]·h[k-1,j]" in shown
        assert 'derive: there is no "q"' in shown
        assert "✓ proved" in shown
        assert "Traceback" not in shown

    def test_a_bug_of_the_users_has_its_traceback(self) -> None:
        assert "ZeroDivisionError" in self.run("1 / 0")

    def test_a_network_that_is_none_is_said(self) -> None:
        assert "formulas are judged in the network `net`" in self.run("net = 3", r"%derive 1 = 1")


class TestNetworkMagic:
    def console(self, *lines: str) -> PlainConsole:
        console = PlainConsole(namespace(load_network("khapra")))
        for line in lines:
            console.push(line)
        return console

    def test_it_brings_the_names_of_a_network(self) -> None:
        names = self.console("%derive_network ng 4,3,2 m=5 activation=tanh", "found = W[1, 3, 4]").locals

        assert str(names["net"]) != ""
        assert {"W", "b", "X", "J", "i", "k", "n", "prove"} <= set(names)
        assert names["net"].gradient("Z^{[1]}").shape == ("3", "5")
        assert str(names["found"]) == "W[1, 3, 4]"

    def test_the_next_network_leaves_no_name_of_the_one_before(self) -> None:
        """What the user set meanwhile stays, also under a name of the network."""
        names = self.console("own = W[2, 1, 1]", "h = 3", "%derive_network nielsen 2,2,1").locals

        assert {"w", "z", "C", "own"} <= set(names)
        assert names["h"] == 3
        assert {"W", "yhat"}.isdisjoint(names)

    @pytest.mark.parametrize("line", ["", " khapra 2,x", " khapra 2,2,2 m=q", " nobody", " khapra 2,2 activation=foo"])
    def test_what_is_no_network_is_said(self, line: str, capsys: pytest.CaptureFixture[str]) -> None:
        self.console(f"%derive_network{line}")

        assert capsys.readouterr().err.startswith("derive: ")


def test_the_banner_has_six_lines_that_fit_a_terminal() -> None:
    for name in ("khapra", "nielsen", "ng", "goodfellow"):
        lines = banner(load_network(name)).splitlines()

        assert len(lines) == 6
        assert max(map(len, lines)) <= 100


def test_what_the_banner_says_to_try_works(capsys: pytest.CaptureFixture[str]) -> None:
    console = PlainConsole(namespace(load_network("khapra")))
    for line in banner(load_network("khapra")).splitlines()[1:]:
        command = re.split(r"  +", line.strip())[0]
        console.push(command)

    assert "derive:" not in capsys.readouterr().err


def test_names_of_the_network_are_variables() -> None:
    net = load_network("nielsen")
    names = namespace(net)

    assert str(names["w"][1, 1, 2]) == "w[1, 1, 2]"
    assert str(names["delta"]) == "δ"
    assert str(names["z"][names["k"] + 1]) == "z[k+1]"


class TestNotebook:
    def executed(self, *cells: str) -> list[nbformat.NotebookNode]:
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        NotebookClient(notebook, timeout=WAIT, kernel_name="python3", allow_errors=True).execute()
        return notebook.cells

    def test_the_extension(self) -> None:
        cells = self.executed(
            "%load_ext derive",
            "%%derive\n\\nabla_{W_k} L = \\nabla_{a_k} L\\, h_{k-1}^T\n\\nabla_{a_L} L = y - \\hat{y}\n\\frac{a",
            r"%derive \nabla_{b_k} L = \nabla_{a_k} L",
            r"%explain W_{kij}",
            'net.partial("W_{kij}")',
            'net["q"]',
            "net = 3\n%derive 1 = 1",
            "%derive_network khapra 2,2,2",
            "W[k, i, j] * h[k - 1, j] + L",
            "%derive_network khapra two",
            "%derive_network nielsen 2,2,1",
            "'W' in globals(), 'w' in globals()",
        )

        table = cells[1].outputs[0].data
        assert re.findall(r"<b style=[^>]*>([a-z-]+)</b>", table["text/html"]) == [
            "proved",
            "refuted",
            "not-understood",
        ]
        assert "✓ proved" in cells[2].outputs[0].data["text/plain"]
        assert "<math" in cells[3].outputs[0].data["text/html"]
        assert r"\begin{aligned}" in cells[4].outputs[0].data["text/latex"]
        assert "<table" in cells[4].outputs[0].data["text/html"]
        assert 'derive: there is no "q"' in str(cells[5].outputs)
        assert "Traceback" not in str(cells[5].outputs)
        assert "judged in the network `net`" in str(cells[6].outputs)
        assert "<Net khapra n[0]=2" in str(cells[7].outputs) or "khapra with n[0] = 2" in str(cells[7].outputs)
        assert r"h_{k-1,j}" in cells[8].outputs[0].data["text/latex"]
        assert "'two' is no list of widths" in str(cells[9].outputs)
        assert cells[11].outputs[0].data["text/plain"] == "(False, True)"

    def test_a_network_of_ones_own_is_used(self) -> None:
        cells = self.executed(
            'import derive\nnet = derive.load_network("nielsen")\n%load_ext derive',
            r"%derive \frac{\partial C}{\partial b^l_j} = \delta^l_j",
        )

        assert "✓ proved" in cells[1].outputs[0].data["text/plain"]
