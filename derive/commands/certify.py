"""`derive certify`: write proved claims as theorems of Rocq, and have them checked."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from derive.commands.writing import show
from derive.errors import UsageError
from derive.visible import escaped, inert

if TYPE_CHECKING:
    from derive.certify.certificate import Certificate, Subject

CERTIFIED, INCOMPLETE, USAGE = 0, 1, 2
Advance = Callable[[str, int, int], None]


@click.command("certify")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--theorems", is_flag=True, help="Certify the bundled theorems.")
@click.option("--only", "only", multiple=True, metavar="NAME", help="Only theorems with this in their name.")
@click.option("--all-networks", is_flag=True, help="With --theorems: those of all bundled models, too.")
@click.option("--out", "folder", type=click.Path(path_type=Path, file_okay=False), help="Write the files into DIR.")
@click.option("--check", "wanted", is_flag=True, help="Have every certificate checked by Rocq.")
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Runs of Rocq at a time.")
@click.option("--model", metavar="NAME|FILE", help="The model for documents that name none.")
@click.option(
    "--time-limit",
    metavar="S",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    help="Seconds of computing for each certificate.",
)
def command(
    paths: tuple[Path, ...],
    theorems: bool,
    only: tuple[str, ...],
    all_networks: bool,
    folder: Path | None,
    wanted: bool,
    jobs: int,
    model: str | None,
    time_limit: float,
) -> int:
    """Write each proved claim as a theorem of Rocq (Coq) with Coquelicot, and have it checked.

    PATHS are documents, as for `derive check`. With --check the exit status is 0 if all are certified, 1 if some are
    open or not translated, 2 without a coqc.
    """
    from derive.certify import rocq
    from derive.certify.collect import file_names
    from derive.certify.project import write_project

    if bool(paths) == theorems:
        raise UsageError("name documents, or ask for --theorems")
    with _progress() as advance:
        subjects = _theorems(only, all_networks) if theorems else _documents(paths, model, advance)
        compiled = rocq.compiled_library() if wanted and rocq.find_coqc() else None
        made = _certified(subjects, compiled, time_limit, jobs, advance)
    names = file_names(subjects)
    if folder is not None:
        write_project(folder, made, names)
    show(inert("".join(f"{escaped(line)}\n" for line in _report(made, names, folder))))
    if wanted and compiled is None:
        click.echo(rocq.MISSING, err=True)
        return USAGE
    complete = all(one.status == "certified" for one in made)
    return CERTIFIED if complete or not wanted else INCOMPLETE


def _theorems(only: tuple[str, ...], all_networks: bool) -> list[Subject]:
    from derive.certify.collect import subjects_of_models, subjects_of_theorems
    from derive.network_theorems import of_bundled_models
    from derive.proof.theorems import bundled

    perceptrons = [theorem for theorem in bundled() if _is_named(theorem.name, only)]
    models = [theorem for theorem in of_bundled_models() if _is_named(theorem.name, only)] if all_networks else []
    if not perceptrons and not models:
        raise UsageError(f"no theorem is called {' or '.join(only)}; `derive prove` lists them")
    return [*subjects_of_theorems(perceptrons), *subjects_of_models(models)]


def _is_named(name: str, only: tuple[str, ...]) -> bool:
    return not only or any(part in name for part in only)


def _documents(paths: Sequence[Path], model: str | None, advance: Advance) -> list[Subject]:
    from derive.certify.collect import subjects_of_document
    from derive.config import find_config
    from derive.run.discover import documents

    config = find_config(Path.cwd())
    found: list[Subject] = []
    for path in documents(list(paths), config):
        limit = config.time_limit or 10.0

        def progress(done: int, total: int, name: str = path.name) -> None:
            advance(name, done, total)

        found += subjects_of_document(path, model or config.model_for(path), limit, progress)
    return found


def _certified(
    subjects: Sequence[Subject], compiled: Path | None, seconds: float, jobs: int, advance: Advance
) -> list[Certificate]:
    """Return the certificates in the order of their subjects."""
    from concurrent.futures import as_completed

    from derive.certify.certificate import certify
    from derive.confined import runners

    with runners(jobs) as pool:
        running = [pool.submit(certify, subject, compiled, seconds) for subject in subjects]
        for done, _ in enumerate(as_completed(running), start=1):
            advance("certificates", done, len(running))
        return [future.result() for future in running]


def _report(made: Sequence[Certificate], names: Sequence[str], folder: Path | None) -> Iterator[str]:
    """Yield a line for each certificate, and one for all."""
    for one, name in zip(made, names, strict=True):
        place = f"{one.subject.file}:{one.subject.line}: " if one.subject.line else ""
        spent = f"  {one.seconds:.1f} s" if one.seconds else ""
        why = f"  ({one.reason})" if one.reason and one.status != "unchecked" else ""
        yield f"{place}{name}  {one.status}{spent}{why}"
    words = ("certified", "open", "untranslated", "unchecked")
    counts = {word: sum(one.status == word for one in made) for word in words}
    total = ", ".join(f"{count} {word}" for word, count in counts.items() if count) or "nothing is proved here"
    yield f"{total}; written to {folder}" if folder is not None else total


@contextmanager
def _progress() -> Iterator[Advance]:
    """Yield a function that takes note of progress, with a bar where somebody is watching."""
    if not sys.stderr.isatty():
        yield lambda name, done, total: None
        return
    from derive.commands.progress import Bar

    with Bar() as bar:
        yield bar
