"""`[tool.derive]` of pyproject.toml, or derive.toml: what a course sets once for all its documents.

    [tool.derive]
    models     = { "lectures/04*.md" = "khapra", "lectures/**" = "models/own.toml" }   # the first pattern that matches
    select     = ["D1", "D2"]       # codes or beginnings of codes that are reported; all unless given
    ignore     = ["D211"]
    exclude    = ["drafts/**"]
    strict     = true
    time-limit = 5.0
    jobs       = 2
    baseline   = "derive-baseline.json"

Patterns and paths are relative to the folder of the file, and lead nowhere else: nothing outside it is read for a
setting, also by way of a symbolic link. derive.toml holds the same keys without the table.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import TypeVar

from derive.codes import CODES
from derive.errors import UsageError
from derive.files import read_bytes, real, reason
from derive.visible import escaped

LONGEST = 24 * 60 * 60.0
"""Seconds of the longest time limit."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one configuration file; a setting that is None was not given."""

    root: Path
    file: Path | None = None
    models: tuple[tuple[str, str], ...] = ()
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    strict: bool | None = None
    time_limit: float | None = None
    jobs: int | None = None
    baseline: Path | None = None

    def model_for(self, path: Path) -> str | None:
        """Return the model of the first pattern that matches `path`: a bundled name, or the path of a file."""
        for pattern, model in self.models:
            if self._matches(pattern, path):
                return model
        return None

    def excludes(self, path: Path) -> bool:
        """Say whether a document found in a folder is left out."""
        return any(self._matches(pattern, path) for pattern in self.exclude)

    def _matches(self, pattern: str, path: Path) -> bool:
        """Match the path below the root; a pattern without a slash matches the name in any folder."""
        path, root = real(path), real(self.root)
        if not path.is_relative_to(root):
            return False
        subject = path.relative_to(root).as_posix() if "/" in pattern else path.name
        return _glob(pattern).fullmatch(subject) is not None


def find_config(start: Path) -> Config:
    """Return the settings of the nearest derive.toml, or pyproject.toml with [tool.derive], at or above a folder."""
    start = real(start)
    for folder in (start, *start.parents):
        for name in ("derive.toml", "pyproject.toml"):
            file = folder / name
            if file.is_file():
                _require_below(file, folder, f"the configuration {escaped(file)}")
                config = load_config(file)
                if config is not None:
                    return config
    return Config(start)


def load_config(file: Path) -> Config | None:
    """Return the settings of one file; None for a pyproject.toml without [tool.derive].

    Raises: UsageError for a file that cannot be read, an unknown key, or a value of the wrong kind.
    """
    try:
        table: object = tomllib.loads(read_bytes(file).decode("utf-8"))
    except (UsageError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as fault:
        raise UsageError(f"cannot read the configuration {escaped(file)}: {reason(fault)}") from fault
    for key in ("tool", "derive") if file.name == "pyproject.toml" else ():
        table = table.get(key) if isinstance(table, dict) else None
    return _Reader(file, table).config() if isinstance(table, dict) else None


@dataclass
class _Reader:
    """Takes the settings out of a table one by one; what is left over at the end is unknown."""

    file: Path
    table: dict[str, object]
    known: list[str] = field(default_factory=list)

    def config(self) -> Config:
        baseline = self._one("baseline", str, "a path")
        config = Config(
            root=self.file.parent,
            file=self.file,
            models=self._models(),
            select=self._codes("select"),
            ignore=self._codes("ignore") or (),
            exclude=self._strings("exclude") or (),
            strict=self._one("strict", bool, "true or false"),
            time_limit=self._number("time-limit"),
            jobs=self._jobs(),
            baseline=None if baseline is None else self._below("baseline", baseline),
        )
        for key in self.table:
            if key not in self.known:
                near = get_close_matches(key, self.known, 1)
                hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(sorted(self.known))}"
                raise self._fault(f"unknown setting {key!r}; {hint}")
        return config

    def _fault(self, message: str) -> UsageError:
        return UsageError(f"{escaped(self.file)}: {message}")

    def _below(self, key: str, name: str) -> Path:
        """Return the path of a setting. Raises: UsageError if it leads out of the folder of the settings."""
        path = self.file.parent / name
        _require_below(path, self.file.parent, f"{escaped(self.file)}: {key} {name!r}")
        return path

    def _one(self, key: str, kind: type[T], wanted: str) -> T | None:
        self.known.append(key)
        value = self.table.get(key)
        if value is None or (isinstance(value, kind) and not (isinstance(value, bool) and kind is not bool)):
            return value
        raise self._fault(f"{key} must be {wanted}, not {value!r}")

    def _number(self, key: str) -> float | None:
        value = self.table.get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            self.table = {**self.table, key: float(value)}
        number = self._one(key, float, "a number of seconds")
        if number is not None:
            try:
                return seconds(number)
            except UsageError as fault:
                raise self._fault(f"{key} must be {fault}") from fault
        return None

    def _jobs(self) -> int | None:
        jobs = self._one("jobs", int, "a number of processes")
        if jobs is not None and jobs < 1:
            raise self._fault(f"jobs must be at least 1, not {jobs}")
        return jobs

    def _strings(self, key: str) -> tuple[str, ...] | None:
        values = self._one(key, list, "a list of strings")
        if values is not None and not all(isinstance(value, str) for value in values):
            raise self._fault(f"{key} must be a list of strings, not {values!r}")
        return None if values is None else tuple(values)

    def _codes(self, key: str) -> tuple[str, ...] | None:
        codes = self._strings(key)
        try:
            return None if codes is None else known_codes(codes)
        except UsageError as fault:
            raise self._fault(f"{key}: {fault}") from fault

    def _models(self) -> tuple[tuple[str, str], ...]:
        models = self._one("models", dict, "a table of patterns and models") or {}
        if not all(isinstance(model, str) for model in models.values()):
            raise self._fault('models must give a model for each pattern: models = { "lectures/*.md" = "khapra" }')
        return tuple((pattern, self._model(model)) for pattern, model in models.items())

    def _model(self, name: str) -> str:
        """Return a bundled name as it is, and else the path of a model file."""
        from derive.models.registry import list_models

        return name if name in list_models() else str(self._below("models", name))


def seconds(value: float) -> float:
    """Return a time limit. Raises: UsageError, saying what it has to be."""
    if not value > 0:
        raise UsageError(f"a positive number of seconds, not {value:g}")
    if value > LONGEST:
        raise UsageError(f"at most {LONGEST:.0f} seconds, not {value:g}")
    return value


def _require_below(file: Path, folder: Path, what: str) -> None:
    """Raise where a path, symbolic links followed, leads out of a folder."""
    try:
        inside = real(file).is_relative_to(real(folder))
    except (OSError, ValueError):
        inside = False
    if not inside:
        raise UsageError(f"{what} leads out of the folder of the settings; nothing outside it is read")


def known_codes(codes: tuple[str, ...]) -> tuple[str, ...]:
    """Return the codes as given ("D2" stands for every code that begins so); raise UsageError for an unknown one."""
    for code in codes:
        if not any(known.startswith(code) for known in CODES) or not code:
            raise UsageError(f"no code begins with {code!r}; `derive rule` lists them")
    return codes


@cache
def _glob(pattern: str) -> re.Pattern[str]:
    """Return the pattern as a regular expression: `*` and `?` stay within a name, `**` crosses folders."""
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    meaning = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(meaning.get(part) or re.escape(part) for part in parts))
