"""The reports that programs read: json, github, sarif, junit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from samples import FILES, LECTURE

from derive.codes import CODES
from derive.findings import VERDICTS, FileReport, Finding
from derive.report import github, json_report, junit, sarif
from derive.report.formats import FORMATS, renderer
from derive.report.summary import Appearance

PLAIN, STRICT = Appearance(), Appearance(strict=True)
SARIF_SCHEMA = json.loads((Path(__file__).parent / "sarif_subset.schema.json").read_text())
FINDING_KEYS = [
    "line", "column", "end_line", "end_column", "latex", "verdict", "code", "message", "scope", "assumptions",
    "witness", "suggestion", "milliseconds", "reading",
]  # fmt: skip


def test_json_keeps_its_contract() -> None:
    report = json.loads(json_report.render(FILES, PLAIN))

    assert list(report) == ["version", "files", "summary"]
    assert report["version"] == 1
    assert list(report["summary"]) == list(VERDICTS)
    assert report["summary"]["not-understood"] == 1
    assert [list(file) for file in report["files"]] == [["path", "network", "findings"]] * 2
    assert all(list(finding) == FINDING_KEYS for finding in report["files"][0]["findings"])


def test_json_holds_every_value() -> None:
    refuted = json.loads(json_report.render(FILES, PLAIN))["files"][0]["findings"][1]

    assert (refuted["line"], refuted["column"], refuted["end_line"], refuted["end_column"]) == (3, 3, 3, 28)
    assert refuted["witness"] == {"where": "n_1 = 2, k = 1", "left": "0.25", "right": "-3", "values": {"W": "[[1, 2]]"}}
    assert refuted["assumptions"] == [r"\sum_i y_i = 1"]
    assert refuted["suggestion"] == r"\nabla_{h} L = W^T \nabla_{a} L"
    assert refuted["milliseconds"] == 12.346


def test_json_names_the_cell_of_a_notebook_only() -> None:
    assert json.loads(json_report.render(FILES, PLAIN))["files"][1]["findings"][0]["cell"] == 3


def test_json_survives_any_encoding() -> None:
    odd = FileReport("ü.md", (Finding(1, 1, 1, 2, "α\ud800", "proved"),))
    assert json_report.render((odd,), PLAIN).isascii()


def test_github_annotations_escape_what_the_runner_would_read() -> None:
    lines = github.render(FILES, PLAIN).splitlines()

    assert lines[0] == (
        "::error file=a b/04.md,line=3,col=3,endLine=3,endColumn=28,title=D202 transpose::"
        "D202 a transpose is missing%0Aat n_1 = 2, k = 1: left 0.25, right -3%0Ahelp: \\nabla_{h} L = W^T \\nabla_{a} L"
    )
    assert lines[1].endswith("::D001 cannot read: 100%25, a,b%0Asecond line")
    assert lines[2].startswith("::warning file=book.ipynb,title=D301 undecided::cell 3, line 2: D301")
    assert lines[-1].startswith("derive: 1 proved, 1 refuted")


def test_github_escapes_commas_and_colons_of_a_path() -> None:
    odd = FileReport("a,b:c.md", (Finding(1, 1, 2, 2, "x", "refuted", "D200", "no"),))
    assert github.render((odd,), PLAIN).startswith("::error file=a%2Cb%3Ac.md,line=1,col=1,endLine=2,title=")


def test_github_strict_turns_open_findings_into_errors() -> None:
    assert "::warning" not in github.render(FILES, STRICT)


def test_sarif_has_the_required_structure() -> None:
    for appearance in (PLAIN, STRICT):
        jsonschema.validate(json.loads(sarif.render(FILES, appearance)), SARIF_SCHEMA)
    jsonschema.validate(json.loads(sarif.render((), PLAIN)), SARIF_SCHEMA)


def test_sarif_is_valid_by_the_schema_of_the_standard() -> None:
    schema = json.loads((Path(__file__).parent / "sarif-2.1.0.schema.json").read_text())  # by OASIS
    for log in (sarif.render(FILES, PLAIN), sarif.render(FILES, STRICT), sarif.render((), PLAIN)):
        jsonschema.validate(json.loads(log), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"version": "2.1.0"}, schema)


def _break(log: Any, how: str) -> None:
    run = log["runs"][0]
    match how:
        case "version":
            log["version"] = "2.0.0"
        case "driver":
            del run["tool"]["driver"]["name"]
        case "message":
            run["results"][0]["message"] = "text"
        case "level":
            run["results"][0]["level"] = "fatal"
        case "line":
            run["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
        case "extra":
            run["results"][0]["verdict"] = "refuted"


@pytest.mark.parametrize("how", ["version", "driver", "message", "level", "line", "extra"])
def test_the_sarif_schema_refuses_a_broken_log(how: str) -> None:
    log = json.loads(sarif.render(FILES, PLAIN))
    _break(log, how)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(log, SARIF_SCHEMA)


def test_sarif_results_point_at_their_rules_and_places() -> None:
    run = json.loads(sarif.render(FILES, PLAIN))["runs"][0]
    rules = run["tool"]["driver"]["rules"]

    assert [rule["id"] for rule in rules] == list(CODES)
    assert all(rule["help"]["markdown"].startswith(f"# {rule['id']} ") for rule in rules)
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    assert [result["level"] for result in run["results"]] == ["error", "warning", "warning"]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "a%20b/04.md"
    assert place["region"]["startLine"] == 3
    assert "region" not in run["results"][2]["locations"][0]["physicalLocation"]


def test_sarif_fingerprints_tell_equal_formulas_apart_and_survive_moved_lines() -> None:
    def fingerprints(*lines: int) -> list[str]:
        found = tuple(Finding(line, 1, line, 2, "x = y", "refuted", "D200", "no") for line in lines)
        results = json.loads(sarif.render((FileReport("a.md", found),), PLAIN))["runs"][0]["results"]
        return [result["partialFingerprints"]["deriveFormula/v1"] for result in results]

    assert len(set(fingerprints(1, 2))) == 2
    assert fingerprints(1, 2) == fingerprints(8, 9)


def test_sarif_of_an_absolute_path_is_a_uri() -> None:
    report = FileReport("/a b/c.md", (Finding(1, 1, 1, 2, "x", "refuted", "D200", "no"),))
    assert '"uri": "file:///a%20b/c.md"' in sarif.render((report,), PLAIN)


def test_junit_counts_and_holds_the_failure() -> None:
    root = ET.fromstring(junit.render(FILES, PLAIN))

    assert root.attrib == {
        "name": "derive", "tests": "5", "failures": "1", "errors": "0", "skipped": "3", "time": "0.013",
    }  # fmt: skip
    failure = root.find("testsuite/testcase/failure")
    assert failure is not None
    assert failure.attrib == {"type": "D202", "message": "D202 a transpose is missing"}
    assert "help: \\nabla_{h} L = W^T" in (failure.text or "")
    assert "W = [[1, 2]]" in (failure.text or "")


def test_junit_strict_fails_open_ones() -> None:
    assert ET.fromstring(junit.render(FILES, STRICT)).attrib["failures"] == "3"


def test_junit_replaces_what_xml_cannot_hold() -> None:
    names = [case.attrib["name"] for case in ET.fromstring(junit.render((LECTURE,), PLAIN)).iter("testcase")]
    assert "5:25 z\ufffd" in names


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_says_where_a_formula_is_certified(name: str) -> None:
    proved = Finding(5, 12, 5, 17, "x = y", "proved", certified=True)
    apart = Finding(7, 3, 7, 8, "u = v", "proved", certified=False)

    lines = renderer(name)([FileReport("notes.md", (proved, apart))], Appearance(verbose=True)).splitlines()

    said = [line for line in lines if "ertified" in line and "1 certified" not in line]
    assert said
    if name not in {"json", "junit"}:  # they have one entry for each formula
        assert any("5:12" in line for line in lines)
        assert not any("7:3" in line and "ertified" in line for line in lines)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_renders_everything(name: str) -> None:
    assert renderer(name)(FILES, PLAIN)
