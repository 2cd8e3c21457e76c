"""What every formula of the lectures was found to be when the record was last written, and what differs now.

    python tests/record.py                       # judge all lectures, and print what differs from the record
    python tests/record.py tests/lectures/rnn.md # some of them
    python tests/record.py --write               # what was found is the record from now on
    python tests/record.py FOLDER --model '*=khapra' --record FILE   # other documents, against a record elsewhere
    python tests/record.py --found NEW --record OLD   # two records, as `pytest --record NEW` writes of the tests

A record is one line of JSON for each link of a formula: where it stands, the formula without blanks, verdict, code,
scope and assumptions. Witnesses, repairs, messages and times are left out: they may change freely. A link is found
again by its document and formula, so that lines may move. Exits with 1 where anything differs but codes that depend on
how far a search came in its time, which are printed only.
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from derive.findings import Finding

TESTS = Path(__file__).resolve().parent
LECTURES = TESTS / "lectures"
RECORD = TESTS / "record" / "lectures.jsonl"
SUFFIXES = (".md", ".markdown", ".txt", ".tex", ".ipynb")
GONE = "missing"

Key = tuple[str, str, str, int]  # document, model, formula, and how often it came before
Place = tuple[str, str, int, int, int]


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a formula as it is recorded; `cell` counts from 1 in notebooks and is 0 elsewhere."""

    file: str
    cell: int
    line: int
    column: int
    latex: str
    verdict: str
    code: str = ""
    scope: str = ""
    assumptions: tuple[str, ...] = ()
    model: str = ""

    @property
    def place(self) -> Place:
        return self.file, self.model, self.cell, self.line, self.column

    @property
    def document(self) -> str:
        """The document that was given, or the file of the test."""
        return re.split("::|>", self.file, maxsplit=1)[0]

    def json(self) -> str:
        """Return the line of the record, without what is empty; half a surrogate stays an escape."""
        line = json.dumps({name: value for name, value in asdict(self).items() if value}, ensure_ascii=False)
        return line.encode("utf-8", "backslashreplace").decode("utf-8")

    @classmethod
    def read(cls, line: str) -> Link:
        """Return the link of a line of the record."""
        table = {"cell": 0, "line": 0, "column": 0, "latex": "", **json.loads(line)}
        return cls(**{**table, "assumptions": tuple(table.get("assumptions", ()))})


@dataclass(frozen=True, slots=True)
class Change:
    """One link before and now; None where it was not, or is no longer, there."""

    old: Link | None
    new: Link | None

    @property
    def direction(self) -> str:
        """`old verdict → new verdict`, or what else has changed of the same verdict."""
        if self.old is None or self.new is None or self.old.verdict != self.new.verdict:
            return " → ".join(GONE if link is None else link.verdict for link in (self.old, self.new))
        fields = (name for name in ("code", "scope", "assumptions") if _of(self.old, name) != _of(self.new, name))
        return f"{self.new.verdict}, other {', '.join(fields)}"

    @property
    def depends_on_machine(self) -> bool:
        """Whether only a code differs that comes from a search within seconds: of a repair, or of a decision."""
        return self.direction in {"refuted, other code", "undecided, other code"}

    def __str__(self) -> str:
        link = self.new or self.old
        assert link is not None
        cell = f"{link.cell}." if link.cell else ""
        said = "\n".join(f"    {mark} {_summary(one)}" for mark, one in (("-", self.old), ("+", self.new)) if one)
        return f"{link.file}:{cell}{link.line}:{link.column} {link.latex[:200]}\n{said}"


def _of(link: Link, name: str) -> object:
    return getattr(link, name)


def _summary(link: Link) -> str:
    parts = (link.verdict, link.code, link.scope and f"scope {link.scope}", "; ".join(link.assumptions))
    return ", ".join(part for part in parts if part)


def squeezed(latex: str) -> str:
    """Return a formula without blanks."""
    return re.sub(r"\s+", "", latex)


def links(file: str, findings: Iterable[Finding], model: str = "") -> list[Link]:
    """Return the links of a document in the order of their places."""
    return [
        Link(
            f"{file}>{one.path}" if one.path else file, one.cell or 0, one.line, one.column, squeezed(one.latex),
            one.verdict, one.code, one.scope, tuple(one.assumptions), model,
        )
        for one in findings
    ]  # fmt: skip


def read_record(file: Path = RECORD) -> list[Link]:
    """Return the links of a record, none where there is no such file."""
    if not file.exists():
        return []
    return [Link.read(line) for line in file.read_text(encoding="utf-8").split("\n") if line]


def write_record(file: Path, found: Iterable[Link]) -> None:
    """Write a record in the order of documents and places."""
    file.parent.mkdir(parents=True, exist_ok=True)
    ordered = sorted(found, key=_place)
    file.write_text("".join(link.json() + "\n" for link in ordered), encoding="utf-8")


def changes(old: Iterable[Link], new: Iterable[Link]) -> list[Change]:
    """Return the links that differ, those of the same formula side by side, else those of the same place."""
    before, now = dict(_keyed(old)), dict(_keyed(new))
    found = [Change(before.pop(key), now.pop(key)) for key in list(before) if key in now]
    at = {link.place: key for key, link in now.items()}
    for link in before.values():
        key = at.pop(link.place, None)
        found.append(Change(link, now.pop(key) if key is not None else None))
    found += (Change(None, link) for link in now.values())
    return [change for change in found if _differs(change)]


def _keyed(found: Iterable[Link]) -> Iterator[tuple[Key, Link]]:
    seen: Counter[tuple[str, str, str]] = Counter()
    for link in sorted(found, key=_place):
        name = (link.file, link.model, link.latex)
        yield (*name, seen[name]), link
        seen[name] += 1


def _place(link: Link) -> tuple[Place, str]:
    return link.place, link.latex


def _differs(change: Change) -> bool:
    if change.old is None or change.new is None:
        return True
    kept = ("verdict", "code", "scope", "assumptions")
    return any(_of(change.old, name) != _of(change.new, name) for name in kept)


@dataclass(frozen=True, slots=True)
class Job:
    """One document to judge, the name that it is recorded under, and its model where it names none itself."""

    path: Path
    name: str
    model: str | None


def judged(job: Job) -> tuple[list[Link], float]:
    """Return the links of a document, and the seconds of processor time that they took.

    A document that cannot be judged is one link with the verdict `missing`, and what stands in the way as its code.
    """
    from derive.findings import FileReport
    from derive.run.task import Task
    from derive.run.worker import check_task, judge

    begun = time.process_time()
    outcome = judge(Task(job.path, job.name, job.model), check_task, lambda *_: None)
    if isinstance(outcome, FileReport):
        found = links(job.name, outcome.findings, job.model or "")
    else:
        found = [Link(job.name, 0, 0, 0, "", GONE, outcome.kind, model=job.model or "")]
    return found, time.process_time() - begun


def judged_all(work: Sequence[Job], processes: int) -> tuple[list[Link], float]:
    """Return the links of all documents, and the processor time of all processes together."""
    longest_first = sorted(work, key=lambda job: -job.path.stat().st_size)
    with ProcessPoolExecutor(processes) as pool:
        results = list(pool.map(judged, longest_first))
    return [link for found, _ in results for link in found], sum(seconds for _, seconds in results)


def jobs(paths: Sequence[Path], labels: Path | None, models: Sequence[str]) -> list[Job]:
    """Return the documents that paths stand for; labels choose among those of folders, and may name models."""
    named = _labelled(labels) if labels is not None else None
    found = []
    for path in paths:
        inside = sorted(file for file in path.iterdir() if file.suffix in SUFFIXES) if path.is_dir() else [path]
        for file in inside:
            for model in [None] if named is None else named.get(file.name, []):
                found.append(Job(file, file.name, model or _model(file.name, models)))
    return found


def _labelled(labels: Path) -> dict[str, list[str | None]]:
    found: dict[str, dict[str | None, None]] = defaultdict(dict)
    for line in labels.read_text(encoding="utf-8").splitlines():
        if line.strip():
            table = json.loads(line)
            found[table["file"]][table.get("model")] = None
    return {name: list(models) for name, models in found.items()}


def _model(name: str, models: Sequence[str]) -> str | None:
    """Return the model of the first PATTERN=MODEL that the name of a document fits."""
    pairs = (one.rpartition("=") for one in models)
    return next((model for pattern, _, model in pairs if fnmatch.fnmatch(name, pattern)), None)


def show(found: Sequence[Change], now: Sequence[Link]) -> None:
    """Print the differences by direction, how many there are of each, and the verdicts of today."""
    by_direction: dict[str, list[Change]] = defaultdict(list)
    for change in found:
        by_direction[change.direction].append(change)
    for direction, group in sorted(by_direction.items()):
        print(f"== {direction} ({len(group)})")
        for change in group:
            print(change)
    for direction, group in sorted(by_direction.items()):
        print(f"{len(group):6} {direction}")
    verdicts = Counter(link.verdict for link in now)
    print(f"{len(now)} links:", ", ".join(f"{count} {verdict}" for verdict, count in verdicts.most_common()))


def _status(found: Iterable[Change]) -> int:
    return 0 if all(change.depends_on_machine for change in found) else 1


def parser() -> argparse.ArgumentParser:
    """Return the options of the command."""
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    options.add_argument("paths", nargs="*", type=Path, default=[LECTURES], help="documents, or folders of them")
    options.add_argument("--record", type=Path, default=RECORD, help="the file of the record")
    options.add_argument("--found", type=Path, help="judge nothing; take what this record holds")
    options.add_argument("--write", action="store_true", help="write what is found into the record")
    options.add_argument("--labels", type=Path, help='only documents that lines {"file", "model"?} of this file name')
    options.add_argument("--model", action="append", default=[], metavar="PATTERN=MODEL", help="the first that fits")
    options.add_argument("--jobs", type=int, default=2, help="processes (2)")
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    chosen = parser().parse_args(arguments)
    record = read_record(chosen.record)
    now, names = _found(chosen)
    if chosen.record == RECORD and chosen.paths == [LECTURES]:  # lectures that are gone, too
        names |= {link.document for link in record}
    found = changes((link for link in record if link.document in names), now)
    show(found if record else (), now)
    if chosen.write:
        write_record(chosen.record, [*now, *(link for link in record if link.document not in names)])
    return 0 if chosen.write else _status(found)


def _found(chosen: argparse.Namespace) -> tuple[list[Link], set[str]]:
    """Return the links that count now, and the names of their documents."""
    if chosen.found is not None:
        now = read_record(chosen.found)
        return now, {link.document for link in now}
    work = jobs(chosen.paths, chosen.labels, chosen.model)
    now, seconds = judged_all(work, chosen.jobs)
    print(f"{len(work)} documents, {seconds:.1f} s of processor time")
    return now, {job.name for job in work}


if __name__ == "__main__":
    sys.exit(main())
