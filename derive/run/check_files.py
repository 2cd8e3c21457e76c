"""Many documents through the cache and the worker processes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from derive.document.files import read_text
from derive.errors import DeriveError
from derive.findings import FileReport, ended_early
from derive.run.cache import Cache
from derive.run.pool import GRACE, Pool, Watcher
from derive.run.task import Checker, Fault, Outcome, Task
from derive.run.worker import check_task

ROOM = 256 << 20
"""Characters of all documents of a run, which are held for the excerpts."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One outcome for each task, in their order; the processor time of the workers; whether a Ctrl-C ended it early."""

    outcomes: list[Outcome]
    seconds: float = 0.0
    interrupted: bool = False


def check_files(tasks: Sequence[Task], **how: Any) -> list[Outcome]:
    """Return one outcome for each task, as `run_tasks` does. Raises: KeyboardInterrupt if interrupted."""
    checked = run_tasks(tasks, **how)
    if checked.interrupted:
        raise KeyboardInterrupt
    return checked.outcomes


def run_tasks(
    tasks: Sequence[Task], *, jobs: int | None = None, cache: Cache | None = None, checker: Checker = check_task,
    grace: float = GRACE, watcher: Watcher | None = None,
) -> Checked:  # fmt: skip
    """Check documents; `watcher` hears of (name, formulas done, formulas in all).

    After a Ctrl-C the documents that were not checked to their end say so, with what was found in them.
    """
    outcomes, texts = _sorted_out(tasks, cache)
    if not texts:
        return Checked([outcomes[number] for number in range(len(tasks))])
    numbers = sorted(texts, key=lambda number: -len(texts[number]))  # the longest first, so that none is left alone
    folder = cache.folder if cache is not None else None
    waiting = [replace(tasks[number], cache=folder) for number in numbers]
    pool = Pool(waiting, jobs or os.cpu_count() or 1, checker, grace, watcher)
    interrupted = False
    try:
        with closing(pool.outcomes()) as ended:
            for place, outcome in ended:
                number = numbers[place]
                outcomes[number] = _with_text(outcome, texts[number])
                if cache is not None and isinstance(outcome, FileReport) and not _was_stopped(outcome):
                    cache.put(tasks[number], texts[number], outcome)
    except KeyboardInterrupt:
        interrupted = True
        for place, number in enumerate(numbers):
            outcomes.setdefault(number, _with_text(pool.so_far(place, "interrupted"), texts[number]))
    return Checked([outcomes[number] for number in range(len(tasks))], pool.seconds + pool.loading, interrupted)


def _sorted_out(tasks: Sequence[Task], cache: Cache | None) -> tuple[dict[int, Outcome], dict[int, str]]:
    """Return what is known already, by the number of its task, and the texts that have to be checked."""
    outcomes: dict[int, Outcome] = {}
    texts: dict[int, str] = {}
    room = ROOM
    for number, task in enumerate(tasks):
        match _known(task, cache, room):
            case str() as text:
                texts[number] = text
                room -= len(text)
            case known:
                outcomes[number] = known
                room -= len(known.text) if isinstance(known, FileReport) else 0
    return outcomes, texts


def _with_text(outcome: Outcome, text: str) -> Outcome:
    """Return a report with the text for its excerpts, which workers do not send back."""
    return replace(outcome, text=text) if isinstance(outcome, FileReport) else outcome


def _known(task: Task, cache: Cache | None, room: int) -> Outcome | str:
    """Return what the cache knows of a document, or why it cannot be read, or else its text."""
    try:
        text = read_text(task.path) if task.text is None else task.text
    except DeriveError as fault:
        return Fault(task.name, "input", str(fault))
    if len(text) > room:
        return Fault(task.name, "input", f"more than {ROOM >> 20} MiB of documents; check them in several runs")
    return (cache.get(task, text) if cache is not None else None) or text


def _was_stopped(report: FileReport) -> bool:
    """Say whether the time limit ended something: on a quieter machine the next run may come further."""
    return bool(report.unfinished) or any(ended_early(finding.code, finding.message) for finding in report.findings)


def check_one(path: Path, name: str, *, model: str | None = None) -> list[FileReport] | Fault:
    """Check one document with the settings of the configuration that it belongs to, as test runners do.

    The files that it includes have reports of their own.
    """
    from derive.config import find_config
    from derive.run.filters import apply_filters, load_baseline
    from derive.run.included import by_file

    config = find_config(path.parent)
    task = Task(path, name, model=model or config.model_for(path), configured=model is None)
    if config.time_limit is not None:
        task = replace(task, time_limit=config.time_limit)
    (outcome,) = check_files([task], jobs=1, cache=Cache.of_user(), checker=check_task)
    if isinstance(outcome, Fault):
        return outcome
    baseline = load_baseline(config.baseline) if config.baseline is not None else None
    return apply_filters(by_file([outcome]), select=config.select, ignore=config.ignore, baseline=baseline)
