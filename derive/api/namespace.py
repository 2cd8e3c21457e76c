"""What a prompt or a notebook has at hand: the network, its names, its sizes and index letters, as SymPy takes them."""

from __future__ import annotations

import re
from typing import Any

from derive.api.names import indices
from derive.api.net import Net, load_network
from derive.errors import UsageError

LETTERS = ("i", "j", "k", "m", "l", "t")
BROUGHT = "_brought"
"""The variable that remembers what was brought, so that the next network leaves none of it behind."""
USAGE = "write %derive_network MODEL [WIDTHS] [NAME=VALUE …], as in %derive_network khapra 2,2,2 activation=tanh"


def namespace(net: Net) -> dict[str, Any]:
    """Return net, its names as variables (W, a, yhat, L), its sizes (n), index letters that are free, and `prove`."""
    import derive

    face = net.face
    found: dict[str, Any] = {"derive": derive, "load_network": load_network, "indices": indices, "prove": derive.prove}
    found |= {letter: face.names.letter(face.letters.get(letter, letter)) for letter in LETTERS}
    found |= {label: size for label, size in face.size_names.items() if label.isidentifier()}
    names = {label: net[name] for name, label in face.labels.items() if label.isidentifier()}
    found |= {label: value for label, value in names.items() if label not in ("net", "derive")}
    found["net"] = net
    return {**found, BROUGHT: found}


def exchanged(names: dict[str, Any], net: Net) -> dict[str, Any]:
    """Take what another network brought out of a namespace, unless it was set anew; return the names of this one."""
    for label, value in names.get(BROUGHT, {}).items():
        if names.get(label) is value:
            del names[label]
    return namespace(net)


def network_of_words(line: str) -> Net:
    """Return the network of "khapra 2,2,2 activation=tanh": a model, its widths, and options of `load_network`.

    Raises: UsageError for words that are none of these, and as `load_network`.
    """
    words = line.split()
    if not words:
        raise UsageError(USAGE)
    options: dict[str, Any] = {}
    for word in words[1:]:
        name, equals, value = word.partition("=")
        if equals:
            options[name] = int(value) if value.isdigit() else value
        elif re.fullmatch(r"\d+(,\d+)*", word):
            options["widths"] = [int(width) for width in word.split(",")]
        else:
            raise UsageError(f"{word!r} is no list of widths; {USAGE}")
    if not all(isinstance(value, int) for name, value in options.items() if name not in ("activation", "widths")):
        raise UsageError(f"a size is a number; {USAGE}")
    return load_network(words[0], **options)
