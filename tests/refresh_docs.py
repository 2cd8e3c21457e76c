"""Write the real output into the examples of a page that differ; what holds `...` is left to a person.

python tests/refresh_docs.py README.md docs/tutorial.md
"""

from __future__ import annotations

import contextlib
import doctest
import io
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

from doc_examples import run_page, sandbox

BROKEN = ("Traceback (most", "INTERNAL ERROR")
DOCTESTS = re.compile(r"(```python\n)(>>> .*?)```", re.DOTALL)
LEFT_OUT = re.compile(r"(^| )\.\.\.$", re.MULTILINE)


def with_outputs(text: str, outputs: dict[int, str]) -> str:
    """Return a page with the outputs of blocks that begin at these places."""
    for start, real in sorted(outputs.items(), reverse=True):
        body = text.index("\n", start) + 1
        end = text.index("```", body)
        if not any(sign in real for sign in BROKEN) and not LEFT_OUT.search(text[body:end]):
            text = text[:body] + real + text[end:]
    return text


def with_answers(text: str) -> str:
    """Return a page with what its doctests print."""
    names: dict[str, Any] = {}
    return DOCTESTS.sub(lambda block: f"{block[1]}{_answered(block[2], names)}```", text)


def _answered(block: str, names: dict[str, Any]) -> str:
    written = ""
    for example in doctest.DocTestParser().get_examples(block):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(example.source, "page", "single"), names)
        wanted = example.want if LEFT_OUT.search(example.want) else printed.getvalue()
        first, *more = example.source.splitlines()
        written += "".join(f"{line}\n" for line in (f">>> {first}", *(f"... {line}" for line in more)))
        written += "".join(f"{line.rstrip() or '<BLANKLINE>'}\n" for line in wanted.splitlines())
    return written


def refresh(page: Path) -> None:
    """Bring a page up to date, and tell what is left to do by hand."""
    with tempfile.TemporaryDirectory() as folder, sandbox(Path(folder)):
        page.write_text(with_answers(page.read_text(encoding="utf-8")), encoding="utf-8")
        failures = run_page(page, Path(folder))
    outputs = failures[0][2].outputs if failures else {}
    page.write_text(with_outputs(page.read_text(encoding="utf-8"), outputs), encoding="utf-8")
    for line, reason, _ in failures:
        print(f"{page.name}:{line}\n{reason}\n")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        refresh(Path(name).resolve())
