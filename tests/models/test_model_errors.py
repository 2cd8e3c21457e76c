"""A model that makes no sense is an error at its own line."""

from __future__ import annotations

import pytest

from derive.errors import ModelError
from derive.judge_formula import Judge
from derive.models.model import parse_model
from derive.source import Source, Span

GOOD = r"""name = "good"
forward = [
  'u = W x + b',
  'v = f(u)',
  'E = \frac{1}{2} \|v - y\|^2',
]
shapes = [
  'W \in \mathbb{R}^{m \times n}',
  'x \in \mathbb{R}^{n}',
  'u, v, b, y \in \mathbb{R}^{m}',
]
where = ['\delta = \frac{\partial E}{\partial u}']
assume = []
[functions]
f = "any"
"""

WRONG = {
    "shapes do not fit": ("'u = W x + b'", "'u = W y + b'", 3, "cannot be multiplied"),
    "declared with another shape": ("'v = f(u)'", "'v = f(x)'", 4, "declared as"),
    "unknown name with an index": ("'v = f(u)'", "'v = f(q_j)'", 4, "q_j"),
    "unknown function": ('f = "any"', 'f = "sigmoit"', 15, "sigmoit"),
    "a slip in the name of a function": ("f(u)", "softmx(u)", 4, "a product of 6 letters; is softmax meant"),
    "a slip in its font": ("f(u)", "\\operatorname{sigmod}(u)", 4, "is sigmoid meant"),
    "used before it is defined": ("'u = W x + b'", "'u = W x + v'", 3, "before it is defined"),
    "used by itself": ("'u = W x + b'", "'u = W x + u'", 3, "before it is defined"),
    "defined twice": ("'v = f(u)'", "'u = f(b)'", 4, "defined twice"),
    "declared twice": ("'x \\in \\mathbb{R}^{n}'", "'b \\in \\mathbb{R}^{n}'", 10, "declared twice"),
    "variable and function": ('f = "any"', 'W = "any"', 15, "as a variable and as a function"),
    "unknown key": ("assume = []", "assumes = []", 13, "unknown key"),
    "bad layout": ("assume = []", 'layout = "sideways"', 13, "numerator or denominator"),
    "no formula": ("'v = f(u)'", "'v = = u'", 4, ""),
    "no definition": ("'v = f(u)'", "'v'", 4, "name = expression"),
    "a shape that is none": ("'x \\in \\mathbb{R}^{n}'", "'x = \\mathbb{R}^{n}'", 9, "shape"),
    "an alias that cannot be read": ("{\\partial u}", "{\\partial q_7}", 12, "q_7"),
    "told twice": ("where = [", "where = ['v = 2 u', ", 12, "defined twice"),
    "an alias twice": ("where = [", "where = ['q = W x', 'q = u', ", 12, "defined twice"),
    "an entry of what is computed": ("where = [", "where = ['v_1 = 0', ", 12, "an entry of"),
    "an entry of an input": ("where = [", "where = ['x_{2} = 1', ", 12, "an entry of"),
    "given what is computed": ("assume = []", "given = ['u']", 13, "no line of"),
    "an input that is no name": ("assume = []", "inputs = ['2 x']", 13, "no name of an array"),
    "not TOML": ("assume = []", "assume = [", 14, "TOML"),
}


def test_the_model_itself_is_read() -> None:
    assert parse_model(GOOD).network.loss == "E"


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_wrong_model_is_an_error_at_its_line(wrong: tuple[str, str, int, str]) -> None:
    old, new, line, part = wrong
    text = GOOD.replace(old, new)
    assert text != GOOD

    with pytest.raises(ModelError) as caught:
        parse_model(text, Source("model.toml", text))

    assert caught.value.source is not None
    assert caught.value.span is not None
    assert part in caught.value.message
    assert caught.value.source.position(caught.value.span.start).line == line


LAYERS = r"""forward = [
  'h_0 = x',
  'h_k = W_k h_{k-1} \quad (1 \le k \le L)',
  'E = \|h_L\|^2',
]
shapes = ['W_k \in \mathbb{R}^{n \times n}', 'h_k, x \in \mathbb{R}^{n}']
"""

WRONG_LAYERS = {
    "a layer left out": (r"(1 \le k", r"(2 \le k", 3, 'nothing defines "h" at 1'),
    "upwards from the input": ("h_{k-1}", "h_{k+1}", 3, "used at L+1, where nothing defines it"),
    "by itself": ("h_{k-1}", "h_k", 3, "used by its own definition"),
    "the last layer twice": (r"'E = \|h_L", "'h_L = x', 'E = \\|h_L", 4, "defined twice"),
    "a scalar too early": ("'h_0 = x'", "'E = C^2', 'C = h_{L,1}'", 2, '"C" is used before it is defined'),
}


@pytest.mark.parametrize("wrong", WRONG_LAYERS.values(), ids=WRONG_LAYERS)
def test_layers_are_defined_once_and_without_gaps(wrong: tuple[str, str, int, str]) -> None:
    old, new, line, part = wrong
    text = LAYERS.replace(old, new)
    assert text != LAYERS
    assert parse_model(LAYERS).network.loss == "E"

    with pytest.raises(ModelError) as caught:
        parse_model(text, Source("model.toml", text))

    assert caught.value.source is not None
    assert caught.value.span is not None
    assert part in caught.value.message
    assert caught.value.source.position(caught.value.span.start).line == line


def test_the_place_is_that_of_the_document() -> None:
    text = GOOD.replace("W x", "W y")
    document = Source("lecture.md", "<!-- derive:model\n" + text)

    with pytest.raises(ModelError) as caught:
        parse_model(text, document, lambda span: Span(span.start + 18, span.end + 18))

    assert str(caught.value).startswith("lecture.md:4:")


def test_use_names_a_bundled_model() -> None:
    assert parse_model('use = "nielsen"').name == "nielsen"
    with pytest.raises(ModelError, match="khapra"):
        parse_model('use = "unknown"')


def test_bad_toml_is_shown_at_its_own_column() -> None:
    text = GOOD.replace('name = "good"', 'name = "good')

    with pytest.raises(ModelError) as caught:
        parse_model(text, Source("model.toml", text))

    assert str(caught.value).startswith("model.toml:1:13: this is no TOML: Illegal character '\\n'\n")


def forward(lines: list[str]) -> str:
    return "forward = [" + ", ".join(f"'{line}'" for line in lines) + "]"


def test_a_letter_of_layers_without_a_range_is_no_part_of_a_name() -> None:
    """Else x^{(l-1)} is an input, nothing leads from w^{(l)} to the loss, and any equation of zeros is proved."""
    lines = [r"s^{(l)} = w^{(l)} x^{(l-1)}", r"x^{(l)} = \tanh(s^{(l)})", r"L = \frac{1}{2} (x^{(2)} - y)^2"]
    with pytest.raises(ModelError, match=r'nothing says over what "l" runs'):
        parse_model(forward(lines))

    lines[0] += r" \quad (l = 1, \dots, 2)"
    judge = Judge.start(parse_model(forward(lines)))
    slope = r"\frac{\partial L}{\partial w^{(l)}} = \frac{\partial L}{\partial s^{(l)}} x^{(l)}"
    assert [verdict.word for verdict in judge.formula(slope.replace("x^{(l)}", "x^{(l-1)}"))[0]] == ["proved"]
    assert [verdict.word for verdict in judge.formula(slope)[0]] == ["refuted"]


def test_an_index_of_another_line_that_nothing_binds_is_an_error_at_its_line() -> None:
    text = r"""forward = [
  'r_{t,f} = w_f s_t \quad (1 \le t \le T, 1 \le f \le F)',
  'a^f_t = U_f h_{t-1} + V r_t \quad (1 \le t \le T)',
  'h_t = \tanh(a^f_t) \quad (1 \le t \le T)',
  'L = \|h_T\|^2',
]
shapes = [
  'r_t, w \in \mathbb{R}^F', 's_t \in \mathbb{R}', 'a^f_t, h_t \in \mathbb{R}^H',
  'U_f \in \mathbb{R}^{H \times H}', 'V \in \mathbb{R}^{H \times F}',
]
"""
    with pytest.raises(ModelError, match='"f" is an index of other lines'):
        parse_model(text)
    assert parse_model(text.replace("{t,f}", "{t,p}").replace("w_f", "w_p").replace(r"1 \le f \le F", r"1 \le p \le F"))
