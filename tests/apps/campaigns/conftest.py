"""Stages and people of the tests of campaigns."""

import pytest

from metatron.kernel.database.database import Database
from metatron.kernel.settings import Settings
from metatron.platform.payments.providers import configure_from
from tests.apps.campaigns.stage import Stage


@pytest.fixture
def stage(database: Database, settings: Settings) -> Stage:
    """An organisation of the test's own."""
    configure_from(settings)
    return Stage(database)
