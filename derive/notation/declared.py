"""What words around names declare: one row each, by meaning; the words by language.

In a row X stands for a name or a list of names, S for a size, n or n × d, Y for another name; a word in angles stands
for any of its group, `?` says that it may be missing, `*` that there may be several.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Literal

from derive.notation.functions import FUNCTIONS

Meaning = Literal[
    "matrix", "plain sizes", "vector", "row vector", "some matrix", "some vector", "number", "function", "loss",
    "loss of", "one-hot", "one-hot rows", "one-hot columns",
    "sums to one", "property", "entries", "operator", "rows", "columns",
    "gradient", "derivative", "one-hot of", "lies",
]  # fmt: skip

GROUPS: dict[str, str] = {
    "is": """
        is | are | be | denotes | denote | will be | being
        ist | sei | sind | bezeichnet
        est | soit | sont | désigne
        es | son | sea | é | são | denota
        è | sono | sia | indica
        — | 是 | 为
        """,
    "a": """
        a | an | the | our | some | any | all | its | their
        ein | eine | einen | die | der | das
        un | une | le | la | les
        el | una | los | unas | uma | um | o
        il | lo | gli
        一个
        """,
    "kind": """
        weight | bias | input | output | hidden | design | data | parameter | feature | label | target | real | constant
        | fixed | given | square | dense | activation | coefficient | recurrent | embedding | symmetric | random | score
        | column | known | arbitrary
        reelle | reeller | konstante | feste
        réelle | constante | fixe
        fija | fijo | fixo | fixa | real
        постоянная | весовая
        """,
    "matrix": """
        matrix | matrices | array
        matrizen
        matrice
        matriz
        матрица | матрицы
        矩阵 | 的矩阵
        """,
    "vector": """
        vector | vectors | column vector | column vectors | array
        vektor | vektoren | spaltenvektor
        vecteur | vecteurs
        vetor | vetores
        вектор | векторы
        向量 | 列向量
        """,
    "row-vector": """
        row vector | row vectors | zeilenvektor | zeilenvektoren | vecteur ligne | vector fila | vetor linha
        | вектор-строка | 行向量
        """,
    "input": """
        input | inputs | weights | biases | example | examples | label | labels | target | targets | output
        """,
    "of": """
        of | with | in | has | have | having
        der | von | mit | hat
        de | du | a
        con | com | tiene | tem
        размера | размерности
        """,
    "shape": """
        shape | size | sizes | dimension | dimensions | order | the shape | the size | the dimensions
        form | größe | gestalt
        taille | forme
        tamaño | tamanho | dimensión | dimensão
        размер | размера
        """,
    "length": """
        length | size | dimension | dimensionality | the length | the dimension
        länge | der länge
        longueur | taille | dimension
        longitud | comprimento | tamaño | tamanho
        длины | размерности
        """,
    "parts": """
        entries | components | elements | numbers | coordinates | features
        einträgen | komponenten
        composantes | coordonnées
        componentes
        """,
    "entries": """
        entries | elements | components | coefficients
        einträge | elemente
        """,
    "row": """
        row | rows | the rows | row vectors | zeile | zeilen | ligne | lignes | fila | filas | linha | linhas
        """,
    "columns": """
        column | columns | the columns | spalte | spalten | colonne | colonnes | columna | columnas | coluna | colunas
        """,
    "number": """
        real number | real numbers | reals | number | numbers | scalar | scalars | real variable | real variables
        | real parameter | real parameters | constant | constants | learning rate | step size | hyperparameter
        | coefficient | strength | regularization parameter | regularisation parameter | regularization strength
        | regularisation strength | regularization constant | penalty weight | momentum | temperature | margin
        | threshold | baseline | discount factor | smoothing parameter | bandwidth | decay rate
        reelle zahl | reelle zahlen | reellen zahlen | zahl | zahlen | skalar | skalare | lernrate | schrittweite
        | temperatur | schwelle | schwellenwert
        nombre réel | nombres réels | réel | réels | scalaire | scalaires | taux d'apprentissage
        número real | números reales | escalar | escalares | tasa de aprendizaje
        números reais | taxa de aprendizado | taxa de aprendizagem
        число | числа | вещественные числа | скаляр | скорость обучения
        实数 | 标量 | 学习率
        """,
    "small": """
        small | positive | fixed | constant | real | kleine | petite | pequeña | pequena
        """,
    "loss": """
        loss function | cost function | error function | objective function | objective | loss | cost | error
        | total error | total loss | total cost | criterion | risk | empirical risk | training loss | scalar loss
        verlustfunktion | kostenfunktion | fehlerfunktion | zielfunktion | verlust | fehler | kosten
        fonction de perte | fonction de coût | fonction objectif | coût | perte | erreur
        función de pérdida | función de coste | función de costo | función objetivo | pérdida | coste | costo
        função de perda | função de custo | função objetivo | perda | custo | erro
        funzione di costo | funzione di perdita | costo | perdita | errore
        функция потерь | функция ошибки | функционал | ошибка | потери
        损失函数 | 代价函数 | 误差 | 损失
        """,
    "depends": """
        depends on | depend on | function of | computed from | differentiable in
        abhängt | funktion von | hängt von | hängt nur von | hängt allein von
        dépend de | fonction de
        depende de | función de | função de
        зависит от
        """,
    "up to": """
        to | up to | until | through | down to
        bis
        à | jusqu'à
        a | hasta | até
        до | 到 | 至
        """,
    "gradient": """
        derivative | derivatives | gradient | gradients | partial derivative | partial derivatives | adjoint
        | error signal
        ableitung | gradienten | dérivée | derivada | derivata | gradiente
        производная | производную | производной | градиент | 导数 | 梯度
        """,
    "for": """
        for | as | to be | für | als | pour | para
        """,
    "property": """
        symmetric | antisymmetric | skew-symmetric | orthogonal | orthonormal | invertible | diagonal | triangular
        | positive definite | positive semidefinite | stochastic | idempotent | centered | centred | zero-mean
        | normalized | normalised | whitened | unit-norm | sparse | a unit vector | unit vectors
        | covariance | precision | gram | hessian | kernel
        symmetrisch | orthogonal | normiert
        symétrique | orthogonale | simétrica | ortogonal
        """,
    "array": """
        matrix | matrices | vector | vectors | matrizen | vektor | matrice | matrices | vecteur | matriz | vetor
        """,
    "distribution": """
        probability distribution | probability distributions | probability vector | probability vectors
        | target distribution | target distributions | label distribution | distribution | distributions
        | wahrscheinlichkeitsverteilung | distribution de probabilité | distribución de probabilidad
        """,
    "one-hot": """
        one-hot | one hot | one-hot encoded | one-hot coded
        one-hot-kodiert | one-hot-kodierte | one-hot-vektor | one-hot-vektoren
        """,
    "label": """
        label | labels | target | targets | vector | vectors | class | encoding | encodings | encoded | coded | true
        | word | input | output | matrix | ziel | vektor | vecteur | vetor | etiqueta
        """,
    "sums": """
        sum to | sums to | sum up to | sums up to | add to | adds up to | add up to | summing to
        """,
    "function": """
        function | nonlinearity | activation | activations | nonlinearities | functions | activation functions
        | funktion | fonction | función | função | funzione | функция | 函数
        """,
    "smooth": """
        differentiable | smooth | continuously differentiable | nonlinear | monotone | monotonic
        | differenzierbar | glatt | nichtlinear | dérivable | différentiable | lisse | derivable | diferenciable
        | derivável | diferenciável | derivabile | differenziabile | дифференцируема | 可微
        """,
    "product": """
        product | multiplication
        produkt
        produit
        producto | produto
        произведение
        """,
}
"""Words by what they are, parted by | or line breaks; languages follow each other."""

ROWS: tuple[tuple[Meaning, str], ...] = (
    ("matrix", "X <is> <a>? <kind>* S <kind>* <matrix>"),
    ("matrix", "<a>? S <kind>* <matrix> X"),
    ("matrix", "X ,? <a>? S <kind>* <matrix>"),
    ("matrix", "<matrix> X <of> <shape>? S"),
    ("matrix", "<input> X <of> <shape> S"),
    ("matrix", "X ,? (which|that)? <is>? <a>? <kind>* <matrix>? <of> <shape> S"),
    ("matrix", r"X \(S\)"),
    ("matrix", "X <is> <a>? <kind>* <matrix> <of> <shape>? S"),
    ("plain sizes", "X (<is>|:) S"),
    ("vector", "X <is>? <a>? <kind>* <vector> <of> <length> S"),
    ("vector", "X <is>? <a>? <kind>* <vector> <of> S <parts>"),
    ("vector", "<vector> X <of> <length> S"),
    ("vector", "<vector> X <of> S <parts>"),
    ("vector", "<input> X <of> S <parts>"),
    ("vector", "S -?dimensional <kind>* <vector>? <input>? X"),
    ("vector", "X <is> <a>? <kind>* S -?(dimensional|vectors?)"),
    ("vector", "X <of> <length> S"),
    ("row vector", "X <is>? <a>? <kind>* <row-vector> <of> <length>? S <parts>?"),
    ("row vector", "<row-vector> X <of> <length>? S <parts>?"),
    ("row vector", "X <is>? <a>? S -?dimensional <row-vector>"),
    ("row vector", "S -?dimensional <row-vector> X"),
    ("some matrix", "<matrix> X"),
    ("some matrix", "X <is> <a>? <kind>* <matrix>"),
    ("some vector", "<vector> X"),
    ("some vector", "X <is> <a>? <kind>* <vector>"),
    ("number", "<number> <is>? X"),
    ("number", "X <is> <a>? <small>* <number>"),
    ("loss", "<loss> X"),
    ("loss", "X <is> <a>? <kind>* <loss>"),
    ("loss", "<loss> <is> <a>? X"),
    ("loss", "<loss> (with|plus|including) ~ <is> <a>? X"),
    ("loss", "X <for> <a>? <kind>* <loss>"),
    ("loss of", "<loss> X ~ <depends> ~ Y"),
    ("loss of", "X <is> ~ <loss> ,? ~ <depends> ~ Y"),
    ("loss of", "<loss> <is> ~ <function> <smooth>? X <of> ~ Y"),
    ("loss of", "X <is> <a>? <kind>* (scalar|scalar-valued|real-valued) (function|loss|quantity) of ~ Y"),
    ("one-hot rows", "rows of X <is> ~ <one-hot>"),
    ("one-hot rows", "X ~ <one-hot> ~ rows"),
    ("one-hot rows", "<row> <of> <a>? <one-hot> <kind>* <matrix> X"),
    ("one-hot rows", "<one-hot> rows of ~ X"),
    ("one-hot columns", "columns of X <is> ~ <one-hot>"),
    ("one-hot columns", "X ~ <one-hot> ~ columns"),
    ("one-hot", "<one-hot> <label>* X"),
    ("one-hot", "X <is> <a>? <label>* <one-hot>"),
    ("one-hot", "X ,? <a> <label>* <one-hot>"),
    ("one-hot", "<label> X <of> <a>? <one-hot>"),
    ("one-hot of", "X <is> <a>? <label>* <one-hot> <label>* (<of>|<for>) ~ Y"),
    ("one-hot of", "<one-hot> <label>* X (<of>|<for>) ~ Y"),
    ("one-hot of", "X <is> <a>? <label>* <one-hot> <label>* (with|having) (a|the|its) (1|one) (at|for|in|on) ~ Y"),
    ("sums to one", "X <sums> (one|1|Y)"),
    ("sums to one", "X ,? (which|that|all)? (together)? <sums> (one|1)"),
    ("sums to one", "<entries> <of> X <sums> (one|1)"),
    ("sums to one", "<distribution> X"),
    ("sums to one", "X <is> <a>? <kind>* <distribution>"),
    ("property", "X <is> ~ <property>"),
    ("property", "<property> <kind>* <array> X"),
    ("property", "X ~ <property> (columns|rows|matrix|matrices|vector|vectors)"),
    ("entries", "<entries> <of> X <is> (denoted|written|called)? (by|as)? Y"),
    ("entries", "X <of> <entries> Y"),
    ("entries", "X <is> <a>? <kind>* <matrix> (<of>|des|dei) ~ Y"),
    ("entries", "<matrix> X (<of>|des|dei) ~ Y"),
    ("lies", "X ,? (which|that|these|both|all)* <is> <a>? <kind>* <row-vector>"),
    ("lies", "<row-vector> X"),
    ("lies", r"X \(<a> (row|zeile|ligne|fila|linha|riga)\)"),
    ("rows", r"X (whose|where) ~ («\d+»(-?\w+)?)? <row> <is> ~ Y"),
    ("rows", r"(«\d+»(-?\w+)?)? <row> <of> ~ X <is> ~ Y"),
    ("rows", "X <is> <a>? S? <kind>* <matrix> (whose|with|mit|de|con|com|aux) ~ <row> <is>? ~ Y"),
    ("rows", "X <of> <a>? <row> Y"),
    ("rows", "<row> Y <of> <a>? <kind>* <matrix>? X"),
    ("rows", "X <is> <a>? <kind>* <matrix> <of> <a>? <row> Y"),
    ("rows", r"Y <is> <a>? ~ («\d+»(-?\w+)?)? <row> <of> ~ X"),
    ("rows", "Y <for> <a>? <row> <of> ~ X"),
    ("rows", r"Y [,:(]? <a> ~ («\d+»(-?\w+)?)? <row> <of> ~ X"),
    ("columns", r"X (whose|where) ~ («\d+»(-?\w+)?)? <columns> <is> ~ Y"),
    ("columns", r"(«\d+»(-?\w+)?)? <columns> <of> ~ X <is> ~ Y"),
    ("columns", "X <is> <a>? S? <kind>* <matrix> (whose|with|mit|de|con|com|aux) ~ <columns> <is>? ~ Y"),
    ("columns", "X <of> <a>? <columns> Y"),
    ("columns", "<columns> Y <of> <a>? <kind>* <matrix>? X"),
    ("columns", "X <is> <a>? <kind>* <matrix> <of> <a>? <columns> Y"),
    ("columns", r"Y <is> <a>? ~ («\d+»(-?\w+)?)? <columns> <of> ~ X"),
    ("columns", "Y <for> <a>? <columns> <of> ~ X"),
    ("columns", r"Y [,:(]? <a> ~ («\d+»(-?\w+)?)? <columns> <of> ~ X"),
    ("derivative", "X (<for>|<is>|stands for|means|instead of|abbreviates|steht für|désigne) Y"),
    ("derivative", "Y (<for>|by|with|mit|durch|par) X"),
    ("gradient", "X (to denote|<for>|<is>) ~ <gradient> <of> ~ Y"),
    ("gradient", "X (to denote|<for>|<is>) ~ <gradient> Y"),
    ("gradient", r"<gradient> <of> ~ Y (with|in) respect to «\d+» <for> X"),
    ("operator", "X <is> <a>? O <product>"),
    ("operator", "O <product> X"),
)
"""What is said about X; O is a word for a product."""

OPERATORS = {
    "elementwise": (
        "elementwise", "element-wise", "entrywise", "entry-wise", "componentwise", "pointwise", "hadamard",
        "elementweises", "elementweise",
    ),
    "outer": ("outer", "äußeres"),
    "kronecker": ("kronecker",),
}  # fmt: skip
"""Words for products."""

LAYOUTS = {
    "numerator": ("numerator layout", "numerator-layout"),
    "denominator": ("denominator layout", "denominator-layout"),
}
"""How a text names the layout of its Jacobians."""

SOFTMAX_AXES = {"softmax over rows": "row", "softmax over columns": "column"}
"""What a sentence calls the axis of a matrix along which the softmax is taken."""

OPEN_FUNCTIONS = """
    activation function | activation functions | nonlinear function | non-linear function | differentiable function
    | differentiable functions | smooth function | nonlinearity | non-linearity | activation | transfer function
    | elementwise function | element-wise function | scalar function | squashing function | link function
    | weighting function | weight function | increasing function | monotone function | monotonic function
    aktivierungsfunktion | differenzierbare funktion | nichtlinearität
    fonction d'activation | fonction dérivable
    función de activación | función derivable | función diferenciable | função de ativação | função diferenciável
    функция активации | функции активации | дифференцируемая функция
    激活函数 | 可微函数
    """
"""Words for a function that is left open."""

FUNCTION_WORDS = {
    "softmax": "softmax | softmax function | softmax-funktion | fonction softmax | función softmax | função softmax",
    "softmax over rows": """
        softmax over rows | softmax over the rows | softmax of each row | softmax along rows | row-wise softmax
        | softmax row by row | softmax in each row | softmax for each row | softmax applied to each row
        """,
    "softmax over columns": """
        softmax over columns | softmax over the columns | softmax of each column | softmax along columns
        | column-wise softmax | softmax column by column | softmax in each column | softmax applied to each column
        """,
    "log softmax": "log-softmax | log softmax",
    "identity": """
        identity | identity function | identität | identische abbildung | identité | fonction identité
        | identidad | función identidad | identidade | função identidade | identità | funzione identità
        | тождественная функция | тождественное отображение | 恒等函数
        """,
    "sigmoid": """
        logistische funktion | sigmoidfunktion | sigmoïde | fonction sigmoïde | sigmoide | función sigmoide
        | função sigmoide | funzione sigmoide | fonction logistique | función logística | função logística
        | funzione logistica | сигмоида | сигмоидная функция | логистическая функция | sigmoid函数 | 逻辑函数
        """,
    "tanh": """
        tangens hyperbolicus | tangente hyperbolique | tangente hiperbólica | tangente iperbolica
        | гиперболический тангенс | 双曲正切
        """,
}
"""Further words for functions, beside their names in `functions`."""

SINGULAR = frozenset(("is", "denotes", "represents", "ist", "bezeichnet", "est", "désigne", "es", "é", "denota"))
"""Verbs that speak of the last of several names before them: with the weights $W$, and $b$ is a vector."""

SUPPOSED = frozenset(("if", "when", "whenever", "suppose", "instance", "example", "e.g", "wenn", "falls", "si"))
"""Words before a name after which what is said holds in a case only."""

CASES = """
    if | unless | otherwise | when | whenever | except | suppose
    wenn | falls | sonst | andernfalls
    si | quand | lorsque | sinon
    cuando | quando | se
    если | когда | иначе
    如果 | 若 | 当
    """
"""Words of conditions that make a case."""

CORRECT_CLASS = """
    correct class | true class | right class | target class | ground truth class | ground-truth class | correct classes
    correct word | true word | target word | outside word | correct token | true token | target token | correct category
    richtige klasse | richtigen klasse | wahre klasse | classe correcte | clase correcta | classe correta
    правильный класс | правильного класса | 正确类别 | 正确的类别
    """
"""Words of texts that may mean the class of the label by any letter."""

NEGATIVES = """
    negative samples | negative sample | negative examples | negative words | negatives | noise words | noise samples
    negative beispiele | negativbeispiele | exemples négatifs | échantillons négatifs | muestras negativas
    | ejemplos negativos | amostras negativas | exemplos negativos | campioni negativi | отрицательных примеров
    | негативных примеров | 负样本 | 负例
    """
"""What vectors are called beside which another one with the same letter, u_o beside u_1, …, u_K, is none of them."""

NAMED_FIRST = """
    denote by | denoted by | denoting by | we denote with | let us call | we call | we refer to
    bezeichne mit | bezeichnen mit | bezeichnen wir mit | wir nennen
    notons | on note | nous notons | on appelle
    denotamos por | denotamos con | llamamos a | chamamos de
    обозначим через | обозначим
    """
"""Words before a name behind which stands what it is: denote by $E$ the loss."""

LET = """
    let | put | set | write | denote | abbreviate
    sei | setze | setzen | schreibe | schreiben
    posons | on pose | sea | sean | seja | sejam | пусть | обозначим | 令 | 记
    """
"""Words before an equation that gives a name to what stands on its left: let Σ_j e^{f_j} = S."""

ALIKE = """
    and so on | and so forth | etc | likewise | similarly | accordingly | in the same way | analogously
    und so weiter | usw | ebenso | entsprechend | analog
    et ainsi de suite | de même | y así sucesivamente | e assim por diante | и так далее | 以此类推
    """
"""Words behind an example that say that what is like it is called alike."""

WRONG = """
    wrong | wrongly | mistake | mistaken | mistakenly | erroneous | erroneously | slip | slips | incorrect | incorrectly
    | forget | forgot | forgets | forgetting | careless | carelessly | misprint | typo | hurried | hasty | false
    | falsely | tempting
    falsch | irrtum | fehlerhaft | vergisst | vergessen
    faux | fausse
    incorrecto | incorrecta | errado | errada
    ошибочно | неверно
    错误的
    """
"""Words of a sentence whose formula is no declaration, since it says that it does not hold."""


@cache
def function_phrases() -> dict[str, str]:
    """Return the function that each phrase names, "any" for one that is left open."""
    found: dict[str, str] = {}
    for row in FUNCTIONS:
        if row.arity == 1 and row.name not in {"exp", "log", "abs", "sign", "sqrt", "identity"}:
            names = {row.name.replace("_", " "), *row.words, *row.reads.lower().split()}
            for name in (name for name in names if name.isascii() and "\\" not in name):
                for kind in ("", " function", " activation", " unit", " nonlinearity", " activation function"):
                    found[name + kind] = row.name
    found |= dict.fromkeys(alternatives(OPEN_FUNCTIONS), "any")
    return found | {word: name for name, words in FUNCTION_WORDS.items() for word in alternatives(words)}


def pattern_of(phrases: Iterable[str]) -> str:
    """Return phrases as a regular expression, the longest first; a line may end between two words."""
    escaped = (r"[ \t]*(?:\n[ \t]*|[ \t])".join(map(re.escape, phrase.split(" "))) for phrase in phrases)
    return "|".join(sorted(escaped, key=len, reverse=True))


def alternatives(text: str) -> list[str]:
    """Return the phrases of a group, the longest first."""
    found = (phrase.strip() for line in text.split("\n") for phrase in line.split("|"))
    return sorted({phrase for phrase in found if phrase}, key=lambda phrase: (-len(phrase), phrase))
