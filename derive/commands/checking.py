"""What `derive check` does with its arguments."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from derive.commands.writing import say, show
from derive.config import Config, find_config, known_codes, load_config
from derive.document.files import decode, marked_as, read_text
from derive.errors import InputError, UsageError
from derive.files import LARGEST, real, write_whole
from derive.findings import FileReport
from derive.report.formats import renderer
from derive.report.summary import WINDOW, Appearance, fails, nothing_judged
from derive.run.cache import Cache, dependencies
from derive.run.check_files import Checked, run_tasks
from derive.run.discover import documents, folder_given
from derive.run.filters import apply_filters, load_baseline, write_baseline
from derive.run.included import by_file
from derive.run.task import Checker, Fault, Outcome, Task
from derive.run.worker import check_task
from derive.visible import escaped

OK, FINDINGS, USAGE, DISAGREEMENT, INTERRUPTED = 0, 1, 2, 3, 130
TIME_LIMIT = 10.0
MARGIN = 6  # of an excerpt: four blanks, and a dot where it was cut, on both sides
TEXT_FORMATS = ("full", "concise")


@dataclass(frozen=True, slots=True)
class CheckArguments:
    """The options of `derive check` as given; None means: as configured, else the default."""

    paths: tuple[Path, ...] = ()
    model: str | None = None
    output_format: str = "full"
    output: Path | None = None
    strict: bool | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    jobs: int | None = None
    time_limit: float | None = None
    seed: int = 0
    baseline: Path | None = None
    write_baseline: Path | None = None
    statistics: bool = False
    show_network: bool = False
    explain: str | None = None
    verbose: bool = False
    stdin_filename: str | None = None
    config: Path | None = None
    cache_dir: Path | None = None
    no_cache: bool = False
    certify: bool = False
    fix: bool = False
    diff: bool = False
    checker: Checker = field(default=check_task, repr=False)


def check(arguments: CheckArguments) -> int:
    """Check documents, write the report, and return the exit status: the highest that applies.

    Raises: UsageError for arguments that do not go together or name what is not there.
    """
    place = _explained(arguments.explain)
    paths = (place[0],) if place is not None and not arguments.paths else arguments.paths
    if not paths:
        raise UsageError("nothing to check; name files or folders, or - for the standard input")
    if arguments.statistics and arguments.output_format not in TEXT_FORMATS:
        raise UsageError("--statistics goes with --output-format full or concise")
    if arguments.show_network and arguments.output_format not in TEXT_FORMATS:
        raise UsageError("--show-network goes with --output-format full or concise")
    _require_fixable(arguments, paths)
    config = _config(arguments, paths)
    settings = _certifying(_merge(arguments, config))
    tasks = _tasks(paths, settings, config)
    if place is not None:
        tasks = [replace(task, explain=True) for task in tasks if Path(task.name) == place[0]]
        if not tasks:
            raise UsageError(f"--explain: {place[0]} is not among the documents")
    cache, changed = _cache(settings, tasks), False
    with _scratch(settings) as scratch:
        tasks = [replace(task, scratch=scratch) for task in tasks]
        checked = _run(tasks, settings, cache)
        spare = _read_files(config, tasks, checked.outcomes) if settings.output or settings.write_baseline else []
        if (settings.fix or settings.diff) and not checked.interrupted:
            checked, changed = _mended(tasks, checked, settings, cache)
    reports = by_file(outcome for outcome in checked.outcomes if isinstance(outcome, FileReport))
    status = _complain([outcome for outcome in checked.outcomes if isinstance(outcome, Fault)])
    if settings.statistics:
        say(f"processor time: {time.process_time():.2f} s in the main process, {checked.seconds:.2f} s in its workers")
    status = max(status, _complain_of_ends(reports, checked.interrupted))
    if settings.write_baseline is not None and not checked.interrupted:
        return max(status, _write_baseline(settings.write_baseline, reports, spare))
    return max(status, _report(settings, reports, place, spare), FINDINGS if settings.diff and changed else OK)


def _require_fixable(arguments: CheckArguments, paths: Sequence[Path]) -> None:
    """Raises: UsageError for options that --fix and --diff do not go with."""
    if not (arguments.fix or arguments.diff):
        return
    asked = "--fix" if arguments.fix else "--diff"
    if arguments.fix and arguments.diff:
        raise UsageError("--fix writes and --diff does not; choose one")
    if arguments.fix and Path("-") in paths:
        raise UsageError("--fix cannot write to the standard input; --diff prints what it would write")
    if arguments.write_baseline is not None or arguments.explain is not None:
        raise UsageError(f"{asked} does not go with --write-baseline or --explain")


def _mended(
    tasks: Sequence[Task], checked: Checked, settings: CheckArguments, cache: Cache | None
) -> tuple[Checked, bool]:
    """Write the repairs, or print them, and return what is found now and whether anything changed."""
    from derive.run.fixes import difference, fixed, told

    def judge(task: Task) -> Outcome:
        return run_tasks([task], jobs=1, cache=cache, checker=settings.checker).outcomes[0]

    known = load_baseline(settings.baseline) if settings.baseline is not None else None
    outcomes, changed, written = list[Outcome](), False, set[Path]()
    for task, found in zip(tasks, checked.outcomes, strict=True):
        outcome = judge(task) if real(task.path) in written else found  # written under another name
        if isinstance(outcome, Fault):
            outcomes.append(outcome)
            continue
        (kept,) = apply_filters([outcome], select=settings.select or None, ignore=settings.ignore, baseline=known)
        mended = fixed(task, outcome, kept.findings, judge)
        if settings.diff:
            show(difference(task.name, mended))
        elif mended.changed:
            try:
                _require_unchanged(task.path, mended.before)
                write_whole(task.path, marked_as(task.path, mended.after))
            except (UsageError, InputError) as fault:
                outcomes.append(Fault(task.name, "input", str(fault)))
                continue
            written.add(real(task.path))
        said = told(task.name, mended, writes=settings.fix)
        if said:
            say(said)
        outcomes.append(mended.report)
        changed |= mended.changed
    now = [_as_it_is(*pair, written, judge) for pair in zip(tasks, outcomes, strict=True)]
    return replace(checked, outcomes=now), changed


def _as_it_is(task: Task, outcome: Outcome, written: Set[Path], judge: Callable[[Task], Outcome]) -> Outcome:
    """Return what is found in a document now, where something that it includes was written since it was judged."""
    if isinstance(outcome, Fault) or not written:
        return outcome
    with suppress(UsageError):  # it names so many files that no check has read them
        read = {real(file) for file in dependencies(task.path, outcome.text, task.model, task.within)}
        if (read - {real(task.path)}) & written:
            return judge(task)
    return outcome


def _require_unchanged(path: Path, text: str) -> None:
    """Raises: UsageError where somebody has written a document since it was read."""
    if read_text(path) != text:
        raise UsageError(f"{escaped(path)}: it was changed while it was checked; nothing is written into it")


def _certifying(settings: CheckArguments) -> CheckArguments:
    """Return the settings with the checker that asks Rocq, if that is wanted; certificates have a cache of their own.

    Raises: RocqError without a coqc.
    """
    if not settings.certify:
        return settings
    from derive.certify.rocq import compiled_library
    from derive.run.certified import certify_task

    compiled_library()
    checker = certify_task if settings.checker is check_task else settings.checker
    return replace(settings, no_cache=True, checker=checker)


@contextmanager
def _scratch(settings: CheckArguments) -> Iterator[Path | None]:
    """Yield a folder for the runs of Rocq, which is gone afterwards, also where a worker was killed in one of them.

    What such a run still writes while its folder is removed is removed the second time.
    """
    if not settings.certify:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="derive-rocq-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


def _write_baseline(file: Path, reports: Sequence[FileReport], spare: Sequence[Path]) -> int:
    number = write_baseline(file, reports, spare)
    known = "1 finding is" if number == 1 else f"{number} findings are"
    say(f"{escaped(file)}: {known} known from now on")
    return OK


def _read_files(config: Config, tasks: Sequence[Task], outcomes: Sequence[Outcome]) -> list[Path]:
    """Return the files that a run has read, which nothing may be written over."""
    files = [task.path for task in tasks] + ([config.file] if config.file is not None else [])
    for task, outcome in zip(tasks, outcomes, strict=True):
        if isinstance(outcome, FileReport):
            with suppress(UsageError):  # it names so many that no check has read them
                files += dependencies(task.path, outcome.text, task.model, task.within)
    return files


def _report(
    settings: CheckArguments, reports: Sequence[FileReport], place: tuple[Path, int] | None, spare: Sequence[Path]
) -> int:
    """Write what was found; return 1 where something counts as a finding, 2 where nothing could be judged."""
    baseline = load_baseline(settings.baseline) if settings.baseline is not None else None
    reports = apply_filters(reports, select=settings.select or None, ignore=settings.ignore, baseline=baseline)
    look = Appearance(
        _color(settings), settings.verbose, bool(settings.strict), settings.statistics, _width(settings),
        settings.show_network,
    )  # fmt: skip
    if place is not None:
        return _explain([report for report in reports if Path(report.path) == place[0]], place[1], look)
    text = renderer(settings.output_format)(reports, look)
    if settings.diff and settings.output is None:
        show(text, error=True)
    elif settings.output is not None:
        known = [settings.baseline] if settings.baseline is not None else []
        write_whole(settings.output, text.encode("utf-8", "backslashreplace"), (*spare, *known))
    else:
        show(text)
    found = any(fails(finding, look.strict) for report in reports for finding in report.findings)
    return max(FINDINGS if found else OK, USAGE if nothing_judged(reports) else OK)


def _explain(reports: Sequence[FileReport], line: int, look: Appearance) -> int:
    from derive.report.explanation import render

    for report in reports:
        text = render(report, line, look)
        if not text:
            raise UsageError(f"there is no formula on line {line} of {report.path}")
        show(text)
    return OK


def _explained(place: str | None) -> tuple[Path, int] | None:
    """Return the file and the line of FILE:LINE."""
    if place is None:
        return None
    name, _, line = place.rpartition(":")
    if not name or not line.isdecimal():
        raise UsageError(f"--explain wants FILE:LINE, such as lecture.md:12, not {place!r}")
    return Path(name), int(line)


def _config(arguments: CheckArguments, paths: Sequence[Path]) -> Config:
    """Return the configuration named, else the nearest above all documents, else above the current folder."""
    if arguments.config is not None:
        config = load_config(arguments.config)
        if config is None:
            raise UsageError(f"{arguments.config} has no table [tool.derive]")
        return config
    folders = [path if path.is_dir() else path.parent for path in (real(path) for path in paths)]
    config = find_config(Path(os.path.commonpath(folders)))
    return config if config.file is not None else find_config(Path.cwd())


def _merge(arguments: CheckArguments, config: Config) -> CheckArguments:
    """Return the arguments with what the configuration sets where the command line is silent."""
    return replace(
        arguments,
        strict=config.strict if arguments.strict is None else arguments.strict,
        select=_codes(arguments.select) or config.select or (),
        ignore=_codes(arguments.ignore) or config.ignore,
        jobs=arguments.jobs or config.jobs,
        time_limit=arguments.time_limit or config.time_limit or TIME_LIMIT,
        baseline=arguments.baseline or config.baseline,
    )


def _codes(values: tuple[str, ...]) -> tuple[str, ...]:
    return known_codes(tuple(code for value in values for code in value.replace(",", " ").split()))


def _tasks(paths: Sequence[Path], settings: CheckArguments, config: Config) -> list[Task]:
    common = Task(
        Path(),
        "",
        time_limit=settings.time_limit or TIME_LIMIT,
        seed=settings.seed,
        configured=settings.model is None,
    )
    tasks = []
    if Path("-") in paths:
        name = settings.stdin_filename or "<stdin>"
        path = Path(settings.stdin_filename or "stdin.md")
        text = decode(_standard_input(), name)
        tasks.append(replace(common, path=path, name=name, model=settings.model or config.model_for(path), text=text))
    for path in documents([path for path in paths if path != Path("-")], config, say):
        model = settings.model or config.model_for(path)
        within = folder_given(path, paths)
        tasks.append(replace(common, path=path, name=path.as_posix(), model=model, within=within))
    return tasks


def _standard_input() -> bytes:
    data = sys.stdin.buffer.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise UsageError(f"the standard input has more than {LARGEST >> 20} MiB")
    return data


def _cache(settings: CheckArguments, tasks: Sequence[Task]) -> Cache | None:
    if settings.no_cache:
        return None
    cache = Cache(settings.cache_dir) if settings.cache_dir is not None else Cache.of_user()
    foreign = cache.distrusted(tasks) if cache is not None else None
    if foreign is not None:
        say(f"{escaped(foreign)}: not used as a cache, as it is a link, or somebody else's")
    return cache


def _run(tasks: Sequence[Task], settings: CheckArguments, cache: Cache | None) -> Checked:
    """Check the documents, with a progress bar where somebody is watching."""
    if not sys.stderr.isatty():
        return run_tasks(tasks, jobs=settings.jobs, cache=cache, checker=settings.checker)
    from derive.commands.progress import Bar

    with Bar() as bar:
        return run_tasks(tasks, jobs=settings.jobs, cache=cache, checker=settings.checker, watcher=bar)


def _complain(faults: Sequence[Fault]) -> int:
    """Print the faults and return the exit status that they call for."""
    for fault in faults:
        if fault.kind == "input":
            name = escaped(fault.name)
            message = fault.message if fault.message.startswith(name) else f"{name}: {fault.message}"
            say(f"derive: {message}")
        else:
            from derive.commands.bug_report import bug_report

            say(bug_report(f"{escaped(fault.name)}: {fault.message}"))
    kinds = {fault.kind for fault in faults}
    if kinds - {"input"}:
        return DISAGREEMENT
    return USAGE if kinds else OK


def _complain_of_ends(reports: Sequence[FileReport], interrupted: bool) -> int:
    """Name the documents that were not checked to their end, and return the exit status that they call for."""
    unfinished = [report for report in reports if report.unfinished]
    if interrupted:
        say(f"interrupted; not checked to the end: {', '.join(escaped(report.path) for report in unfinished)}")
        return INTERRUPTED
    for report in unfinished:
        say(f"derive: {escaped(report.path)}: {report.unfinished}")
    return USAGE if unfinished else OK


def _width(settings: CheckArguments) -> int:
    """Return how much of a line fits beside the margin of an excerpt, on a terminal that is narrower than usual."""
    if settings.output is not None or not sys.stdout.isatty():
        return WINDOW
    return max(30, min(WINDOW, shutil.get_terminal_size().columns - MARGIN))


def _color(settings: CheckArguments) -> bool:
    return settings.output is None and sys.stdout.isatty() and not os.environ.get("NO_COLOR")
