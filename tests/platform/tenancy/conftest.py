"""Organisations of the tests' own."""

import pytest

from metatron.platform.tenancy.interface import prepare
from metatron.processes import all_modules


@pytest.fixture(autouse=True, scope="session")
def _prepared() -> None:
    prepare(all_modules())
