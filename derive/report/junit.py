"""JUnit XML: a suite for each document, a case for each claim, as test dashboards read it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from derive.findings import FileReport, Finding
from derive.report.summary import Appearance, fails, headline
from derive.report.text_full import witness_lines
from derive.visible import inert

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML 1.0 cannot hold


def render(files: Sequence[FileReport], appearance: Appearance) -> str:
    """Return the claims as test cases: refuted ones fail, open ones are skipped (fail with strict)."""
    suites = [_suite(file, appearance) for file in files]
    root = ET.Element("testsuites", {"name": "derive", **_totals(suites)})
    root.extend(suites)
    ET.indent(root, " ")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(file: FileReport, appearance: Appearance) -> ET.Element:
    claims = [finding for finding in file.findings if finding.verdict != "assumed"]
    cases = [_case(file, finding, appearance) for finding in claims]
    totals = {
        "tests": str(len(cases)),
        "failures": str(sum(case.find("failure") is not None for case in cases)),
        "errors": "0",
        "skipped": str(sum(case.find("skipped") is not None for case in cases)),
        "time": f"{sum(finding.milliseconds for finding in file.findings) / 1000:.3f}",
    }
    suite = ET.Element("testsuite", {"name": _clean(file.path), **totals})
    suite.extend(cases)
    return suite


def _case(file: FileReport, finding: Finding, appearance: Appearance) -> ET.Element:
    cell = "" if finding.cell is None else f"cell {finding.cell}:"
    case = ET.Element(
        "testcase",
        {
            "classname": _clean(file.path),
            "name": _clean(f"{cell}{finding.line}:{finding.column} {' '.join(finding.latex.split())}"),
            "file": _clean(file.path),
            "line": str(finding.line),
            "time": f"{finding.milliseconds / 1000:.3f}",
        },
    )
    if fails(finding, appearance.strict):
        failure = ET.SubElement(case, "failure", {"type": finding.code, "message": _clean(headline(finding))})
        failure.text = inert(_clean("\n".join(_details(finding))))
    elif finding.certified is not None:
        properties = ET.SubElement(case, "properties")
        ET.SubElement(properties, "property", {"name": "certified", "value": str(finding.certified).lower()})
    elif finding.verdict != "proved":
        ET.SubElement(case, "skipped", {"message": _clean(headline(finding))})
    return case


def _details(finding: Finding) -> list[str]:
    lines = [finding.latex]
    if finding.witness is not None:
        lines.extend(witness_lines(finding.witness, values=True))
    if finding.suggestion is not None:
        lines.append(f"  help: {finding.suggestion}")
    return lines


def _totals(suites: list[ET.Element]) -> dict[str, str]:
    whole = {
        key: str(sum(int(suite.attrib[key]) for suite in suites)) for key in ("tests", "failures", "errors", "skipped")
    }
    return {**whole, "time": f"{sum(float(suite.attrib['time']) for suite in suites):.3f}"}


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
