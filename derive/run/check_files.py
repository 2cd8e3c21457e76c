"""Many documents through the cache and the worker processes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from derive.document.files import read_text
from derive.errors import DeriveError
from derive.findings import FileReport
from derive.run.cache import Cache
from derive.run.pool import GRACE, Pool, Watcher
from derive.run.task import Checker, Fault, Outcome, Task
from derive.run.worker import check_task


def check_files(
    tasks: Sequence[Task], *, jobs: int | None = None, cache: Cache | None = None, checker: Checker = check_task,
    grace: float = GRACE, watcher: Watcher | None = None,
) -> list[Outcome]:  # fmt: skip
    """Return one outcome for each task, in their order; `watcher` hears of (name, formulas done, formulas in all)."""
    outcomes: dict[int, Outcome] = {}
    texts: dict[int, str] = {}
    for number, task in enumerate(tasks):
        known = _known(task, cache)
        if isinstance(known, str):
            texts[number] = known
        else:
            outcomes[number] = known
    if texts:
        numbers = sorted(texts, key=lambda number: -len(texts[number]))  # the longest first, so that none is left alone
        folder = cache.folder if cache is not None else None
        pool = Pool(
            [replace(tasks[number], cache=folder) for number in numbers],
            jobs or os.cpu_count() or 1,
            checker,
            grace,
            watcher,
        )
        for place, outcome in pool.outcomes():
            number = numbers[place]
            outcomes[number] = outcome
            if cache is not None and isinstance(outcome, FileReport) and not _was_stopped(outcome):
                cache.put(tasks[number], texts[number], outcome)
    return [outcomes[number] for number in range(len(tasks))]


def _known(task: Task, cache: Cache | None) -> Outcome | str:
    """Return what the cache knows of a document, or why it cannot be read, or else its text."""
    try:
        text = read_text(task.path) if task.text is None else task.text
    except DeriveError as fault:
        return Fault(task.name, "input", str(fault))
    return (cache.get(task, text) if cache is not None else None) or text


def _was_stopped(report: FileReport) -> bool:
    """Say whether the time limit ended something: on a quieter machine the next run may come further."""
    return any(finding.code == "D302" for finding in report.findings)


def check_one(path: Path, name: str, *, model: str | None = None) -> list[FileReport] | Fault:
    """Check one document with the settings of the configuration that it belongs to, as test runners do.

    The files that it includes have reports of their own.
    """
    from derive.config import find_config
    from derive.run.filters import apply_filters, load_baseline
    from derive.run.included import by_file

    config = find_config(path.parent)
    task = Task(path, name, model=model or config.model_for(path))
    if config.time_limit is not None:
        task = replace(task, time_limit=config.time_limit)
    cache = Cache((config.root if config.file else Path.cwd()) / ".derive_cache")
    (outcome,) = check_files([task], jobs=1, cache=cache, checker=check_task)
    if isinstance(outcome, Fault):
        return outcome
    baseline = load_baseline(config.baseline) if config.baseline is not None else None
    return apply_filters(by_file([outcome]), select=config.select, ignore=config.ignore, baseline=baseline)
