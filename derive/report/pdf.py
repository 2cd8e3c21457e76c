"""pdfTeX run safely: no shell, no files outside its own folder, limits on time, memory and output."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from derive.confined import Limits, run
from derive.errors import DeriveError

PACKAGES = "texlive-latex-recommended texlive-pictures texlive-latex-extra lmodern"
MISSING = f"no pdfTeX found, so no PDF was written; on Debian: apt-get install --no-install-recommends {PACKAGES}"
COMMAND = ("-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", "-file-line-error", "handout.tex")
RUNS = 4
SECONDS, MEMORY = 60, 2 << 30

_RERUN = re.compile(r"Rerun to get|Label\(s\) may have changed|rerunfilecheck.*has changed")
_ERROR = re.compile(r"^(?:(?:\./)?handout\.tex:(?P<line>\d+): |! )(?P<what>.*)$", re.MULTILINE)


class PdfError(DeriveError):
    """pdfTeX is missing, fails, or takes too long."""


@dataclass(frozen=True, slots=True)
class Typeset:
    pdf: bytes
    log: str


def find_pdftex() -> str | None:
    """Return the path of pdfLaTeX, or None."""
    return shutil.which("pdflatex")


def typeset(source: str, seconds: float = SECONDS) -> bytes:
    """Return the PDF of a LaTeX source.

    Raises: PdfError without a pdfTeX, where TeX stops at an error (with its line), or where one of its runs takes more
    than `seconds` of processor time.
    """
    return typeset_with_log(source, seconds).pdf


def typeset_with_log(source: str, seconds: float = SECONDS) -> Typeset:
    """Return the PDF of a LaTeX source and TeX's log of the last run."""
    program = find_pdftex()
    if program is None:
        raise PdfError(MISSING)
    with tempfile.TemporaryDirectory(prefix="derive-tex-") as name:
        folder = Path(name)
        (folder / "handout.tex").write_text(source, encoding="utf-8")
        log = ""
        for _ in range(RUNS):
            log = _run(program, folder, seconds)
            if not _RERUN.search(log):
                break
        return Typeset((folder / "handout.pdf").read_bytes(), log)


def _run(program: str, folder: Path, seconds: float) -> str:
    """Run pdfTeX once, and return its log."""
    ended = run([program, *COMMAND], folder, _environment(folder), Limits(seconds, MEMORY))
    if ended.out_of_time:
        raise PdfError(f"pdfTeX did not end within {seconds:g} s and was stopped")
    log = _read_log(folder)
    if ended.status != 0 or not (folder / "handout.pdf").exists():
        raise PdfError(_fault(log, ended.status))
    return log


def _environment(folder: Path) -> dict[str, str]:
    """A small environment: TeX reads and writes below `folder` only, besides its own installation."""
    kept = {
        name: os.environ[name]
        for name in ("PATH", "LANG", "SOURCE_DATE_EPOCH", "FORCE_SOURCE_DATE")
        if name in os.environ
    }
    home = str(folder)
    return kept | {
        "HOME": home,
        "TEXMFHOME": f"{home}/texmf",
        "TEXMFVAR": f"{home}/texmf-var",
        "TEXMFCONFIG": f"{home}/texmf-config",
        "TMPDIR": home,
        "openin_any": "p",
        "openout_any": "p",
        "max_print_line": "1000",
    }


def _read_log(folder: Path) -> str:
    path = folder / "handout.log"
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


def _fault(log: str, status: int) -> str:
    match = _ERROR.search(log)
    if match:
        where = f"at line {match['line']} of the LaTeX source" if match["line"] else "in the LaTeX source"
        rest = log[match.end() : match.end() + 300].strip().splitlines()
        return f"pdfTeX stopped {where}: {match['what']}" + (f"\n{rest[0]}" if rest else "")
    return (
        f"pdfTeX ended with status {status} and no error message"
        if status >= 0
        else f"pdfTeX was stopped by signal {-status}"
    )
