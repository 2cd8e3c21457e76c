"""What is installed: the wheel in an environment that does not see the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def run(*command: str | Path, cwd: Path) -> str:
    own = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}  # it may name this checkout
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=own, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the `derive` of an environment that has the wheel, and else only what derive depends on."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    (wheel,) = folder.glob("*.whl")
    run(sys.executable, "-m", "venv", "--without-pip", folder / "venv", cwd=folder)
    python = folder / "venv" / "bin" / "python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel, cwd=folder)
    packages = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip())
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    assert str(folder) in run(python, "-c", "import derive; print(derive.__file__)", cwd=folder)
    return folder / "venv" / "bin" / "derive"


def test_the_pages_of_the_codes_are_there(installed: Path, tmp_path: Path) -> None:
    assert run(installed, "rule", "D202", cwd=tmp_path).startswith("# D202 transpose\n")


def test_a_handout_is_written(installed: Path, tmp_path: Path) -> None:
    written = run(installed, "handout", "-o", "out/backprop", "--format", "tex,html,md", cwd=tmp_path).split()

    assert {"out/backprop.tex", "out/backprop.html", "out/backprop.md"} <= set(written)
    assert all((tmp_path / name).is_file() for name in written)
    assert r"\end{document}" in (tmp_path / "out/backprop.tex").read_text()


def test_a_document_is_checked(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "lecture.md").write_text("$$\\nabla_{b_k} L = \\nabla_{a_k} L$$\n")
    shown = run(installed, "check", "lecture.md", "--model", "khapra", "--output-format", "concise", cwd=tmp_path)
    assert shown == "1 proved, 0 refuted, 0 undecided, 0 not understood, 0 assumed\n"
