"""Stages and people of the tests of campaigns."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, event

from metatron.kernel.database.database import Database
from metatron.kernel.settings import Settings
from metatron.platform.payments.providers import configure_from
from tests.apps.campaigns.stage import Stage


@pytest.fixture
def stage(database: Database, settings: Settings) -> Stage:
    """An organisation of the test's own."""
    configure_from(settings)
    return Stage(database)


@pytest.fixture
def statements(database: Database) -> Iterator[list[str]]:
    """Every statement sent to the server meanwhile, in its sequence."""
    sent: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield sent
    event.remove(Engine, "before_cursor_execute", note)
