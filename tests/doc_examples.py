r"""The examples of the documentation: how each kind of fenced block is read with Sybil and executed.

A page is a sandbox: its examples run in order, in a folder of their own, and may build on each other.

    <!-- file: NAME -->       the block that follows is written to NAME first
    ```console                `$ command` and its output; `...` stands for anything
    ```toml                   a model (it becomes the model of the page), or settings of derive
    ```markdown, ```latex     formulas, checked against the model of the page: all of them proved or assumed,
    <!-- expect: WORDS -->    unless this comment before the block lists the verdicts, one for each formula
    ```python                 a doctest where it has >>>, else code that must run
    ```pycon                  a session of `derive repl --plain` with the widths 2,2,2
    ```ipython                a cell of a notebook, which must run
    ```json                   must be JSON
    ```text, ```sh, ```yaml   shown, not executed

`python tests/refresh_docs.py PAGE…` writes the real output into the blocks that differ.
"""

from __future__ import annotations

import contextlib
import difflib
import doctest
import io
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sybil import Document, Example, Region, Sybil
from sybil.parsers.markdown import PythonCodeBlockParser
from sybil.parsers.markdown.lexers import RawFencedCodeBlockLexer
from sympy.core.cache import clear_cache

ROOT = Path(__file__).resolve().parent.parent
COLUMNS = 100
SHOWN = {"text", "sh", "yaml"}
_COMMENT = re.compile(r"<!-- (file|expect): (.*?) -->\n\Z")
_INFO = re.compile(r"(?P<language>[\w-]*)[ \t]*$\n", re.MULTILINE)
_CHECKER = doctest.OutputChecker()


class ExampleFailure(AssertionError):
    """An example whose outcome is not what its page says."""


@dataclass
class Page:
    """What the examples of a page share: the model that was named last, and the exit status of the last command."""

    model: str | None = None
    status: int = 0
    outputs: dict[int, str] = field(default_factory=dict)


def page_of(example: Example) -> Page:
    page: Page = example.namespace.setdefault("_page", Page())
    return page


def matches(wanted: str, got: str) -> bool:
    """Say whether an output is what the page shows: `...` stands for anything; line ends and times do not count."""
    return _CHECKER.check_output(tidy(timeless(wanted)), tidy(timeless(got)), doctest.ELLIPSIS)


def tidy(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip("\n").splitlines()) + "\n"


def timeless(text: str) -> str:
    """Return an output without the times in it: "milliseconds": 12.3, in 0.04 s, and the last column of a table."""
    return re.sub(
        r'(?<="milliseconds": )[\d.]+|(?<= in )[\d.]+(?= s$)|(?<=  )[ ]*(?:\d+|ms)$', "", text, flags=re.MULTILINE
    )


def derive(arguments: list[str]) -> tuple[str, int]:
    """Run the command line in this process (a cold start costs a second) and return its output and exit status."""
    from derive.cli import run

    output = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        status = run(arguments)
    output.flush()
    return output.buffer.getvalue().decode(), status  # type: ignore[attr-defined]


def run_command(line: str, page: Page) -> str:
    words = shlex.split(line)
    if words == ["echo", "$?"]:
        return f"{page.status}\n"
    if words[0] == "derive" and not {"|", "<", ">"} & set(words):
        output, page.status = derive(words[1:])
        return output
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        line, shell=True, capture_output=True, text=True, check=False, timeout=300, env={**os.environ, "PATH": path}
    )
    page.status = done.returncode
    return done.stdout + done.stderr


def commands(block: str) -> Iterator[tuple[str, str]]:
    """Yield the commands of a console block, each with the output that stands below it."""
    for part in re.split(r"^(?=\$ )", block, flags=re.MULTILINE):
        if part.strip():
            first, _, output = part.partition("\n")
            while first.endswith("\\"):
                more, _, output = output.partition("\n")
                first = first[:-1] + more.lstrip("> ")
            yield first.removeprefix("$ "), output


def console(example: Example) -> None:
    page, real, failed = page_of(example), [], False
    for command, wanted in commands(str(example.parsed)):
        got = run_command(command, page)
        failed |= not matches(wanted, got)
        real.append(f"$ {command}\n{tidy(got) if got.strip() else ''}")
    if failed:
        page.outputs[example.start] = "\n".join(text.rstrip("\n") for text in real) + "\n"
        lines = difflib.unified_diff(str(example.parsed).splitlines(), page.outputs[example.start].splitlines(),
                                     "page", "real", lineterm="")  # fmt: skip
        raise ExampleFailure("\n".join(lines))


def toml(example: Example) -> None:
    text = str(example.parsed)
    data = tomllib.loads(text)
    if "forward" in data or "use" in data:
        from derive.models.model import parse_model

        parse_model(text)
        page = page_of(example)
        page.model = f"model-at-line-{example.line}.toml"
        Path(page.model).write_text(text, encoding="utf-8")
    elif "derive" in data.get("tool", {}):
        from derive.config import load_config

        Path("pyproject.toml").write_text(text, encoding="utf-8")
        try:
            load_config(Path("pyproject.toml"))
        finally:
            Path("pyproject.toml").unlink()


def formulas(example: Example) -> None:
    """Check the formulas of a block against the model of the page, or the one that they name themselves."""
    from derive.check import CheckOptions, check_document

    suffix = ".md" if example.region.lexemes["language"] == "markdown" else ".tex"
    options = CheckOptions(model=page_of(example).model)
    found = check_document(Path("example" + suffix), options, text=str(example.parsed)).findings
    verdicts = [finding.verdict for finding in found]
    expected = example.region.lexemes["expect"]
    told = "\n".join(f"{finding.verdict}: {finding.latex} {finding.message}" for finding in found)
    if expected and verdicts != expected.split():
        raise ExampleFailure(f"expected {expected}, found {' '.join(verdicts)}\n{told}")
    if not expected and ("proved" not in verdicts or set(verdicts) - {"proved", "assumed"}):
        raise ExampleFailure(f"not all formulas are proved\n{told}")


def prompt(example: Example) -> None:
    """Type the lines of a session at the plain prompt and compare what it answers."""
    from derive import load_network
    from derive.repl import PlainConsole, namespace

    page = page_of(example)
    parts = re.split(r"^(?=>>> )", str(example.parsed), flags=re.MULTILINE)
    console, real, failed = PlainConsole(namespace(load_network(widths=[2, 2, 2]))), "", False
    for part in filter(None, parts):
        line, _, wanted = part.partition("\n")
        answer = io.StringIO()
        with contextlib.redirect_stdout(answer), contextlib.redirect_stderr(answer), shown_in_full():
            console.push(line.removeprefix(">>> "))
        failed |= not matches(wanted, answer.getvalue())
        real += f"{line}\n{answer.getvalue().rstrip()}\n"
    if failed:
        page.outputs[example.start] = real
        raise ExampleFailure(real)


@contextlib.contextmanager
def shown_in_full() -> Iterator[None]:
    from derive.repl import _display

    before, sys.displayhook = sys.displayhook, _display
    try:
        yield
    finally:
        sys.displayhook = before


def cell(example: Example) -> None:
    """Run a cell of a notebook."""
    shell = example.namespace.get("_shell")
    if shell is None:
        from IPython.core.interactiveshell import InteractiveShell

        shell = example.namespace["_shell"] = InteractiveShell()
    with contextlib.redirect_stdout(io.StringIO()):
        shell.run_cell(str(example.parsed)).raise_error()


EVALUATORS: dict[str, Callable[[Example], None]] = {
    "console": console,
    "toml": toml,
    "markdown": formulas,
    "latex": formulas,
    "pycon": prompt,
    "ipython": cell,
    "json": lambda example: json.loads(str(example.parsed)) and None,
}


def evaluate(example: Example) -> None:
    lexemes = example.region.lexemes
    if lexemes["file"]:
        file = Path(lexemes["file"])
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(str(example.parsed), encoding="utf-8")
        return
    evaluator = EVALUATORS.get(lexemes["language"])
    if evaluator is None:
        raise ExampleFailure(f'a block of the language "{lexemes["language"]}" is neither executed nor known as shown')
    evaluator(example)


def blocks(document: Document) -> Iterator[Region]:
    """Yield every fenced block that is not a directive, not only shown, and not Python."""
    for region in RawFencedCodeBlockLexer(_INFO)(document):
        comment = _COMMENT.search(document.text, 0, region.start)
        said = {comment[1]: comment[2]} if comment else {}
        language = region.lexemes["language"]
        if language in SHOWN | {"python"} and "file" not in said:
            continue
        region.parsed = region.lexemes["source"]
        region.evaluator = evaluate
        region.lexemes.update(file=said.get("file"), expect=said.get("expect"))
        yield region


def unwritten_python(document: Document) -> Iterator[Region]:
    """Yield the Python of a page, except what is written to a file."""
    for region in PythonCodeBlockParser(doctest_optionflags=doctest.ELLIPSIS)(document):
        comment = _COMMENT.search(document.text, 0, document.text.rfind("```python", 0, region.start + 9))
        if comment is None or comment[1] != "file":
            yield region


@contextlib.contextmanager
def sandbox(folder: Path) -> Iterator[None]:
    """Run examples in a folder, on a terminal of fixed width and without colours."""
    before, environment = Path.cwd(), dict(os.environ)
    os.environ.update(COLUMNS=str(COLUMNS), NO_COLOR="1", TERM="dumb")
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
        os.environ.clear()
        os.environ.update(environment)


def run_page(path: Path, folder: Path) -> list[tuple[int, str, Page]]:
    """Run the examples of a page and return the line of each that failed, and why."""
    clear_cache()  # SymPy may hand out an equal object that was made before, and prints otherwise
    document = Sybil(parsers=[blocks, unwritten_python]).parse(path)
    failures = []
    with sandbox(folder):
        for example in document.examples():
            try:
                example.evaluate()
            except AssertionError as fault:
                failures.append((example.line, str(fault), page_of(example)))
            except Exception as fault:
                failures.append((example.line, f"{type(fault).__name__}: {fault}", page_of(example)))
    return failures


def pages() -> list[Path]:
    """Return the README and the pages of the documentation that hold examples."""
    docs = ROOT / "docs"
    return [
        ROOT / "README.md",
        *sorted(docs.glob("*.md")),
        *sorted(docs.glob("guides/*.md")),
        *sorted(docs.glob("reference/*.md")),
    ]
