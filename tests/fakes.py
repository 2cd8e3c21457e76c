"""Checkers that stand in for the real one, importable by worker processes.

A document is a line for each formula. A formula that begins with `false` is refuted, all others are proved, and those
named in `task.without` are undecided; some words make trouble.
"""

from __future__ import annotations

import os
import re
import resource
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from derive.deadline import deadline
from derive.errors import InputError, InternalDisagreement
from derive.findings import FileReport, Finding
from derive.run.task import Progress, Task

FORBIDDEN = ("sympy", "flint")


def check(task: Task, progress: Progress) -> FileReport:
    """Judge the lines of a document, leaving a trace of each in `<document>.log` where there is one."""
    text = task.path.read_text() if task.text is None else task.text
    log = task.path.with_suffix(".log")
    if log.exists():
        with log.open("a") as stream:
            stream.write("checked\n")
    lines = text.splitlines()
    findings = []
    for number, line in enumerate(lines):
        progress(number, len(lines), findings[-1:])
        if number in task.without:
            findings.append(_finding(number, line, "undecided", "D302", "left out"))
        else:
            findings.append(_judge(number, line, task))
    progress(len(lines), len(lines), findings[-1:])
    return FileReport(str(task.path), tuple(findings), text)


def _finding(number: int, line: str, verdict: str, code: str = "", message: str = "") -> Finding:
    return Finding(number + 1, 1, number + 1, len(line) + 1, line, verdict, code, message)


def _judge(number: int, line: str, task: Task) -> Finding:
    match line.split(" ", maxsplit=1)[0]:
        case "die":
            os._exit(9)
        case "leave":
            with TemporaryDirectory(dir=task.scratch):
                os._exit(9)
        case "hang":
            log = task.path.with_suffix(".log")
            if log.exists():
                log.write_text("hang")
            re.match(r"(a+)+$", "a" * 60 + "b")  # one call that no signal interrupts
        case "limits":
            limits = [resource.getrlimit(limit)[0] for limit in (resource.RLIMIT_AS, resource.RLIMIT_CPU)]
            return _finding(number, line, "assumed", message=str(tuple(limits)))
        case "busy":
            while time.process_time() < 0.3 * (number + 1):
                pass
        case "wait":
            for _ in range(8):
                with deadline(10):
                    time.sleep(0.25)
        case "bug":
            raise ValueError("a bug")
        case "disagree":
            raise InternalDisagreement("prover and oracle")
        case "fault":
            raise InputError("a wrong model")
        case "deep":
            raise RecursionError
        case "model":
            return _finding(number, line, "assumed", message=f"{task.model} {task.time_limit} {task.seed}")
        case "open":
            return _finding(number, line, "undecided", "D301", "no normal form")
        case "unread":
            return _finding(number, line, "not-understood", "D001", "cannot read this")
        case "homeless":
            return _finding(number, line, "not-understood", "D004", "no model")
        case "false":
            return _finding(number, line, "refuted", "D201", "another sign")
        case "loaded":
            return _finding(number, line, "assumed", message=str([name for name in FORBIDDEN if name in sys.modules]))
    return _finding(number, line, "proved")


def write(folder: Path, **texts: str) -> list[Path]:
    """Write documents `name.md` and return their paths."""
    paths = []
    for name, text in texts.items():
        path = folder / f"{name}.md"
        path.write_text(text)
        paths.append(path)
    return paths
