"""Folders that any user may walk to and that the tests leave empty behind them."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="metatron-process-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made, ignore_errors=True)
