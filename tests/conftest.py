"""What holds for all tests: nothing of the user's cache is read or written.

`pytest --record FILE` writes down what the tests have judged, in the form of `tests/record.py`.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from derive.run.worker import YOUNG


def pytest_collection_finish() -> None:
    """Leave what lasts until the end, the tests themselves, out of all searches for garbage."""
    gc.freeze()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record", type=Path, metavar="FILE", help="write the formulas that tests judge into a record")


def pytest_configure(config: pytest.Config) -> None:
    gc.set_threshold(YOUNG)
    file = config.getoption("--record")
    if file is not None:
        from recorder import Recorder  # loads the algebra

        config.pluginmanager.register(Recorder(config.rootpath / file))


@pytest.fixture(autouse=True, scope="session")
def _cache_of_nobody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield
