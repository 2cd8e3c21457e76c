"""The printed example and the printed program, as a reader would use them: the numbers are put in, and come out."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from derive.report.content import Code
from derive.report.content_build import assembled, sections_of
from derive.report.handout import chosen_model
from derive.report.options import HandoutOptions
from derive.report.render import render
from derive.report.subject import Subject

pytest.importorskip("numpy")

MODELS: dict[str, dict[str, int]] = {
    "attention": {},
    "autoencoder-tied": {},
    "conv2d": {"s": 1, "r": 1, "H": 2, "W": 2},
    "layer-norm": {},
    "linear-regression": {},
    "lstm": {},
    "mlp-columns": {},
    "rnn": {},
    "softmax-regression": {},
}
"""Models, with the sizes that the program is given and that the text says."""
FONT = re.compile(r"\\(?:mathbf|boldsymbol|bm)\{([^{}]*)\}")
LAYER = re.compile(r"(?P<base>.+?)[\^_]\{?[\[(]?(?P<number>\d)[\])]?\}?$")
PAGE = re.compile(r"(?P<base>\\?\w+?)_\{(?P<place>[\d,]+?),?[a-z],?[a-z]\}$")
VALUE = re.compile(r"(?:^|= )(\\begin\{bmatrix\}(?:(?!\\begin).)*\\end\{bmatrix\}|-?\\frac\{\d+\}\{\d+\}|-?[\d.]+)$")
PROGRAM = """
import json, sys
def told(value):
    if isinstance(value, dict):
        return {int(k): told(v) for k, v in value.items()}
    return value if isinstance(value, int) else np.array(value, dtype=float)
given = {name: told(value) for name, value in json.loads(sys.stdin.read()).items()}
def plain(value):
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    return np.asarray(value).tolist()
print(json.dumps({name: plain(value) for name, value in gradients(**given).items()}))
"""


def equations(text: str) -> list[tuple[str, object]]:
    """Return what is said to be a number or an array, by its name, in all displays of a text."""
    found: list[tuple[str, object]] = []
    for block in re.findall(r"\$\$\n(.*?)\n\$\$", text, re.DOTALL):
        left = ""
        for line in block.replace(r"\begin{aligned}", "").replace(r"\end{aligned}", "").split("\\\\\n"):
            for one in line.strip().split(r", \qquad "):
                name, _, right = re.sub(r"\s*&=|\s=", " =", one, count=1).partition(" = ")
                left = name.strip() or left
                value = VALUE.search(right.strip())
                if value:
                    found.append((left, number(value[1])))
    return found


def number(text: str) -> object:
    """Return a number, a column as a list, or a matrix as a list of rows."""
    inner = re.fullmatch(r"\\begin\{bmatrix\} (.*) \\end\{bmatrix\}", text)
    if not inner:
        sign, above, below = re.fullmatch(r"(-?)(?:\\frac\{)?([\d.]+)(?:\}\{(\d+)\})?", text).groups()  # type: ignore[union-attr]
        return float(f"{sign}{above}") / float(below or 1)
    rows = [[float(str(number(cell.strip()))) for cell in row.split("&")] for row in inner[1].split(r"\\")]
    return [row[0] for row in rows] if all(len(row) == 1 for row in rows) else rows


def place(values: dict[str, object], name: str, value: object, known: list[str]) -> bool:
    """Put a value where the program has it: W_1, or e at 1, or one matrix of an array of four axes."""
    name = FONT.sub(r"\1", name).replace(r"\lambda", "lam")
    page = PAGE.fullmatch(name.replace("\\", ""))
    if page and page["base"] in known:
        array = values.setdefault(page["base"], [])
        for digit in page["place"].replace(",", "")[:-1]:
            while len(array) < int(digit):  # type: ignore[arg-type]
                array.append([])  # type: ignore[attr-defined]
            array = array[int(digit) - 1]  # type: ignore[index]
        array.append(value)  # type: ignore[attr-defined]
        return True
    layer = LAYER.fullmatch(name)
    wanted = re.sub(r"[\\{} ]", "", name)
    base = re.sub(r"[\\{} ]", "", layer["base"]).replace("^", "_") if layer else ""
    if layer and f"{base}_{layer['number']}" in known:
        values[f"{base}_{layer['number']}"] = value
    elif wanted.replace("^", "_") in known:
        values[wanted.replace("^", "_")] = value
    elif layer and base in known:
        values.setdefault(base, {})[layer["number"]] = value  # type: ignore[index]
    else:
        return False
    return True


@pytest.mark.parametrize("model", MODELS)
def test_the_printed_numbers_in_the_printed_program_give_the_printed_gradients(model: str, tmp_path: Path) -> None:
    options = HandoutOptions(model=model, sections=("example", "code"))
    sections = sections_of(Subject(chosen_model(options)), options)
    text = render(assembled(options, sections[:1], "", ""), "md")
    listing = next(block.text for block in sections[1].blocks if isinstance(block, Code))
    arguments = re.findall(r"\w+", re.findall(r"def gradients\(([^)]*)\)", listing)[0])
    given: dict[str, object] = dict(MODELS[model])
    for name, value in equations(text.split("**Forward.**")[0]):
        assert place(given, name, value, arguments), name
    given |= {name: {"0": given[name]} for name in re.findall(r"= (\w+_0)\[0\]", listing)}
    (tmp_path / "listing.py").write_text(listing + PROGRAM)
    command = [sys.executable, "listing.py"]
    run = subprocess.run(command, cwd=tmp_path, input=json.dumps(given), capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    computed, printed = json.loads(run.stdout), dict[str, object]()
    for name, value in equations(text.split("**Backward.**")[1]):
        by = re.match(r"\\nabla_\{(.*)\} \\?\w+$|\\frac\{\\partial \\?\w+\}\{\\partial (.*)\}$", name)
        if by:
            place(printed, by[1] or by[2], value, list(computed))

    assert set(given) == set(arguments)
    assert {name for name in printed if name in given}
    assert len(printed) > 1
    for name, value in printed.items():
        assert same(value, computed[name]), name


def same(one: object, other: object) -> bool:
    """Whether numbers agree to the four decimals that are printed; a column may be a row, or one number."""
    if isinstance(one, dict):
        assert isinstance(other, dict)
        return all(same(value, other[key]) for key, value in one.items())
    left, right = flat(one), flat(other)
    return len(left) == len(right) and all(abs(a - b) < 6e-5 for a, b in zip(left, right, strict=True))


def flat(value: object) -> list[float]:
    return [x for inner in value for x in flat(inner)] if isinstance(value, list) else [float(str(value))]
