"""Unknown sizes that are the same at some layers."""

from __future__ import annotations

from derive.algebra.index import Index, size
from derive.models.sizes import UNKNOWN, Sizes


def test_a_size_of_each_layer_and_one_of_none_wait_until_more_is_known() -> None:
    sizes = Sizes()
    pair = (size(f"{UNKNOWN}1", Index("k")), size(f"{UNKNOWN}1"))

    sizes.unify(*pair)

    assert sizes.same == [pair]
