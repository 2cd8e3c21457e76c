"""The worker process: takes tasks from a pipe, sends signs of life, and one outcome for each task."""

from __future__ import annotations

import signal
import traceback
from dataclasses import replace
from multiprocessing.connection import Connection

from derive import deadline
from derive.document.files import read_text
from derive.errors import DeriveError, InternalDisagreement
from derive.findings import FileReport
from derive.run.cache import Cache
from derive.run.task import Checker, Fault, Outcome, Progress, Task

MEMORY = (
    4 << 30
)  # bytes of address space, so that a formula that grows ends in MemoryError and not in the whole machine


def check_task(task: Task, progress: Progress) -> FileReport:
    """Check one document; the default checker, which alone loads the algebra."""
    from derive.check import CheckOptions, check_document
    from derive.recall import Recall

    text = read_text(task.path) if task.text is None else task.text
    cache = Cache(task.cache) if task.cache is not None else None
    recall = Recall(cache.formulas(task, text) if cache is not None else {})
    options = CheckOptions(model=task.model, time_limit=task.time_limit, seed=task.seed, explain=task.explain)
    if task.without:
        options = replace(options, without=task.without)
    report = check_document(task.path, options, text=text, progress=progress, recall=recall)
    if cache is not None:
        cache.put_formulas(task, text, recall.kept)
    return report


def serve(connection: Connection, checker: Checker) -> None:
    """Answer tasks until None comes: ("progress", done, total) and ("alive",), then ("outcome", …) or ("lost", why)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    _limit_memory()
    deadline.listen(lambda: connection.send(("alive",)))

    def progress(done: int, total: int) -> None:
        connection.send(("progress", done, total))

    while (task := connection.recv()) is not None:
        connection.send(_answer(task, checker, progress))


def _answer(task: Task, checker: Checker, progress: Progress) -> tuple[str, Outcome | str]:
    try:
        return "outcome", judge(task, checker, progress)
    except (MemoryError, RecursionError, deadline.DeadlineExceeded) as fault:
        return "lost", type(fault).__name__


def judge(task: Task, checker: Checker, progress: Progress) -> Outcome:
    """Return the report of a document, or the fault that stands in its way.

    Raises: MemoryError, RecursionError, DeadlineExceeded where a formula outside every guard exhausts the process.
    """
    try:
        return replace(checker(task, progress), path=task.name)
    except InternalDisagreement as fault:
        return Fault(task.name, "disagreement", str(fault))
    except DeriveError as fault:
        return Fault(task.name, "input", str(fault))
    except (MemoryError, RecursionError):
        raise
    except Exception:
        return Fault(task.name, "crash", traceback.format_exc())


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or hard > MEMORY:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, hard))
