"""One finding in full: the derivation or the witness, with everything that it rests on."""

from __future__ import annotations

from collections.abc import Iterator

from derive.findings import FileReport, Finding
from derive.report.summary import Appearance, location
from derive.report.text_full import Paint, witness_lines
from derive.visible import escaped, escaped_lines, inert, pictured


def render(file: FileReport, line: int, appearance: Appearance) -> str:
    """Return the findings whose formulas cover a line, each in full; "" where no formula does."""
    paint = Paint(appearance.color)
    blocks = [
        "\n".join(_block(file, finding, paint)) for finding in file.findings if finding.line <= line <= finding.end_line
    ]
    return inert("\n\n".join(blocks) + "\n") if blocks else ""


def _block(file: FileReport, finding: Finding, paint: Paint) -> Iterator[str]:
    yield f"{paint.bold(location(file, finding))}: {paint.verdict(finding.verdict, finding.verdict)}"
    yield from (f"    {pictured(part)}" for part in finding.latex.strip().splitlines())
    if finding.reading is not None:
        yield f"  read as {escaped(finding.reading)}"
    if finding.message:
        yield escaped_lines(f"  {finding.code} {finding.message}".replace("   ", "  "))
    if finding.scope:
        yield f"  scope: {escaped(finding.scope)}"
    yield from (f"  assuming {escaped(assumption)}" for assumption in finding.assumptions)
    if finding.steps:
        yield "  why:" if finding.verdict == "assumed" else "  derivation:"
        yield from (f"    {escaped(step)}" for step in finding.steps)
    if finding.witness is not None:
        yield from witness_lines(finding.witness, values=True)
    if finding.suggestion is not None:
        yield f"  {paint.good('help:')} {escaped_lines(finding.suggestion)}"
    if finding.code:
        yield f"  `derive rule {finding.code}` says more about this kind of finding"
