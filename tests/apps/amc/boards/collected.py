"""A board over a month of weeks whose figures are written by the test."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import text

from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id
from tests.apps.amc.catalogue.test_catalogue import an_instance
from tests.apps.amc.house import House

_RUN = text("""
update amc.run set state = 'succeeded', finished_at = now(), row_count = 1, size_bytes = 1,
  columns = cast(:columns as jsonb) where tenant_id = :t and id = :run_id
""")
_KEPT = text("""
update amc.segment s set state = :state, due_at = case when :state = 'settled' then null
    else settles_at end, run_id = :run_id, kept_run_id = :run_id, row_count = 1,
  kept_provisional = :state = 'provisional'
where tenant_id = :t and starts >= :start and starts < :end returning id
""")
_FIGURE = text("""
insert into amc.segment_figure (tenant_id, segment_id, name, sum, count, minimum, maximum)
values (:t, :segment_id, :name, :value, 1, :value, :value)
""")
COLUMNS = (
    '[{"name": "clicks", "type": "BIGINT"}, {"name": "impressions", "type": "BIGINT"},'
    ' {"name": "ctr", "type": "DOUBLE"}, {"name": "reach", "type": "BIGINT"}]'
)


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(new_id())}


def monday(weeks_ago: int) -> date:
    today = utc_now().date()
    return today - timedelta(days=today.weekday(), weeks=weeks_ago)


async def a_board(house: House, database: Database) -> dict[str, Any]:
    """Eight weeks: clicks 1 to 6 in the first six, ten times as many impressions, nothing after."""
    workflow = await house.workflow()
    instance_id = str(await an_instance(house, database))
    body = {
        "name": "Weeks", "workflow_id": workflow["id"], "instance_ids": [instance_id],
        "segments": {"unit": "week", "from": monday(8).isoformat()},
    }  # fmt: skip
    made = await house.analyst.post("/amc/collections", json=body, headers=key())
    assert made.status_code == 201, made.text
    asked = {
        "instance_id": instance_id, "workflow_id": workflow["id"],
        "window": {"kind": "rolling", "days": 7},
    }  # fmt: skip
    run = await house.analyst.post("/amc/runs", json=asked, headers=key())
    assert run.status_code == 202, run.text
    context = system_context(house.tenant.id)
    own = {"t": house.tenant.id, "run_id": run.json()["id"]}
    async with database.transaction(context) as session:
        await session.execute(_RUN, own | {"columns": COLUMNS})
        for number in range(6):
            span = {
                "state": "provisional" if number == 5 else "settled",
                "start": monday(8 - number), "end": monday(7 - number),
            }  # fmt: skip
            segment_id = (await session.execute(_KEPT, own | span)).scalar_one()
            for name, value in (
                ("clicks", number + 1), ("impressions", 10 * (number + 1)), ("reach", 7),
            ):  # fmt: skip
                row = {"t": house.tenant.id, "segment_id": segment_id}
                await session.execute(_FIGURE, row | {"name": name, "value": value})
    path = f"/amc/collections/{made.json()['id']}/board"
    board = await house.analyst.post(path, json={"name": "Our weeks"}, headers=key())
    assert board.status_code == 201, board.text
    told: dict[str, Any] = board.json()
    return told
