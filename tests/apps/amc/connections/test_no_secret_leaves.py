"""Neither logs, nor events, nor the outbox, nor answers hold what opens Amazon."""

import logging
import re
from typing import Any

import pytest
import structlog
from sqlalchemy import text

from metatron.apps.amc.connections.access import client_of
from metatron.apps.amc.connections.errors import ConnectionNotUsable
from metatron.apps.amc.twin.tokens import ACCESS, REFRESH
from metatron.kernel.clock import utc_now
from tests.apps.amc.connections.conftest import House
from tests.support.amazon import SECRET

SECRETS = re.compile(
    "|".join(
        [re.escape(ACCESS), re.escape(REFRESH), re.escape(SECRET), "signature=", "code_verifier",
         "state="]
    )
)  # fmt: skip


async def test_nothing_is_written_down(
    house: House, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as lines:
        connection_id = await house.connect()
        instance_id = (await house.instance_ids())["amclocal0001"]
        client = await client_of(house.database, house.system, instance_id, now=utc_now())
        house.amazon.chaos({"fault": "expired_token", "count": 1})
        await client.data_sources()
        house.amazon.change("update grant_ set revoked_at = 1")
        with pytest.raises(ConnectionNotUsable) as refused:
            await client.data_sources()
    answers = [
        (await house.manager.get(path)).text for path in ("/amc/connections", "/amc/instances")
    ]
    async with house.database.transaction(house.system) as session:
        for table in ("event", "outbox"):
            rows = await session.execute(text(f"select t::text from kernel.{table} t"))
            answers += rows.scalars()
    told: list[Any] = [*lines, *answers, caplog.text, *capsys.readouterr(), repr(refused.value)]
    assert str(connection_id) in str(told)
    for each in told:
        found = SECRETS.search(str(each))
        assert found is None, (found, str(each)[:2_000])
