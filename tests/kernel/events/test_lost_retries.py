"""The database is away when a job's retry is to be noted: it is retried nevertheless, and once."""

from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from pgqueuer.domain.models import Job

from metatron.kernel.events import queue
from metatron.kernel.events.queue_driver import LastingDriver
from metatron.kernel.events.registry import Registry
from metatron.processes import all_modules

from .conftest import Workshop

_ROW = "select status::text, attempts from jobs.pgqueuer where id = $1"


class Losing(LastingDriver):
    """Loses its connection, before the server has heard or before it has answered."""

    def __init__(self, pool: Any, *, losses: int, after: bool) -> None:
        super().__init__(pool)
        self.losses, self.after = losses, after

    async def execute(self, query: str, *args: Any) -> str:
        if self.losses > 0:
            self.losses -= 1
            if self.after:
                await super().execute(query, *args)
            raise asyncpg.ConnectionDoesNotExistError("connection was closed")
        return await super().execute(query, *args)


@pytest.mark.parametrize("after", [False, True], ids=["not heard", "answer lost"])
async def test_a_retry_waits_for_the_database(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, *, after: bool
) -> None:
    monkeypatch.setattr(queue, "_AGAIN_SECONDS", 0.01)
    driver = Losing(workshop.database.system, losses=0, after=after)
    queries = queue.queries(driver)
    [job_id] = await queries.enqueue("test.retry", b"{}", 0)
    await workshop.database.system.execute(
        "update jobs.pgqueuer set status = 'picked' where id = $1", job_id
    )
    row = await workshop.database.system.fetchrow(
        "select * from jobs.pgqueuer where id = $1", job_id
    )
    assert row is not None
    driver.losses = 1 if after else 3
    await queries.retry_job(Job.model_validate(dict(row)), timedelta(hours=1), None)
    noted = await workshop.database.system.fetchrow(_ROW, job_id)
    assert noted is not None
    assert (noted["status"], noted["attempts"]) == ("queued", 1)


def test_everything_queued_is_tried_again() -> None:
    """A database that is away for a moment makes no dead letter: not of what comes anew either."""
    registry = Registry(all_modules())
    given_up = [name for name, each in registry.handlers().items() if each.most_attempts < 3]
    assert given_up == []
