"""The scripts of deploy/nginx, which are no part of the package, as modules of these tests."""

import importlib.util
import sys
from typing import Any

from tests.services.apart import SHIPPED


def _load(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, SHIPPED / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


watching = _load("watching")
release = _load("release")
servers = watching.servers
