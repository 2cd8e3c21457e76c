"""What formulas are read as; the notation of the expected trees is that of `shape.show`."""

from __future__ import annotations

import pytest

from derive.errors import LatexError
from derive.reader.parser import parse_expression, parse_formula, parse_statement
from derive.reader.syntax import Number, walk
from derive.source import Source, Span
from tests.reader.corpus import FORMULAS
from tests.reader.shape import expression, formula, show, statements

PRODUCTS = {
    r"a b \cdot c": r"<a b \cdotc>",
    r"A \odot B \circ C": r"<A \odotB \circC>",
    "a/b": "<a /b>",
    "2x + 3y - z": "{+<2 x> +<3 y> -z}",
    "-a": "{-a}",
    r"a \cdot -b": r"<a \cdot{-b}>",
    r"\log \hat y_\ell": r"<@log hat[y]_(\ell)>",
    r"\exp(a_L)_\ell": r"<@exp (a_(L))_(\ell)>",
    r"\sum_{i=1}^n x_i y_i": "<#sum_(i = 1)^(n) x_(i) y_(i)>",
    r"\sum_i \sum_{j \ne i} x_{ij}": r"<#sum_(i) #sum_(j \ne i) x_(<i j>)>",
    r"\sum_{i = 1 \atop i \ne j}^{10} x": r"<#sum_(i = 1, i \ne j)^(10) x>",
    r"\sum\limits_{\substack{i = 1 \\ i \ne j}}^{10} x": r"<#sum_(i = 1, i \ne j)^(10) x>",
    r"\max(0, x) + \max_i x_i": "{+<@max (0, x)> +<#max_(i) x_(i)>}",
    r"\operatorname*{argmin}_w L": "<#argmin_(w) L>",
    r"\frac{\partial}{\partial x} f": r"<(\partial over <\partial x>) f>",
    r"\partial{}C": r"<\partial C>",
    r"\sum_{\forall x} C_x": "<#sum_(x) C_(x)>",
    r"\varphi\prime(x)": r"<\varphi' (x)>",
    r"\underbrace{a}_\textrm{$\delta_j$} b": "<a b>",
    r"\partial_{\mathbf{w}} L": r"<\partial_(mathbf[w]) L>",
    r"\nabla_{W_k}\mathcal{L}(\theta)": r"<\nabla_(W_(k)) mathcal[L] (\theta)>",
    r"\frac12 x": "<(1 over 2) x>",
    r"x^12": "<x^(1) 2>",
    r"{a \over b}": "(a over b)",
    r"\sqrt[3]{x} \sqrt2": "<root[x]^3 root[2]>",
    r"a\,b\!c~d\;e": "<a b c d e>",
    r"\bigl( a \bigr)": "(a)",
    r"p(y \mid x) + q(a|b)": r"{+<p (y \mid x)> +<q (a \mid b)>}",
    r"J \cdot \ldots \cdot K": r"<J \cdot… \cdotK>",
    r"dW^{[l]}": "<d W^([l])>",
}

SCRIPTS = {
    "W_{kij}": "W_(<k i j>)",
    "W_{112}": "W_(<1 1 2>)",
    "a_{L1}": "a_(<L 1>)",
    "W_{k0n-1}": "W_({+<k 0 n> -1})",
    "a_{i+1,12}": "a_({+i +1}, 12)",
    "x_{10}": "x_(<1 0>)",
    "x^{10}": "x^(10)",
    r"1_{i = 10}": "1_(i = 10)",
    r"\sum_{i=10} x": "<#sum_(i = 10) x>",
    "w^l_{jk}": "w_(<j k>)^(l)",
    "w_{jk}^l": "w_(<j k>)^(l)",
    r"{W^{(2)}}^\top": r"W^((2))^(\top)",
    "W^{[l]T}": "W^(<[l] T>)",
    "a^{[l](i)}": "a^(<[l] (i)>)",
    r"h^{\langle t \rangle}": r"h^(\langlet\rangle)",
    "h^{<t-1>}": r"h^(\langle{+t -1}\rangle)",
    "j^{th}": "j^(<t h>)",
    r"A^{\mathsf T} A^\intercal A^{-1}": r"<A^(mathsf[T]) A^(\intercal) A^({-1})>",
    "g' g'' x'^2": "<g' g'' x^(2)'>",
    r"g^\prime g^{\prime\prime} g^{[l]\prime}": "<g' g'' g^([l])'>",
    "w^* A^+": "<w^(*) A^(+)>",
    r"W_{i+1,\cdot,j}": "W_({+i +1}, □, j)",
    r"X_{:,j} X_{i\cdot} X_{i*} X_{:j} W_{k.j}": "<X_(□, j) X_(<i □>) X_(<i □>) X_(<□ j>) W_(<k □ j>)>",
    r"n^{2 \cdot 3}": r"n^(<2 \cdot3>)",
    r"f(\cdot)": "<f (□)>",
    r"\|\cdot\|": r"\|□\|",
    r"J_{f \circ g}": r"J_(<f \circg>)",
    r"\mathbf{1}_{(l=i)}": "mathbf[1]_((l = i))",
    r"\mathbb{1}[i \ne j]": r"<mathbb[1] [i \ne j]>",
    r"W_\text{out} b_{\rm out} x^{\text{new}}": "<W_(@out) b_(@out) x^(@new)>",
    r"x_{}": "x",
    r"{}^T": "∅^(T)",
}

GROUPS = {
    r"|x| + \|y\|_2^2": r"{+|x| +\|y\|_(2)^(2)}",
    r"|a||b| ||c||": r"<|a| |b| \|c\|>",
    r"\lvert x \rvert \lVert y \rVert \left| z \right|": r"<|x| \|y\| |z|>",
    r"\| \sum_i \| x_i \| \|": r"\|<#sum_(i) \|x_(i)\|>\|",
    r"1 + |z|": "{+1 +|z|}",
    r"[ \dots, g'(a_k), \dots ]": "[…, <g' (a_(k))>, …]",
    r"[..., x, ...]": "[…, x, …]",
    r"[a_1, a_2 \dots a_n]": "[a_(1), a_(2), …, a_(n)]",
    r"[0,1,0,\dots 0_k]": "[0, 1, 0, …, 0_(k)]",
    r"[W_L \cdots W_1, x]": "[<W_(L) … W_(1)>, x]",
    r"\{1, \dots, K\}": r"\{1, …, K\}",
    r"\left[ \begin{array}{c|c} A & B \\[2pt] \hline C & D \end{array} \right]": "[array[A & B // C & D]]",
    r"\begin{bmatrix} a & \cdots & \\ \vdots & \ddots & b \\ \end{bmatrix}": "bmatrix[a & … & ∅ // ⋮ & ⋱ & b]",
    r"X|_{a=b}": "at[X; a = b]",
    r"\left. X \right|_{a=b}": "at[X; a = b]",
    r"\frac{dy}{du}\Big|_{u=g(x)} \cdot z": "<at[(<d y> over <d u>); u = <g (x)>] \\cdotz>",
    r"\frac{\partial}{\partial x} f |_{x=1}": r"at[<(\partial over <\partial x>) f>; x = 1]",
    r"f(x; W, b)": "<f (x, W, b)>",
    r"(g \circ f)'(x)": r"<(<g \circf>)' (x)>",
    r"\langle x, y \rangle": r"\langlex, y\rangle",
}

FONTS = {
    r"\mathbf{a}_k": "mathbf[a]_(k)",
    r"\bm{x} \pmb y \boldsymbol{\beta}": r"<boldsymbol[x] boldsymbol[y] boldsymbol[\beta]>",
    r"{\bf x}": "mathbf[x]",
    r"{\rm softmax}(x)": "<@softmax (x)>",
    r"\vec x \widehat{y} \overline{W_i} \dot{z}": "<vec[x] hat[y] overline[W]_(i) dot[z]>",
    r"\hat{\mathbf{y}}^{(i)}_k": "hat[mathbf[y]]_(k)^((i))",
    r"\text{softmax}(a)_l": "<@softmax (a)_(l)>",
    r"\mathrm{d}x \operatorname{tr}(A) \mathit{net}_j": "<@d x @tr (A) @net_(j)>",
    r"\text{number of units}": '"number of units"',
    "αₖ ŷ 𝐖 xᵀ": r"<\alpha_(k) hat[y] mathbf[W] x^(\top)>",
}

RELATIONS = {
    r"a = b \in \mathbb{R}^q": r"a = b \in mathbb[R]^(q)",
    r"a \overset{\text{def}}{=} b \stackrel{!}{=} c": "a = b = c",
    r"a \not= b \not\in c": r"a \ne b \notin c",
    r"x \xrightarrow{f} y": r"x \xrightarrow y",
    r"W := W - \eta G": r"W := {+W -<\eta G>}",
    r"w \rightarrow w - \eta g": r"w \to {+w -<\eta g>}",
    "a <= b -> c": r"a \le b \to c",
    r"f: X \to Y": r"f : X \to Y",
}

CASES = {
    r"\begin{cases} 0 & \text{if } x \leq 0 \\ 1 & \text{otherwise} \end{cases}": (
        r'cases[0 if x \le 0 // 1 if "otherwise"]'
    ),
    r"\begin{cases} a, & i = j, \\ b, & i \ne j. \end{cases}": r"cases[a if i = j // b if i \ne j]",
    r"\begin{cases} 1, \text{ if } x > 0 \\ 0, \text{ else} \end{cases}": 'cases[1 if x > 0 // 0 if " else"]',
    r"\begin{cases} 1 & \text{if $x > 0$ and $y > 0$} \\ 0 \end{cases}": "cases[1 if x > 0, y > 0 // 0]",
    r"\left\{ \begin{array}{ll} x & x > 0 \\ 0 & \mathrm{otherwise} \end{array} \right.": (
        'cases[x if x > 0 // 0 if "otherwise"]'
    ),
    r"\begin{cases} p & \text{for } l = L \\ q & \text{for } l = L-1, \dots, 1 \end{cases}": (
        "cases[p if l = L // q if l = {+L -1}, …, 1]"
    ),
}

ALL = {**PRODUCTS, **SCRIPTS, **GROUPS, **FONTS, **RELATIONS, **CASES}


@pytest.mark.parametrize(("text", "expected"), ALL.items(), ids=ALL)
def test_expressions(text: str, expected: str) -> None:
    assert expression(text) == expected


def test_digits_of_an_index_touch_so_that_they_can_be_joined_again() -> None:
    node = parse_expression(Source("test", "x_{10}"))
    assert node.sub is not None
    assert node.base.symbol == "x"

    first, second = (found for found in walk(node) if isinstance(found, Number))
    assert first.span.end == second.span.start


STATEMENTS = {
    # lists and separators
    r"x^{(0)} = x, f(x) = x^{(L)}": ["x^((0)) = x", "<f (x)> = x^((L))"],
    r"k = 1, \dots, L": ["k = 1, …, L"],
    r"k = 1 \dots L-1": ["k = 1, …, {+L -1}"],
    "i, j = 1..n": ["i, j = 1, …, n"],
    r"k = L, L-1, \dots, 1": ["k = L, {+L -1}, …, 1"],
    r"a \in S, V_1, \dots, V_k, V_L \in T": [r"a \in S", r"V_(1), …, V_(k), V_(L) \in T"],
    r"a = b\text{, }c = d": ["a = b", "c = d"],
    r"a = \begin{aligned} &b \\ &+ c \end{aligned}": ["a = {+b +c}"],
    r"\begin{array}{rcl} a & = & b \\ & = & c \end{array}": ["a = b", "∅ = c"],
    r"a, b \in \mathbb{R}^n": [r"a, b \in mathbb[R]^(n)"],
    r"V_1, \dots, V_L \in S, w \in T": [r"V_(1), …, V_(L) \in S", r"w \in T"],
    "x_1, x_2": ["x_(1), x_(2)"],
    "a = b; c = d.": ["a = b", "c = d"],
    r"M = \begin{bmatrix} 1 \end{bmatrix} \quad N = a": ["M = bmatrix[1]", "N = a"],
    r"\frac{\partial J}{\partial L} = 1 \; \textrm{and} \; s = t.": [r"(<\partial J> over <\partial L>) = 1", "s = t"],
    r"a = b \text{ so } c = d": ["a = b", "c = d"],
    r"M \frac{a}{b} = c": ["<M (a over b)> = c"],
    "f(x)": ["<f (x)>"],
    "": [],
    r"L = \text{Layer number}": ['L = "Layer number"'],
    r"\text{cross entropy} = -y": ['"cross entropy" = {-y}'],
    # rows
    r"a &= b \\ &= c": ["a = b", "∅ = c"],
    r"a &= b \\ &\quad + c, \\ d &= e": ["a = {+b +c}", "d = e"],
    r"a = {} & b \\ & - c": ["a = {+b -c}"],
    r"a = b, \\ -c = d": ["a = b", "{-c} = d"],
    r"a &= b & c &= d": ["a = b", "c = d"],
    r"a & = & b \\ c & = & d": ["a = b", "c = d"],
    r"\begin{aligned} a = b, & \quad c = d, \\ e = f. \end{aligned}": ["a = b", "c = d", "e = f"],
    r"a = \left( b \right. \\ & \left. + c \right)": ["a = ({+b +c})"],
    r"a &= b \tag{7}\label{eq:a} \\ c &= d \nonumber": ["a = b (7)", "c = d"],
    r"\left. \begin{array}{l} a = b \\ c = d \end{array} \right\} \quad \text{both}": ["a = b", "c = d"],
    r"a = b \tag{$\ast$}": [r"a = b (\ast)"],
    r"\begin{multline} a = b \\ (c + d) \\[2ex] + e \end{multline}": ["a = {+<b ({+c +d})> +e}"],
    r"\begin{multline} a = b \\ c = d \end{multline}": ["a = b", "c = d"],
    r"\boxed{a = b}": ["a = b"],
    r"\left. f = g \right|_{x = 0} \cdot h": [r"f = <at[g; x = 0] \cdoth>"],
    # conditions
    r"h_k = a_k \quad (1 \le k \le L)": [r"h_(k) = a_(k) | 1 \le k \le L"],
    r"h_k = a_k \; (1 \le k \le L)": [r"h_(k) = a_(k) | 1 \le k \le L"],
    r"h_k = a_k + b_k \, (k = 1, \dots, L)": ["h_(k) = {+a_(k) +b_(k)} | k = 1, …, L"],
    r"h_k = a_k, \quad k = 1, \dots, L": ["h_(k) = a_(k) | k = 1, …, L"],
    r"h_k = a_k, \quad 1 \le k < L, \quad b = c": [r"h_(k) = a_(k) | 1 \le k < L", "b = c"],
    r"h_{kj} = a_k \quad 1 \le k, j \le L": [r"h_(<k j>) = a_(k) | 1 \le k, j \le L"],
    r"a_l = b_l \quad \forall l": ["a_(l) = b_(l) | l"],
    r"a_l = b_l \quad \forall l \in \{1, 2\}, i = 1, \dots, n": [r"a_(l) = b_(l) | l \in \{1, 2\} ; i = 1, …, n"],
    r"\forall k: a_k = b_k": ["a_(k) = b_(k) | k"],
    r"\forall l = 1, \dots, L \quad \begin{cases} s^l &= t^l \\ x^l &= u^l \end{cases}": [
        "s^(l) = t^(l) | l = 1, …, L",
        "x^(l) = u^(l) | l = 1, …, L",
    ],
    r"\left\{ \begin{aligned} a_k &= b_k \\ c_k &= d_k \end{aligned} \right. \quad k = 1, \dots, L": [
        "a_(k) = b_(k) | k = 1, …, L",
        "c_(k) = d_(k) | k = 1, …, L",
    ],
    r"x = y, a_k = b_k \quad (1 \le k \le L)": ["x = y", r"a_(k) = b_(k) | 1 \le k \le L"],
    r"\delta_{ij} = 1 \text{ if } i = j": [r"\delta_(<i j>) = 1 | i = j"],
    r"a = b\quad\text{if}\quad i = j": ["a = b | i = j"],
    r"\text{For } k = L, \dots, 1: \quad a_k = b_k": ["a_(k) = b_(k) | k = L, …, 1"],
    r"a = b, \text{ where } c = d": ["a = b", "c = d"],
    r"a_k = b \text{ where } k \in \{1, 2\}": [r"a_(k) = b | k \in \{1, 2\}"],
    r"a = b \text{ otherwise}": ['a = b | " otherwise"'],
    r"1 \le k \le L": [r"1 \le k \le L"],
    # remarks
    r"= a \quad [\because b = c]": ["∅ = a # b = c"],
    r"a = b \quad (\text{just the chain rule})": ['a = b # "just the chain rule"'],
    r"a = b \text{ (by definition)}": ['a = b # " (by definition)"'],
    r"a = b \text{ since } c = d": ['a = b # " since " ; c = d'],
    r"\Rightarrow a = b": [r"a = b # \Rightarrow"],
    r"a = b \quad (1)": ["a = b # (1)"],
}


@pytest.mark.parametrize(("text", "expected"), STATEMENTS.items(), ids=STATEMENTS)
def test_statements(text: str, expected: list[str]) -> None:
    assert statements(text) == expected


FAULTS = {
    "a + ": "missing",
    "a = ": "missing",
    r"a \cdot \cdot b": r'"\\cdot"',
    r"\foo{x}": r"unknown command",
    r"\sofmax(x)": r"unknown command .*is \\operatorname{softmax} meant\?",
    r"\begin{foo} x \end{foo}": "unknown environment",
    "(a + b": "never closed",
    "a)": "closes nothing",
    r"\left( a": "never closed",
    r"\begin{bmatrix} a \end{pmatrix}": "does not close",
    "{a": "never closed",
    "a_i_j": "second subscript",
    "x^2^3": "second superscript",
    r"\frac{a}": "no argument",
    "x!": '"!"',
    "|x": "never closed",
    "W_{i:j}": 'cannot read ":"',
    r"f|_0^1": "limits",
    r"a = b \quad c": "cannot tell whether",
    r"a = b \quad (c + d)": "cannot tell whether",
    r"a = b \qquad -c = d": "minus",
    r"a = b \\ c": "neither continues",
    r"\forall k \; a_k = b_k": "condition ends",
    r"a = b \text{ fits } c = d": "cannot read the words",
    r"a = b, c + d": "neither a statement nor",
    r"x \& y": "unknown command",
    r"\left\{ a \right.": "closed by",
    r"\tag{1": "never closed",
    r"\left a \right)": "cannot follow",
    r"\overset{*}{W}": "cannot read",
    r"\begin{cases} & x \end{cases}": "no value",
    r"\begin{cases} a & \text{is fine } x > 0 \end{cases}": "cannot read the words",
    r"(\begin{aligned} a &= b \\ c &= d \end{aligned})": "inside an expression",
}


@pytest.mark.parametrize(("text", "message"), FAULTS.items(), ids=FAULTS)
def test_what_cannot_be_read_is_an_error_at_its_place(text: str, message: str) -> None:
    with pytest.raises(LatexError, match=message) as caught:
        formula(text)

    assert caught.value.span is not None
    assert 0 <= caught.value.span.start <= caught.value.span.end <= len(text)
    assert "test:1:" in str(caught.value)


def test_the_caret_stands_below_the_place() -> None:
    with pytest.raises(LatexError) as caught:
        formula(r"a = b + \foo c")

    assert str(caught.value).splitlines()[1:] == [r"a = b + \foo c", "        ^^^^"]


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_of_lectures_are_read(text: str) -> None:
    assert formula(text).statements


@pytest.mark.parametrize("slip", ["}", ")", r"\right)", r"\end{cases}", "^", r"\cdot", r"\foo"])
@pytest.mark.parametrize("text", FORMULAS)
def test_nothing_is_dropped_at_the_end(text: str, slip: str) -> None:
    with pytest.raises(LatexError):
        formula(f"{text} {slip}")


def test_only_one_statement_is_a_statement() -> None:
    assert show(parse_statement(Source("test", "a = b")).body) == "a = b"
    with pytest.raises(LatexError, match="second statement"):
        parse_statement(Source("test", "a = b, c = d"))
    with pytest.raises(LatexError, match="empty"):
        parse_statement(Source("test", "  "))


def test_a_part_of_a_text_is_read_at_its_place() -> None:
    text = "see $a = \\foo$ here"
    with pytest.raises(LatexError) as caught:
        parse_formula(Source("lecture.md", text), Span(5, 13))

    assert caught.value.span == Span(9, 13)
    assert str(caught.value).startswith("lecture.md:1:10: ")


HOSTILE = {
    "braces": "{" * 15_000 + "}" * 15_000,
    "unclosed": "(" * 30_000,
    "accents": r"\hat" * 8_000 + "x",
    "fractions": r"\frac" * 7_000 + "1",
    "powers": "x^{" * 12_000,
    "environments": r"\begin{matrix}" * 2_500,
    "signs": "-" * 39_000 + "x",
    "bars": "|" * 39_000,
    "doubling macro": r"\def\x{\x\x}\x",
    "growing macros": r"\def\a#1{#1#1}" + r"\a{" * 30 + "x" + "}" * 30,
    "long": "x" * 10_000_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_ends_in_a_clear_error(text: str) -> None:
    with pytest.raises(LatexError) as caught:
        formula(text)

    assert len(caught.value.message) < 200


@pytest.mark.parametrize(
    "text", ["x+" * 15_000 + "x", "a=b," * 8_000 + "c=d", "x_{" + "1" * 30_000 + "}", "|x|" * 10_000]
)
def test_long_text_is_read(text: str) -> None:
    assert formula(text).statements


def test_nested_text_of_any_reasonable_depth_is_read() -> None:
    assert expression("(" * 40 + "x" + ")" * 40).count("(") == 40


def test_braces_around_a_lone_bracket_only_set_its_size() -> None:
    assert expression(r"\large{(} a + b \large{)} c") == expression("( a + b ) c")


@pytest.mark.parametrize(
    ("twice", "once"),
    [
        (r"\begin{align} a &= b = \\ &= c \end{align}", r"\begin{align} a &= b \\ &= c \end{align}"),
        (r"\begin{align} a = \\ &= c \end{align}", r"\begin{align} a \\ &= c \end{align}"),
        (r"\begin{multline} a = b = \\ = c \end{multline}", r"\begin{multline} a = b \\ = c \end{multline}"),
        (r"\begin{multline} a = b + \\ + c \end{multline}", r"\begin{multline} a = b + c \end{multline}"),
        (r"\begin{split} a &= b \cdot \\ &\cdot c \end{split}", r"\begin{split} a &= b \cdot \\ & c \end{split}"),
    ],
)
def test_a_sign_that_is_set_on_both_sides_of_a_break_counts_once(twice: str, once: str) -> None:
    assert statements(twice) == statements(once)


def test_a_minus_sign_on_both_sides_of_a_break_may_be_meant_twice() -> None:
    with pytest.raises(LatexError, match="cannot read"):
        statements(r"\begin{multline} a = b - \\ - c \end{multline}")
