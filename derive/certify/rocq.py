"""Rocq run safely: in a folder of its own, with limits on time, memory and output, its whole process group ended."""

from __future__ import annotations

import fcntl
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from threading import Event

from derive.certify import library
from derive.errors import DeriveError, UsageError
from derive.files import is_foreign, make_folder, write_whole

PACKAGES = "coq libcoq-coquelicot"
MISSING = f"no coqc found, so nothing was checked; on Debian: apt-get install --no-install-recommends {PACKAGES}"
SECONDS, MEMORY, FILE_SIZE, OPEN_FILES = 60, 4 << 30, 64 << 20, 256
TIME_LIMIT = "time limit"
PATIENCE = 30
"""How much longer a run may last than it may compute: limits count processor time, so that others change nothing."""
AXIOMS = frozenset({
    "ClassicalDedekindReals.sig_not_dec",
    "ClassicalDedekindReals.sig_forall_dec",
    "FunctionalExtensionality.functional_extensionality_dep",
    "Classical_Prop.classic",
})  # fmt: skip
"""The axioms of the reals; no other may appear."""
_COMMAND = re.compile(
    r"From Derive Require Import Prelude|(Definition|Theorem|Module|End)\s.*|Proof|Qed|Print Assumptions \w+", re.DOTALL
)
"""The commands that a certificate is made of; no other can change what they mean, or assume something."""
_given_up = Event()
"""Set while the runs of other threads are to end."""
GLANCE = 0.25
"""How many seconds a run may go on after it was given up."""
_TACTIC = re.compile(r"[a-z].*", re.DOTALL)
_LISTED = re.compile(r"([A-Za-z_][\w'.]*)(\s+:.*)?")


class RocqError(DeriveError):
    """Rocq is missing, or the library cannot be compiled or is not the one of this version."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What Rocq said of a file: accepted with these axioms, or the reason why not."""

    accepted: bool
    axioms: tuple[str, ...]
    reason: str
    seconds: float


@cache
def find_coqc() -> str | None:
    """Return the path of the compiler, or None."""
    return shutil.which("coqc")


@cache
def version() -> str:
    """Return which Rocq it is: 8.16.1. Raises: RocqError."""
    with tempfile.TemporaryDirectory(prefix="derive-rocq-") as folder:
        _, output, _ = _run([_program(), "--print-version"], Path(folder), SECONDS)
    return output.split()[0] if output.split() else ""


def check(text: str, compiled: Path, seconds: float = SECONDS) -> Checked:
    """Check a certificate against the compiled library.

    Only the axioms of the reals may be assumed. Raises: RocqError without a compiler.
    """
    fault = fault_of_form(text)
    if fault:
        return Checked(False, (), fault, 0.0)
    with tempfile.TemporaryDirectory(prefix="derive-rocq-") as name:
        folder = Path(name)
        (folder / "certificate.v").write_text(text, encoding="utf-8")
        command = [_program(), "-w", "none", "-Q", str(compiled), library.LOGICAL, "certificate.v"]
        start = time.perf_counter()
        status, output, errors = _run(command, folder, seconds)
        spent = time.perf_counter() - start
    if status != 0:
        return Checked(False, (), _fault(status, errors), spent)
    return judged(output, spent)


def remembered(text: str, compiled: Path, seconds: float = SECONDS) -> Checked:
    """Check a certificate unless the same text was checked before, by the same Rocq and the same library.

    That the time was up is not remembered.
    """
    file = compiled / "asked" / sha256(text.encode()).hexdigest()
    known = _recalled(file)
    if known is not None:
        return known
    found = check(text, compiled, seconds)
    if found.reason != TIME_LIMIT:
        with suppress(OSError, UsageError):  # then it is checked again
            file.parent.mkdir(exist_ok=True, mode=0o700)
            write_whole(file, json.dumps([found.accepted, found.axioms, found.reason]))
    return found


def _recalled(file: Path) -> Checked | None:
    """Return what was found before; None if nothing was, or it is not as it was written."""
    try:
        if not file.is_file() or is_foreign(file.lstat()):
            return None
        accepted, axioms, reason = json.loads(file.read_text(encoding="utf-8"))
        if accepted in (True, False) and set(axioms) <= AXIOMS:
            return Checked(accepted, tuple(axioms), str(reason), 0.0)
    except (OSError, ValueError, TypeError):
        return None
    return None


def fault_of_form(text: str) -> str:
    """Return why a text is no certificate: it may only define and prove, and has to end by saying what it assumes."""
    parts = re.split(r"\.(?=\s|$)", without_comments(text))
    sentences = [sentence for part in parts if (sentence := part.strip("-+*{} \t\n"))]
    for sentence in sentences:
        if not _TACTIC.fullmatch(sentence) and not _COMMAND.fullmatch(sentence):
            return f"the command {sentence.split()[0]} is not allowed in a certificate"
    theorems = [sentence.split()[1] for sentence in sentences if sentence.startswith("Theorem ")]
    asked = [sentence for sentence in sentences if sentence.startswith("Print ")]
    if not theorems or asked != [f"Print Assumptions {theorems[-1]}"] or sentences[-1] != asked[0]:
        return "a certificate ends with what its theorem assumes"
    return ""


def judged(output: str, seconds: float) -> Checked:
    """Read what `Print Assumptions` said; nothing else may have been said."""
    lines = [line for line in output.splitlines() if line.strip()]
    if lines == ["Closed under the global context"]:
        return Checked(True, (), "", seconds)
    if not lines or lines[0] != "Axioms:":
        return Checked(False, (), "Rocq did not say what the proof assumes", seconds)
    listed = [line for line in lines[1:] if not line.startswith(" ")]
    axioms = [match.group(1) if (match := _LISTED.fullmatch(line)) else line for line in listed]
    foreign = [axiom for axiom in axioms if axiom not in AXIOMS]
    if foreign or not axioms:
        return Checked(False, (), f"it assumes {', '.join(foreign)}", seconds)
    return Checked(True, tuple(axioms), "", seconds)


def compiled_library() -> Path:
    """Return the folder of the compiled library; it is compiled where that has not been done, or was tampered with.

    Raises: RocqError without a compiler, or if the library is not the one of this version.
    """
    _program()
    if library.digest() != library.DIGEST:
        raise RocqError("the library of certificates is not the one of this version of derive: its digest differs")
    folder = library.cache_folder() / f"{library.DIGEST[:16]}-{version()}"
    if not _intact(folder):
        _compile(folder)
    return folder


def _intact(folder: Path) -> bool:
    """Whether all files of the compiled library are there, as they were written, and nobody else's."""
    try:
        if is_foreign(folder.lstat()) or is_foreign(folder.parent.lstat()):
            return False
        lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
        sums = {name: digest for digest, name in map(str.split, lines)}
        names = [f"{module}.{suffix}" for module in library.MODULES for suffix in ("v", "vo")]
        return all(sums[name] == _digest(folder / name) for name in names) and all(
            (folder / name).read_text(encoding="utf-8") == text for name, text in library.sources().items()
        )
    except (OSError, KeyError, ValueError):
        return False


def _compile(folder: Path) -> None:
    """Compile the library beside its place, and put it there whole."""
    parent = folder.parent
    make_folder(parent)
    with tempfile.TemporaryDirectory(prefix="building-", dir=parent) as name:
        built = Path(name) / "lib"
        built.mkdir(mode=0o700)
        for file, text in library.sources().items():
            (built / file).write_text(text, encoding="utf-8")
            command = [_program(), "-w", "none", "-Q", ".", library.LOGICAL, file]
            status, _, errors = _run(command, built, SECONDS)
            if status != 0:
                raise RocqError(f"{file} of the library was not accepted: {_fault(status, errors)}")
        files = sorted(file for file in built.iterdir() if file.suffix in (".v", ".vo"))
        sums = "".join(f"{_digest(file)} {file.name}\n" for file in files)
        (built / "SHA256SUMS").write_text(sums, encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        with suppress(OSError):  # another process was faster
            built.rename(folder)
    if not _intact(folder):
        raise RocqError(f"the compiled library cannot be kept in {folder}")


def _digest(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()


def _program() -> str:
    program = find_coqc()
    if program is None:
        raise RocqError(MISSING)
    return program


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


def _run(command: list[str], folder: Path, seconds: float) -> tuple[int, str, str]:
    """Run a program in a process group of its own, and return its status and what it wrote.

    Raises: RocqError if it was given up.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, _lifeline() as line:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=_environment(folder),
            stdin=line,
            stdout=out,
            stderr=err,
            start_new_session=True,
        )
        try:
            _end_with_us(line, process.pid)
            _limit(process.pid, seconds)
            status = _awaited(process, seconds * PATIENCE)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        texts = []
        for stream in (out, err):
            stream.seek(0)
            texts.append(stream.read(1 << 20).decode("utf-8", "replace"))
        return status, texts[0], texts[1]


def _awaited(process: subprocess.Popen[bytes], seconds: float) -> int:
    """Return the status with which a process ends. Raises: RocqError if it was given up."""
    end = time.monotonic() + seconds
    while not _given_up.is_set():
        with suppress(subprocess.TimeoutExpired):
            return process.wait(timeout=GLANCE)
        if time.monotonic() > end:
            return -signal.SIGXCPU
    raise RocqError("interrupted")


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


def _environment(folder: Path) -> dict[str, str]:
    """A small environment, with a home of its own."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "COQLIB", "COQPATH", "ROCQLIB") if name in os.environ}
    return kept | {"HOME": str(folder), "TMPDIR": str(folder)}


def _limit(pid: int, seconds: float) -> None:
    """Limit what a child may use, where the system lets its parent say so."""
    limits = {
        resource.RLIMIT_CPU: int(seconds) + 1,
        resource.RLIMIT_AS: MEMORY,
        resource.RLIMIT_FSIZE: FILE_SIZE,
        resource.RLIMIT_NOFILE: OPEN_FILES,
        resource.RLIMIT_CORE: 0,
    }
    for kind, wanted in limits.items():
        hard = resource.getrlimit(kind)[1]
        value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with suppress(AttributeError, ProcessLookupError):  # no Linux; or it has ended already
            resource.prlimit(pid, kind, (value, value))


def _fault(status: int, errors: str) -> str:
    """Return why a file was not accepted, in one line."""
    if status in (-signal.SIGXCPU, -signal.SIGKILL):
        return TIME_LIMIT
    _, _, message = errors.rpartition("Error:")
    text = " ".join(message.split()).removeprefix("Tactic failure: ")
    return text[:400] if text else f"coqc ended with status {status}"


def without_comments(text: str) -> str:
    """Return a text of Rocq without its comments and strings."""
    kept, depth, quoted = [], 0, False
    for token in re.findall(r'\(\*|\*\)|"|[^(*")]+|.', text, re.DOTALL):
        if token == '"':
            quoted = not quoted
        elif not quoted and token == "(*":
            depth += 1
        elif not quoted and token == "*)":
            depth -= 1
        elif not depth and not quoted:
            kept.append(token)
    return "".join(kept)
