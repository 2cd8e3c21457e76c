"""The output formats of `derive check` by name."""

from __future__ import annotations

from importlib import import_module

from derive.report.summary import Renderer

FORMATS = {
    "full": "text_full",
    "concise": "concise",
    "json": "json_report",
    "github": "github",
    "sarif": "sarif",
    "junit": "junit",
}


def renderer(name: str) -> Renderer:
    """Return the renderer of a format; only its own module is loaded, so that a warm run stays fast."""
    render: Renderer = import_module(f"derive.report.{FORMATS[name]}").render
    return render
