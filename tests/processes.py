"""Running `derive` as a process of its own: throttled, interrupted, killed; and what is left of it afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

WITH_FAKES = "import sys, fakes, derive.cli; sys.exit(derive.cli.run(sys.argv[1:], fakes.check))"
AS_INSTALLED = (str(Path(__file__).parent / "console.py"),)
SLICE = 0.02  # seconds between two turns of a throttled processor


def start(
    arguments: Sequence[str], folder: Path, program: Sequence[str] = ("-c", WITH_FAKES), **streams: Any
) -> subprocess.Popen[str]:
    """Start `derive` in a session of its own."""
    path = os.pathsep.join([str(Path(__file__).parent), *(entry for entry in sys.path if entry)])
    return subprocess.Popen(
        [sys.executable, *program, *arguments], cwd=folder, env={**os.environ, "PYTHONPATH": path}, text=True,
        start_new_session=True, **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams},
    )  # fmt: skip


def session(leader: int) -> list[int]:
    """Return the processes that live in a session."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        if int(fields[3]) == leader and fields[0] != "Z":
            found.append(int(entry.parent.name))
    return found


def wait_until(condition: Callable[[], object], seconds: float = 60) -> bool:
    """Return whether a condition comes true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


@contextmanager
def throttled(group: int, share: float) -> Iterator[None]:
    """Give the processes of a group a share of the time only."""
    done = threading.Event()

    def turns() -> None:
        while not done.wait(SLICE * share):
            os.killpg(group, signal.SIGSTOP)
            done.wait(SLICE * (1 - share))
            os.killpg(group, signal.SIGCONT)

    thread = threading.Thread(target=turns)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
