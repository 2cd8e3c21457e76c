"""The gradients of every bundled network against forward passes written by hand in NumPy, by central differences."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from bundled_models import NETWORKS

from derive.api.activations import with_functions
from derive.export.module import export
from derive.models.overrides import with_loss
from derive.models.registry import load_model

np = pytest.importorskip("numpy")

Loss = Callable[..., Any]
STEP = 1e-6
MOST = 40  # entries of one array that are compared


def sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def softmax(s: Any) -> Any:
    """Normalise the last axis."""
    e = np.exp(s - s.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def relu(z: Any) -> Any:
    return np.maximum(z, 0)


def half(y: Any) -> Any:
    return (y * y).sum() / 2


def crossed(y: Any, p: Any) -> Any:
    return -(y * np.log(p) + (1 - y) * np.log(1 - p)).sum()


def linear_regression(X: Any, theta: Any, y: Any) -> Any:
    return half(X @ theta - y)


def ridge(v: Any, w: Any, t: Any, lam: Any) -> Any:
    return half(v @ w - t) + lam * half(w)


def logistic_regression(X: Any, theta: Any, y: Any, lam: Any) -> Any:
    return (crossed(y, sigmoid(X @ theta)) + lam * half(theta)) / len(y)


def softmax_regression(X: Any, W: Any, b: Any, Y: Any) -> Any:
    return -(Y * np.log(softmax(X @ W + b))).sum() / len(X)


def mlp_rows(X: Any, W_1: Any, W_2: Any, b_1: Any, b_2: Any, Y: Any, lam: Any) -> Any:
    p = softmax(relu(X @ W_1 + b_1) @ W_2 + b_2)
    return -(Y * np.log(p)).sum() / len(X) + lam * (half(W_1) + half(W_2))


def mlp_columns(X: Any, W_1: Any, W_2: Any, b_1: Any, b_2: Any, Y: Any, lam: Any) -> Any:
    a = sigmoid(W_2 @ np.tanh(W_1 @ X + b_1[:, None]) + b_2[:, None])
    return (crossed(Y, a) + lam * (half(W_1) + half(W_2))) / X.shape[1]


def residual_block(x: Any, y: Any, c: Any, b: Any, W: Any, V: Any) -> Any:
    for layer in W:
        x = x + V[layer] @ np.tanh(W[layer] @ x + b[layer]) + c[layer]
    return half(x - y)


def rnn(b_1: Any, b_2: Any, e: Any, y: Any, W_h: Any, W_e: Any, U: Any, h_0: Any) -> Any:
    h, total = h_0, 0
    for t in e:
        h = np.tanh(W_h @ h + W_e @ e[t] + b_1)
        total -= (y[t] * np.log(softmax(U @ h + b_2))).sum()
    return total / len(e)


def rnn_linear(x: Any, y: Any, W_hx: Any, W_hh: Any, W_qh: Any, h_0: Any) -> Any:
    h, total = h_0, 0
    for t in x:
        h = W_hx @ x[t] + W_hh @ h
        total += half(W_qh @ h - y[t])
    return total / len(x)


def rnn_truncated(s: Any, y: Any, b: Any, x: Any, W_hh: Any, W_xh: Any) -> Any:
    h, total = s, 0
    for t in x:
        h = np.tanh(W_hh @ h + W_xh @ x[t] + b)
        total += half(h - y[t])
    return total


def gru(x: Any, W_z: Any, W_r: Any, W: Any, U_z: Any, U_r: Any, U: Any, h_0: Any) -> Any:
    h = h_0
    for t in x:
        z, r = sigmoid(W_z @ x[t] + U_z @ h), sigmoid(W_r @ x[t] + U_r @ h)
        h = (1 - z) * np.tanh(W @ x[t] + U @ (r * h)) + z * h
    return half(h)


def lstm(x: Any, y: Any, h_0: Any, c_0: Any, **w: Any) -> Any:
    h, c, total = h_0, c_0, 0
    for t in x:
        i, f, o, g = (w[f"U_{a}"] @ x[t] + w[f"W_{a}"] @ h + w[f"b_{a}"] for a in "ifog")
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        total += half(h - y[t])
    return total


def normalised(x: Any, gamma: Any, beta: Any, epsilon: Any, axis: int = -1) -> Any:
    scale = np.sqrt(x.var(axis, keepdims=True) + epsilon)
    return gamma * (x - x.mean(axis, keepdims=True)) / scale + beta


def batch_norm(x: Any, gamma: Any, beta: Any, epsilon: Any) -> Any:
    return half(normalised(x, gamma, beta, epsilon, axis=0))


def layer_norm(x: Any, gamma: Any, beta: Any, epsilon: Any) -> Any:
    return half(normalised(x, gamma, beta, epsilon))


def rms_norm(a: Any, g: Any) -> Any:
    return half(g * a / np.sqrt((a * a).mean()))


def squeeze_excitation(u: Any, W_1: Any, W_2: Any) -> Any:
    return half(sigmoid(W_2 @ relu(W_1 @ u.mean((1, 2))))[:, None, None] * u)


def attended(x: Any, W_Q: Any, W_K: Any, W_V: Any, M: Any) -> Any:
    return softmax(x @ W_Q @ (x @ W_K).T / np.sqrt(W_Q.shape[1]) + M) @ x @ W_V


def attention(X: Any, W_Q: Any, W_K: Any, W_V: Any, W_O: Any, M: Any) -> Any:
    return half(attended(X, W_Q, W_K, W_V, M) @ W_O)


def heads(x: Any, W_Q: Any, W_K: Any, W_V: Any, W_O: Any, M: Any) -> Any:
    return sum(attended(x, W_Q[r], W_K[r], W_V[r], M) @ W_O[r] for r in W_Q)


def multi_head_attention(X: Any, **w: Any) -> Any:
    return half(heads(X, **w))


def weighted(q: Any, k: Any, v: Any, m: Any) -> Any:
    e = m * np.exp(q @ k.T / np.sqrt(q.shape[1]))
    return half(e / e.sum(1, keepdims=True) @ v)


def attention_masked(q: Any, k: Any, v: Any, m: Any) -> Any:
    return weighted(q, k, v, m)


def attention_causal(q: Any, k: Any, v: Any) -> Any:
    return weighted(q, k, v, np.tril(np.ones((len(q), len(q)))))


def transformer_block(X: Any, **w: Any) -> Any:
    n = normalised(X, w["gamma"], w["beta"], w["epsilon"])
    y = X + heads(n, w["W_Q"], w["W_K"], w["W_V"], w["W_O"], w["M"])
    r = normalised(y, w["kappa"], w["rho"], w["epsilon"])
    return half(y + np.tanh(r @ w["W_1"] + w["b_1"]) @ w["W_2"] + w["b_2"])


def embedding(x: Any, E: Any, P: Any) -> Any:
    return half(x @ E + P)


def patch_embedding(x: Any, E: Any, P: Any) -> Any:
    high, wide = E.shape[2:]
    patches = x.reshape(len(x), len(P), high, P.shape[1], wide)
    return half(np.einsum("dcab,chawb->hwd", E, patches) + P)


def skip_gram(v_c: Any, u_o: Any, u: Any) -> Any:
    return -np.log(sigmoid(u_o @ v_c)) - sum(np.log(sigmoid(-one @ v_c)) for one in u.values())


def autoencoder_tied(x: Any, c: Any, b: Any, W: Any) -> Any:
    return crossed(x, sigmoid(c + W.T @ sigmoid(b + W @ x)))


def correlated(x: Any, w: Any, steps: tuple[int, ...]) -> Any:
    """Return Σ over channels and places of w x for each filter and each place of the window, moved by `steps`."""
    window = w.shape[2:]
    sizes = [(whole - own) // step + 1 for whole, own, step in zip(x.shape[1:], window, steps, strict=True)]
    y = np.zeros((len(w), *sizes))
    for place in product(*map(range, sizes)):
        cut = tuple(slice(p * s, p * s + own) for p, s, own in zip(place, steps, window, strict=True))
        y[(slice(None), *place)] = (w * x[(slice(None), *cut)]).reshape(len(w), -1).sum(1)
    return y


def conv1d(x: Any, w: Any, b: Any, s: int, P: int) -> Any:
    return sum(half(correlated(one, w, (s,)) + b[:, None]) for one in x)


def conv2d(x: Any, w: Any, beta: Any, s: int, r: int, H: int, W: int) -> Any:
    return sum(half(correlated(one, w, (s, r)) + beta[:, None, None]) for one in x)


def conv1d_padding(x: Any, w: Any, b: Any, s: int, P: int, Q: int, **_: int) -> Any:
    return conv1d(np.pad(x, ((0, 0), (0, 0), (Q, Q))), w, b, s, P)


def conv2d_padding(x: Any, w: Any, beta: Any, s: int, r: int, H: int, W: int, P: int, Q: int, **_: int) -> Any:
    return conv2d(np.pad(x, ((0, 0), (0, 0), (P, P), (Q, Q))), w, beta, s, r, H, W)


def depthwise_conv(F: Any, K: Any, P: Any, D: int, E: int) -> Any:
    g = np.stack([correlated(f[None], k[None, None], (1, 1))[0] for f, k in zip(F, K, strict=True)])
    return half(np.tensordot(P, g, 1))


def average_pooling(x: Any, A: int, B: int, H: int, W: int) -> Any:
    return half(x.reshape(len(x), H, A, W, B).mean((2, 4)))


def pooled(x: Any, window: tuple[int, ...], steps: tuple[int, ...], sizes: tuple[int, ...]) -> Any:
    """Return the largest entry of each window, for each of the first axes."""
    first = x.shape[: x.ndim - len(window)]
    y = np.zeros((*first, *sizes))
    for place in product(*map(range, sizes)):
        cut = tuple(slice(p * s, p * s + own) for p, s, own in zip(place, steps, window, strict=True))
        y[(..., *place)] = x[(..., *cut)].reshape(*first, -1).max(-1)
    return y


def max_pooling(x: Any, K: int, P: int, s: int) -> Any:
    return half(pooled(x, (K,), (s,), (P,)))


def max_pool2d(x: Any, A: int, B: int, H: int, W: int, s: int, r: int) -> Any:
    return half(pooled(x, (A, B), (s, r), (H, W)))


def residual_conv_block(x: Any, w: Any, k: Any, beta: Any, gamma: Any, P: int, Q: int) -> Any:
    def same(maps: Any, kernels: Any, bias: Any) -> Any:
        return correlated(np.pad(maps, ((0, 0), (P, P), (Q, Q))), kernels, (1, 1)) + bias[:, None, None]

    return half(relu(same(relu(same(x, w, beta)), k, gamma) + x))


def written(name: str, folder: Path) -> ModuleType:
    """Return the exported module of a network: tanh for an open activation, half the squared error for a loss."""
    model = load_model(name)
    if "any" in dict(model.functions).values():
        model = with_functions(model, "tanh", {})
    model = with_loss(model)
    file = folder / f"{name.replace('-', '_')}.py"
    file.write_text(export(model.network, model.notation), encoding="utf-8")
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def arrays(values: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Yield each array of real numbers among the arguments, with its layer or step, None where it has none."""
    for name, value in values.items():
        for key, array in value.items() if isinstance(value, dict) else [(None, value)]:
            if np.asarray(array).dtype == float:
                yield name, key, np.asarray(array)


def moved(values: dict[str, Any], name: str, key: Any, array: Any) -> dict[str, Any]:
    return {**values, name: array if key is None else {**values[name], key: array}}


@pytest.mark.parametrize("name", NETWORKS)
def test_the_gradients_are_those_of_a_forward_pass_by_hand(name: str, tmp_path: Path) -> None:
    module, loss = written(name, tmp_path), globals()[name.replace("-", "_")]
    values = module.example()
    found = module.gradients(**values)

    assert module.forward(**values)["loss"] == pytest.approx(float(loss(**values)), rel=1e-9)
    count = 0
    for array, key, at in arrays(values):
        given = np.asarray(found[array] if key is None else found[array][key])
        for place in list(np.ndindex(at.shape))[:: 1 + at.size // MOST]:
            step = np.zeros(at.shape)
            step[place] = STEP
            ends = [float(loss(**moved(values, array, key, at + sign * step))) for sign in (1, -1)]
            assert given[place] == pytest.approx((ends[0] - ends[1]) / (2 * STEP), rel=1e-4, abs=1e-6), (array, place)
            count += 1
    assert count > 5
    assert module.check_gradients() < 1e-6  # of all entries, by the exported forward pass
