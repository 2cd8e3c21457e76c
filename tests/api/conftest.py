"""Networks that the tests of the explorer share."""

from __future__ import annotations

import pytest

from derive import Net, load_network


@pytest.fixture(scope="session")
def khapra() -> Net:
    return load_network("khapra")


@pytest.fixture(scope="session")
def small() -> Net:
    return load_network("khapra", activation="tanh", widths=[2, 3, 2])
