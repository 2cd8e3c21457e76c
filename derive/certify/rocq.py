"""Rocq run confined, in a folder of its own: the library compiled once, certificates checked, what they assume read."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from derive.certify import library
from derive.confined import Ended, Limits, run
from derive.errors import DeriveError, UsageError
from derive.files import is_foreign, make_folder, write_whole

PACKAGES = "coq libcoq-coquelicot"
MISSING = f"no coqc found, so nothing was checked; on Debian: apt-get install --no-install-recommends {PACKAGES}"
SECONDS, MEMORY = 60, 4 << 30
TIME_LIMIT = "time limit"
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
        words = _run([_program(), "--print-version"], Path(folder), SECONDS).output.split()
    return words[0] if words else ""


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
        ended = _run(command, folder, seconds)
        spent = time.perf_counter() - start
    if ended.status != 0:
        return Checked(False, (), _fault(ended), spent)
    return judged(ended.output, spent)


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
            ended = _run(command, built, SECONDS)
            if ended.status != 0:
                raise RocqError(f"{file} of the library was not accepted: {_fault(ended)}")
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


def _run(command: Sequence[str], folder: Path, seconds: float) -> Ended:
    return run(command, folder, _environment(folder), Limits(seconds, MEMORY))


def _environment(folder: Path) -> dict[str, str]:
    """A small environment, with a home of its own."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "COQLIB", "COQPATH", "ROCQLIB") if name in os.environ}
    return kept | {"HOME": str(folder), "TMPDIR": str(folder)}


def _fault(ended: Ended) -> str:
    """Return why a file was not accepted, in one line."""
    if ended.out_of_time:
        return TIME_LIMIT
    _, _, message = ended.errors.rpartition("Error:")
    text = " ".join(message.split()).removeprefix("Tactic failure: ")
    return text[:400] if text else f"coqc ended with status {ended.status}"


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
