"""The worker process: takes tasks from a pipe, sends signs of life, and one outcome for each task.

It ends itself: by a limit of processor time that each sign of life renews, and when its parent has gone. The kernel
sees to both, so that they hold inside calls that no Python code interrupts, and on machines that do much else.
"""

from __future__ import annotations

import gc
import math
import os
import signal
import sys
import time
import traceback
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from multiprocessing import parent_process
from multiprocessing.connection import Connection

from derive import deadline
from derive.document.files import read_text
from derive.errors import DeriveError, InternalDisagreement
from derive.findings import FileReport, Finding
from derive.run.cache import Cache
from derive.run.task import Checker, Fault, Outcome, Progress, Task

try:
    import fcntl
    import resource

    LIMITED = True
except ImportError:  # on Windows
    LIMITED = False

MEMORY = 4 << 30  # bytes, so that a formula that grows ends in MemoryError and not in the whole machine
YOUNG = 20_000  # objects before those that refer to each other are looked for: an expression has none, and many nodes


def check_task(task: Task, progress: Progress) -> FileReport:
    """Check one document; the default checker, which alone loads the algebra."""
    from derive.check import check_document
    from derive.check_options import CheckOptions
    from derive.recall import Recall

    text = read_text(task.path) if task.text is None else task.text
    cache = Cache(task.cache) if task.cache is not None else None
    recall = Recall(cache.formulas(task, text) if cache is not None else {})
    options = CheckOptions(
        model=task.model,
        time_limit=task.time_limit,
        seed=task.seed,
        explain=task.explain,
        configured=task.configured,
        within=task.within,
    )
    if task.without:
        options = replace(options, without=task.without)
    report = check_document(task.path, options, text=text, progress=progress, recall=recall)
    if cache is not None:
        cache.put_formulas(task, text, recall.kept)
    return report


def patience(task: Task, grace: float) -> float:
    """Return the seconds in which a worker has to give a sign of life."""
    return 3 * task.time_limit + grace


def serve(connection: Connection, checker: Checker, grace: float) -> None:
    """Answer tasks until None comes: progress and signs of life, then ("outcome", …) or ("lost", why).

    Each message ends with the processor time that this process has taken so far.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    gc.set_threshold(YOUNG)
    _limit_memory()
    _end_with_parent()
    seconds = math.inf

    def send(*message: object) -> None:
        connection.send((*message, time.process_time()))

    def alive() -> None:
        if LIMITED:
            _limit_time(seconds)
        else:
            send("alive")

    def progress(done: int, total: int, found: Sequence[Finding]) -> None:
        _limit_time(seconds)
        send("progress", done, total, found)

    deadline.listen(alive)
    loaded = sys.modules.get("derive.run.preload")
    send("loaded", loaded.SECONDS if loaded is not None else 0.0)
    with suppress(EOFError, ConnectionError):  # the parent has gone: nobody is left to tell
        while (task := connection.recv()) is not None:
            seconds = patience(task, grace)
            _limit_time(seconds)
            send(*_answer(task, checker, progress))


def _answer(task: Task, checker: Checker, progress: Progress) -> tuple[str, Outcome | str]:
    try:
        return "outcome", judge(task, checker, progress)
    except (MemoryError, RecursionError, deadline.DeadlineExceeded) as fault:
        return "lost", type(fault).__name__


def judge(task: Task, checker: Checker, progress: Progress) -> Outcome:
    """Return the report of a document, or the fault that stands in its way.

    Raises: MemoryError, RecursionError, DeadlineExceeded where a formula outside every guard exhausts the process;
    ConnectionError where nobody listens any more.
    """
    try:
        return replace(checker(task, progress), path=task.name, text="")
    except InternalDisagreement as fault:
        return Fault(task.name, "disagreement", str(fault))
    except DeriveError as fault:
        return Fault(task.name, "input", str(fault))
    except (MemoryError, RecursionError, ConnectionError):
        raise
    except Exception:
        return Fault(task.name, "crash", traceback.format_exc())


def _limit_memory() -> None:
    if LIMITED:
        _set(resource.RLIMIT_AS, min(MEMORY, _in_force(resource.RLIMIT_AS)))
        _set(resource.RLIMIT_CORE, 0)


def _limit_time(seconds: float) -> None:
    """Let the kernel end this process after so many more seconds of processor time."""
    if LIMITED and seconds < math.inf:
        _set(resource.RLIMIT_CPU, min(math.ceil(time.process_time() + seconds), _time_of_user()))


def _set(limit: int, soft: int) -> None:
    resource.setrlimit(limit, (soft, resource.getrlimit(limit)[1]))


def _in_force(limit: int) -> int:
    soft = resource.getrlimit(limit)[0]
    return sys.maxsize if soft == resource.RLIM_INFINITY else soft


@cache
def _time_of_user() -> int:
    """Return the limit of processor time that this process began with; it is never raised."""
    return _in_force(resource.RLIMIT_CPU)


def _end_with_parent() -> None:
    """Let the kernel send SIGIO, which ends this process, when the parent's end of the pipe to it is closed."""
    parent = parent_process()
    if LIMITED and parent is not None:
        signal.signal(signal.SIGIO, signal.SIG_DFL)
        fcntl.fcntl(parent.sentinel, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(parent.sentinel, fcntl.F_SETFL, fcntl.fcntl(parent.sentinel, fcntl.F_GETFL) | os.O_ASYNC)
        if not parent.is_alive():  # it has gone before the signal could tell
            os._exit(1)
