"""Templates to text: the Jinja environment of each format, sandboxed, with the user's own folder first.

A user's template of the same name may extend ours and change single blocks:

    <% extends "derive/handout.tex.j2" %>
    <% block header %>\\lhead{My course}<% endblock %>
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateError,
    TemplateSyntaxError,
)
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from derive.errors import UsageError
from derive.report import html, markdown, tex
from derive.report.content import Figure, Handout, Meta
from derive.report.content_slides import slides
from derive.report.figure import svg

STYLE_SOURCE, SCRIPT_SOURCE = "the-style-sheets-of-this-page", "the-script-of-this-page"
PACKAGE = Path(__file__).resolve().parent.parent
FOLDERS = (PACKAGE / "templates", PACKAGE.parent / "templates")
"""Where our own templates are: installed inside the package, or beside it in a checkout."""


@dataclass(frozen=True)
class Format:
    """The filters of a format, and whether values are escaped as HTML."""

    filters: Mapping[str, Any]
    autoescape: bool = False
    angle: bool = True


RENDERED: dict[str, Format] = {
    "tex": Format(tex.FILTERS),
    "html": Format(html.FILTERS, autoescape=True, angle=False),
    "md": Format(markdown.FILTERS),
}
SLIDES = {"beamer": "tex", "deck": "html"}
"""What slides are written in."""


def render(handout: Handout, name: str, folder: Path | None = None, images: str = "network") -> str:
    """Return a handout in the format `name` (tex, html, md, beamer, deck); `images` begins the names of pictures.

    Raises: UsageError for a user's template that cannot be read or run, with its file and line.
    """
    kind = SLIDES.get(name, name)
    chosen = RENDERED[kind]
    environment = _environment(chosen, folder)
    file = f"slides.{kind}.j2" if name in SLIDES else f"handout.{kind}.j2"
    frames = slides(handout) if name in SLIDES else ()
    try:
        meta = Meta(*(chosen.filters["text"](text) for text in _texts(handout.meta)))
        text = environment.get_template(file).render(
            handout=handout, meta=meta, images=images, slides=frames, style_source=STYLE_SOURCE,
            script_source=SCRIPT_SOURCE,
        )  # fmt: skip
        text = text.replace(STYLE_SOURCE, _source(text, "style"))
        return text.replace(SCRIPT_SOURCE, _source(text, "script"))
    except TemplateSyntaxError as error:
        raise UsageError(f"template {error.filename or error.name}, line {error.lineno}: {error.message}") from error
    except (TemplateError, SecurityError) as error:
        raise UsageError(f"template {file}: {type(error).__name__}: {error}") from error
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        if folder is None:
            raise
        raise UsageError(f"template {file} of {folder}: {type(error).__name__}: {error}") from error


def _source(text: str, element: str) -> str:
    """Return the hashes of the style sheets or scripts in a page: no others are used, and nothing may be loaded."""
    sheets = re.findall(rf"<{element}>(.*?)</{element}>", text, re.DOTALL)
    digests = (b64encode(sha256(sheet.encode()).digest()).decode() for sheet in sheets)
    return " ".join(f"'sha256-{digest}'" for digest in digests) or "'none'"


def pictures(handout: Handout, images: str) -> dict[str, str]:
    """Return the figures as SVG files of their own, by file name."""
    environment = _environment(RENDERED["html"], None)
    style = "".join(environment.get_template(name).render() for name in ("colours.css", "network.css"))
    figures = (block for section in handout.sections for block in section.blocks if isinstance(block, Figure))
    return {f"{images}-{figure.name}.svg": svg(figure.drawing, style) + "\n" for figure in figures}


def _texts(meta: Meta) -> tuple[str, ...]:
    return meta.title, meta.author, meta.course, meta.date


def _environment(chosen: Format, folder: Path | None) -> ImmutableSandboxedEnvironment:
    ours = FileSystemLoader([path for path in FOLDERS if path.is_dir()])
    loaders: list[BaseLoader] = [ours, PrefixLoader({"derive": ours})]
    if folder is not None:
        if not folder.is_dir():
            raise UsageError(f"there is no folder of templates at {folder}")
        loaders.insert(0, FileSystemLoader(folder))
    environment = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader(loaders),
        undefined=StrictUndefined,
        autoescape=chosen.autoescape,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        **(_ANGLE if chosen.angle else {}),
    )
    environment.filters.update(chosen.filters)
    return environment


_ANGLE: dict[str, Any] = {
    "block_start_string": "<%", "block_end_string": "%>", "variable_start_string": "<<", "variable_end_string": ">>",
    "comment_start_string": "<#", "comment_end_string": "#>",
}  # fmt: skip
"""Delimiters that LaTeX and Markdown do not use."""
