"""The lines of the model that a document states, and how they are written as a model file with their places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from derive.lecture.declarations import Declared
from derive.lecture.said import ADDED


@dataclass(frozen=True, slots=True)
class ModelLine:
    """A line of the model file: its table, what it says (and the key in [functions], [operators]), where it is said."""

    table: str
    text: str
    said: Declared | None
    key: str = ""
    name: str = ""
    note: str = ""


def written(lines: Sequence[ModelLine], name: str) -> str:
    """Return the text of a model file with the place of each line as a comment."""
    out = [f'name = "{name}"']
    for table in ("forward", "shapes", "where", "assume"):
        own = [line for line in lines if line.table == table]
        if own:
            out += [f"{table} = [", *(f"  {quoted(line.text)},{_comment(line)}" for line in own), "]"]
    out += [f"{line.key} = {line.text}" for line in lines if line.table == "setting"]
    for table in ("functions", "operators"):
        own = [line for line in lines if line.table == table]
        if own:
            out += [f"[{table}]", *(f'{quoted(line.key)} = "{line.text}"{_comment(line)}' for line in own)]
    return "\n".join(out) + "\n"


def with_line(toml: str, table: str, text: str) -> str:
    """Return the text of a model file with one more line in a table."""
    first, _, rest = toml.partition("\n")
    before, own, behind = rest.partition(f"{table} = [\n")
    line = f"  {quoted(text)},\n"
    return f"{first}\n{before}{own}{line}{behind}" if own else f"{first}\n{table} = [\n{line}]\n{rest}"


def quoted(text: str) -> str:
    return f"'''{text}'''" if "'" in text else f"'{text}'"


def _comment(line: ModelLine) -> str:
    added = line.said is not None and line.said.region.source.name == ADDED
    place = ADDED if added else f"line {line.said.line}" if line.said is not None else ""
    shown = ", ".join(part for part in (place, line.note) if part)
    return f"  # {shown}" if shown else ""


def line_ranges(lines: Sequence[ModelLine]) -> tuple[tuple[int, int], ...]:
    numbers = sorted(
        {line.said.line for line in lines if line.said is not None and line.said.region.source.name != ADDED}
    )
    ranges: list[tuple[int, int]] = []
    for number in numbers:
        if ranges and number <= ranges[-1][1] + 4:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    return tuple(ranges)
