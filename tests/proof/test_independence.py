"""The oracle shares no code with the prover: what it imports is the calculus, the network, and itself."""

from __future__ import annotations

import subprocess
import sys

ALLOWED = {
    f"derive.{name}"
    for name in ("algebra.index", "algebra.expr", "network.network", "errors", "visible", "budget", "deadline")
}
PACKAGES = {"derive", "derive.algebra", "derive.network", "derive.proof"}
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
