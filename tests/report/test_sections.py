"""The sections of a handout that one may choose: chain, graph, Jacobians, cost, equations, code, depth, updates."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from derive.algebra.expr import Diff, Var
from derive.algebra.index import lin
from derive.errors import UsageError
from derive.lecture.stated import load_model
from derive.models.overrides import closed
from derive.proof.evaluate import evaluate
from derive.report.content import Code, Display, Figure, Table
from derive.report.content_depth import DEPTH, WIDTH, drawn, shares, state_of
from derive.report.content_equations import COUNTED
from derive.report.figure import Node
from derive.report.given import Given
from derive.report.handout import build_handout
from derive.report.numbers import Numbers, flat
from derive.report.options import SECTIONS, USUAL, HandoutOptions, ordered
from derive.report.render import render
from derive.report.subject import Subject
from tests.report.combinations import handout, most
from tests.report.test_foreign_networks import NETWORKS

PERCEPTRONS = (
    "khapra",
    "khapra-regression",
    "nielsen",
    "nielsen-cross-entropy",
    "ng",
    "goodfellow",
    "fleuret",
    "mopuri",
)


def displays(model: str, section: str) -> list[str]:
    content = handout(model=model, sections=(section,))
    blocks = [block for s in content.sections for block in s.blocks if isinstance(block, Display)]
    return [f"{line.left} {line.right}" for block in blocks for line in block.lines]


def test_sections_are_chosen_and_ordered() -> None:
    whole, hidden = build_handout(HandoutOptions(sections=("algorithm", "setting", "proofs")))

    assert [section.name for section in whole.sections] == ["algorithm", "setting", "proofs"]
    assert hidden == ()
    assert "()" not in render(whole, "md").split("-->", 1)[1]
    assert ordered(()) == USUAL
    assert ordered(("all",)) == SECTIONS
    with pytest.raises(UsageError, match='unknown section "intro"; there are setting, chain'):
        HandoutOptions(sections=("intro",))


@pytest.mark.parametrize("model", most(PERCEPTRONS))
def test_every_optional_section_is_proved_as_it_stands(model: str) -> None:
    """Chain, Jacobians, equations and depth are read back with the rest; nothing of them is undecided."""
    whole, hidden = build_handout(HandoutOptions(model=model, sections=("chain", "jacobians", "equations", "depth")))

    assert hidden == ()
    assert whole.sections[0].name == "chain"


@pytest.mark.parametrize(
    ("model", "line"),
    [
        ("khapra", r"\frac{\partial \mathcal{L}}{\partial W_1} = (\hat{y} - y) W_2 g'(a_1) h_0"),
        ("nielsen", r"\frac{\partial C}{\partial w^1} = (a^2 - y) \sigma'(z^2) w^2 \sigma'(z^1) a^0"),
        ("goodfellow", r"\hat{y} = h^{(2)}"),
        ("ng", r"A^{[2]} = \sigma(Z^{[2]})"),
    ],
)
def test_the_chain_has_the_functions_of_the_model(model: str, line: str) -> None:
    assert line in displays(model, "chain")


def test_the_chain_is_about_a_model_of_its_own_and_the_rest_about_the_handouts() -> None:
    text = render(handout(sections=("chain", "forward")), "md")
    models = re.findall(r'<!-- derive:model\nname = "(.*)"', text)

    assert models == ["khapra", "one unit", "khapra"]


def test_the_graph_has_the_values_and_derivatives_of_the_chain() -> None:
    content = handout(sections=("chain",))
    (figure,) = [block for block in content.sections[0].blocks if isinstance(block, Figure)]
    labels = [node.label for node in figure.drawing.nodes]
    output, top = (figure.drawing.nodes[labels.index(name)] for name in (r"\hat{y}", "a_2"))

    def below(node: Node, mark: str) -> float:
        here = [c for c in figure.drawing.captions if c.mark == mark and c.x == node.x and 0 < node.y - c.y < 1.2]
        return float(here[0].label)

    prediction, slope = below(output, "value"), below(top, "gradient")
    assert [c.mark for c in figure.drawing.captions].count("gradient") == len(labels) == 11
    assert abs(slope - prediction) < 0.002  # ∂L/∂a = ŷ - y, and y is 0


@pytest.mark.parametrize("name", ["attention", "a recurrent network", "a residual network"])
def test_the_graph_joins_each_array_to_what_it_is_computed_from(name: str, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(NETWORKS[name][0], encoding="utf-8")
    content = handout(model=str(tmp_path / "own.toml"), sections=("graph",))
    figure, valued = [block for block in content.sections[0].blocks if isinstance(block, Figure)]
    nodes = figure.drawing.nodes
    pairs = {(nodes[edge.source].label, nodes[edge.target].label) for edge in figure.drawing.edges}
    wanted = {
        "attention": {("X", "Q"), ("Q", "S"), ("K", "S"), ("A", "O"), ("V", "O"), ("Y", "L")},
        "a recurrent network": {("h_1", "a_2"), ("W", "a_1"), ("W", "a_2"), ("o_1", "L"), ("s", "a_1")},
        "a residual network": {("h_1", "h_2"), ("a_2", "h_2")},
    }

    assert wanted[name] <= pairs
    assert [node.label for node in valued.drawing.nodes] == [node.label for node in nodes]
    assert [c.mark for c in valued.drawing.captions].count("gradient") == len(nodes)
    assert all(nodes[edge.source].x < nodes[edge.target].x for edge in figure.drawing.edges)


@pytest.mark.parametrize(
    ("model", "lines"),
    [
        ("attention", [r"\frac{\partial A_{11}}{\partial S_{11}} = A_{11} (1 - A_{11})"]),
        ("rnn", [r"\frac{\partial z^{(2)}_1}{\partial h^{(1)}_1} = (W_{h})_{11}"]),
        ("gru", [r"\frac{\partial h_{21}}{\partial z_{21}} = h_{11} - \tilde{h}_{21}"]),
        ("conv2d", [r"\frac{\partial y_{1,1,0,0}}{\partial w_{1,1,0,0}} = x_{1,1,0,0}"]),
    ],
)
def test_any_network_has_a_path_of_numbers(model: str, lines: list[str]) -> None:
    """Its factors are proved, and the derivatives along it are those that the oracle finds."""
    whole, hidden = build_handout(HandoutOptions(model=model, sections=("chain",)))
    (figure,) = [block for block in whole.sections[0].blocks if isinstance(block, Figure)]
    slopes = [c.label for c in figure.drawing.captions if c.mark == "gradient"]

    assert hidden == ()
    assert set(lines) <= set(displays(model, "chain"))
    assert slopes[-1] == "1"
    assert len(slopes) == len(figure.drawing.nodes) == len(figure.drawing.edges) + 1


def test_the_product_of_a_path_is_what_is_printed() -> None:
    text = render(handout(model="attention", sections=("chain",)), "md")
    found = re.search(r"this path is worth \$(.*) \\approx (-?[\d.]+)\$", text)
    assert found is not None
    product = 1.0
    for factor in found[1].split(r" \cdot "):
        product *= float(factor.strip("()"))

    assert product == pytest.approx(float(found[2]), abs=2e-4)


def test_indices_have_the_letters_and_commas_of_the_model() -> None:
    """w_{f,c,a,b} is what the model writes, and sums over outputs run over n, f, i and j."""
    text = render(handout(model="conv2d", sections=("gradients",)), "md")

    assert (
        r"\frac{\partial L}{\partial w_{f,c,a,b}} &= \sum_{i=0}^{H-1} \sum_{j=0}^{W-1} \sum_{n=1}^{N} "
        r"g_{n,f,i,j} \frac{\partial y_{n,f,i,j}}{\partial w_{f,c,a,b}}"
    ) in text
    assert r"by $x_{n,c,u,v}$" in text


def test_the_window_of_a_mean_selects_what_it_is_of() -> None:
    """No derivative of an entry by an entry is left where a sum has no other factor."""
    text = render(handout(model="average-pooling", sections=("gradients", "algorithm")), "md")

    results = [line for line in text.splitlines() if "insert the above" in line or r"\leftarrow" in line]
    assert results
    assert not any(r"\frac{\partial x" in line for line in results)


def test_what_is_above_a_line_is_flat() -> None:
    text = render(handout(model="layer-norm", sections=("gradients",)), "md")

    assert r"\frac{1}{d} \frac{\partial L}{\partial \mu_i}" in text
    assert not re.search(r"\\frac\{\\(frac|sum)[^}]*\}\{[a-z]\}", text)


def test_a_start_that_two_arrays_read_has_an_arrow_to_each() -> None:
    """x_1 is another name of x; the first block reads it twice, for its layer and for the shortcut."""
    content = handout(model="residual-block", sections=("graph",))
    drawing = next(block.drawing for block in content.sections[0].blocks if isinstance(block, Figure))
    pairs = {(drawing.nodes[edge.source].label, drawing.nodes[edge.target].label) for edge in drawing.edges}

    assert {("x", "a_1"), ("x", "x_2"), ("f_1", "x_2")} <= pairs


def test_no_index_has_the_letter_of_a_size() -> None:
    """Σ_{j=1}^{m} beside a_{lm} would have two meanings of m."""
    text = render(handout(model="residual-block", sections=("gradients",)), "md")

    assert r"\sum_{j=1}^{m}" in text
    assert "From the definition of $a_{lj}$, by $x_{li}$" in text
    assert not re.search(r"From the definition of [^,]*m\}\$", text)


def test_jacobians_of_the_building_blocks() -> None:
    lines = displays("khapra", "jacobians")

    assert r"\frac{\partial a_k}{\partial h_{k-1}} = W_k" in lines
    assert r"\frac{\partial h_k}{\partial a_k} = \operatorname{diag}(g'(a_k))" in lines
    assert r"\frac{\partial \hat{y}}{\partial a_L} = \operatorname{diag}(\hat{y}) - \hat{y} \hat{y}^T" in lines


def test_jacobians_stand_in_the_layout_of_the_model(tmp_path: Path) -> None:
    text = load_model("khapra").text.replace('layout = "numerator"', 'layout = "denominator"')
    path = tmp_path / "own.toml"
    path.write_text(text)
    whole, hidden = build_handout(HandoutOptions(model=str(path), sections=("jacobians",)))

    assert hidden == ()
    assert r"\frac{\partial a_k}{\partial h_{k-1}} &= W_k^T" in render(whole, "md")


def test_the_cost_is_that_of_the_products() -> None:
    """For 2, 3, 2 units: 6 + 6 and 2 divisions up; 6 and 3 to the hidden layer and 12 for the weights down.

    One pass up takes the 9 of the hidden layer, for each of 17 parameters, and the last 12 products come to that.
    """
    text = render(handout(sections=("cost",)), "md")

    assert "| 2, 3, 2 | $17$ | $14$ | $21$ | $165$ |" in text
    assert r"| 784, 128, 10 | $101\,770$ | $101\,642$ | $103\,040$ | $143\,393\,792$ |" in text
    assert "That is the whole reason" in text


def test_a_network_of_one_step_costs_the_same_in_both_directions() -> None:
    """A convolution: N·F·H·W outputs, of C·A·B products each, up and down; the biases need none."""
    text = render(handout(model="conv2d", sections=("cost",)), "md")

    assert "both ways cost the same" in text
    assert "| as in the example | $18$ | $128$ | $128$ | $128$ |" in text


@pytest.mark.parametrize(("model", "count"), [("khapra", 4), ("nielsen", 4), ("ng", 5), ("goodfellow", 6)])
def test_the_equations_are_those_that_the_algorithm_needs(model: str, count: int) -> None:
    content = handout(model=model, sections=("equations",))

    assert content.sections[0].title == f"The {COUNTED[count]} equations"
    assert len(displays(model, "equations")) == count
    assert ("error signals" in render(content, "md")) == (model in ("nielsen", "ng"))


def test_the_code_computes_the_numbers_of_the_example(tmp_path: Path) -> None:
    """The listing is run with the given numbers of the example; its gradients are those that the oracle finds."""
    numbers = Numbers(Subject(closed(load_model("khapra"))), (2, 3, 2), Given())
    content = handout(sections=("code",))
    listings = [block for block in content.sections[0].blocks if isinstance(block, Code)]
    given = {name: {k: _floats(numbers, name, k) for k in (1, 2)} for name in ("W", "b")}
    program = (
        f"{listings[0].text}\n\n\ngiven = {given!r}\n"
        "W, b = ({k: np.array(v) for k, v in given[n].items()} for n in 'Wb')\n"
        "print(*gradients(W, b, np.array([1.0, 0.5]), 2)['W'][1].ravel())\n"
    )
    (tmp_path / "listing.py").write_text(program)
    run = subprocess.run([sys.executable, "listing.py"], cwd=tmp_path, capture_output=True, text=True, check=True)
    exact = [
        numbers.value(Diff(numbers.about.loss, Var("W", (lin(1), lin(i), lin(j))))) for i in (1, 2, 3) for j in (1, 2)
    ]

    assert [float(word) for word in run.stdout.split()] == pytest.approx(exact)
    assert "import torch" in listings[1].text
    assert "def gradients" not in listings[1].text


def _floats(numbers: Numbers, name: str, layer: int) -> list[object]:
    (array,) = [a for leaf in numbers.leaves if leaf.name == name for a in numbers.arrays(leaf) if a.layers == (layer,)]
    table = numbers.table(array.entry, array.axes)
    assert isinstance(table, list)
    return [[float(x) for x in flat(row)] if isinstance(row, list) else float(row) for row in table]


@pytest.mark.parametrize(
    ("model", "lines"),
    [
        (
            "rnn",
            [
                r"\frac{\partial h^{(T)}}{\partial h^{(t)}} = "
                r"\frac{\partial h^{(T)}}{\partial h^{(T-1)}} \cdots \frac{\partial h^{(t+1)}}{\partial h^{(t)}}",
                r"\frac{\partial h^{(t+1)}}{\partial h^{(t)}} = "
                r"\operatorname{diag}(1 - h^{(t+1)} \odot h^{(t+1)}) W_{h}",
            ],
        ),
        (
            "residual-block",
            [r"\frac{\partial x_{l+1}}{\partial x_l} = I + V_l \operatorname{diag}(\phi'(a_l)) W_l"],
        ),
        ("rnn-linear", [r"\frac{\partial \mathbf{h}_{t+1}}{\partial \mathbf{h}_t} = \mathbf{W}_{hh}"]),
    ],
)
def test_what_is_carried_from_step_to_step_has_a_proved_product(model: str, lines: list[str]) -> None:
    whole, hidden = build_handout(HandoutOptions(model=model, sections=("depth",)))
    shown = displays(model, "depth")

    assert hidden == ()
    assert whole.sections[0].blocks[1:2] == handout(model=model, sections=("depth",)).sections[0].blocks[1:2]
    assert set(lines) <= set(shown)


@pytest.mark.parametrize(
    ("model", "state", "alone", "shortcut"),
    [
        ("khapra", "a", True, None),
        ("rnn", "h", True, None),
        ("gru", "h", True, "z_{t+1,i}"),
        ("lstm", "c", False, "f_{t+1,i}"),
        ("residual-block", "x by layer", True, "1"),
    ],
)
def test_the_state_and_the_path_without_weights(model: str, state: str, alone: bool, shortcut: str | None) -> None:
    about = Subject(load_model(model))
    found = state_of(about)

    assert found is not None
    assert (found.name, found.alone) == (state, alone)
    factor = found.shortcut()
    assert (None if factor is None else about.latex(factor)) == shortcut


@pytest.mark.parametrize("model", ["conv2d", "attention", "linear-regression", "ng"])
def test_a_network_without_layers_or_steps_has_nothing_to_say_of_depth(model: str) -> None:
    assert state_of(Subject(load_model(model))) is None


def test_what_is_measured_is_the_product() -> None:
    """Π diag(1 - h²) W of the drawn network, multiplied out, has the entries that the oracle finds."""
    state = state_of(Subject(closed(load_model("rnn"))))
    assert state is not None
    network = drawn(state, 2.0, 0)
    units = range(1, WIDTH + 1)

    def value(name: str, *idx: int) -> float:
        return float(evaluate(Var(name, tuple(map(lin, idx))), network).mid())

    weights = [[value("W_{h}", i, j) for j in units] for i in units]
    product = [[float(i == j) for j in units] for i in units]
    for t in (DEPTH - 1, DEPTH):
        slopes = [1 - value("h", t, i) ** 2 for i in units]
        product = [[slopes[i] * sum(weights[i][m] * product[m][j] for m in range(WIDTH)) for j in range(WIDTH)]
                   for i in range(WIDTH)]  # fmt: skip
    exact = [[float(evaluate(Diff(state.at(lin(DEPTH), lin(i)), state.at(lin(DEPTH - 2), lin(j))), network).mid())
              for j in units] for i in units]  # fmt: skip

    assert product == [pytest.approx(row) for row in exact]


def test_small_weights_vanish_large_ones_explode_and_an_identity_keeps() -> None:
    deep, blocks = (state_of(Subject(load_model(model))) for model in ("khapra", "residual-block"))
    assert deep is not None
    assert blocks is not None

    assert shares(deep, "sigmoid", 1.0)[-1] < 1e-5
    assert shares(deep, "relu", 8.0)[-1] > 100
    assert 0.5 < shares(blocks, "sigmoid", 0.25)[-1] < 2


def test_each_rule_of_update_lowers_the_loss() -> None:
    content = handout(sections=("updates",))
    (table,) = [block for block in content.sections[0].blocks if isinstance(block, Table)]
    losses = [[float(piece.value) for cell in row[1:] for piece in cell] for row in table.rows]

    assert len(losses) == 3
    assert all(row == sorted(row, reverse=True) and row[-1] < row[0] / 2 for row in losses)


def test_the_listing_reads_like_the_formulas() -> None:
    """A transposed matrix times another one, rather than the transpose of a product; slices rather than grids."""
    attention, conv = (render(handout(model=model, sections=("code",)), "md") for model in ("attention", "conv2d"))

    assert "d_V = A.T @ d_O" in attention
    assert "d_W_Q = X.T @ d_Q" in attention
    assert "(d_S.T @ Q) / d_k ** 0.5" in attention
    assert 'np.einsum("fcab,ncaibj->nfij", w,' in conv
    assert "x[:, :, np.arange" in conv


def test_sizes_of_the_example_are_chosen_by_name() -> None:
    text = render(handout(model="rnn", sections=("example",), sizes=(("T", 3), ("H", 1))), "md")

    assert "The network with $H = 1$, $V = 2$, $T = 3$, $d = 3$" in text


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"model": "rnn", "widths": (2, 3, 2)}, "--widths H=2,V=2,T=2,d=2"),
        ({"model": "rnn", "sizes": (("q", 2),)}, "the sizes of this network are H, V, T, d"),
        ({"model": "rnn", "sizes": (("H", 70),)}, "at most 6"),
        ({"sizes": (("n", 2),)}, "--widths 2,3,2"),
    ],
)
def test_sizes_that_a_network_does_not_have(options: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        handout(sections=("example",), **options)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("q = 3", "nothing is called q; there are X, theta, y, lambda"),
        ("X = [[1, 'a']]", "entry 1, 2 of X is 'a', which is no number"),
        ("X = [[1, 2], [3]]", "X is no array"),
        ("X = []", "X is no array"),
        (
            "theta = [1, 2, 3]\nX = [[1, 2], [3, 4]]",
            "X is an array of 2 by 2, but the others ask for an array of 2 by 3",
        ),
        ("X = [", "at end of document"),
    ],
)
def test_numbers_that_cannot_be_used(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "values.toml").write_text(text)
    with pytest.raises(UsageError, match=message):
        handout(model="logistic-regression", sections=("example",), values=tmp_path / "values.toml")


def test_results_are_listed_once_and_for_what_they_say() -> None:
    whole, _ = build_handout(HandoutOptions(model="logistic-regression", sections=("gradients", "results", "proofs")))
    (table,) = [block for block in whole.sections[-1].blocks if isinstance(block, Table)]
    rows = [tuple("".join(piece.value for piece in cell) for cell in row) for row in table.rows]

    assert [statement for statement, *_ in rows].count(r"\nabla_{z} J = \frac{1}{m} \left( h - y \right)") == 1
    assert not any(r"\nabla_z J" in statement for statement, *_ in rows)
    assert (r"\nabla_{z} J = \frac{1}{m} \left( h - y \right)", "all entries", "proved") in rows
    assert any(scope == r"all 1 \le j \le n" for _, scope, _ in rows)


def said(model: str, section: str) -> str:
    return render(handout(model=model, sections=(section,)), "md")


def test_a_score_that_is_a_number_is_differentiated_before_the_parameters_that_enter_it() -> None:
    """Not within the section of the first parameter that happens to need it."""
    output, parameters = said("skip-gram", "gradients").split("The parameter", 1)

    assert "The loss is computed from $p$ directly:" in output
    assert r"\frac{\partial}{\partial p}" not in parameters


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        (
            "layer-norm",
            r"With $\mu$ held fixed, the derivative of $\sigma$ by $x$ is $\frac{x_{ij} - \mu_i}{d \sigma_i}$.",
        ),
        ("rnn", r"With $h^{(t-1)}$ held fixed, the derivative of $z^{(t)}$ by $W_{e}$ is $e^{(t)}_j$."),
        ("gru", r"held fixed, the derivative of $h_{t+1}$ by $h_t$ is $z_{t+1,i}$."),
        ("lstm", r"$c_{t+1}$ depends on $c_t$ directly, and by $g_{t+1}$, $i_{t+1}$ and $f_{t+1}$ as well."),
    ],
)
def test_what_a_derivative_is_with_others_held_fixed_is_said(model: str, sentence: str) -> None:
    assert sentence in said(model, "gradients")


def test_a_local_derivative_begins_with_what_is_added() -> None:
    text = said("gru", "gradients")

    assert r"&= 1 - z_{ti} && \text{(linearity)}" in text
    assert r"&= h_{t-1,i} - \tilde{h}_{ti} && \text{(linearity)}" in text


@pytest.mark.parametrize(("model", "size"), [("rms-norm", "n"), ("layer-norm", "d")])
def test_a_size_stands_before_the_root_of_a_sum(model: str, size: str) -> None:
    """√(…) n is easily read as √(… n)."""
    assert rf"{{2 {size} \sqrt{{" in said(model, "gradients")


def test_an_array_that_would_be_drawn_too_small_is_not_written_out() -> None:
    """Three sums over heads in each entry of a matrix have no room on a line."""
    lines = [line for line in displays("transformer-block", "gradients") if line.startswith(r"\nabla_{N} L")]

    assert len(lines) == 2
    assert all(r"\cdots & \sum_{r=1}^{h}" not in line for line in lines)


def test_what_rests_on_all_heads_stands_behind_them_in_the_example() -> None:
    text = said("multi-head-attention", "example")
    forward, backward = text.split("**Backward.**")

    assert "**Forward.** From the input up, for $r = 1$:" in forward
    assert forward.index("For $r = 2$:") < forward.index("From all of these:") < forward.rindex(r"Y = \sum_{r=1}^{h}")
    assert backward.index("For $r = 2$:") < backward.index("What is left:") < backward.index(r"\nabla_{X} L =")


def test_the_graph_draws_heads_once_and_steps_apart() -> None:
    def labels(model: str) -> set[str]:
        (drawing, *_) = (
            block.drawing for section in handout(model=model, sections=("graph",)).sections
            for block in section.blocks if isinstance(block, Figure)
        )  # fmt: skip
        return {node.label for node in drawing.nodes}

    assert {"Q_r", "W^{Q}_r"} <= labels("multi-head-attention")
    assert "Q_1" not in labels("multi-head-attention")
    assert {"h_1", "h_2"} <= labels("lstm")


def test_a_table_that_is_longer_than_half_a_page_may_be_broken() -> None:
    assert r"\begin{longtable}{ll>" in render(handout(model="transformer-block", sections=("setting",)), "tex")
    assert r"\begin{longtable}" not in render(handout(model="attention", sections=("setting",)), "tex")


@pytest.mark.parametrize("model", ["softmax-regression", "mlp-rows", "rnn"])
def test_no_gradient_is_stated_without_its_lines(model: str) -> None:
    """Below a softmax whose targets sum to one, too: what is known above stays as it is where it cannot be inserted."""
    about = Subject(load_model(model))

    assert [g.name for g in about.gradients if [step.rule for step in g.steps] == ["start", "chain rule"]] == []


def test_what_stands_below_an_array_has_its_name_and_room() -> None:
    (*_, drawing) = (
        block.drawing for section in handout(model="gru", sections=("graph",)).sections
        for block in section.blocks if isinstance(block, Figure)
    )  # fmt: skip
    across = sorted({node.x for node in drawing.nodes})

    assert "h_{01} = 0.1" in {caption.label for caption in drawing.captions}
    assert min(b - a for a, b in pairwise(across)) > 1.8


def test_a_derivative_that_the_model_names_by_many_indices_has_that_name() -> None:
    output, further = said("conv2d", "gradients").split("The parameter", 1)

    assert "hands over the derivatives $g_{n,f,i,j}$, together $g$," in output
    assert r"\sum_{n=1}^{N} g_{n,f,i,j} x_{n,c,a+si,b+rj}" in further
    assert r"\frac{\partial L}{\partial y" not in further
