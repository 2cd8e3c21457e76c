"""The handout: options to content to files; nothing is written before all of it has been checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from derive.errors import UsageError
from derive.files import make_folder, write_whole
from derive.lecture.stated import load_model
from derive.models.model import Model
from derive.models.overrides import model_file, overridden
from derive.report import escape, pdf
from derive.report.content import Handout, Section
from derive.report.content_build import assembled, sections_of, titled
from derive.report.content_check import Certifier, Checked, FalseFormula, NotProposed, checked
from derive.report.content_mistakes import mistakes
from derive.report.content_proofs import proofs
from derive.report.content_worksheet import worksheet
from derive.report.options import HandoutOptions
from derive.report.render import SLIDES, pictures, render
from derive.report.subject import Subject

SUFFIXES = {"beamer": ("-slides.tex", "-slides.pdf"), "deck": ("-slides.html",)}


@dataclass(frozen=True)
class Written:
    """The files that were written, and the formulas that are not shown because they could not be decided."""

    files: tuple[Path, ...]
    hidden: tuple[str, ...] = ()


def write_handout(
    options: HandoutOptions, notify: Callable[[str], None] = lambda message: None, certified: Certifier | None = None
) -> Written:
    """Write the handout in each of the formats, a worksheet with its solutions in files of their own.

    A PDF is left out where there is no pdfTeX, unless nothing else was asked for; `notify` is then told which
    packages give one. With `certified` the table of what is proved says which results have a certificate.
    Raises: UsageError for options that do not go together, ModelError, FalseFormula for a formula that derive does not
    prove, PdfError where TeX fails.
    """
    _require_letters(options)
    handout, hidden = build_handout(options, certified)
    parts = {options.stem.name: handout}
    if options.worksheet:
        found = mistakes(handout, Subject(chosen_model(options)))
        sheet, solutions = worksheet(handout, options.level, found)
        parts = {options.stem.name: sheet, f"{options.stem.name}-solutions": solutions}
    files = [file for name, part in parts.items() for file in _write(part, name, options, notify)]
    return Written(tuple(files), hidden)


def build_handout(options: HandoutOptions, certified: Certifier | None = None) -> tuple[Handout, tuple[str, ...]]:
    """Return the handout with what derive proves of it, and the formulas that are not shown."""
    about = Subject(chosen_model(options))
    options = titled(options, about)
    model, version = model_file(about.model), installed_version()
    sections, found = _checked(about, options, model, version, certified)
    last = [proofs(found.rows, found.proved, found.hidden, version)] if "proofs" in options.sections else []
    kept = tuple(replace(s, blocks=k.blocks) for s, k in zip(sections, found.handout.sections, strict=True))
    return assembled(options, (*kept, *last), model, version), found.hidden


def chosen_model(options: HandoutOptions) -> Model:
    """Return the model of the options; what it states about itself it states no more where they change it.

    Raises: UsageError for what it has no place for, ModelError.
    """
    model, changes = load_model(options.model), (options.activation, options.output_function, options.loss)
    found = overridden(model, *changes, options.target)
    changed = any((*changes, options.target))
    return replace(found, description="") if changed else replace(found, theorems=model.theorems)


def _checked(
    about: Subject, options: HandoutOptions, model: str, version: str, certified: Certifier | None
) -> tuple[tuple[Section, ...], Checked]:
    """Return the sections and what is found of them; what is no form in matrix notation is not taken for one again."""
    while True:
        sections = sections_of(about, options)
        try:
            return sections, checked(assembled(options, sections, model, version), certified)
        except NotProposed as found:
            if set(found.forms) <= about.refused:
                raise FalseFormula(f"the handout's own formula {found.forms[0]} is not proved") from found
            about.refused |= set(found.forms)


def installed_version() -> str:
    """Return the version of derive that writes the handout."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("derive-backprop")
    except PackageNotFoundError:
        return "(not installed)"


def _write(handout: Handout, name: str, options: HandoutOptions, notify: Callable[[str], None]) -> list[Path]:
    folder = options.stem.parent
    texts = {kind: render(handout, kind, options.templates, name) for kind in _needed(options)}
    make_folder(folder)
    files: list[Path] = []
    for kind, suffix in _files(options):
        path = folder / f"{name}{suffix}"
        source = "beamer" if kind == "beamer" else "tex"
        if suffix.endswith(".pdf") and pdf.find_pdftex() is None and len(list(_files(options))) > 1:
            notify(pdf.MISSING)
            continue
        write_whole(path, pdf.typeset(texts[source]) if suffix.endswith(".pdf") else texts[kind])
        files += [*(_write_pictures(handout, name, folder) if kind == "md" else ()), path]
    return files


def _files(options: HandoutOptions) -> Iterator[tuple[str, str]]:
    """Yield each format with the ends of the files that it is written to; slides in LaTeX are also set as a PDF."""
    for kind in dict.fromkeys(options.formats):
        yield from ((kind, suffix) for suffix in SUFFIXES.get(kind, (f".{kind}",)))


def _write_pictures(handout: Handout, name: str, folder: Path) -> list[Path]:
    files = []
    for picture, text in pictures(handout, name).items():
        files.append(folder / picture)
        write_whole(files[-1], text)
    return files


def _needed(options: HandoutOptions) -> list[str]:
    """Return the formats that text is needed in; a PDF is made from LaTeX."""
    kinds = ("tex", "html", "md", *SLIDES)
    return [k for k in kinds if k in options.formats or (k == "tex" and "pdf" in options.formats)]


def _require_letters(options: HandoutOptions) -> None:
    """Raise, before any file is written, where pdfTeX cannot set a title or name."""
    if not {"tex", "pdf", "beamer"} & set(options.formats):
        return
    for what in ("title", "author", "course", "date"):
        missing = escape.tex_letters(getattr(options, what))
        if missing:
            letters = " ".join(sorted(missing))
            raise UsageError(
                f"the {what} has letters that pdfTeX cannot set: {letters}. Leave them out, or write only the other "
                "formats: --format html,md"
            )
