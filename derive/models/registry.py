"""The bundled models, and models from files."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from derive.errors import UsageError
from derive.files import read_bytes, reason
from derive.models.model import Model, parse_model
from derive.source import Source
from derive.visible import escaped

BUNDLED = Path(__file__).parent / "bundled"


def list_models() -> list[str]:
    """Return the names of the bundled models, in order."""
    return sorted(path.stem for path in BUNDLED.glob("*.toml"))


def text_of(name: str) -> str:
    """Return the file of a bundled model."""
    return (BUNDLED / f"{name}.toml").read_text(encoding="utf-8")


@cache
def bundled(name: str) -> Model | None:
    """Return a bundled model; None if there is none of that name."""
    return parse_model(text_of(name), name=name) if name in list_models() else None


def load_model(name_or_path: str) -> Model:
    """Return a bundled model by its name, or the model of a TOML file.

    Raises: UsageError if there is neither; ModelError for a model that makes no sense.
    """
    found = bundled(name_or_path)
    if found is not None:
        return found
    path = Path(name_or_path)
    shown = escaped(name_or_path)
    if not path.exists():
        raise UsageError(f'there is no model "{shown}" and no such file; there are {", ".join(list_models())}')
    try:
        text = read_bytes(path).decode("utf-8")
    except (UsageError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read the model {shown}: {reason(error)}") from error
    return parse_model(text, Source(str(path), text), name=path.stem)
