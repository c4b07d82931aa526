"""An engine that a machine without memory killed does its work at another time; not for ever."""

from pathlib import Path

import pytest

from metatron.apps.amc.runs.results import engine, fetching
from tests.apps.amc.runs.stage import Stage

KILLED = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n"


@pytest.fixture
def another_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    worker = tmp_path / "worker.py"
    worker.write_text(KILLED)
    monkeypatch.setattr(engine, "WORKER", worker)


@pytest.mark.usefixtures("another_worker")
async def test_a_result_is_kept_by_another_try(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = await stage.ask()
    await stage.until(lambda states: states == {"fetching": 1})
    while (run := await stage.run(run_id)).state_reason is None:
        await stage.step()
    assert run.state == "fetching"
    assert run.attempts == 1
    monkeypatch.undo()
    assert (await stage.ended(run_id)).state == "succeeded"
    assert len(stage.executions_of(run)) == 1


@pytest.mark.usefixtures("another_worker")
async def test_an_engine_that_always_breaks_ends_the_run(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "MOST_BREAKS", 2)
    run = await stage.ended(await stage.ask())
    assert run.state == "failed"
    assert "ended by itself" in (run.state_reason or "")
