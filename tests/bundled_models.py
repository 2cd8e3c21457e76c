"""The bundled models in two kinds: one lecture's perceptron, and the networks that state theorems of their own."""

from __future__ import annotations

from derive.models.registry import list_models, load_model

LECTURES = tuple(name for name in list_models() if not load_model(name).theorems)
NETWORKS = tuple(name for name in list_models() if load_model(name).theorems)
