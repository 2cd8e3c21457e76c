"""How a run ends when it is interrupted or killed, and what a busy machine changes: nothing."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import fakes
import pytest
from processes import AS_INSTALLED, session, start, throttled, wait_until

HEAVY = " ".join([r"\frac{\partial}{\partial a_{L1}}"] * 30)
HEAVY_THEN_FALSE = f"""<!-- derive:model use = "khapra" -->

$$ {HEAVY} L(\\theta) = 0 $$

$$ \\nabla_{{a_k}} L(\\theta) = \\nabla_{{h_k}} L(\\theta) \\odot g(a_k) $$
"""

needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")


@pytest.fixture(autouse=True)
def interrupts() -> Iterator[None]:
    """Let processes that are started here hear interrupts: a shell lets jobs in the background ignore them."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def reached(document: Path) -> bool:
    return "hang" in document.with_suffix(".log").read_text()


@pytest.fixture
def hanging(tmp_path: Path) -> Path:
    """A document that ends, one that hangs at its third formula, and one that has to wait."""
    fakes.write(tmp_path, a="x\nfalse", b="x\nfalse\nhang", c="x")
    (tmp_path / "b.log").touch()
    return tmp_path


def test_an_interrupt_prints_what_is_done(hanging: Path) -> None:
    paths = ["b.md", "a.md", "c.md"]
    with start(["check", *paths, "--output-format", "json", "--no-cache", "--jobs", "1"], hanging) as process:
        assert wait_until(lambda: reached(hanging / "b.md"))
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        out, err = process.communicate(timeout=60)

    assert process.returncode == 130
    assert err == "interrupted; not checked to the end: b.md, a.md, c.md\n"
    found = {file["path"]: [f["verdict"] for f in file["findings"]] for file in json.loads(out)["files"]}
    assert found == {"b.md": ["proved", "refuted"], "a.md": [], "c.md": []}


@pytest.mark.parametrize("at", ["while it loads", "while it works"])
def test_an_interrupt_at_any_time_leaves_no_traceback(hanging: Path, at: str) -> None:
    with start(["check", "b.md", "--no-cache"], hanging) as process:
        assert at == "while it loads" or wait_until(lambda: reached(hanging / "b.md"))
        assert wait_until(lambda: len(session(process.pid)) > 1)
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.startswith("interrupted")
    assert err.count("\n") == 1


@needs_proc
@pytest.mark.parametrize("at", ["while it loads", "while it works"])
def test_killing_the_parent_leaves_no_child_and_no_traceback(hanging: Path, at: str) -> None:
    with start(["check", "b.md", "a.md", "--no-cache", "--jobs", "2"], hanging) as process:
        assert at == "while it loads" or wait_until(lambda: reached(hanging / "b.md"))
        assert wait_until(lambda: len(session(process.pid)) > 1)
        process.kill()
        _, err = process.communicate(timeout=60)
    assert err == ""
    assert wait_until(lambda: not session(process.pid)), "somebody lives on"


def test_a_baseline_of_half_a_run_is_not_written(hanging: Path) -> None:
    with start(["check", "b.md", "--no-cache", "--write-baseline", "base.json"], hanging) as process:
        assert wait_until(lambda: reached(hanging / "b.md"))
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 130
    assert not (hanging / "base.json").exists()


def test_a_heavy_formula_costs_itself_alone_also_on_a_fraction_of_a_processor(tmp_path: Path) -> None:
    (tmp_path / "heavy.md").write_text(HEAVY_THEN_FALSE)
    arguments = ["check", "heavy.md", "--output-format", "json", "--no-cache", "--time-limit", "0.2"]
    with start(arguments, tmp_path, AS_INSTALLED) as process, throttled(process.pid, 0.08):
        out, err = process.communicate(timeout=300)

    assert process.returncode == 1, err
    (heavy, false) = json.loads(out)["files"][0]["findings"]
    assert (heavy["verdict"], false["verdict"]) == ("undecided", "refuted")
