"""Mutations of true formulas, kind by kind: what is false by one is never proved or assumed, and what only says the
same in another way is never refuted."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.check import CheckOptions, check_document

SOFTMAX = r"""<!-- derive:model
forward = ['p = \mathrm{softmax}(s)', 'L = \ell(p)']
shapes = ['s, p \in \mathbb{R}^{n}']
[functions]
'\mathrm{softmax}' = "softmax"
'\ell' = "any scalar"
-->
"""
MOMENTS = r"""<!-- derive:model
forward = [
  'u_j(n) = \sum_{i=1}^{m} w_{ji}(n) x_i(n)',
  'y_j(n) = \phi(u_j(n))',
  'E(n) = \frac12 \sum_{j=1}^{q} (y_j(n) - d_j(n))^2',
]
shapes = [
  'x(n) \in \mathbb{R}^{m}', 'u(n), y(n), d(n) \in \mathbb{R}^{q}',
  'w(n) \in \mathbb{R}^{q \times m}', 'E(n) \in \mathbb{R}',
]
[functions]
'\phi' = "any"
-->
"""
OFF = r"$\frac{\partial p_j}{\partial s_t} = -p_j p_t$"
"""What holds for j ≠ t only."""


def verdicts(model: str, text: str, suffix: str = ".md") -> list[str]:
    """Return the verdicts of the equations of a text; its conditions are assumed."""
    report = check_document(Path(f"kinds{suffix}"), CheckOptions(mends=False), text=f"{model}\n{text}\n")
    return [found.verdict for found in report.findings]


def judged(model: str, text: str) -> set[str]:
    """Return the verdicts of a text but for its conditions."""
    return set(verdicts(model, text)) - {"assumed"}


@pytest.mark.parametrize(
    "text",
    [
        f"As soon as one leaves $t = j$, {OFF}.",
        f"Once we leave $t = j$, we have {OFF}.",
        f"As long as $j = t$ does not hold, {OFF}.",
        f"The case $j = t$ aside, {OFF}.",
        f"Leaving the case $j = t$ aside, {OFF}.",
        f"{OFF}, $t = j$ excepted.",
        f"{OFF} (with $t = j$ excluded).",
        f"{OFF} if $t = j$ is violated.",
        rf"Unless $t \ne j$ fails, {OFF}.",
        f"Wenn $t = j$ nicht gilt, ist {OFF}.",
        f"Den Fall $t = j$ ausgenommen, gilt {OFF}.",
        f"Le cas $t = j$ mis à part, on a {OFF}.",
    ],
)
def test_a_condition_that_is_left_out_or_does_not_hold_is_turned(text: str) -> None:
    assert judged(SOFTMAX, text) == {"proved"}


@pytest.mark.parametrize(
    "text",
    [
        rf"Even if $t \ne j$ fails, {OFF}.",
        rf"If $t \ne j$ does not hold, {OFF}.",
        rf"{OFF} ($t \ne j$ excluded).",
        rf"{OFF} if $t \neq j$ is violated.",
        f"Unless $t = j$ fails, {OFF}.",
        rf"The case $j \ne t$ aside, {OFF}.",
        rf"Wenn $t \ne j$ nicht gilt, ist {OFF}.",
        r"As long as $j = t$ does not hold, $\frac{\partial p_j}{\partial s_t} = p_j (1 - p_t)$.",
        r"$\frac{\partial p_j}{\partial s_t} = p_j (1 - p_t)$, $t = j$ excepted.",
    ],
)
def test_what_holds_only_where_the_text_says_that_it_does_not_is_never_proved(text: str) -> None:
    assert "proved" not in verdicts(SOFTMAX, text)
    assert judged(SOFTMAX, text)


@pytest.mark.parametrize(
    "formula",
    [
        r"\frac{\partial E(n)}{\partial y_j(n)} = y_j(n) - d_j(n)",
        r"\frac{\partial E(t)}{\partial y_j(t)} = y_j(t) - d_j(t)",
        r"\frac{\partial E}{\partial y_j} = y_j - d_j",
        r"\frac{\partial E(n)}{\partial y_j(n)} = y_j - d_j",
    ],
)
def test_a_model_at_one_moment_is_read_at_any_one(formula: str) -> None:
    assert verdicts(MOMENTS, f"$${formula}$$") == ["proved"]


@pytest.mark.parametrize(
    "formula",
    [
        r"\frac{\partial E(n)}{\partial y_j(n)} = y_j(n) - d_j(n-1)",
        r"\frac{\partial E(n)}{\partial y_j(n)} = y_j(t) - d_j(n)",
        r"\frac{\partial E(n)}{\partial y_j(n)} = y_j(0) - d_j(0)",
        r"\frac{\partial E}{\partial y_j} = y_j(0) - d_j",
        r"y_j(n) = \phi(u_j(n+1))",
        r"y_j = y_j(n-1)",
    ],
)
def test_another_moment_is_never_taken_for_the_same(formula: str) -> None:
    assert verdicts(MOMENTS, f"$${formula}$$") == ["not-understood"]


@pytest.mark.parametrize("suffix", [".md", ".tex"])
@pytest.mark.parametrize(
    ("formula", "verdict"),
    [
        (r"\def\v{p} \frac{\partial L}{\partial \v} = \nabla_p L", "proved"),
        (r"{\def\v{p} \frac{\partial L}{\partial \v} = \nabla_p L}", "proved"),
        (r"{\def\v{p}} \frac{\partial L}{\partial \v} = \nabla_p L", "not-understood"),
        (r"\begingroup\def\v{p}\endgroup \frac{\partial L}{\partial \v} = \nabla_p L", "not-understood"),
        (r"\frac{\partial L}{\partial \v} = \nabla_p L \def\v{p}", "not-understood"),
        (r"\def\v{s} \frac{\partial L}{\partial \v} \def\v{p} = \nabla_\v L", "not-understood"),
    ],
)
def test_a_macro_holds_where_tex_has_it_and_nowhere_else(formula: str, verdict: str, suffix: str) -> None:
    model = SOFTMAX
    if suffix == ".tex":
        body = SOFTMAX.removeprefix("<!-- derive:model\n").removesuffix("-->\n")
        model = "% derive:model\n" + "".join(f"% {line}\n" for line in body.splitlines()) + "% derive:end\n"
    assert verdicts(model, f"$${formula}$$", suffix) == [verdict]
