"""Products of matrices written from the last factor to the first: M_T ··· M_{k+1} is (M_{k+1}ᵀ ··· M_Tᵀ)ᵀ."""

from __future__ import annotations

from derive.algebra.expr import Add, Chain, Expr, Mul, Sum, Var
from derive.algebra.index import lin
from derive.algebra.substitute import subs, walk


def counted_up(expr: Expr) -> Expr:
    """Return an expression with each product whose factors count down, M_{hi+lo-t}, as a transposed one that counts up.

    Only products in sums, products and sums over indices are looked for.
    """
    match expr:
        case Add(args):
            return Add(tuple(map(counted_up, args)))
        case Mul(args):
            return Mul(tuple(map(counted_up, args)))
        case Sum(index, range_, body):
            return Sum(index, range_, counted_up(body))
        case Chain() if _direction(expr) < 0:
            return _transposed(expr)
    return expr


def _direction(chain: Chain) -> int:
    """Return in how many places the body counts up with the index, less those where it counts down."""
    entries = [node for node in walk(chain.body) if isinstance(node, Var)]
    return sum(dict(e.terms).get(chain.index, 0) for entry in entries for e in entry.idx)


def _transposed(chain: Chain) -> Chain:
    """(M_lo ··· M_hi)[p, q] = (N_lo ··· N_hi)[q, p] with N_t the transpose of M_{lo+hi-t}."""
    turned = chain.range.lo + chain.range.hi - lin(chain.index)
    body = subs(chain.body, {chain.index: turned, chain.row: lin(chain.col), chain.col: lin(chain.row)})
    cols = chain.cols.subs({chain.index: turned - 1})
    return Chain(chain.index, chain.range, chain.row, chain.col, cols, body, left=chain.right, right=chain.left)
