"""What is printed where derive itself is wrong."""

from __future__ import annotations

import platform
from importlib.metadata import version


def bug_report(what: str) -> str:
    """Return the text of a bug report: what happened, where, and with which versions."""
    parts = ("derive-backprop", "sympy", "python-flint")
    versions = ", ".join(f"{name} {version(name)}" for name in parts)
    return (
        "INTERNAL ERROR: this is a bug in derive, not a verdict about the document.\n"
        f"{what.strip()}\n"
        "No verdict of this run is to be trusted until this is understood. Please report it with the document and\n"
        "the text above.\n"
        f"{versions}, Python {platform.python_version()} on {platform.system()}"
    )
