"""SARIF 2.1.0 (OASIS), as code scanning services read it."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

from derive.codes import CODES, page
from derive.findings import FileReport, Finding
from derive.report.summary import Appearance, certified_places, counts, fails, headline, listed, summary_line
from derive.source import squeeze

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render(files: Sequence[FileReport], appearance: Appearance) -> str:
    """Return a log of one run: a rule for each code, a result for each finding to act on."""
    codes = list(CODES)
    seen: Counter[tuple[str, str]] = Counter()
    driver = {"name": "derive", "version": version("derive-backprop"), "rules": [_rule(code) for code in codes]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(file, finding, codes, appearance, seen) for file, finding in listed(files)],
        "properties": {"coverage": summary_line(files), "counts": counts(files), **_certified(files)},
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _certified(files: Sequence[FileReport]) -> dict[str, object]:
    """Return the places of the formulas that are certified; a proved formula is no result."""
    found = {file.path: places for file in files if (places := certified_places(file))}
    return {"certified": found} if found else {}


def _rule(code: str) -> dict[str, object]:
    name, sentence = CODES[code]
    return {
        "id": code,
        "name": "".join(part.capitalize() for part in name.split("-")),
        "shortDescription": {"text": sentence},
        "fullDescription": {"text": sentence},
        "help": {"text": f"{sentence} `derive rule {code}` explains it.", "markdown": page(code)},
    }


def _result(
    file: FileReport, finding: Finding, codes: list[str], appearance: Appearance, seen: Counter[tuple[str, str]]
) -> dict[str, object]:
    message = headline(finding)
    if finding.suggestion is not None:
        message += f"\nhelp: {finding.suggestion}"
    return {
        "ruleId": finding.code,
        "ruleIndex": codes.index(finding.code),
        "level": "error" if fails(finding, appearance.strict) else "warning",
        "message": {"text": message},
        "locations": [_location(file, finding)],
        "partialFingerprints": {"deriveFormula/v1": _fingerprint(file, finding, seen)},
        "properties": _properties(finding),
    }


def _location(file: FileReport, finding: Finding) -> dict[str, object]:
    physical: dict[str, object] = {"artifactLocation": {"uri": _uri(file.path)}}
    if finding.cell is not None:  # a region would point into the JSON of the notebook
        return {
            "physicalLocation": physical,
            "logicalLocations": [{"name": f"cell {finding.cell}, line {finding.line}"}],
        }
    physical["region"] = {
        "startLine": finding.line,
        "startColumn": finding.column,
        "endLine": finding.end_line,
        "endColumn": finding.end_column,
        "snippet": {"text": finding.latex},
    }
    return {"physicalLocation": physical}


def _uri(path: str) -> str:
    absolute = Path(path)
    return absolute.as_uri() if absolute.is_absolute() else quote(os.fsencode(absolute.as_posix()))


def _fingerprint(file: FileReport, finding: Finding, seen: Counter[tuple[str, str]]) -> str:
    """Return a hash that survives moved lines: file, formula, and which of its equals it is."""
    key = (file.path, squeeze(finding.latex))
    seen[key] += 1
    return sha256("\0".join((*key, str(seen[key]))).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _properties(finding: Finding) -> dict[str, object]:
    found: dict[str, object] = {"verdict": finding.verdict, "latex": finding.latex, "witness": finding.witness}
    return found if finding.certified is None else {**found, "certified": finding.certified}
