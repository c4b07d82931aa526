"""Every test works in a tenant of its own and leaves books that pass all checks."""

from collections.abc import AsyncIterator

import pytest

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from tests.platform.ledger.books import Books


@pytest.fixture
async def books(database: Database, tenant: Context) -> AsyncIterator[Books]:
    opened = Books(database, tenant)
    yield opened
    assert await opened.violations() == []
