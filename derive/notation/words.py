"""Words between and inside formulas, by what they do there; other languages as the English words that say the same."""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


CONDITIONS = frozenset(
    _words(
        """
        for forall if when whenever where with provided given assuming all each every any unless iff
        only otherwise else
        """
    )
)
"""Words that begin a condition."""

CONNECTIVES = frozenset(
    _words(
        """
        and or so hence thus therefore then but while whereas which gives yields implies since
        because as also similarly finally now note namely equivalently i.e. ie e.g. that is we it
        this one consequently further furthermore moreover let using by from likewise respectively
        resp. resp such here both either analogously recall define set
        """
    )
)
"""Words that stand between statements and assert nothing."""

UNIVERSAL = (
    "for all", "for every", "for each", "for any", "for all examples", "for every example", "für alle", "für jedes",
    "pour tout", "pour tous les", "pour chaque", "para todo", "para cada", "per ogni", "для всех", "для каждого",
)  # fmt: skip
"""Words that say that what stands before them holds for all values of the letter behind them."""

LAYERS: dict[str, tuple[str, ...]] = {
    "all": (
        "all layers", "every layer", "each layer", "allen schichten", "jeder schicht", "toutes les couches",
        "chaque couche", "todas las capas", "cada capa", "todas as camadas", "cada camada", "tutti gli strati",
        "всех слоях", "каждом слое", "所有层", "每层",
    ),
    "first": (
        "first layer", "first hidden layer", "ersten schicht", "première couche", "primera capa", "primeira camada",
        "primo strato", "первом слое", "第一层",
    ),
    "hidden": (
        "hidden layer", "hidden layers", "hidden unit", "hidden units", "hidden neurons", "verborgenen schicht",
        "verborgenen schichten", "verdeckten schichten", "couche cachée", "couches cachées", "capa oculta",
        "capas ocultas", "camada oculta", "camadas ocultas", "camadas escondidas", "strati nascosti", "скрытом слое",
        "скрытых слоях", "隐藏层", "隐层",
    ),
    "last": (
        "last layer", "final layer", "output layer", "top layer", "output unit", "output units", "output neurons",
        "at the output", "letzten schicht", "ausgabeschicht", "dernière couche", "couche de sortie", "última capa",
        "capa de salida", "última camada", "camada de saída", "ultimo strato", "strato di uscita", "последнем слое",
        "выходном слое", "最后一层", "输出层", "last step", "last time step", "final step", "final time step",
        "letzten schritt", "letzten zeitschritt", "dernier pas", "último paso", "último passo", "последнем шаге",
        "最后一步",
    ),
}  # fmt: skip
"""Words that say of which layers of a network a sentence speaks."""

REASONS = frozenset(("since", "because", "as", "using", "by", "from", "see"))
"""Words that begin a reason."""

DEFINITIONS = frozenset(("where", "with"))
"""Words that begin a definition or a range."""

OTHER_LANGUAGES = {
    "für": "for", "fuer": "for", "wenn": "if", "falls": "if", "sofern": "if", "mit": "with", "wobei": "where",
    "wo": "where", "alle": "all", "jedes": "each", "jede": "each", "sonst": "otherwise", "und": "and",
    "ansonsten": "otherwise", "sowie": "and", "oder": "or", "bzw.": "or", "also": "so", "daher": "hence",
    "somit": "hence", "folglich": "hence", "damit": "so", "denn": "since", "weil": "because", "wegen": "because",
    "dann": "then", "aber": "but", "ebenso": "likewise", "analog": "likewise", "mithin": "hence", "d.h.": "i.e.",
    "pour": "for", "si": "if", "avec": "with", "où": "where", "chaque": "each", "sinon": "otherwise",
    "autrement": "otherwise", "et": "and", "ou": "or", "donc": "so", "ainsi": "so", "alors": "then",
    "puisque": "since", "mais": "but", "lorsque": "when", "quand": "when", "puis": "then",
    "entonces": "then", "então": "then",
}  # fmt: skip
"""Words of other languages as the English ones that say the same."""

GENERALLY = (
    "in general", "generally", "always", "in all cases", "in both cases", "in either case", "in any case",
    "in every case", "both cases", "the two cases", "the cases together", "regardless",
    "im allgemeinen", "allgemein", "immer", "stets", "in beiden fällen", "beide fälle",
    "en général", "toujours", "dans les deux cas", "dans tous les cas", "les deux cas",
    "en general", "siempre", "en ambos casos", "em geral", "sempre", "nos dois casos", "in generale",
    "в общем случае", "всегда", "в обоих случаях", "一般", "总是", "两种情况",
)  # fmt: skip
"""How a sentence says that no condition of an earlier one limits it."""

OTHERS = (
    "others?", "otherwise", "elsewhere", "remaining", "the rest", "one-hot",
    "andere[nrms]?", "sonst", "ansonsten", "übrige[nrms]?", "restliche[nrms]?", "autres?", "sinon", "ailleurs",
    "otr[oa]s?", "demás", "resto", "outr[oa]s?", "demais", "altri", "altrove", "остальн[а-я]+", "其余", "其他",
)  # fmt: skip
"""Words with which a sentence speaks of the entries of a vector but one, as patterns."""

ONLY = (
    "only", "except", "except for", "apart from", "but", "nur", "allein", "bis auf", "seule?", "seulement", "sauf",
    "solo", "sólo", "salvo", "apenas", "somente", "exceto", "solamente", "tranne", "только", "кроме", "只有",
)  # fmt: skip
"""Words before the entry of a vector that is not 0."""

DIAGONAL: dict[str, tuple[str, ...]] = {
    "unless": (
        r"(?:off|outside|away from) (?:of )?the (?:main )?diagonal", r"off[- ]diagonal(?:s| \w+)?", r"non-diagonal \w+",
        r"(?:außerhalb|abseits) der (?:haupt)?diagonale[n]?", r"neben der (?:haupt)?diagonale[n]?",
        r"(?:hors de|en dehors de) la diagonale", r"(?:éléments|termes|coefficients) hors(?:-| de la )diagonale",
        "fuera de la diagonal", "fora da diagonal", "fuori dalla diagonale", "вне (?:главной )?диагонали",
        r"внедиагональные \w+", "非对角(?:线上?|元素?)",
    ),
    "if": (
        r"(?:on|along) the (?:main )?diagonal", r"diagonal (?:entr\w+|elements?|terms?)",
        r"auf der (?:haupt)?diagonale[n]?", r"diagonal(?:einträge|elemente|terme)",
        r"sur la diagonale", r"(?:éléments|termes|coefficients) diagonaux", "(?:en|sobre) la diagonal", "na diagonal",
        "sulla diagonale", "на (?:главной )?диагонали", r"диагональные \w+", "对角(?:线上?|元素?)",
    ),
}  # fmt: skip
"""Words for the entries of a square matrix with two equal indices, and for all others, as patterns; what is no diagonal
comes first."""

THE_OTHERS = (
    "(?:and |while |whereas )?(?:all |the )(?:others?|other (?:entries|ones)|remaining (?:entries|ones)|rest)",
    "alle (?:anderen|übrigen)",
    "die (?:anderen|übrigen)",
    "(?:tous )?les autres",
    "(?:todos )?los demás",
    "os demais",
    "gli altri",
    "остальные",
    "其余|其他",
)
"""How a clause begins that speaks of the entries that the one before it leaves."""

LINEAR = (
    r"linear(?:e[nrms]?)? (?:output |hidden |activation )?(?:units?|outputs?|neurons?|activations?|layers?|networks?)",
    r"(?:units?|outputs?|neurons?|activations?|layers?|networks?) (?:is|are) (?:all )?linear",
    r"lineare[nrms]? (?:ausgabe|einheit|neuron|aktivierung|schicht|netz)\w*",
    r"(?:ausgabe|einheit|neuron|aktivierung|schicht|netz)\w* (?:ist|sind) linear",
    r"(?:unités?|sorties?|neurones?|activations?|couches?) linéaires?",
    r"(?:unidad|salida|neurona|activaci|capa)\w* lineal(?:es)?",
    r"(?:unidade|saída|neurônio|ativaç|camada)\w* linear(?:es)?",
    r"линейн\w+ (?:нейрон|выход|слой|слоя|активац)\w*", "线性(?:单元|输出|层|激活)",
)  # fmt: skip
"""How a sentence says that units have no activation, as patterns."""

NOT_A_FUNCTION = (
    "path", "paths", "branch", "branches", "connection", "connections", "shortcut", "shortcuts", "skip", "matrix",
    "term", "part", "weg", "pfad", "zweig", "chemin", "branche", "terme", "matriz", "camino", "caminho",
)  # fmt: skip
"""Words behind the name of a function that make it that of something else: the identity path around a block."""

NAMED_LOSSES = (
    r"(?:mean |sum of )?squared[- ](?:error|loss|difference)\w*", "least squares", "quadratic (?:loss|cost|error)",
    "mse",
    "cross[- ]entropy", "log[- ]loss", "logistic loss", "hinge loss", "absolute (?:error|loss)", "huber loss",
    "negative log[- ]likelihood", r"quadratische\w* (?:fehler|verlust)\w*", "kreuzentropie", "erreur quadratique",
    "entropie croisée", "error cuadrático", "entropía cruzada", "erro quadrático", "entropia cruzada",
    "errore quadratico", "entropia incrociata",
    r"квадратичн\w+ ошибк\w+", r"кросс-энтропи\w+", "交叉熵", "均方误差", "平方误差",
)  # fmt: skip
"""Losses that a sentence names, as patterns."""

CASES_SAID = (
    r"(?:in|for) the (?!(?:general|first|second|third|last|other|latter|former|same|following|present|usual)\b)"
    r"[a-z-]+ case", "for (?:very )?(?:small|large|tiny|huge)", "in the limit",
    r"(?:in|on|for|within|inside|outside) the (?:in)?(?:active|linear|saturated|flat|positive|negative|left|right)"
    r" (?:region|regime|side|part|branch|half|case|range)\w*",
    r"(?:for|with|of|in) (?:a |an |the |all |any )?(?:positive|negative|active|inactive|dead|saturated|correctly"
    r"|wrongly|misclassified|masked|unmasked|dropped|kept) \w+",
    r"(?:for|on|in|inside|outside|within|beyond|above|below) (?:[a-z]+ ){0,3}?(?:margins?|thresholds?|kinks?|boundary"
    r"|regime|active|violated|misclassified|clipped|unclipped|(?:wrongly|correctly|well) classified)",
    r"for (?:an? |the )?(?:strictly )?(?:nonzero|non-zero|vanishing) (?:loss(?:es)?|arguments?|inputs?|values?"
    r"|pre-?activations?|residuals?|errors?|margins?|differences?)",
    r"(?-i:Where) (?:the|all|no|both|it|they|there|this|that|neither|every|an?) [^$.;]*"
    r"\b(?:is|are|does|do|has|have|holds)",
    r"(?:all )?(?:the )?(?:active|inactive|dead|saturated|misclassified|violated|clipped) \w+",
    r"(?:is|are) (?:strictly )?(?:positive|negative|non-?zero|active|inactive|saturated)",
    r"(?:bei|für|mit) (?:ein\w* |alle |die |den )?(?:positiv|negativ|aktiv|inaktiv|gesättigt)\w* \w+",
    r"(?:für|bei|in|an|innerhalb|außerhalb|jenseits) (?:\w+ ){0,2}?(?:verletzten?|(?:falsch|richtig) klassifizierten?"
    r"|rand(?:es)?|schwelle|knicks?)",
    r"(?:pour|dans|hors de) (?:\w+ ){0,3}?(?:(?:mal|bien) classés?|la marge|saturée?s?)",
    r"(?:para|en|em|dentro de|fuera de) (?:\w+ ){0,3}?(?:(?:mal|bien) clasificad[oa]s?|el margen|saturad[oa]s?)",
    r"im (?:aktiven|linearen|gesättigten|positiven|negativen) \w+", r"im (?!allgemeinen\b)\w+en fall",
    "für (?:sehr )?(?:kleine|große)",
    r"(?:pour|avec) (?:un |une |les |des )?\w+ (?:positi[fv]\w*|négati[fv]\w*|acti[fv]\w*|inacti[fv]\w*)",
    r"(?:para|con|com) (?:una? |uma? |los |las |os |as )?\w+ (?:positiv|negativ|activ|ativ|inactiv|inativ)[oa]s?",
    r"(?:для|при) (?:положительн|отрицательн|активн|неактивн)\w+ \w+", "对(?:于)?(?:正|负)(?:样本|例)",
)  # fmt: skip
"""How a clause says for which values a formula holds without a formula, as patterns: on the positive side."""

SUMMATION = (
    "summation convention", "einstein convention", "einstein summation", "einstein notation",
    "einsteinsche summenkonvention", "summenkonvention", "convention d'einstein", "convention de sommation",
    "convenio de einstein", "convenio de suma", "convención de einstein", "notación de einstein",
    "convenção de einstein", "convenção de soma", "notação de einstein", "convenzione di einstein",
    "правило эйнштейна", "правилу эйнштейна", "соглашение эйнштейна", "爱因斯坦求和",
)  # fmt: skip
"""How a text names the convention that an index that appears twice in a product is summed over."""

SUMS = (
    "summed", "we sum", "sum over", "sums over", "summation", "summing", "summiert", "summieren", "summe über",
    "somme", "sommation", "suma", "sumamos", "soma", "somamos", "si somma", "суммир", "求和",
)  # fmt: skip
"""How a text speaks of a sum, in a sentence about indices that appear twice."""

TWICE = (
    "appears twice", "appear twice", "occurs twice", "occur twice", "repeated", "doppelt", "zweimal", "répété",
    "deux fois", "repetido", "dos veces", "duas vezes", "ripetut", "повторяющ", "дважды", "重复",
)  # fmt: skip
"""How a text speaks of such an index in a sentence that speaks of a sum."""

INDEX = ("index", "indices", "indizes", "indice", "índice", "indici", "индекс", "指标", "下标")
"""What such a letter is called."""

DENIALS = frozenset(("not", "no", "never", "without", "don't", "isn't", "nicht", "pas"))
"""Words with which a sentence says that something does not hold."""

_PARTS_OF_A_FORMULA = (
    "transpos", "slope", "derivative", "ableitung", "dérivée", "derivada", "derivata", "производн", "транспон",
)  # fmt: skip
"""What a formula may lack and no network has, as the beginnings of words: without the transpose."""
_OF_A_NETWORK = rf"(?! (?:{'|'.join(_PARTS_OF_A_FORMULA)}))"

LEAVES_OUT = (
    r"ignor(?:ing|e[sd]?)", "neglecting", "disregarding", "dropping", "omitting", "discarding", "leaving (?:out|aside)",
    "apart from", "aside from", "except for", "save for",
    r"up to (?:an?|the|some|constants?|signs?|scal\w+|higher|terms)",
    rf"without (?:(?:the|an?|any|its){_OF_A_NETWORK}|regulari[sz]\w+|bias\w*|penalt\w+|weight|momentum)",
    "in the absence of", "to (?:first|leading|lowest) order", "approximately",
    r"vernachlässig\w+", rf"ohne (?:(?:den|die|das|eine?n?){_OF_A_NETWORK}|regularisierung|strafterm|bias)",
    "abgesehen von", "bis auf",
    "lässt man", "näherungsweise",
    "en (?:ignorant|négligeant|omettant)", "abstraction faite",
    rf"sans (?:(?:les?|la){_OF_A_NETWORK}|régularisation|biais)", "à l'ordre",
    "approximativement", "ignorando", "despreciando", "desprezando", "omitiendo", "omitindo",
    "trascurando", "omettendo",
    rf"sin (?:(?:el|las?|los){_OF_A_NETWORK}|regulariza\w+|sesgo)", "a menos de",
    rf"sem (?:(?:os?|as?){_OF_A_NETWORK}|regulariza\w+|viés)", "a meno di",
    r"senza (?:il|la|i|le|regolarizza\w+)", "aproximadamente", "approssimativamente",
    "пренебрегая", "с точностью до", r"без (?:уч[её]та|регуляризации|смещения)", "не считая", "приближённо",
    "忽略", "不考虑", "近似",
)  # fmt: skip
"""How a clause begins that says what a formula leaves out: ignoring the penalty, up to a constant; as patterns."""

FORGET_GATES = (
    r"forget[ -](?:gates?|bias(?:es)?|vectors?|factors?|units?|layers?|mechanism|activations?|weights?|rate)\b"
)
"""What is called after forgetting, and forgets nothing; as a pattern."""

WRONGLY = (
    r"an? (?:common|frequent|typical|popular|usual) (?:mistake|error|misconception|slip|pitfall) (?:is|was)",
    "(?:one|you|we|students|people|beginners) (?:might|may|could|would) (?:be tempted to )?"
    "(?:think|believe|expect|guess|write|claim)",
    "it (?:would be|is) (?:tempting|wrong|incorrect|false|a mistake|an error) to",
    rf"(?!{FORGET_GATES})(?:forg[eo]ts?|forgotten|forgetting)",
    "(?:following|next) (?:formula )?(?:is|would be) (?:wrong|incorrect|false)",
    "(?:wrongly|incorrectly|mistakenly|naively|erroneously)",
    "ein (?:häufiger|typischer|verbreiteter) (?:fehler|irrtum) ist", "(?:man|wer) (?:könnte|vergisst)", "fälschlich",
    "une erreur (?:fréquente|courante|classique)", "on (?:pourrait croire|oublie)", "à tort",
    "un error (?:común|frecuente)", "se podría pensar", "um erro (?:comum|frequente)", "poderíamos pensar",
    "un errore (?:comune|frequente)", "si potrebbe pensare", "частая ошибка", "ошибочно", "常见的?错误", "误以为",
)  # fmt: skip
"""How a clause speaks of a formula that does not hold: a common mistake is, one might think; as patterns."""

ALONE = frozenset(
    _words(
        """
        some all each every any alle jede jedes jeder einige manche chaque certains cada algunos alguns ogni alcuni
        каждый каждая все некоторые
        """
    )
)
"""Words with which the subject of a sentence may begin, so that no condition follows: some prefer, every unit has."""

_SOME = """
    some | for some | for at least one | at least one | for some index | for some unit | for some class | exists
    | there exists | there exists an | there exists an index | für ein | für einige | für manche | für mindestens ein
    | pour un certain | pour certains | pour quelques | para algún | para algunos | para algum | per qualche
    | per alcuni | для некоторого | 对某个 | 某个
"""
SOME = frozenset(map(str.strip, _SOME.split("|")))
"""What says that a formula holds for some values of the letter behind it, not for all."""

SETS_TO_ZERO = (
    ("setting|set|sets|equating|equate|equates|putting|put", r"(?:equal )?to \$?(?:zero|0)\$?"),
    ("setzt man|setzen wir|setze|setzen|setzt", r"(?:gleich )?\$?(?:null|0)\$?"),
    ("posant|égalant|pose|posons|égalons|égale", r"(?:égale?s? )?à \$?(?:zéro|0)\$?"),
    ("annulant|annulons|annule", r"(?:on|nous|donne|:|,)"),
    ("igualando|igualamos|igualar", r"a \$?(?:cero|zero|0)\$?"),
    ("ponendo|uguagliando|eguagliando|poniamo", r"(?:uguale )?a \$?(?:zero|0)\$?"),
    ("приравнивая|приравняв|приравняем", r"(?:к )\$?(?:нулю|0)\$?"),
)
"""Verbs that set something to zero, and how they go on behind what that is."""

IT = frozenset(
    _words(
        """
        it this that the equal above expression result equation side right left hand right-hand left-hand
        gleich dies dieses diese sie ihn es das den ausdruck ergebnis cela ceci la le lo l'expression résultat
        esto isto isso expresión resultado expressão questo questa espressione risultato её его это выражение
        """
    )
)
"""Words for one thing that was said before."""

SEVERAL = frozenset(
    _words(
        """
        both these them all each first second third former latter last derivatives gradients
        beide alle erste ersten zweite zweiten letzte letzten ableitungen
        les tous première premier seconde second dernière dernier dérivées gradients
        ambas ambos primera primero segunda segundo última último los las derivadas gradientes
        os primeira primeiro entrambe le prima primo derivate их оба первую первое вторую производные
        """
    )
)
"""Words for several things that were said before, or for one of several."""
