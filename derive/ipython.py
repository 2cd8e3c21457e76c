"""The IPython extension: `%load_ext derive` brings `%derive`, `%%derive`, `%explain`, `%derive_network`."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any

from derive.api.net import load_network
from derive.errors import DeriveError
from derive.magics import NAME, DeriveMagics


def load_ipython_extension(shell: Any) -> None:
    """Register the magics, and say faults of the user's without a traceback; `net` is loaded unless there is one."""
    if NAME not in shell.user_ns:
        shell.push({NAME: load_network("khapra")})
    shell.register_magics(DeriveMagics(shell))
    shell.set_custom_exc((DeriveError,), _tell)


def _tell(shell: Any, kind: type[BaseException], fault: BaseException, trace: TracebackType, **_: Any) -> list[str]:
    """Say a fault of the user's as the command line does."""
    text = f"derive: {fault}"
    print(text, file=sys.stderr)
    return [text]
