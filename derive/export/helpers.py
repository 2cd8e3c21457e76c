"""The functions that exported code brings along, for each array library."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from derive.notation.functions import BY_NAME

IMPORTS = {
    "numpy": "import numpy as np",
    "torch": "import torch\n\ntorch.set_default_dtype(torch.float64)",
    "jax": 'import jax\nimport jax.numpy as jnp\n\njax.config.update("jax_enable_x64", True)',
}
XP = {"numpy": "np", "torch": "torch", "jax": "jnp"}
ERF = {"numpy": "np.vectorize(math.erf)(z)", "torch": "torch.erf(z)", "jax": "jax.scipy.special.erf(z)"}

HELPERS: dict[str, str] = {
    "softmax": '''def {name}(z, axis):
    """exp(z) / Σ exp(z), shifted by the greatest entry so that nothing overflows."""
    e = {xp}.exp(z - z.max())
    return e / e.sum(axis, keepdims=True)''',
    "identity": "def {name}(z):\n    return z",
    "sigmoid": "def {name}(z):\n    return 1 / (1 + {xp}.exp(-z))",
    "softplus": "def {name}(z):\n    return {xp}.where(z > 0, z, 0.0) + {xp}.log(1 + {xp}.exp(-{xp}.abs(z)))",
    "silu": "def {name}(z):\n    return z / (1 + {xp}.exp(-z))",
    "relu": "def {name}(z):\n    return {xp}.where(z > 0, z, 0.0)",
    "leaky_relu": "def {name}(z, slope=0.01):\n    return {xp}.where(z > 0, z, slope * z)",
    "elu": "def {name}(z, scale=1.0):\n    return {xp}.where(z > 0, z, scale * ({xp}.exp(z) - 1))",
    "erf": "def {name}(z):\n    return {erf}",
    "gelu": "def {name}(z):\n    z = z * 0.5**0.5\n    return z * 0.5**0.5 * (1 + {erf})",
    "max": "def {name}(x, y):\n    return {xp}.where(x > y, x, y)",
    "min": "def {name}(x, y):\n    return {xp}.where(x > y, y, x)",
}


@dataclass(frozen=True, slots=True)
class _Text:
    """A piece of code in brackets, so that arithmetic on it makes code."""

    code: str

    def __add__(self, other: object) -> _Text:
        return _Text(f"({self.code} + {_code(other)})")

    def __radd__(self, other: object) -> _Text:
        return _Text(f"({_code(other)} + {self.code})")

    def __sub__(self, other: object) -> _Text:
        return _Text(f"({self.code} - {_code(other)})")

    def __rsub__(self, other: object) -> _Text:
        return _Text(f"({_code(other)} - {self.code})")

    def __mul__(self, other: object) -> _Text:
        return _Text(f"({self.code} * {_code(other)})")

    def __rmul__(self, other: object) -> _Text:
        return _Text(f"({_code(other)} * {self.code})")

    def __truediv__(self, other: object) -> _Text:
        return _Text(f"({self.code} / {_code(other)})")

    def __rtruediv__(self, other: object) -> _Text:
        return _Text(f"({_code(other)} / {self.code})")

    def __pow__(self, other: object) -> _Text:
        return _Text(f"{self.code} ** {_code(other)}")

    def __neg__(self) -> _Text:
        return _Text(f"(-{self.code})")


def _code(value: object) -> str:
    return value.code if isinstance(value, _Text) else str(value)


class _Library:
    """The functions in which the table of functions writes its formulas, as code."""

    def __getattr__(self, name: str) -> Callable[..., _Text]:
        row = BY_NAME[name]
        if row.numpy:
            return lambda x: _Text(f"{{xp}}.{row.numpy}({_code(x)})")
        value = row.value
        if value is None:
            raise AttributeError(name)
        return lambda *args: value(self, *args)

    def number(self, value: int) -> _Text:
        return _Text(f"{value}.0")

    def root(self, x: _Text) -> _Text:
        return _Text(f"{{xp}}.sqrt({x.code})")

    def step(self, x: _Text) -> _Text:
        return _Text(f"{{xp}}.where({x.code} > 0, 1.0, 0.0)")


def helper(name: str) -> str:
    """Return the text of the function, with holes for its name and the library: one written out above, or its value.

    Raises: KeyError for a function that the table does not define by simpler ones.
    """
    value = BY_NAME[name].value if name not in HELPERS else None
    if value is None:
        return HELPERS[name]
    body = _code(value(_Library(), _Text("z")))
    return f"def {{name}}(z):\n    return {body}"


OPEN = '''def {name}({arguments}):
    """The function {symbol}, which the model leaves open: put yours here, and its derivative below."""
    return {value}'''
OPEN_PRIME = '''def {name}({arguments}):
    """The derivative of {symbol}."""
    return {value}'''

CHECKS = {
    "numpy": '''def check_gradients(step=1e-5):
    """Compare every gradient with central differences on the example; return the largest error."""
    inputs = example()
    exact = gradients(**inputs)
    worst = 0.0
    for name in PARAMETERS:
        for array, slope in zip(_arrays(inputs[name]), _arrays(exact[name]), strict=True):
            for place in np.ndindex(array.shape):
                kept = array[place]
                array[place] = kept + step
                above = forward(**inputs)["{loss}"]
                array[place] = kept - step
                below = forward(**inputs)["{loss}"]
                array[place] = kept
                worst = max(worst, abs((above - below) / (2 * step) - slope[place]))
    return worst''',
    "torch": '''def check_gradients():
    """Compare every gradient with torch.autograd on the example; return the largest error."""
    inputs = example()
    arrays = [array.requires_grad_() for name in PARAMETERS for array in _arrays(inputs[name])]
    automatic = torch.autograd.grad(forward(**inputs)["{loss}"], arrays, allow_unused=True)
    with torch.no_grad():
        exact = gradients(**inputs)
    slopes = [slope for name in PARAMETERS for slope in _arrays(exact[name])]
    differences = (abs((0 if a is None else a) - s) for a, s in zip(automatic, slopes, strict=True))
    return max(float(difference.detach().max()) for difference in differences)''',
    "jax": '''def check_gradients():
    """Compare every gradient with jax.grad on the example; return the largest error."""
    inputs = example()
    chosen = {{name: inputs[name] for name in PARAMETERS}}
    automatic = jax.grad(lambda given: forward(**{{**inputs, **given}})["{loss}"])(chosen)
    exact = gradients(**inputs)
    pairs = [(a, s) for name in PARAMETERS
             for a, s in zip(_arrays(automatic[name]), _arrays(exact[name]), strict=True)]
    return max(float(abs(a - s).max()) for a, s in pairs)''',
}

MAIN = '''def _arrays(value):
    """Return the arrays of a parameter, those with layers layer by layer."""
    return [value[key] for key in sorted(value)] if isinstance(value, dict) else [value]


if __name__ == "__main__":
    error = check_gradients()
    print(f"largest difference between the gradients and {against}: {{error:.2e}}")
    raise SystemExit(1 if error > 1e-6 else 0)'''
AGAINST = {"numpy": "central differences", "torch": "torch.autograd", "jax": "jax.grad"}
ARRAY = {"numpy": "np.array", "torch": "torch.tensor", "jax": "jnp.array"}
