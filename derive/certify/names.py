"""The identifiers of a statement: each index, size and open function gets one that nothing else in the file has."""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import dataclass, field

RESERVED = frozenset({
    "Add", "App", "Axis", "Bind", "Body", "Cell", "D", "E", "Fn", "I", "IF", "INR", "IZR", "Inv", "J", "Lemma", "Mul",
    "N", "None", "Num", "O", "PI", "Pair", "Pass", "Proof", "Prop", "Qed", "R", "Rabs", "Rinv", "Rmax", "S", "Set",
    "Some", "Sum", "Type", "Var", "Z", "abs", "alone", "array", "as", "at", "atan", "bool", "by", "certificate",
    "chain", "chainN", "cofix", "consistent", "cos", "cosh", "d", "differentiable", "do", "e", "else", "end", "entry",
    "erf", "eval", "exists", "exists2", "exp", "false", "fix", "for", "forall", "fst", "fun", "gelu", "has", "hd",
    "if", "in", "ind", "indle", "interp", "is_derive", "key", "largest", "let", "list", "ln", "look", "lookN",
    "match", "mod", "nat", "negative", "net", "network", "nth", "one", "p", "pair", "pd", "peak", "prodN", "prodZ",
    "rank", "relu", "return", "run", "sat", "sgn", "shape", "sigmoid", "silu", "sin", "sinh", "smallest", "snd",
    "softplus", "sqrt", "statement", "step", "string", "sumN", "sumS", "sumZ", "tan", "tanh", "tele", "then", "tl",
    "trough", "true", "u", "using", "v", "where", "with", "within", "x", "z", "zero",
})  # fmt: skip
"""Words of Rocq, of its libraries and of ours; and `key`, `x`, `z0` and the like, which statements bind themselves."""
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


@dataclass
class Names:
    """Identifiers by what they stand for."""

    given: dict[Hashable, str] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)

    def of(self, key: Hashable, wanted: str, primes: int = 0) -> str:
        """Return the identifier of `key`, as near to the wanted one as possible; `primes` of it are kept free, too."""
        found = self.given.get(key)
        if found is None:
            base = plain(wanted)
            found = next(name for name in _candidates(base) if self._free(name, primes))
            self._taken |= {found + "'" * n for n in range(primes + 1)}
            self.given[key] = found
        return found

    def _free(self, name: str, primes: int) -> bool:
        return name not in RESERVED and not any(name + "'" * n in self._taken for n in range(primes + 1))


def _candidates(base: str) -> list[str]:
    return [base, *(f"{base}{n}" for n in range(1, 1000))]


def plain(name: str) -> str:
    """Return the letters and digits of a name: `\\hat{y}` is hat_y."""
    words = [word.strip("_") for word in re.findall(r"[A-Za-z0-9_]+", name)]
    found = "_".join(word for word in words if word)
    return found if _PLAIN.fullmatch(found) else f"x{found}"


def quoted(name: str) -> str:
    """Return the name of a variable as a string of Rocq."""
    return '"' + name.replace('"', '""') + '"'
