"""What earlier runs have found: a document that is as it was loads no algebra, and in another only changes are judged.

They lie in the cache folder of the user, never with the documents: a folder that comes with somebody's documents could
say of any formula that it is proved. What belongs to somebody else, or is a symbolic link, is not read either.

Two files for each document and set of options. `<name>.json` holds the findings and the key they were found under: the
texts that were read, the model, the options, and the sources of derive itself. `<name>.formulas.json` holds what each
formula yielded, under keys of its own (`derive.recall`); they count as long as model files, options and derive are the
same.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from derive.document.inclusion import Reach
from derive.errors import UsageError
from derive.files import is_foreign, is_small_file, read_bytes, real, write_whole
from derive.findings import Edit, FileReport, Finding, NetworkPlace
from derive.run.task import Task
from derive.visible import escaped

# Every repetition is bounded, so that the time is linear in the length of a hostile text.
_INCLUDED = re.compile(
    r"\\(?:input|include|subfile|usepackage|RequirePackage)[ \t]{0,9}(?:\[[^\]\n]{0,200}\])?\{?([^{}\\%\n]{1,200})"
)
_LARGEST = 256 << 20  # bytes of a file of findings
NAMES = 20_000  # places at which files may stand that a document names
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_MODEL = re.compile(r"""\buse\s*=\s*\\?["']([^"'\\\n]{1,200})""")


@dataclass(frozen=True, slots=True)
class Cache:
    """Findings of earlier runs in one folder. A folder that cannot be read or written only makes runs slower."""

    folder: Path

    @classmethod
    def of_user(cls) -> Cache | None:
        """Return the cache in the user's own folder, where there is such a folder."""
        from platformdirs import user_cache_path

        folder = user_cache_path("derive-backprop", appauthor=False)
        return cls(folder) if folder.is_absolute() else None

    def distrusted(self, tasks: Iterable[Task] = ()) -> Path | None:
        """Return the folder, or a file for one of the tasks, if it is not the user's own and so does not count."""
        if _is_distrusted(self.folder, stat.S_ISDIR):
            return self.folder
        files = (self._file(task, part) for task in tasks for part in ("", ".formulas"))
        return next((file for file in files if _is_distrusted(file, stat.S_ISREG)), None)

    def get(self, task: Task, text: str) -> FileReport | None:
        """Return the report of a document if nothing that it depends on has changed."""
        try:
            entry = self._read(self._file(task))
            if entry["key"] != key(task, text):
                return None
            found = tuple(_finding(table) for table in entry["findings"])
            return FileReport(task.name, found, text, network=_network(entry["network"]), stated=tuple(entry["stated"]))
        except _UNUSABLE:
            return None

    def put(self, task: Task, text: str, report: FileReport) -> None:
        """Keep a report; the file appears whole or not at all."""
        self._write(
            self._file(task),
            lambda: {
                "key": key(task, text),
                "findings": [asdict(finding) for finding in report.findings],
                "network": None if report.network is None else asdict(report.network),
                "stated": report.stated,
            },
        )

    def formulas(self, task: Task, text: str) -> dict[str, Any]:
        """Return what the last check of a document found, formula by formula."""
        try:
            entry = self._read(self._file(task, ".formulas"))
            found = entry["formulas"] if entry["key"] == _base(task, text) else {}
            return found if isinstance(found, dict) else {}
        except _UNUSABLE:
            return {}

    def put_formulas(self, task: Task, text: str, formulas: dict[str, Any]) -> None:
        """Keep what a check has found, formula by formula."""
        self._write(self._file(task, ".formulas"), lambda: {"key": _base(task, text), "formulas": formulas})

    def _file(self, task: Task, part: str = "") -> Path:
        return self.folder / f"{_digest(str(real(task.path)), *_options(task))[:32]}{part}.json"

    def _read(self, file: Path) -> Any:
        """Return what a file holds. Raises: one of _UNUSABLE if it is not there, or was not written here by us."""
        if self.distrusted() is not None or _is_distrusted(file, stat.S_ISREG):
            raise UsageError("not the user's own")
        return json.loads(read_bytes(file, _LARGEST, _NO_LINK))

    def _write(self, file: Path, entry: Callable[[], object]) -> None:
        with suppress(OSError, UsageError):
            self._prepare()
            if self.distrusted() is None and not _is_distrusted(file, stat.S_ISREG):
                write_whole(file, json.dumps(entry()))

    def _prepare(self) -> None:
        """Make the folder for this user alone, marked so that version control and backups leave it alone."""
        if not self.folder.is_dir():
            self.folder.mkdir(mode=0o700, parents=True)
            (self.folder / ".gitignore").write_text("*\n")
            (self.folder / "CACHEDIR.TAG").write_text("Signature: 8a477f597d28d172789f06886806bc55\n")


_UNUSABLE = (UsageError, OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""What reading a file raises that is not there, or was not written by this version."""


def _is_distrusted(path: Path, wanted: Callable[[int], bool]) -> bool:
    """Whether a path is there but is a link, something else than it should be, or not the user's own."""
    try:
        kind = path.lstat()
    except (OSError, ValueError):
        return False
    return not wanted(kind.st_mode) or is_foreign(kind)


def key(task: Task, text: str) -> str:
    """Return a digest of all that the findings of a document depend on."""
    others = [_content(file) for file in dependencies(task.path, text, task.model, task.within)]
    limit = str(Reach.of(task.path, task.within).limit) if task.path.suffix == ".tex" else ""
    return _digest(text, *others, limit, *_options(task), _program())


def _base(task: Task, text: str) -> str:
    """Return a digest of all that the formulas of a document have in common: model files, options, derive itself."""
    files = dependencies(task.path, text, task.model, task.within)
    models = [_content(file) for file in files if file.suffix == ".toml" or file == Path(str(task.model))]
    return _digest(*models, *_options(task), _program())


def _content(file: Path) -> str:
    return sha256(read_bytes(file)).hexdigest()


def dependencies(path: Path, text: str, model: str | None, within: Path | None = None) -> list[Path]:
    """Return the files beside the document that it may read: included ones and model files, with what they include;
    `within` is the folder that the command line names.

    Raises: UsageError if it names more than NAMES files, there or not; what is known of it is not kept then.
    """
    found: dict[Path, None] = {}
    waiting, names = [path], 0
    above = list(Reach.of(path, within).folders) if path.suffix == ".tex" else [path.parent]
    if model is not None and is_small_file(Path(model)):
        found[Path(model)] = None
    while waiting:
        file = waiting.pop()
        content = text if file == path else read_bytes(file).decode("utf-8", errors="replace")
        for candidate in _named(above, file.parent, content):
            names += 1
            if names > NAMES:
                raise UsageError(f"{escaped(path)}: it names too many files")
            if candidate not in found and candidate != path and is_small_file(candidate):
                found[candidate] = None
                waiting.append(candidate)
    return list(found)


def _named(above: Sequence[Path], folder: Path, content: str) -> Iterator[Path]:
    matches = itertools.chain(_INCLUDED.finditer(content), _MODEL.finditer(content))
    seen: set[str] = set()
    for name in (name.strip().strip('"') for match in matches for name in match[1].split(",")):
        if name not in seen and name and "\0" not in name and len(name) < 200:
            seen.add(name)
            for suffix in ("", ".tex", ".sty", ".toml"):
                yield from (place / (name + suffix) for place in (above if suffix == ".sty" else above[:1]))
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
    texts = {name: tuple(table[name]) for name in ("assumptions", "steps")}
    return Finding(**{**table, **texts, "at": at, "edits": tuple(Edit(**edit) for edit in table["edits"])})


def _network(table: dict[str, Any] | None) -> NetworkPlace | None:
    if table is None:
        return None
    return NetworkPlace(table["origin"], tuple((first, last) for first, last in table["lines"]))
