"""The library of certificates, compiled once into a cache folder; certificates say which sources they rest on."""

from __future__ import annotations

from hashlib import sha256
from importlib.resources import files
from pathlib import Path

MODULES = ("Core", "Functions", "Tactics", "Prelude")
"""The files of the library, each after those that it needs."""
DIGEST = "bc4702e31f28720669ba452a0d084ec826e90834e8ffd2a6ebd381971afc4496"
"""The digest of the library of this version; another one would be another vocabulary."""
LOGICAL = "Derive"
"""The name under which certificates require the library."""


def sources() -> dict[str, str]:
    """Return the texts of the library."""
    folder = files("derive.certify") / "lib"
    return {f"{name}.v": (folder / f"{name}.v").read_text(encoding="utf-8") for name in MODULES}


def digest() -> str:
    """Return the digest of the sources, as certificates state it."""
    whole = sha256()
    for name, text in sources().items():
        whole.update(f"{name} {len(text)}\n{text}".encode())
    return whole.hexdigest()


def vocabulary(module: str = "Core") -> str:
    """Return the part of a module that has to be trusted."""
    text = sources()[f"{module}.v"]
    start = text.index("(* ======================= the ")
    end = text.index("(* ======================= end of ")
    return text[start:end]


def cache_folder() -> Path:
    """Return where compiled files are kept: in the user's own cache folder."""
    from platformdirs import user_cache_path

    return user_cache_path("derive-backprop", appauthor=False) / "rocq"
