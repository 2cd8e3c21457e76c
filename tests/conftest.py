"""`pytest --record FILE` writes down what the tests have judged, in the form of `tests/record.py`."""

from __future__ import annotations

from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record", type=Path, metavar="FILE", help="write the formulas that tests judge into a record")


def pytest_configure(config: pytest.Config) -> None:
    file = config.getoption("--record")
    if file is not None:
        from recorder import Recorder  # loads the algebra

        config.pluginmanager.register(Recorder(config.rootpath / file))
