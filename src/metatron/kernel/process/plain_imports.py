"""Leaves out what libraries load only to look well in a terminal: five megabytes a process."""

import importlib
import sys
from types import ModuleType
from typing import cast

_DRESS = ("rich", "pygments")
_WEARERS = ("structlog", "httpx")


def import_plain() -> None:
    """Import structlog and httpx as if rich were not installed; before anybody else does.

    Both load it at their import, for tracebacks in colour and for a command line of theirs. A
    process that serves writes JSON lines.
    """
    absent = [name for name in _DRESS if name not in sys.modules]
    for name in absent:
        # Python's own mark of what cannot be imported.
        sys.modules[name] = cast("ModuleType", None)
    try:
        for name in _WEARERS:
            importlib.import_module(name)
    finally:
        for name in absent:
            del sys.modules[name]
