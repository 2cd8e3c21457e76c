"""What every renderer of a check needs: counts, places, which findings are listed, excerpts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from derive.findings import VERDICTS, FileReport, Finding
from derive.source import Source, Span, carets
from derive.visible import escaped, pictured

LISTED = ("refuted", "undecided", "not-understood")
JUDGED = ("proved", "refuted", "undecided")
NO_MODEL = "D004"
NO_FIT = frozenset(("D002", "D101", "D103"))
"""Names that a model does not know, and shapes that do not fit those it says."""
FEWEST, MOST = 8, 0.6
"""Of so many formulas more than this share does not fit: the model is that of another lecture."""
WINDOW = 120  # columns of an excerpt; a lecture may hold a whole paragraph in one line


@dataclass(frozen=True, slots=True)
class Appearance:
    """How a report looks: colours, settled findings too, open ones as failures, a table of the codes at the end.

    `width` is how many characters of a line an excerpt shows, `network` asks for the networks that texts state.
    """

    color: bool = False
    verbose: bool = False
    strict: bool = False
    statistics: bool = False
    width: int = WINDOW
    network: bool = False


Renderer = Callable[[Sequence[FileReport], Appearance], str]


def counts(files: Iterable[FileReport]) -> dict[str, int]:
    """Return the number of findings of each verdict, all six of them."""
    found = Counter(finding.verdict for file in files for finding in file.findings)
    return {verdict: found[verdict] for verdict in VERDICTS}


def summary_line(files: Sequence[FileReport]) -> str:
    """Return the coverage: `41 proved, 2 refuted, 9 undecided, 30 not understood, 12 assumed`."""
    number = counts(files)
    shown = [verdict for verdict in VERDICTS if verdict != "skipped" or number[verdict]]
    words = {verdict: f"{number[verdict]} {verdict.replace('-', ' ')}" for verdict in shown}
    certified = [finding.certified for file in files for finding in file.findings if finding.certified is not None]
    if certified:
        words["proved"] += f" ({sum(certified)} certified)"
    shown_words = ", ".join(words.values())
    return f"{shown_words}; nothing was judged, since no network is known" if nothing_judged(files) else shown_words


def certified_places(file: FileReport) -> list[str]:
    """Return where the formulas of a file stand whose certificates are accepted: 5:4, or 3:5:4 in cell 3."""
    found = [finding for finding in file.findings if finding.certified]
    return [":".join(str(n) for n in (f.cell, f.line, f.column) if n is not None) for f in found]


def listed(files: Iterable[FileReport], verbose: bool = False) -> Iterable[tuple[FileReport, Finding]]:
    """Yield the findings that a reader has to act on; with `verbose` all of them."""
    for file in files:
        for finding in file.findings:
            if verbose or finding.verdict in LISTED:
                yield file, finding


def told(files: Iterable[FileReport], verbose: bool = False) -> Iterable[tuple[FileReport, Finding]]:
    """Yield the findings that a reader is told of: that nothing says which network a file is about is told once."""
    known: Counter[int] = Counter()
    unknown = Counter(id(file) for file, finding in listed(files) if finding.code == NO_MODEL)
    for file, finding in listed(files, verbose):
        if finding.code != NO_MODEL:
            yield file, finding
            continue
        known[id(file)] += 1
        if known[id(file)] == 1:
            number = unknown[id(file)]
            many = f"; {number} formulas are not judged" if number > 1 else ""
            yield file, replace(finding, message=f"{finding.message}{many}")


def networks(files: Iterable[FileReport]) -> list[str]:
    """Return the networks of the texts that formulas were judged in, as model files, each below its path."""
    return [f"# {escaped(file.path)}\n{toml.rstrip()}" for file in files for toml in file.stated]


def hints(files: Iterable[FileReport]) -> list[tuple[FileReport, str]]:
    """Return what to say of files where most formulas do not fit the model that was given for them."""
    found = []
    for file in files:
        claims = [one for one in file.findings if one.verdict in (*JUDGED, "not-understood")]
        misfits = sum(one.code in NO_FIT for one in claims)
        given = file.network is not None and file.network.origin != "document"
        if given and len(claims) >= FEWEST and misfits > MOST * len(claims):
            of = f"{misfits} of {len(claims)} formulas do not fit it"
            found.append((file, f"this is probably not the model of this lecture: {of}"))
    return found


def nothing_judged(files: Iterable[FileReport]) -> bool:
    """Whether nothing is judged because nothing says which network the documents are about."""
    findings = [finding for file in files for finding in file.findings]
    judged = any(finding.verdict in JUDGED for finding in findings)
    return not judged and any(finding.code == NO_MODEL and finding.verdict in LISTED for finding in findings)


def fails(finding: Finding, strict: bool) -> bool:
    """Say whether a finding makes the run fail: refuted, or with `strict` anything not settled."""
    return finding.verdict == "refuted" or (strict and finding.verdict in LISTED)


def location(file: FileReport, finding: Finding) -> str:
    """Return `path:line:column`, or `path:cell 3:line:column` in a notebook."""
    cell = "" if finding.cell is None else f"cell {finding.cell}:"
    return f"{escaped(file.path)}:{cell}{finding.line}:{finding.column}"


def headline(finding: Finding) -> str:
    """Return `CODE message`; a finding without a code is headed by its verdict."""
    word = "proved (certified)" if finding.certified else finding.code or finding.verdict
    return f"{word} {finding.message}".rstrip()


def excerpt(source: Source, finding: Finding, width: int = WINDOW) -> str:
    """Return the first line of a formula with carets below it, cut to a window around them.

    Of a formula that was not understood it is the line of the first token that was not, with one caret below that.
    Where the file's lines do not show the formula (a notebook, a text that is not at hand), the formula stands alone.
    """
    lines = source.text.count("\n") + 1
    if finding.cell is not None or not source.text or not 1 <= finding.line <= lines:
        alone = finding.latex.strip().split("\n")[0]
        return _window(alone, Span(0, len(alone)), width)
    if finding.at is not None and 1 <= finding.at[0] <= lines:
        line, column = source.line(finding.at[0]), finding.at[1]
        return _window(line, Span(min(column - 1, len(line)), column), width)
    line = source.line(finding.line)
    last = finding.end_column - 1 if finding.end_line == finding.line else len(line)
    return _window(line, Span(min(finding.column - 1, len(line)), max(last, finding.column)), width)


def _window(line: str, span: Span, width: int) -> str:
    """Return a line and its carets, cut to `width` characters, the first caret well inside."""
    line = pictured(line)
    if len(line) <= width:
        return f"{line}\n{carets(line, span)}"
    start = max(0, min(span.start - min(20, width // 4), len(line) - width))
    left, right = "…" if start else "", "…" if start + width < len(line) else ""
    shown = left + line[start : start + width] + right
    shift = len(left) - start
    return f"{shown}\n{carets(shown, Span(span.start + shift, min(span.end + shift, len(shown) - len(right))))}"
