"""Worker processes under a watchdog: no document, however hostile, takes the run down."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from types import ModuleType

from derive.findings import FileReport, Finding
from derive.run.task import Checker, Outcome, Task
from derive.run.worker import LIMITED, check_task, patience, serve

GRACE = 5.0  # seconds of work beyond three time limits in which a worker has to give a sign of life
LOSSES = 5  # processes that one document may bring down before it is given up

Watcher = Callable[[str, int, int], None]


@dataclass
class _Worker:
    process: BaseProcess
    connection: Connection
    number: int = -1
    seen: float = 0.0
    done: int = 0
    total: int = 0
    found: list[Finding] = field(default_factory=list)
    spent: float = 0.0


class Pool:
    """Checks documents in up to `jobs` processes; a formula that brings its process down is left out the next time."""

    def __init__(
        self, tasks: Iterable[Task], jobs: int, checker: Checker = check_task, grace: float = GRACE,
        watcher: Watcher | None = None,
    ) -> None:  # fmt: skip
        self._tasks = list(tasks)
        self._waiting = deque(range(len(self._tasks)))
        self._jobs = max(1, min(jobs, len(self._tasks)))
        self._checker = checker
        self._grace = grace
        self._watcher = watcher
        self._losses: Counter[int] = Counter()
        self._busy: list[_Worker] = []
        self.seconds = 0.0
        """The processor time of the workers that have ended."""
        self.loading = 0.0
        """What it has cost to load the algebra once for all of them."""
        self._context = _context(checker)

    def outcomes(self) -> Generator[tuple[int, Outcome]]:
        """Yield the number and the outcome of each task as it ends."""
        try:
            while self._waiting or self._busy:
                while self._waiting and len(self._busy) < self._jobs:
                    self._hand_out(self._start())
                wait([worker.connection for worker in self._busy], timeout=0.25)
                for worker in list(self._busy):
                    yield from self._attend(worker)
        finally:
            for worker in self._busy:
                self._end(worker)

    def so_far(self, number: int, reason: str) -> FileReport:
        """Return the report of a task that has not ended: what is known of it, and the reason."""
        found = next((worker.found for worker in self._busy if worker.number == number), ())
        return FileReport(self._tasks[number].name, tuple(found), unfinished=reason)

    def _start(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(  # type: ignore[attr-defined]
            target=serve, args=(theirs, self._checker, self._grace), daemon=True
        )
        with _anonymous_program(), _safe_path(), _uninterrupted():
            process.start()
        theirs.close()
        worker = _Worker(process, ours)
        self._busy.append(worker)
        return worker

    def _hand_out(self, worker: _Worker) -> None:
        """Give a worker the next task, or let it go."""
        worker.done = worker.total = 0
        worker.found = []
        worker.seen = time.monotonic()
        worker.number = self._waiting.popleft() if self._waiting else -1
        task = self._tasks[worker.number] if worker.number >= 0 else None
        try:
            worker.connection.send(task)
        except OSError:  # it died between two tasks; _attend finds the pipe closed
            return
        if task is None:
            self._busy.remove(worker)
            self.seconds += worker.spent
            worker.connection.close()
            worker.process.join()

    def _attend(self, worker: _Worker) -> Iterator[tuple[int, Outcome]]:
        """Read what a worker has sent; where it has been silent for too long, end it."""
        task = self._tasks[worker.number]
        try:
            while worker.connection.poll():
                kind, *rest, worker.spent = worker.connection.recv()
                worker.seen = time.monotonic()
                if kind == "progress":
                    worker.done, worker.total, found = rest
                    worker.found += found
                    if self._watcher is not None:
                        self._watcher(task.name, worker.done, worker.total)
                elif kind == "loaded":
                    self.loading = max(self.loading, *rest)
                elif kind == "outcome":
                    yield worker.number, rest[0]
                    self._hand_out(worker)
                    return
                elif kind == "lost":
                    yield from self._lose(worker, rest[0])
                    return
        except (EOFError, OSError):
            yield from self._lose(worker, "its process died")
            return
        if not LIMITED and time.monotonic() - worker.seen > patience(task, self._grace):
            yield from self._lose(worker, "its process gave no sign of life")

    def _lose(self, worker: _Worker, reason: str) -> Iterator[tuple[int, Outcome]]:
        """End a worker; try its document again without the formula it was at, or give the document up."""
        self._busy.remove(worker)
        self._end(worker)
        task = self._tasks[worker.number]
        self._losses[worker.number] += 1
        hopeless = worker.total == 0 or worker.done in task.without or worker.done >= worker.total
        if hopeless or self._losses[worker.number] >= LOSSES:
            yield worker.number, given_up(task, reason, worker.found)
            return
        self._tasks[worker.number] = replace(task, without=task.without | {worker.done})
        self._waiting.appendleft(worker.number)

    def _end(self, worker: _Worker) -> None:
        self.seconds += worker.spent
        worker.connection.close()
        worker.process.kill()
        worker.process.join()


def given_up(task: Task, reason: str, found: Iterable[Finding]) -> FileReport:
    """Return the report of a document that could not be checked to its end: that first, then what was found."""
    reason = f"the document could not be checked within the limits: {reason}"
    message = f"{reason}; what is not listed here is not judged"
    return FileReport(task.name, (Finding(1, 1, 1, 1, "", "undecided", "D302", message), *found), unfinished=reason)


@contextmanager
def _anonymous_program() -> Iterator[None]:
    """Hide the running program from the processes started here: they need nothing of it, and to import it takes time.

    Where it is a script without `if __name__ == "__main__"`, importing it would even start it again.
    """
    program = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = program


@contextmanager
def _safe_path() -> Iterator[None]:
    """Keep the current folder off the module path of the processes started here: it may be anybody's."""
    before = os.environ.get("PYTHONSAFEPATH")
    os.environ["PYTHONSAFEPATH"] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONSAFEPATH"]
        else:
            os.environ["PYTHONSAFEPATH"] = before


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Start processes that no Ctrl-C reaches, not even while they load; the parent hears of it afterwards."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # which unblocks the signals that it blocks
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _context(checker: Checker) -> BaseContext:
    """Return the way to start processes: forked from a server that has loaded the checker once, where there is one."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    loaded = [checker.__module__, *(["derive.check"] if checker is check_task else []), "derive.run.preload"]
    context.set_forkserver_preload(loaded)
    return context
