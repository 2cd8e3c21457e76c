"""Programs of others, run confined: in a group of processes of their own, with limits on time, memory and output. What
ends this process ends them, and where what they are for is given up they end as well."""

from __future__ import annotations

import fcntl
import os
import resource
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from derive.errors import DeriveError

PATIENCE = 30
"""How much longer a run may last than it may compute: limits count processor time, so that others change nothing."""
GLANCE = 0.25
"""How many seconds a run may go on after it was given up."""
LARGEST_OUTPUT = 1 << 20
_given_up = Event()
"""Set while the runs of other threads are to end."""


class GivenUpError(DeriveError):
    """What a run was for has been given up."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one process may use: seconds of processor time, bytes of memory and of each file, open files."""

    seconds: float
    memory: int
    file_size: int = 64 << 20
    open_files: int = 256


@dataclass(frozen=True, slots=True)
class Ended:
    """The status with which a program ended (-n: by signal n), and what it wrote."""

    status: int
    output: str
    errors: str

    @property
    def out_of_time(self) -> bool:
        """Whether the kernel ended it, which it does where the time is up."""
        return self.status in (-signal.SIGXCPU, -signal.SIGKILL)


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str], limits: Limits) -> Ended:
    """Run a program in a folder and wait for its end.

    Raises: GivenUpError.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, _lifeline() as line:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=line,
            stdout=out,
            stderr=err,
            start_new_session=True,
        )
        try:
            _end_with_us(line, process.pid)
            _limit(process.pid, limits)
            status = _awaited(process, limits.seconds * PATIENCE)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        texts = []
        for stream in (out, err):
            stream.seek(0)
            texts.append(stream.read(LARGEST_OUTPUT).decode("utf-8", "replace"))
        return Ended(status, *texts)


@contextmanager
def runners(jobs: int) -> Iterator[ThreadPoolExecutor]:
    """Yield threads for runs; where what they are for is given up, as by Ctrl-C, all runs end and none begins."""
    with ThreadPoolExecutor(jobs) as pool:
        try:
            yield pool
        except BaseException:
            _given_up.set()
            pool.shutdown(cancel_futures=True)
            raise
        finally:
            _given_up.clear()


def _awaited(process: subprocess.Popen[bytes], seconds: float) -> int:
    """Return the status with which a process ends. Raises: GivenUpError."""
    end = time.monotonic() + seconds
    while not _given_up.is_set():
        with suppress(subprocess.TimeoutExpired):
            return process.wait(timeout=GLANCE)
        if time.monotonic() > end:
            return -signal.SIGXCPU
    raise GivenUpError("interrupted")


@contextmanager
def _lifeline() -> Iterator[int]:
    """Yield the end of a pipe whose other end closes with this process at the latest, whatever ends it."""
    ours, theirs = os.pipe()
    try:
        yield ours
    finally:
        os.close(ours)
        os.close(theirs)


def _end_with_us(line: int, group: int) -> None:
    """Let the kernel send SIGIO, which ends them, to a group of processes when the other end of a pipe is closed."""
    if hasattr(os, "O_ASYNC"):
        fcntl.fcntl(line, fcntl.F_SETOWN, -group)
        fcntl.fcntl(line, fcntl.F_SETFL, fcntl.fcntl(line, fcntl.F_GETFL) | os.O_ASYNC)


def _limit(pid: int, limits: Limits) -> None:
    """Limit what a child may use, where the system lets its parent say so; a lower limit in force already stays."""
    wanted = {
        resource.RLIMIT_CPU: int(limits.seconds) + 1,
        resource.RLIMIT_AS: limits.memory,
        resource.RLIMIT_FSIZE: limits.file_size,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_CORE: 0,
    }
    for kind, value in wanted.items():
        hard = resource.getrlimit(kind)[1]
        lowest = value if hard == resource.RLIM_INFINITY else min(value, hard)
        with suppress(AttributeError, ProcessLookupError):  # no Linux; or it has ended already
            resource.prlimit(pid, kind, (lowest, lowest))
