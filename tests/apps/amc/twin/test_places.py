"""Places of the local AMC: shared between instances, and given back when a run is not wanted."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from metatron.apps.amc.twin.app import at_work
from metatron.apps.amc.twin.engine import Job, Result, RunStopped
from metatron.apps.amc.twin.settings import TwinSettings
from tests.apps.amc.twin.conftest import BACK, BASE, REPORTING, Idle, Visitor, composed
from tests.apps.amc.twin.test_contract import DAY, asked, ended

ENDLESS = {"workflow": {"sqlQuery": "SELECT 'endless' AS a, COUNT(*) AS n FROM dsp_views"}}
OTHER = "/amc/reporting/amclocal0002"


class Patient(Idle):
    """An engine whose endless runs end only when nobody wants them; it notes what it began."""

    def __init__(self) -> None:
        self.begun: list[Job] = []

    def run(self, job: Job) -> Result:
        self.begun.append(job)
        while "endless" in job.sql:
            if job.is_stopped():
                raise RunStopped
            time.sleep(0.01)
        return Result((), (), ())


@asynccontextmanager
async def opened(folder: Path, engine: Patient) -> AsyncIterator[Visitor]:
    settings = TwinSettings(
        folder, BASE, chaos_key="key", link_secret="link", client_id="cid",
        client_secret="secret", redirect_uris=(BACK,),
    )  # fmt: skip
    app = composed()
    async with (
        at_work(app, settings, engine),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE) as client,
    ):
        visitor = Visitor(client)
        await visitor.sign_in()
        yield visitor


async def begun(engine: Patient, runs: int) -> list[Job]:
    for _ in range(2_000):
        if len(engine.begun) >= runs:
            return engine.begun
        await asyncio.sleep(0.01)
    raise TimeoutError(runs)


async def cancel(visitor: Visitor, execution_id: str) -> None:
    path = f"{REPORTING}/workflowExecutions/{execution_id}"
    answer = await visitor.call("PUT", path, json={"status": "CANCELLED"})
    assert answer.status_code == 200, answer.text


async def test_what_is_cancelled_gives_its_place_back(tmp_path: Path) -> None:
    engine = Patient()
    async with opened(tmp_path, engine) as visitor:
        bombs = [await asked(visitor, **ENDLESS) for _ in range(2)]
        await begun(engine, 2)
        waiting = await asked(visitor)
        for each in bombs:
            await cancel(visitor, each)
        assert (await ended(visitor, waiting))["status"] == "SUCCEEDED"
        assert [(await ended(visitor, each))["status"] for each in bombs] == ["CANCELLED"] * 2
        assert not [each.folder for each in engine.begun[:2] if each.folder.exists()]


async def test_the_next_place_is_that_of_who_has_fewest(tmp_path: Path) -> None:
    engine = Patient()
    async with opened(tmp_path, engine) as visitor:
        ours = [await asked(visitor, **ENDLESS) for _ in range(4)]
        await begun(engine, 2)
        body = {**ENDLESS, **DAY}
        theirs = await visitor.call("POST", f"{OTHER}/workflowExecutions", json=body)
        assert theirs.status_code == 200, theirs.text
        await cancel(visitor, ours[0])
        third = (await begun(engine, 3))[2]
        assert third.instance_id == "amclocal0002", "though three were asked for before"


async def test_no_run_has_all_the_time_it_asks_for(tmp_path: Path) -> None:
    engine = Patient()
    async with opened(tmp_path, engine) as visitor:
        await ended(visitor, await asked(visitor, workflowExecutionTimeoutSeconds=86_400))
        assert [each.seconds for each in engine.begun] == [900]


async def test_it_closes_and_begins_anew_what_was_under_way(tmp_path: Path) -> None:
    engine = Patient()
    async with opened(tmp_path, engine) as visitor:
        execution_id = await asked(visitor, **ENDLESS)
        await begun(engine, 1)
    async with opened(tmp_path, engine) as visitor:
        path = f"{REPORTING}/workflowExecutions/{execution_id}"
        await begun(engine, 2)
        assert (await visitor.call("GET", path)).json()["status"] == "RUNNING"
