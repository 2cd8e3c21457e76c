"""pytest plugin: each claim of a document is a test, `lecture04.md::12:3 nabla_W`.

Off unless `--derive` is given or the ini setting `derive_paths` names documents. Proved claims pass, refuted ones fail
with the whole finding, undecided ones are expected failures, formulas that were not understood are skipped; with
`--derive-strict` both fail. What a directive, a setting or the baseline switches off is skipped with that reason.
Definitions are not collected. Settings come from [tool.derive]. Nothing of derive is imported before the first document
is collected.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from derive.findings import FileReport, Finding

DOCUMENTS = pytest.StashKey[set[Path]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --derive, --derive-strict, --derive-model and the ini setting derive_paths."""
    group = parser.getgroup("derive", "formulas of documents")
    group.addoption("--derive", action="store_true", help="check the formulas of the documents that are collected")
    group.addoption("--derive-strict", action="store_true", help="undecided and not understood formulas fail too")
    group.addoption("--derive-model", metavar="MODEL", help="model of documents that do not name their own")
    parser.addini("derive_paths", "documents whose formulas are checked (patterns below the rootdir)", type="args")


def pytest_configure(config: pytest.Config) -> None:
    """Collect the documents of derive_paths also where `testpaths` names other folders."""
    if config.args_source is not pytest.Config.ArgsSource.ARGS and not hasattr(config, "workerinput"):
        config.args.extend(str(path) for path in _configured(config) if not _below(path, config.args))


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> DocumentFile | None:
    """Return a collector for a document that is to be checked."""
    config = parent.config
    paths = _configured(config)
    if file_path in paths or (config.getoption("--derive") and not paths and _counts(parent.session, file_path)):
        document: DocumentFile = DocumentFile.from_parent(parent, path=file_path)
        return document
    return None


class DocumentFile(pytest.File):
    """A document; collecting it judges its formulas, in a process of its own and through the cache."""

    def collect(self) -> Iterator[FormulaItem]:
        used: Counter[str] = Counter()
        for report in self._reports():
            for finding in report.findings:
                if finding.verdict == "assumed":
                    continue
                name = _item_name(finding)
                used[name] += 1
                name = name if used[name] == 1 else f"{name} {used[name]}"
                yield FormulaItem.from_parent(self, name=name, report=report, finding=finding)

    def _reports(self) -> list[FileReport]:
        from derive.run.check_files import check_one
        from derive.run.task import Fault

        shown = self.path.relative_to(self.config.rootpath) if self.path.is_relative_to(self.config.rootpath) else None
        found = check_one(self.path, str(shown or self.path), model=self.config.getoption("--derive-model"))
        if isinstance(found, Fault):
            raise self.CollectError(found.message)
        return found


class FormulaItem(pytest.Item):
    """One claim; running it only looks at the verdict."""

    def __init__(self, *, report: FileReport, finding: Finding, **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]
        self.report = report
        self.finding = finding

    def runtest(self) -> None:
        """Pass, fail, or leave as an expected failure or skipped test, by the verdict."""
        from derive.report.summary import fails, headline

        if fails(self.finding, self.config.getoption("--derive-strict")):
            raise ClaimFailed
        if self.finding.verdict == "undecided":
            pytest.xfail(headline(self.finding))
        if self.finding.verdict in ("not-understood", "skipped"):
            raise pytest.skip.Exception(headline(self.finding), _use_item_location=True)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: None = None) -> str:  # type: ignore[override]
        """Return the finding as `derive check` prints it; any other exception as pytest does."""
        if not isinstance(excinfo.value, ClaimFailed):
            return str(super().repr_failure(excinfo))
        from derive.report.text_full import Paint, block
        from derive.source import Source

        source = Source(self.report.path, self.report.text)
        return "\n".join(block(self.report, source, self.finding, Paint(False)))

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return the file, the 0-based line, and the name shown above a failure."""
        path = self.path.parent / self.finding.path if self.finding.path else self.path
        return path, self.finding.line - 1, f"{self.path.name} {self.name}"


class ClaimFailed(Exception):
    """A claim that fails the run; its finding is on the item."""


def _configured(config: pytest.Config) -> set[Path]:
    """Return the documents that derive_paths names; a folder stands for all documents in it."""
    if DOCUMENTS not in config.stash:
        config.stash[DOCUMENTS] = set(_found(config.rootpath, config.getini("derive_paths")))
    return config.stash[DOCUMENTS]


def _found(root: Path, patterns: Iterable[str]) -> Iterator[Path]:
    for pattern in patterns:
        from derive.config import find_config
        from derive.document.types import is_document
        from derive.run.discover import below

        for path in root.glob(pattern):
            if path.is_dir():
                yield from below(path, find_config(path))
            elif is_document(path):
                yield path


def _counts(session: pytest.Session, file: Path) -> bool:
    """Whether a file that pytest has come across is a document to check; one that is named is, whatever it is."""
    from derive.config import find_config
    from derive.document.types import is_document
    from derive.run.discover import counts

    return is_document(file) and (session.isinitpath(file) or counts(file, find_config(file.parent)))


def _below(path: Path, arguments: list[str]) -> bool:
    return any(path.is_relative_to(Path(argument.split("::")[0]).resolve()) for argument in arguments)


def _item_name(finding: Finding) -> str:
    cell = f"{finding.path}:" if finding.path else "" if finding.cell is None else f"cell {finding.cell}:"
    return f"{cell}{finding.line}:{finding.column} {slug(finding.latex)}".strip()


def slug(latex: str) -> str:
    r"""Return a short name for a formula: `\\nabla_{W} \\mathcal{L} = …` becomes `nabla_W_L`."""
    left = re.split(r"(?<!\\)=|\\leftarrow|\\in\b", latex.strip().lstrip("=&").lstrip(), maxsplit=1)[0]
    bare = re.sub(r"\\(?:math\w+|bold\w*|text\w*|operatorname|left|right|begin|end|frac|dfrac|tfrac)\b\*?", " ", left)
    return "_".join(re.findall(r"[^\W_]+", bare))[:24].rstrip("_")
