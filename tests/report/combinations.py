"""Options of handouts that together use every bundled model, output, loss, target and activation."""

from __future__ import annotations

import os
from collections.abc import Container, Iterable
from functools import cache

import pytest
from _pytest.mark import ParameterSet
from bundled_models import LECTURES

from derive.models.overrides import model_file
from derive.models.registry import list_models
from derive.notation.functions import FUNCTIONS
from derive.report import pdf
from derive.report.content import Handout
from derive.report.content_build import assembled, sections_of, titled
from derive.report.handout import chosen_model
from derive.report.options import HandoutOptions
from derive.report.subject import Subject

ACTIVATIONS = tuple(row.name for row in FUNCTIONS if row.smooth or row.name in ("relu", "leaky_relu", "softplus"))
COMBINATIONS: dict[str, dict[str, object]] = {
    **{name: {"model": name} for name in LECTURES},
    "distribution": {"target": "distribution"},
    "linear": {"output_function": "linear"},
    "binary cross-entropy": {"output_function": "sigmoid"},
    "elementwise, squared error": {"output_function": "elementwise", "loss": "squared-error"},
    "sigmoid, squared error": {"output_function": "sigmoid", "loss": "squared-error", "activation": "tanh"},
    "wide": {"widths": (6, 6, 6, 6, 6), "activation": "tanh"},
    "nielsen, binary cross-entropy": {"model": "nielsen", "activation": "sigmoid", "loss": "binary-cross-entropy"},
    "goodfellow, squared error": {"model": "goodfellow", "activation": "tanh", "loss": "squared-error"},
    "ng, relu": {"model": "ng", "activation": "relu"},
    **{name: {"activation": name} for name in ACTIVATIONS},
}

QUICK = frozenset({"khapra", "goodfellow", "ng", "nielsen-cross-entropy", "d2l", "distribution", "wide", "relu"})
"""Those that `make check` writes; `make handouts` writes all."""
KINDS = frozenset(
    {"attention", "conv2d", "layer-norm", "linear-regression", "max-pooling", "residual-block", "rnn-truncated"}
)
"""Networks beyond the perceptron, one of each kind."""


def most(names: Iterable[str], quick: Container[str] = QUICK) -> list[ParameterSet]:
    """Return parameters of a test, those that are not quick marked for `make handouts`."""
    return [pytest.param(name, marks=() if name in quick else pytest.mark.handouts) for name in names]


@cache
def handout(**options: object) -> Handout:
    """Return a handout as it is before it checks itself; the same one for the same options."""
    chosen = HandoutOptions(**options)  # type: ignore[arg-type]
    changes = (chosen.activation, chosen.output_function, chosen.loss, chosen.target)
    about = _subject(chosen.model, *changes) if chosen.model in list_models() else Subject(chosen_model(chosen))
    return assembled(titled(chosen, about), sections_of(about, chosen), model_file(about.model), "0.0")


@cache
def _subject(model: str, activation: str, output_function: str, loss: str, target: str) -> Subject:
    """Return a bundled model with its derivations, which do not depend on what is shown of them."""
    options = HandoutOptions(
        model=model, activation=activation, output_function=output_function, loss=loss, target=target
    )
    return Subject(chosen_model(options))


@cache
def combination(name: str) -> Handout:
    """Return the handout of a combination."""
    return handout(**COMBINATIONS[name])


def require_tex() -> None:
    """Skip a test that needs TeX where there is none, except in CI, where that is a failure."""
    if pdf.find_pdftex() is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(pdf.MISSING)
