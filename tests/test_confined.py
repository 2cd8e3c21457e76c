"""A program that is run confined has limits, and ends with the process that began it."""

from __future__ import annotations

import fcntl
import subprocess
import sys
import time
from pathlib import Path

from derive.confined import Limits, run


def test_what_a_program_wrote_is_handed_on(tmp_path: Path) -> None:
    told = run(
        [sys.executable, "-c", "import sys; print(1); print(2, file=sys.stderr); sys.exit(3)"],
        tmp_path, {}, Limits(60, 1 << 30),
    )  # fmt: skip

    assert (told.status, told.output, told.errors, told.out_of_time) == (3, "1\n", "2\n", False)


def test_a_program_that_does_not_end_is_stopped(tmp_path: Path) -> None:
    assert run([sys.executable, "-c", "while True: pass"], tmp_path, {}, Limits(1, 1 << 30)).out_of_time


def test_memory_and_files_have_limits(tmp_path: Path) -> None:
    hungry = run([sys.executable, "-c", "bytes(1 << 31)"], tmp_path, {}, Limits(60, 1 << 30))
    large = run(
        [sys.executable, "-c", "open('a', 'wb').write(bytes(1 << 21))"],
        tmp_path,
        {},
        Limits(60, 1 << 30, file_size=1 << 20),
    )

    assert hungry.errors.endswith("MemoryError\n")
    assert large.status != 0
    assert (tmp_path / "a").stat().st_size <= 1 << 20


SLEEPER = """
import fcntl, time
with open("lock", "w") as lock:
    fcntl.flock(lock, fcntl.LOCK_EX)
    open("asleep", "w").close()
    time.sleep(20)
    open("awake", "w").close()
"""
STARTER = """
import os, sys
from pathlib import Path
from derive.confined import Limits, run
run(sys.argv[1:], Path(), os.environ, Limits(60, 1 << 30))
"""


def test_a_run_ends_with_the_process_that_began_it(tmp_path: Path) -> None:
    """Also where that is killed, as a worker is by Ctrl-C, and can do nothing more."""
    starter = subprocess.Popen([sys.executable, "-c", STARTER, sys.executable, "-c", SLEEPER], cwd=tmp_path)
    while not (tmp_path / "asleep").exists():
        assert starter.poll() is None
        time.sleep(0.05)

    starter.kill()
    starter.wait()

    with (tmp_path / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # it is free when the process that holds it has ended
    assert not (tmp_path / "awake").exists()
