"""What there is to certify: the bundled theorems, and the proved formulas of documents."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import chain, count
from pathlib import Path

from derive.certify.certificate import Subject
from derive.certify.names import plain
from derive.check import check_document
from derive.check_options import CheckOptions, ProvedFormula
from derive.network_theorems import ModelTheorem, proofs
from derive.proof.kernel import Proved
from derive.proof.theorems import Theorem, prove_all
from derive.writing.claims import claim_latex

Progress = Callable[[int, int], None]
LONGEST = 150
"""How long a name of a file may be before its end is cut off."""
FOLLOWS = "what follows from an equation to be solved"


def subjects_of_theorems(theorems: Sequence[Theorem], time_limit: float = 10.0) -> Iterator[Subject]:
    """Yield the theorems about perceptrons that are proved."""
    for result in prove_all(theorems, time_limit):
        if isinstance(result.verdict, Proved):
            theorem = result.theorem
            claim = theorem.claim()
            yield Subject(theorem.name, claim, result.verdict, theorem.statement_latex, reading=str(claim))


def subjects_of_models(theorems: Iterable[ModelTheorem], time_limit: float = 10.0) -> Iterator[Subject]:
    """Yield the claims behind the theorems that models state, where they are proved."""
    for theorem in theorems:
        formula = theorem.stated.formula
        for link in proofs(theorem.model, formula, time_limit):
            apart = FOLLOWS if link.follows else ""
            for claim, verdict in link.claims:
                reading = claim_latex(claim, theorem.model.notation)
                yield Subject(theorem.name, claim, verdict, formula, reading=reading, apart=apart)


def subjects_of_document(path: Path, model: str | None, time_limit: float, progress: Progress) -> Iterator[Subject]:
    """Yield the claims behind the proved formulas of a document, in the order of their places.

    Raises: UsageError or InputError if it cannot be read.
    """
    proofs: list[ProvedFormula] = []
    options = CheckOptions(model, time_limit, proofs=proofs)
    check_document(path, options, progress=lambda done, total, _: progress(done, total))
    for formula in proofs:
        found = formula.finding
        apart = FOLLOWS if formula.follows else ""
        file = (path.parent / found.path).as_posix() if found.path else path.as_posix()
        for claim, verdict in formula.claims:
            name = f"{path.stem} {found.line} {found.column}"
            yield Subject(name, claim, verdict, found.latex, file, found.line, found.reading or "", apart=apart)


def file_names(subjects: Iterable[Subject]) -> list[str]:
    """Return a name for each subject that is one of a module of Rocq: no two are one file, whatever the disk."""
    names: list[str] = []
    taken: set[str] = set()
    for subject in subjects:
        base = re.sub(r"_+", "_", plain(subject.name)).strip("_")
        base = base if len(base) <= LONGEST else f"{base[:LONGEST]}_{sha256(base.encode()).hexdigest()[:8]}"
        others = (f"{base}_{number}" for number in count(2))
        names.append(next(name for name in chain([base], others) if name.lower() not in taken))
        taken.add(names[-1].lower())
    return names
