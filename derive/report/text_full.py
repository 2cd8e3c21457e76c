"""Findings as a person reads them: the place, the excerpt with carets, the witness, and the repair."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from derive.findings import FileReport, Finding
from derive.report import statistics
from derive.report.summary import (
    JUDGED,
    WINDOW,
    Appearance,
    excerpt,
    headline,
    hints,
    location,
    networks,
    summary_line,
    told,
)
from derive.source import Source
from derive.visible import escaped, escaped_lines, inert

FEW = 4  # so many drawn numbers fit on the line of the witness
STYLES = {
    "refuted": ("31", "1"),
    "undecided": ("33",),
    "not-understood": ("35",),
    "proved": ("32",),
    "assumed": ("36",),
    "skipped": ("2",),
}


def render(files: Sequence[FileReport], appearance: Appearance) -> str:
    """Return one block for each finding to act on, blank lines between, hints, and the summary line last."""
    paint = Paint(appearance.color)
    sources = {id(file): Source(file.path, file.text) for file in files}
    blocks = [
        "\n".join(block(file, sources[id(file)], finding, paint, appearance.width))
        for file, finding in told(files, appearance.verbose)
    ]
    if appearance.network:
        blocks = [*networks(files), *blocks]
    blocks += [f"{escaped(file.path)}: {hint}" for file, hint in hints(files)]
    if appearance.statistics:
        blocks.append(statistics.render(files))
    return inert("\n\n".join(part for part in (*blocks, paint.bold(summary_line(files))) if part) + "\n")


class Paint:
    """Colours for a terminal, or none."""

    def __init__(self, color: bool) -> None:
        self._color = color

    def bold(self, text: str) -> str:
        return self._with(("1",), text)

    def verdict(self, verdict: str, text: str) -> str:
        return self._with(STYLES[verdict], text)

    def good(self, text: str) -> str:
        return self._with(STYLES["proved"], text)

    def _with(self, codes: tuple[str, ...], text: str) -> str:
        return f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if self._color and text else text


def block(file: FileReport, source: Source, finding: Finding, paint: Paint, width: int = WINDOW) -> Iterator[str]:
    """Yield the lines of one finding."""
    head, _, rest = escaped_lines(headline(finding)).partition(" ")
    yield f"{paint.bold(location(file, finding))}: {paint.verdict(finding.verdict, head)} {rest}".rstrip()
    line, carets = excerpt(source, finding, width).split("\n")
    yield f"    {line}"
    yield f"    {paint.verdict(finding.verdict, carets)}"
    if finding.scope:
        yield f"  for {escaped(finding.scope)}"
    if file.network is not None and file.network.origin == "document" and finding.verdict in JUDGED:
        yield f"  in {file.network}"
    for assumption in finding.assumptions:
        yield f"  assuming {escaped(assumption)}"
    if finding.witness is not None:
        yield from witness_lines(finding.witness)
    if finding.suggestion is not None:
        yield f"  {paint.good('help:')} {escaped_lines(finding.suggestion)}"


def witness_lines(witness: Mapping[str, object], values: bool = False) -> Iterator[str]:
    """Yield the counterexample: where it lies, what both sides are there, and with `values` every drawn number."""
    yield from map(escaped, _witness_lines(witness, values))


def _witness_lines(witness: Mapping[str, object], values: bool) -> Iterator[str]:
    pairs = list(_pairs(witness.get("values")))
    few = ", ".join(f"{name} = {value}" for name, value in pairs) if len(pairs) <= FEW else ""
    parts = [str(witness.get("where") or ""), "" if values else few]
    yield f"  witness: {'; '.join(part for part in parts if part) or 'a concrete network'}"
    for side in ("left", "right"):
        if witness.get(side) not in (None, ""):
            yield f"    {side + ' side':<10} = {witness[side]}"
    if values:
        for name, value in pairs:
            yield f"    {name} = {value}"
        for _, formula in _pairs(witness.get("functions")):
            yield f"    {formula}"


def _pairs(values: object) -> Iterator[tuple[str, str]]:
    """Yield names and values, whether they came as a mapping or as pairs."""
    if isinstance(values, Mapping):
        values = list(values.items())
    if isinstance(values, list | tuple):
        for name, value in values:
            yield str(name), str(value)
