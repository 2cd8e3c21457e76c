"""What earlier runs have found: a document that is as it was loads no algebra, and in another only changes are judged.

Two files for each document and set of options. `<name>.json` holds the findings and the key they were found under: the
texts that were read, the model, the options, and the sources of derive itself. `<name>.formulas.json` holds what each
formula yielded, under keys of its own (`derive.recall`); they count as long as model files, options and derive are the
same.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from derive.findings import FileReport, Finding
from derive.run.task import Task

# Every repetition is bounded, so that the time is linear in the length of a hostile text.
_INCLUDED = re.compile(
    r"\\(?:input|include|subfile|usepackage|RequirePackage)[ \t]{0,9}(?:\[[^\]\n]{0,200}\])?\{?([^{}\\%\n]{1,200})"
)
_MODEL = re.compile(r"""\buse\s*=\s*\\?["']([^"'\\\n]{1,200})""")


@dataclass(frozen=True, slots=True)
class Cache:
    """Findings of earlier runs in one folder. A folder that cannot be read or written only makes runs slower."""

    folder: Path

    def get(self, task: Task, text: str) -> FileReport | None:
        """Return the report of a document if nothing that it depends on has changed."""
        try:
            entry = json.loads(self._file(task).read_text(encoding="utf-8"))
            if entry["key"] != key(task, text):
                return None
            return FileReport(task.name, tuple(_finding(table) for table in entry["findings"]), text)
        except (OSError, ValueError, KeyError, TypeError):  # not there, or not written by this version
            return None

    def put(self, task: Task, text: str, report: FileReport) -> None:
        """Keep a report; the file appears whole or not at all."""
        with suppress(OSError):
            self._prepare()
            entry = {"key": key(task, text), "findings": [asdict(finding) for finding in report.findings]}
            write_whole(self._file(task), json.dumps(entry))

    def formulas(self, task: Task, text: str) -> dict[str, Any]:
        """Return what the last check of a document found, formula by formula."""
        try:
            entry = json.loads(self._file(task, ".formulas").read_text(encoding="utf-8"))
            found = entry["formulas"] if entry["key"] == _base(task, text) else {}
            return found if isinstance(found, dict) else {}
        except (OSError, ValueError, KeyError, TypeError):
            return {}

    def put_formulas(self, task: Task, text: str, formulas: dict[str, Any]) -> None:
        """Keep what a check has found, formula by formula."""
        with suppress(OSError):
            self._prepare()
            write_whole(self._file(task, ".formulas"), json.dumps({"key": _base(task, text), "formulas": formulas}))

    def _file(self, task: Task, part: str = "") -> Path:
        return self.folder / f"{_digest(str(task.path.resolve()), *_options(task))[:32]}{part}.json"

    def _prepare(self) -> None:
        """Make the folder, marked so that version control and backups leave it alone."""
        if not self.folder.is_dir():
            self.folder.mkdir(parents=True)
            (self.folder / ".gitignore").write_text("*\n")
            (self.folder / "CACHEDIR.TAG").write_text("Signature: 8a477f597d28d172789f06886806bc55\n")


def key(task: Task, text: str) -> str:
    """Return a digest of all that the findings of a document depend on."""
    others = [file.read_bytes() for file in dependencies(task.path, text, task.model)]
    return _digest(text, *(data.hex() for data in others), *_options(task), _program())


def _base(task: Task, text: str) -> str:
    """Return a digest of all that the formulas of a document have in common: model files, options, derive itself."""
    files = dependencies(task.path, text, task.model)
    models = [file.read_bytes().hex() for file in files if file.suffix == ".toml" or file == Path(str(task.model))]
    return _digest(*models, *_options(task), _program())


def dependencies(path: Path, text: str, model: str | None) -> list[Path]:
    """Return the files beside the document that it may read: included ones and model files, with what they include."""
    found: dict[Path, None] = {}
    waiting = [(path, text)]
    if model is not None and Path(model).is_file():
        found[Path(model)] = None
    while waiting:
        file, content = waiting.pop()
        for candidate in _named(path.parent, file.parent, content):
            if candidate not in found and candidate != path and candidate.is_file():
                found[candidate] = None
                waiting.append((candidate, candidate.read_text(encoding="utf-8", errors="replace")))
    return list(found)


def _named(root: Path, folder: Path, content: str) -> Iterator[Path]:
    names = [name for match in _INCLUDED.findall(content) for name in match.split(",")] + _MODEL.findall(content)
    for name in dict.fromkeys(name.strip().strip('"') for name in names):
        if name and "\0" not in name and len(name) < 200:
            for suffix in ("", ".tex", ".sty", ".toml"):
                yield root / (name + suffix)
                yield folder / (name + suffix)


def _options(task: Task) -> tuple[str, ...]:
    return (str(task.model), repr(task.time_limit), str(task.seed), str(task.explain), task.path.suffix)


@cache
def _program() -> str:
    """Return a digest of derive itself and the versions of what it computes with."""
    import derive

    package = Path(derive.__file__).parent
    files = sorted(file for file in package.rglob("*") if file.suffix in (".py", ".toml"))
    sources = (part for file in files for part in (file.relative_to(package).as_posix(), file.read_bytes().hex()))
    return _digest(sys.version, _version("sympy"), _version("python-flint"), *sources)


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "none"


def _digest(*parts: str) -> str:
    """Return a digest of several texts, each with its length, so that no two lists run together."""
    whole = sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        whole.update(len(data).to_bytes(8, "big"))
        whole.update(data)
    return whole.hexdigest()


def _finding(table: dict[str, Any]) -> Finding:
    at = tuple(table["at"]) if table["at"] is not None else None
    return Finding(**{**table, "assumptions": tuple(table["assumptions"]), "steps": tuple(table["steps"]), "at": at})


def write_whole(file: Path, text: str) -> None:
    """Write a file beside its place and move it there, so that nobody ever reads half of it.

    Raises: OSError if the folder cannot be written.
    """
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, file)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
