"""Stable codes of findings: a number, a name, and one sentence."""

from __future__ import annotations

from importlib.resources import files

CODES: dict[str, tuple[str, str]] = {
    "D001": ("not-understood", "The formula could not be read completely."),
    "D002": ("unknown-symbol", "The formula uses a name that neither the model nor the document declares."),
    "D003": ("damaged-text", "The LaTeX was damaged on the way, as by a lost backslash."),
    "D004": ("no-model", "The document says nothing about the network that its formulas are about."),
    "D101": ("shape-mismatch", "The shapes of the two sides, or of two operands, do not fit."),
    "D102": ("free-index", "An index is free on the right side only."),
    "D103": ("vector-equals-entry", "A vector or matrix is equated with one of its entries."),
    "D200": ("values-differ", "A concrete network makes the two sides differ."),
    "D201": ("wrong-sign", "The formula is right with the other sign."),
    "D202": ("transpose", "The formula is right with a transpose added or removed."),
    "D203": ("factor-order", "The formula is right with its factors in another order."),
    "D204": ("wrong-layer", "The formula is right with a layer index moved by one."),
    "D205": ("missing-factor", "The formula is right with one more factor."),
    "D206": ("extra-factor", "The formula is right with one factor less."),
    "D207": ("slope-lost", "The derivative of the activation is missing, or taken at the wrong place."),
    "D208": ("sum-lost", "The formula is right with a sum over paths or examples."),
    "D209": ("wrong-variable", "The formula is right with another variable, such as a prediction for a target."),
    "D210": ("constant-factor", "The formula is right up to a constant factor."),
    "D211": ("other-layout", "The formula is right in the other layout."),
    "D212": ("wrong-index", "The formula is right with another index."),
    "D213": ("lost-plus", "The formula is right with a plus sign between two factors."),
    "D214": ("sum-bounds", "The formula is right with other bounds of a sum or product."),
    "D215": ("wrong-power", "The formula is right with another power."),
    "D216": ("missing-term", "The formula is right with one more term."),
    "D301": ("undecided", "Neither a proof nor a counterexample was found."),
    "D302": ("time-limit", "The time limit ended the search."),
    "D303": ("internal-error", "A fault of derive itself stopped the judging of this formula."),
    "D401": ("contradiction", "Two formulas of the document cannot both hold."),
}


def page(code: str) -> str:
    """Return the page of a code as Markdown: what it does, why it is wrong, an example, what to use instead."""
    return files("derive").joinpath("rules", f"{code}.md").read_text(encoding="utf-8")
