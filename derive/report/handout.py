"""The handout: options to content to files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from derive.errors import UsageError
from derive.files import make_folder, write_whole
from derive.report import escape, pdf
from derive.report.content import Handout
from derive.report.content_build import build
from derive.report.mlp_model import notation_for
from derive.report.options import HandoutOptions
from derive.report.render import pictures, render
from derive.report.statements import proof_rows


def write_handout(options: HandoutOptions, notify: Callable[[str], None] = lambda message: None) -> list[Path]:
    """Write the handout in each of the formats and return the files.

    A PDF is left out where there is no pdfTeX, unless nothing else was asked for; `notify` is then told which
    packages give one.
    Raises: UsageError for options that do not go together, PdfError where TeX fails.
    """
    _require_letters(options)
    handout = build_handout(options)
    texts = {
        name: render(handout, name, options.templates, options.stem.name)
        for name in ("tex", "html", "md")
        if _needed(name, options)
    }
    make_folder(options.stem.parent)
    files: list[Path] = []
    for name in dict.fromkeys(options.formats):
        path = options.stem.parent / f"{options.stem.name}.{name}"
        if name != "pdf":
            write_whole(path, texts[name])
            files += _write_pictures(handout, options) if name == "md" else []
        elif pdf.find_pdftex() is None and len(set(options.formats)) > 1:
            notify(pdf.MISSING)
            continue
        else:
            write_whole(path, pdf.typeset(texts["tex"]))
        files.append(path)
    return files


def _write_pictures(handout: Handout, options: HandoutOptions) -> list[Path]:
    files = []
    for name, text in pictures(handout, options.stem.name).items():
        files.append(options.stem.parent / name)
        write_whole(files[-1], text)
    return files


def build_handout(options: HandoutOptions) -> Handout:
    """Return the content of the handout, with what this version of derive proves of it."""
    return build(options, proof_rows(options, notation_for(options.model)), version())


def version() -> str:
    """Return the version of derive that writes the handout."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        return installed("derive-backprop")
    except PackageNotFoundError:
        return "(not installed)"


def _needed(name: str, options: HandoutOptions) -> bool:
    return name in options.formats or (name == "tex" and "pdf" in options.formats)


def _require_letters(options: HandoutOptions) -> None:
    """Raise, before any file is written, where pdfTeX cannot set a title or name."""
    if not {"tex", "pdf"} & set(options.formats):
        return
    for what in ("title", "author", "course", "date"):
        missing = escape.tex_letters(getattr(options, what))
        if missing:
            letters = " ".join(sorted(missing))
            raise UsageError(
                f"the {what} has letters that pdfTeX cannot set: {letters}. Leave them out, or write only the other "
                f"formats: "
                "--format html,md"
            )
