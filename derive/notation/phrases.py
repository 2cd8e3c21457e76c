"""Phrases by what they do to a statement, in the languages that lectures are written in.

A phrase is added in one place, and is known wherever words are read: beside a formula, in a row of cases, in the
sentence around a formula.
"""

from __future__ import annotations

import re
from typing import Literal

Role = Literal[
    "if", "unless", "not", "and", "or", "is", "is not", "less", "greater", "differ", "agree", "symmetric", "otherwise",
    "unclear", "denied",
]  # fmt: skip
"""What a phrase does.

if         what follows limits the statement
unless     the statement holds where what follows does not
not        what follows does not hold
and, or    join two conditions
is, is not compare what stands before and behind
less, greater  say which of two is smaller
differ     no two of several names are equal: $i$ and $j$ differ, distinct $i$, $j$
agree      all of several names are equal
symmetric  a matrix is its own transpose
otherwise  the opposite of the conditions before it
unclear    limits a statement in a way that is not understood: "only if", "for some", "for odd"
denied     says that a statement does not hold
"""

PHRASES: dict[Role, str] = {
    "if": """
        if | when | whenever | wherever | for | forall | for all | for every | for each | for any | with | where
        | provided | provided that | given | given that | assuming | assuming that | as long as | so long as
        | in case | in the case | in the case that | in the case of | on condition that | all | each | every | any
        | suppose | suppose that | on | at | even if | even for | even when | as soon as | supposing | supposing that
        | in the last layer | in the first layer | in the output layer | in the final layer | in the hidden layers
        | in layer | in layers
        | in case of | in the event | in the event that | granted that | on the condition that | under the condition
        | under the condition that | under the assumption | under the assumption that | conditional on
        wenn | falls | sofern | solange | für | fuer | für alle | für jedes | für jede | für jeden | mit | wobei
        | wo | vorausgesetzt | unter der bedingung | sobald | im falle von | unter der annahme | unter der voraussetzung
        | vorausgesetzt dass | im fall | im falle | alle | jedes | jede | bei
        si | pour | pour tout | pour toute | pour tous | pour toutes | pour chaque | avec | où | quand | lorsque
        | lorsqu' | pourvu que | à condition que | dans le cas | chaque | dès que | dès lors que | en supposant que
        | en supposant | à supposer que | sous la condition | sous l'hypothèse
        para | para todo | para toda | para todos | para todas | para cada | con | donde | cuando | siempre que
        | en el caso | en caso de | en caso de que | suponiendo que | suponiendo | tan pronto como
        | se | com | onde | quando | sempre que | desde que | no caso | per | per ogni | per tutti
        | dove | nel caso | qualora | a condizione che | purché | supponendo che
        если | когда | при | для | для всех | для любого | для любых | для каждого | где | в случае | при условии
        | как только | при условии что
        indien | wanneer | voor | voor alle | voor elke | mits | jeśli | jeżeli | gdy | dla | dla każdego
        | dla wszystkich | för | för alla | för varje | när | förutsatt att
        如果 | 若 | 当 | 對 | 对 | 对于 | 对所有 | 对任意 | 对每个 | 其中 | 假设 | 只要
        """,
    "unless": """
        unless | except | except if | except when | except where | except for | except in the case | excepting
        | excluding | apart from | aside from | other than | save for | save if | outside of | if not | when not
        | whenever not | where not | but not if | but not for | but not when | if it is not the case that
        | with the exception of | with the exception of the case | with exception of | leaving aside
        | leaving aside the case | excluding the case
        | away from | outside the case | apart from the case | aside from the case | except for the case
        | leaving | one leaves | we leave | as soon as one leaves | as soon as we leave | once we leave
        | once one leaves | save where | save when
        | but not in the case | in all cases but | in every case but | in all cases except | for all but | all but
        | for anything but | anything but | everywhere but | everywhere except
        außer | ausser | außer wenn | außer falls | außer für | außer bei | es sei denn | ausgenommen
        | abgesehen von | wenn nicht | falls nicht | sofern nicht | nicht für | ohne
        | abgesehen vom | abgesehen vom fall | abgesehen von dem fall | mit ausnahme von | mit ausnahme des falls
        | mit ausnahme des falles | bis auf | bis auf den fall | außer im fall | außer im falle | ausgenommen im fall
        sauf | sauf si | sauf pour | sauf quand | sauf lorsque | à moins que | excepté | excepté si | hormis | hors
        | en dehors de | en dehors du cas | à l'exception de | à l'exception du cas | hormis le cas | sauf dans le cas
        | à part | mis à part | mis à part le cas | exception faite de
        salvo | salvo si | salvo cuando | salvo para | excepto | excepto si | excepto cuando | excepto para
        | a menos que | a no ser que | exceto | exceto se | exceto quando | exceto para | salvo se | a não ser que
        | con la excepción de | con excepción de | a excepción de | a excepción del caso | fuera de | fuera del caso
        | excepto en el caso | aparte de | com exceção de | com exceção do caso | à exceção de | fora do caso
        | exceto no caso | ad eccezione di | ad eccezione del caso | con l'eccezione di | al di fuori di
        | fuori dal caso | eccetto il caso | eccetto nel caso
        | menos se | tranne | tranne se | tranne per | eccetto | a meno che | se non | se não
        если не | кроме | кроме случая | кроме случаев | за исключением | за исключением случая | исключая
        | разве что
        tenzij | behalve | behalve als | behalve voor | chyba że | oprócz | z wyjątkiem | utom | utom för | såvida inte
        除非 | 除了 | 除 | 若不 | 如果不 | 除外
        """,
    "not": """
        not | non
        nicht
        ne pas | pas
        no | não
        не
        不
        """,
    "and": """
        and | and if | and for | and when | as well as | and also | but | &
        und | als auch | sowie | und falls | und wenn | und für
        et | et si | et pour
        y | e
        и
        且 | 和 | 并且 | 以及
        """,
    "or": """
        or | or if | or when | or for | or else if
        oder | oder falls | oder wenn | oder für | bzw | beziehungsweise
        ou | ou si | ou bien
        o | u | ou | oppure
        или
        或 | 或者
        """,
    "is": """
        is | are | equals | is equal to | are equal to | equal to | be equal to
        ist | gleich | ist gleich
        est | est égal à
        es | é | è
        равно
        是 | 等于
        """,
    "is not": """
        is not | are not | isn't | aren't | does not equal | differs from | is different from | is not equal to
        | are different from | is unequal to | not equal to | different from | be different from | unequal to
        ist nicht | ist ungleich | ungleich | ist verschieden von | verschieden von | sind verschieden von
        n'est pas | est différent de | différent de | distinct de | est distinct de
        no es | não é | non è | es distinto de | distinto de | es diferente de | é diferente de | diferente de
        | é distinto de | diverso da | è diverso da
        не равно | отлично от | не совпадает с | отличается от
        不是 | 不等于
        """,
    "less": """
        is less than | less than | be less than | is smaller than | smaller than | be smaller than | comes before
        | is before | precedes | is below
        ist kleiner als | kleiner als | liegt vor | est inférieur à | es menor que | é menor que | è minore di
        меньше | 小于
        """,
    "greater": """
        is greater than | greater than | be greater than | is larger than | larger than | be larger than | exceeds
        | comes after | is after | is above
        ist größer als | größer als | liegt nach | est supérieur à | es mayor que | é maior que | è maggiore di
        больше | 大于
        """,
    "differ": """
        differ | are different | different | are distinct | distinct | are unequal | unequal | are not equal
        | are not the same | do not coincide | do not agree
        verschieden | verschiedene | sind verschieden | sind ungleich
        distincts | sont distincts | différents | sont différents | distintos | son distintos | diferentes
        | son diferentes | são diferentes | são distintos
        различны | различных | 不同
        """,
    "agree": """
        are equal | are the same | coincide | agree | are identical
        sind gleich | stimmen überein | sont égaux | son iguales | são iguais | равны | 相等 | 相同
        """,
    "symmetric": """
        symmetric | is symmetric | are symmetric | is a symmetric | be symmetric | be a symmetric | is assumed symmetric
        | is assumed to be symmetric | is real symmetric | is real and symmetric | is a real symmetric
        symmetrisch | symmetrische | symmetrisches | symmetrischer | symmetrischem | symmetrischen | ist symmetrisch
        | symmetrisch ist | eine symmetrische | sei symmetrisch
        symétrique | symétriques | est symétrique | est une matrice symétrique
        simétrica | simétricas | es simétrica | é simétrica | simmetrica | è simmetrica
        симметрична | симметричная | симметричной | симметрической | 对称
        """,
    "otherwise": """
        otherwise | else | elsewhere | if otherwise | in all other cases | in other cases | o.w | o/w
        | in any other case | everywhere else | in every other case | if not | for all others | for all other
        sonst | ansonsten | andernfalls | anderenfalls | in allen anderen fällen
        sinon | autrement | dans les autres cas | dans tous les autres cas | ailleurs
        en otro caso | en caso contrario | de lo contrario | si no | caso contrário | senão | nos demais casos
        | altrimenti
        иначе | в противном случае | в остальных случаях
        否则 | 其他 | 其它 | 其余 | 其他情况
        """,
    "unclear": """
        only | only if | only when | only for | iff | if and only if | precisely when | precisely if | exactly when
        | exactly if | some | for some | there exists | exists | at least | at most | most | almost | nearly
        | hardly | approximately | roughly | no | for no | neither | nor | none | contrary to | unlike | rather than
        | ignoring the case | disregarding the case | omitting the case
        | in contrast to | in contrast with | as opposed to | opposed to | compared to | compared with
        | im gegensatz zu | im gegensatz zum fall | anders als für | anders als bei | contrairement à
        | contrairement au cas | à la différence de | a diferencia de | al contrario de | ao contrário de
        | diferentemente de | a differenza di | al contrario di | в отличие от
        | instead of | even | odd | sufficiently | not all | not every | one of | for infinitely many | nowhere
        | for small | for large
        equal | the same | identical | adjacent | neighbouring | consecutive
        gleiche | benachbart | égaux | iguales
        nur | nur wenn | nur falls | nur für | genau dann wenn | genau dann | dann und nur dann | kein | keine
        | keinem | keinen | weder | noch | einige | manche | ungefähr | gerade | ungerade | höchstens | mindestens
        seulement | seulement si | ssi | si et seulement si | uniquement | aucun | aucune | presque | quelques
        | environ
        solo | sólo | solo si | sólo si | si y solo si | si y sólo si | ningún | ninguna | casi | algún | alguna
        | somente | somente se | só | só se | apenas | apenas se | se e somente se | se e só se | nenhum | nenhuma
        | quase | algum | solo se | se e solo se | nessun | nessuno | quasi
        только | только если | тогда и только тогда | ни | почти | некоторых
        仅当 | 只有 | 当且仅当 | 某个 | 某些 | 几乎
        """,
    "denied": """
        false | wrong | incorrect | untrue | invalid | mistaken | never | cannot | can't | fails | fails to
        | does not | doesn't | do not | don't | not true | is not true | isn't true | is not so | not so
        | is not the case | it is not true that | it is not the case that | counterexample
        falsch | unwahr | unrichtig | nie | niemals | stimmt nicht | gilt nicht | nicht wahr | ist nicht wahr
        faux | fausse | jamais | n'est pas vrai | n'est pas le cas
        falso | falsa | incorrecto | nunca | jamás | no se cumple | no es cierto | incorreto | não vale | sbagliato
        неверно | неверно что | ложно | никогда | неправда
        错误 | 不成立 | 不对 | 不正确 | 假 | 并非 | 从不
        """,
}
"""Role -> its phrases, parted by | or line breaks; languages follow each other."""

LEFT_OUT = """
    aside | excluded | excepted | exempted | left out | left aside | put aside | set aside | is excluded
    | being excluded | is left out | is excepted | ausgenommen | ausgeschlossen | ausgeschlossen ist
    | exclu | exclue | excepté
    | mis à part | à part | excluido | excluida | exceptuado | aparte | excluído | excluída | à parte | escluso
    | esclusa | a parte | исключено | исключён | 除外
    """
"""What says of the condition before it that it is left: the case $i = j$ aside."""

NOT_HELD = """
    does not hold | doesn't hold | do not hold | fails | fails to hold | is violated | is false | is not true
    | is not the case | is not satisfied | is not met | is not fulfilled | does not apply
    nicht gilt | verletzt ist | nicht erfüllt ist | nicht zutrifft | n'est pas vérifié | n'est pas vérifiée
    | n'est pas vrai | ne tient pas | no se cumple | no vale | não vale | non vale
    | gilt nicht | не выполнено | не выполняется | неверно | 不成立
    """
"""What says of the condition before it that it does not hold: if $i = j$ fails."""


def _listed(phrases: str) -> list[list[str]]:
    """Return listed phrases word by word."""
    return [phrase.split() for phrase in re.split(r"\||\n", phrases) if phrase.strip()]


def _phrases(role: Role) -> list[list[str]]:
    """Return the phrases of a role word by word."""
    return _listed(PHRASES[role])


def _table() -> dict[tuple[str, ...], Role]:
    """Return the phrases with their roles; of two roles of one phrase the first one listed counts."""
    found: dict[tuple[str, ...], Role] = {}
    for role in PHRASES:
        for phrase in _phrases(role):
            found.setdefault(tuple(phrase), role)
    return found


ROLES = _table()
_OTHERWISE = _phrases("otherwise")
_LEFT_OUT = _listed(LEFT_OUT)
_NOT_HELD = _listed(NOT_HELD)
_LONGEST = max(map(len, ROLES))
_IDEOGRAPHS = re.compile(r"[\u3400-\u9fff]+")
_UNSPACED = sorted((phrase[0] for phrase in ROLES if _IDEOGRAPHS.fullmatch(phrase[0])), key=len, reverse=True)


def words_of(content: str) -> list[str]:
    """Return the words of a text in small letters, without punctuation; ideographs are parted at known phrases."""
    spaced = _IDEOGRAPHS.sub(lambda run: f" {_parted(run[0])} ", content.lower().replace("’", "'"))
    stripped = (word.strip('()[],;:.!?„“”‘«»"') for word in spaced.split())
    return [word for word in stripped if word]


def _parted(run: str) -> str:
    pattern = "|".join(_UNSPACED)
    return " ".join(part for part in re.split(f"({pattern})", run) if part)


def roles_in(content: str) -> tuple[Role, ...]:
    """Return what the phrases of a text do, from left to right, the longest phrase at each place; other words are
    passed over."""
    return tuple(role for role, _ in _read(content) if role is not None)


def begins_condition(content: str) -> bool:
    """Return whether a text begins with a phrase that limits a statement."""
    found = _read(content)
    return bool(found) and found[0][0] in {"if", "unless", "otherwise", "unclear"}


def first_role(content: str) -> Role | None:
    """Return what the phrase at the beginning of a text does; None where it is none."""
    found = _read(content)
    return found[0][0] if found else None


def turned_by(content: str) -> Literal["left out", "not held"] | None:
    """Return what a text says of the condition before it, where it is one phrase: that it is left, or does not hold."""
    words = words_of(content)
    if words in _LEFT_OUT:
        return "left out"
    return "not held" if words in _NOT_HELD else None


def not_held() -> str:
    """Return a pattern of what says of the formula before it that it does not hold."""
    return "|".join(r"\s+".join(map(re.escape, phrase)) for phrase in _NOT_HELD)


def says_otherwise(content: str) -> bool:
    """Return whether a text says that none of the cases before it holds: otherwise, and "if not" with nothing else."""
    return roles_in(content)[:1] == ("otherwise",) or words_of(content) in _OTHERWISE


def _read(content: str) -> list[tuple[Role | None, tuple[str, ...]]]:
    words = words_of(content)
    found: list[tuple[Role | None, tuple[str, ...]]] = []
    place = 0
    while place < len(words):
        for length in range(min(_LONGEST, len(words) - place), 0, -1):
            phrase = tuple(words[place : place + length])
            if phrase in ROLES or length == 1:
                found.append((ROLES.get(phrase), phrase))
                place += length
                break
    return found
