"""Runs executions: so many at once an instance and an account, the others wait their turn."""

import asyncio
import datetime as dt
import json
import shutil
import threading
from pathlib import Path
from typing import Any

import structlog

from metatron.apps.amc.twin import chaos
from metatron.apps.amc.twin.desk import lacks_of
from metatron.apps.amc.twin.engine import Engine, Job, Result, RunFailed, RunStopped
from metatron.apps.amc.twin.links import RESULTS
from metatron.apps.amc.twin.settings import TwinSettings
from metatron.apps.amc.twin.shapes import WorkflowBody
from metatron.apps.amc.twin.store import Row, Store

log = structlog.get_logger(__name__)
_LOOK_SECONDS = 5.0
_COUNTED_SECONDS = 86_400.0
"""How long a run counts against later ones that overlap with it."""
_RUNNING = """
select i.account_id, e.instance_id, count(*) as n from execution e join instance i using
(instance_id) where e.status = 'RUNNING' group by 1, 2
"""
_WAITING = """
select e.*, i.account_id from execution e join instance i using (instance_id) where e.number in (
  select min(number) from execution where status = 'PENDING' group by instance_id
) order by e.number
"""


class Runner:
    """Takes what waits, the oldest first, fairly within the limits."""

    def __init__(self, store: Store, settings: TwinSettings, engine: Engine) -> None:
        """Prepare; what ran when the process died waits again."""
        self._store, self._settings, self._engine = store, settings, engine
        self._woken = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._stops: dict[str, threading.Event] = {}
        store.execute("update execution set status = 'PENDING' where status = 'RUNNING'")

    def wake(self) -> None:
        """Look for work at once."""
        self._woken.set()

    async def run(self) -> None:
        """Work until cancelled."""
        try:
            while True:
                self._woken.clear()
                self._expire()
                self._stop_cancelled()
                while len(self._tasks) < self._settings.workers and (row := self._next()):
                    task = asyncio.create_task(self._execute(row))
                    self._tasks.add(task)
                    task.add_done_callback(self._tasks.discard)
                try:
                    await asyncio.wait_for(self._woken.wait(), _LOOK_SECONDS)
                except TimeoutError:
                    continue
        finally:
            # What is under way begins anew at the next start.
            for stop in self._stops.values():
                stop.set()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _stop_cancelled(self) -> None:
        for execution_id, stop in self._stops.items():
            query = "select 1 from execution where execution_id = ? and status = 'RUNNING'"
            if self._store.row(query, execution_id) is None:
                stop.set()

    def _expire(self) -> None:
        now = self._store.now()
        self._store.execute(
            "update execution set status = 'FAILED', status_reason = 'The execution expired.',"
            " updated_at = ? where status = 'PENDING' and expires_at <= ?",
            now, now,
        )  # fmt: skip

    def _next(self) -> Row | None:
        """Claim an execution whose instance and account have room.

        Of each instance the oldest; of these that of the instance with the fewest at work.
        """
        per_instance: dict[str, int] = {}
        per_account: dict[str, int] = {}
        for row in self._store.rows(_RUNNING):
            per_instance[row["instance_id"]] = row["n"]
            per_account[row["account_id"]] = per_account.get(row["account_id"], 0) + row["n"]
        waiting = self._store.rows(_WAITING)
        waiting.sort(key=lambda row: per_instance.get(row["instance_id"], 0))
        for row in waiting:
            if per_instance.get(row["instance_id"], 0) >= self._settings.per_instance:
                continue
            if per_account.get(row["account_id"], 0) >= self._settings.per_account:
                continue
            self._move(row, "RUNNING")
            return row
        return None

    async def _execute(self, row: Row) -> None:
        folder = self._settings.data_dir / RESULTS / row["execution_id"]
        self._stops[row["execution_id"]] = threading.Event()
        try:
            if slow := chaos.draw(self._store, "run", "slow_run"):
                await asyncio.sleep(slow.value or 5.0)
            await self._judge(row, folder)
        except RunStopped:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        except RunFailed as reason:
            self._end(row, "FAILED", str(reason))
        except Exception:
            log.exception("execution_broke", execution_id=row["execution_id"])
            self._end(row, "FAILED", "Internal error.")
        finally:
            del self._stops[row["execution_id"]]
            self._woken.set()

    async def _judge(self, row: Row, folder: Path) -> None:
        drawn = chaos.draw(self._store, "run", "failed", "status_rejected", "status_unknown")
        if drawn is not None:
            status = {"failed": "FAILED", "status_rejected": "REJECTED"}.get(drawn.fault)
            self._end(row, status or "UNDER_REVIEW", "As the chaos switches say.")
            return
        asked = json.loads(row["request"])
        self._refuse_overlap(row, asked)
        await asyncio.to_thread(_emptied, folder)
        result = await asyncio.to_thread(self._engine.run, self._job(row, asked, folder))
        self._keep(row, result)

    def _job(self, row: Row, asked: dict[str, Any], folder: Path) -> Job:
        workflow = WorkflowBody.model_validate(asked["workflow"])
        values = {
            each.name: asked["parameterValues"].get(each.name, each.default_value)
            for each in workflow.input_parameters
        }
        there = self._store.row("select * from instance where instance_id = ?", row["instance_id"])
        many = chaos.draw(self._store, "run", "many_files")
        empty = chaos.draw(self._store, "run", "empty_result")
        start = dt.datetime.fromisoformat(row["window_start"])
        return Job(
            instance_id=row["instance_id"],
            sql=workflow.sql_query,
            start=start,
            end=start if empty else dt.datetime.fromisoformat(row["window_end"]),
            declared={each.name: each.amc_type() for each in workflow.input_parameters},
            values=values,
            folder=folder,
            remove=workflow.privacy_filtering_behavior,
            discriminator=workflow.filtered_metrics_discriminator_column,
            user_count=workflow.distinct_user_count_column,
            reason=workflow.filtered_reason_column,
            controls=not asked["disableAggregationControls"],
            form=workflow.output_format,
            seconds=min(asked["workflowExecutionTimeoutSeconds"], self._settings.run_seconds),
            dry=asked["dryRun"],
            files=int(many.value or 3) if many else 1,
            lacks=lacks_of(there) if there else frozenset(),
            is_stopped=self._stops[row["execution_id"]].is_set,
        )

    def _refuse_overlap(self, row: Row, asked: dict[str, Any]) -> None:
        """Keep somebody from learning of single users by differences of many runs.

        Those of the last day count; a dry run neither counts nor is counted against.
        """
        if asked["dryRun"]:
            return
        sources = self._engine.sources(asked["workflow"]["sqlQuery"])
        others = self._store.rows(
            "select request from execution where instance_id = ? and number < ?"
            " and status in ('RUNNING', 'SUCCEEDED') and window_start < ? and window_end > ?"
            " and created_at > ? and not request ->> '$.dryRun'",
            row["instance_id"], row["number"], row["window_end"], row["window_start"],
            self._store.now() - _COUNTED_SECONDS,
        )  # fmt: skip
        if len(others) < self._settings.most_overlapping:
            return
        same = sum(
            bool(
                sources & self._engine.sources(json.loads(each["request"])["workflow"]["sqlQuery"])
            )
            for each in others
        )
        if same >= self._settings.most_overlapping:
            raise RunFailed("Too many executions overlap on the same data and time window.")

    def _keep(self, row: Row, result: Result) -> None:
        self._store.execute(
            "update execution set status = 'SUCCEEDED', files = ?, metadata_files = ?,"
            " output_columns = ?, rows_scanned = ?, updated_at = ?"
            " where execution_id = ? and status = 'RUNNING'",
            json.dumps([path.name for path in result.files]),
            json.dumps([path.name for path in result.metadata]),
            json.dumps([dict(column) for column in result.columns]),
            result.rows_scanned,
            self._store.now(), row["execution_id"],
        )  # fmt: skip

    def _move(self, row: Row, status: str) -> None:
        self._store.execute(
            "update execution set status = ?, updated_at = ? where execution_id = ?",
            status, self._store.now(), row["execution_id"],
        )  # fmt: skip

    def _end(self, row: Row, status: str, reason: str) -> None:
        self._store.execute(
            "update execution set status = ?, status_reason = ?, updated_at = ?"
            " where execution_id = ? and status = 'RUNNING'",
            status, reason, self._store.now(), row["execution_id"],
        )  # fmt: skip


def _emptied(folder: Path) -> None:
    """Make the folder; a run that died has left half a result there."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
