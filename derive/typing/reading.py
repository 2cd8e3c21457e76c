"""How a formula is read where the notation leaves a choice; each choice that is not the model's own has a name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a formula.

    gradients: ∂L/∂v of a scalar has the shape of its variable, or is a row; never said of ∇.
    matrices: ∂L/∂W of a scalar has the axes of W, or of its transpose, in a model whose gradients are rows.
    jacobian: ∂u/∂v is dim(u) × dim(v) ("numerator") or dim(v) × dim(u).
    base: the number of the first unit, 1 or 0.
    scope: what ∇ and ∂/∂x reach over: "wide" is the whole product, "narrow" the next factor.
    star: `*` between arrays, where the model does not say, is their product, or that of their entries.
    bars: |v| of a vector has the absolute values of its entries, or is its length ("norm").
    logs: ln p (1 - p) is the logarithm of p, or of the product.
    repeated: M^n is written with its first factor first, or last; its value is the same.
    steps: M^T is the transpose, or M to the power of the number of steps T.
    powers: M^2 of a square matrix is M M, or the square of each entry.
    sums: Σ without an index over a matrix is the sum of all entries, or that of its columns or of its rows.
    examples: Z^{(i)} of a matrix is its column i, or its row i.
    reach: Π reaches over the factors up to the last one that has its index, or over all.
    order: Π of matrices from the first to the last, or from the last to the first.
    delta: δ_{ij} is the model's δ, or Kronecker's.
    euler: e^{z} is Euler's number to the power z, or a power of the declared e.
    stacking: vec(X) stacks the columns of X, or its rows.
    held: ∂f(u, v)/∂v is total, or holds the other names in f(u, v) fixed ("others").
    step: ∂h_k/∂W under Σ_k counts all steps up to k, or its own alone.
    split: a matrix followed by an equation is two equations, with the mark between them lost.
    listed: units 1 … c that are written out one by one are all there are.
    calculus: letters are real variables and open functions; such a reading can only prove, unless `local`:
    then every name is defined in the document itself.
    """

    gradients: Literal["variable", "row"] = "variable"
    matrices: Literal["variable", "transposed"] = "variable"
    jacobian: Literal["numerator", "denominator"] = "numerator"
    base: Literal[0, 1] = 1
    scope: Literal["wide", "narrow"] = "wide"
    star: Literal["product", "entries"] = "product"
    bars: Literal["entries", "norm"] = "entries"
    logs: Literal["factor", "product"] = "factor"
    repeated: Literal["rising", "falling"] = "rising"
    steps: Literal["transpose", "power"] = "transpose"
    powers: Literal["product", "entries"] = "product"
    sums: Literal["entries", "columns", "rows"] = "entries"
    examples: Literal["columns", "rows"] = "columns"
    reach: Literal["indexed", "all"] = "indexed"
    order: Literal["rising", "falling"] = "rising"
    delta: Literal["model", "kronecker"] = "model"
    euler: Literal["number", "name"] = "number"
    stacking: Literal["columns", "rows"] = "columns"
    held: Literal["nothing", "others"] = "nothing"
    step: Literal["all", "own"] = "all"
    split: bool = False
    listed: bool = False
    calculus: bool = False
    local: bool = False

    @property
    def only_proves(self) -> bool:
        """Whether a claim that differs in this reading is not refuted yet: its letters may mean something else."""
        return self.calculus and not self.local

    @property
    def doubt(self) -> str:
        """Why a claim that is not refuted in this reading is not proved either; "" if it can be proved."""
        if self.matrices == "transposed":
            return "this depends on whether the gradient by a matrix has the shape of the matrix or of its transpose"
        if self.stacking == "rows":
            return "this depends on whether vec stacks columns or rows"
        return ""

    def differs_from(self, default: Reading) -> tuple[str, ...]:
        """Return what this reading assumes beyond the default one, in words, for the assumptions of a verdict."""
        notes = []
        if self.gradients != default.gradients:
            notes.append("∂L/∂v read as a row" if self.gradients == "row" else "∂L/∂v read with the shape of v")
        if self.jacobian != default.jacobian:
            notes.append(f"{self.jacobian} layout")
        if self.scope != default.scope:
            notes.append("the derivative reaches over the next factor only")
        if self.star != default.star:
            notes.append("* read entry by entry")
        if self.bars != default.bars:
            notes.append("|v| read as the length of v")
        if self.logs != default.logs:
            notes.append("the logarithm reaches over the brackets behind its argument")
        if self.steps != default.steps:
            notes.append("T above a matrix read as a power")
        if self.powers != default.powers:
            notes.append("the power of a matrix read entry by entry")
        if self.sums != default.sums:
            notes.append(f"Σ without an index read as the sum of the {self.sums}")
        if self.examples != default.examples:
            notes.append("Z^(i) read as row i of Z")
        if self.reach != default.reach:
            notes.append("Π reaches over all factors behind it")
        if self.order != default.order:
            notes.append("the product of matrices taken from the last factor to the first")
        if self.delta != default.delta:
            notes.append("δ with two indices read as Kronecker's")
        if self.euler != default.euler:
            notes.append("e read as the declared name")
        if self.held != default.held:
            notes.append("∂f(u, v)/∂v read with u held fixed")
        if self.step != default.step:
            notes.append("∂h_k/∂W under Σ read as what step k alone contributes")
        if self.split:
            notes.append("read as two equations")
        if self.only_proves:
            notes.append("letters read as real variables and differentiable functions")
        return tuple(notes)
