"""A folder of certificates: one file each, the library beside them, and what builds and lists them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from derive.certify import library
from derive.certify.certificate import Certificate
from derive.files import make_folder, write_whole

FOLDER = "library"

MAKEFILE = f"""# Checks the certificates in this folder with Rocq (Coq 8.16 or newer) and Coquelicot.
COQC ?= coqc
FLAGS = -w none -Q {FOLDER} {library.LOGICAL}
LIBRARY = {" ".join(f"{FOLDER}/{name}.vo" for name in library.MODULES)}

all: $(patsubst %.v,%.vo,$(wildcard *.v))

$(patsubst %.v,%.vo,$(wildcard *.v)): $(LIBRARY)
{FOLDER}/Functions.vo: {FOLDER}/Core.vo
{FOLDER}/Tactics.vo: {FOLDER}/Functions.vo
{FOLDER}/Prelude.vo: {FOLDER}/Tactics.vo

%.vo: %.v
\t$(COQC) $(FLAGS) $<

clean:
\trm -f *.vo *.vok *.vos *.glob .*.aux {FOLDER}/*.vo {FOLDER}/*.vok {FOLDER}/*.vos {FOLDER}/*.glob {FOLDER}/.*.aux

.PHONY: all clean
"""


def write_project(folder: Path, certificates: Sequence[Certificate], names: Sequence[str]) -> Path:
    """Write certificates with their library, _CoqProject, Makefile and manifest.json; return the manifest."""
    make_folder(folder / FOLDER)
    for file, text in library.sources().items():
        write_whole(folder / FOLDER / file, text)
    written = [(name, made) for name, made in zip(names, certificates, strict=True) if made.text]
    for name, made in written:
        write_whole(folder / f"{name}.v", made.text)
    listed = [*(f"{FOLDER}/{name}.v" for name in library.MODULES), *(f"{name}.v" for name, _ in written)]
    write_whole(folder / "_CoqProject", "\n".join([f"-Q {FOLDER} {library.LOGICAL}", *listed]) + "\n")
    write_whole(folder / "Makefile", MAKEFILE)
    manifest = folder / "manifest.json"
    text = json.dumps(listing(certificates, names), indent=1, ensure_ascii=False) + "\n"
    write_whole(manifest, text.encode("utf-8", "backslashreplace"))
    return manifest


def listing(certificates: Sequence[Certificate], names: Sequence[str]) -> dict[str, object]:
    """Return the content of manifest.json."""
    return {"certificates": [_entry(made, name) for made, name in zip(certificates, names, strict=True)]}


def _entry(made: Certificate, name: str) -> dict[str, object]:
    return {
        "name": name,
        "file": made.subject.file,
        "line": made.subject.line,
        "latex": made.subject.latex,
        "status": made.status,
        "reason": made.reason,
        "statement_sha256": made.statement_sha256,
        "axioms": list(made.axioms) if made.status == "certified" else [],
        "seconds": made.seconds,
        "coqc": made.coqc,
    }
