"""The oracle shares no code with the prover: what it imports is the calculus, the network, and itself.

What a function is stands in one table, for both; the slopes in it are the prover's alone, the oracle works out its own.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from derive.proof import oracle

ALLOWED = {
    f"derive.{name}"
    for name in (
        "algebra.index", "algebra.expr", "network.network", "notation.functions", "errors", "visible", "budget",
        "deadline",
    )
}  # fmt: skip
PACKAGES = {"derive", "derive.algebra", "derive.network", "derive.notation", "derive.proof"}
OF_THE_PROVER = {"kernel", "prover", "induction", "scope", "domains", "facts"}


def test_the_oracle_loads_nothing_of_the_prover() -> None:
    code = "import sys, derive.proof.oracle; print(*(name for name in sys.modules if name.startswith('derive')))"

    loaded = set(
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    )

    outside = {name for name in loaded - ALLOWED - PACKAGES if not name.startswith("derive.proof.")}
    assert outside == set()
    assert not {name.rpartition(".")[2] for name in loaded} & OF_THE_PROVER
    assert "derive.proof.dual" in loaded


def test_the_oracle_takes_no_slope_from_the_table_of_functions() -> None:
    files = Path(oracle.__file__).parent.glob("*.py")
    tables = {file.name for file in files if "notation.functions" in (text := file.read_text()) and ".slope" in text}

    assert tables == set()
