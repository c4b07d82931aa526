"""Of a collection and its boards one sees the clients that one was granted; its maker runs it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from metatron.apps.amc.collections.collecting import WITHOUT_GRANT, collect_due
from metatron.apps.amc.collections.jobs import tell_of_resting_collection
from metatron.apps.amc.collections.makers import TELL_JOB
from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from tests.apps.amc.boards.collected import COLUMNS, key, monday
from tests.apps.amc.catalogue.test_catalogue import an_instance
from tests.apps.amc.house import House
from tests.support.people import new_email

_KEPT = text("""
update amc.segment s set state = 'settled', due_at = null, run_id = r.id, kept_run_id = r.id,
  row_count = 1
from amc.run r where r.tenant_id = s.tenant_id and s.tenant_id = :t
  and r.instance_id = s.instance_id returning s.id, s.instance_id
""")
_ENDED = text("""
update amc.run set state = 'succeeded', finished_at = now(), row_count = 1, size_bytes = 1,
  columns = cast(:columns as jsonb) where tenant_id = :t
""")
_MAILED = text("""
select b.address from notifications.message m
join notifications.message_body b on b.tenant_id = m.tenant_id and b.id = m.id
where m.template like 'amc_collection_%'
""")
_FIGURE = text("""
insert into amc.segment_figure (tenant_id, segment_id, name, sum, count, minimum, maximum)
values (:t, :segment_id, 'clicks', :value, 1, :value, :value)
""")


async def boss(house: House) -> Any:
    return await house.door.signed_in(new_email("boss"), house.tenant.id, ("owner",))


async def id_of(client: Any) -> str:
    me = (await client.get("/auth/me")).json()
    return str(me.get("user", me)["id"])


async def give(owner: Any, instance_id: str, client: Any) -> None:
    body = {"users": [{"user_id": await id_of(client), "level": "edit"}], "roles": []}
    answer = await owner.put(f"/amc/instances/{instance_id}/grants", json=body)
    assert answer.is_success, answer.text


async def a_collection(house: House, database: Database, *, clients: int) -> dict[str, Any]:
    workflow = await house.workflow(shared=True)
    body = {
        "name": "Last week", "workflow_id": workflow["id"],
        "instance_ids": [str(await an_instance(house, database)) for _ in range(clients)],
        "segments": {"unit": "once", "from": f"{monday(3)}", "to": f"{monday(2)}"},
    }  # fmt: skip
    made = await house.analyst.post("/amc/collections", json=body, headers=key())
    assert made.status_code == 201, made.text
    told: dict[str, Any] = made.json()
    return told


async def collect(house: House, collection: dict[str, Any], **later: float) -> int:
    now = utc_now() + timedelta(**later)
    context = system_context(house.tenant.id)
    key = UUID(collection["id"])
    return await collect_due(house.door.database, context, collection_id=key, now=now)


async def test_of_two_clients_one_is_seen(house: House, database: Database) -> None:
    collection = await a_collection(house, database, clients=2)
    assert await collect(house, collection) == 2
    hidden, seen = (each["id"] for each in collection["clients"])
    async with database.transaction(system_context(house.tenant.id)) as session:
        await session.execute(_ENDED, {"t": house.tenant.id, "columns": COLUMNS})
        for row in (await session.execute(_KEPT, {"t": house.tenant.id})).all():
            value = 1000 if str(row.instance_id) == hidden else 7
            figure = {"t": house.tenant.id, "segment_id": row.id, "value": value}
            await session.execute(_FIGURE, figure)
    await give(await boss(house), hidden, house.analyst)
    path = f"/amc/collections/{collection['id']}"
    for who, count, total in ((house.analyst, 2, 1007), (house.other, 1, 7)):
        shown = (await who.get(path)).json()
        assert (len(shown["clients"]), shown["counts"]["total"]) == (count, count)
        segments = (await who.get(f"{path}/segments")).json()["items"]
        assert len(segments) == count
        board = (await who.post(f"{path}/board", json={}, headers=key())).json()
        figures = await who.get(f"/amc/boards/{board['id']}/figures")
        clicks = figures.json()["measures"][0]
        assert (clicks["total"], len(clicks["clients"])) == (total, count)
        assert (hidden in figures.text) == (count == 2)
        body = {"expires_at": (utc_now() + timedelta(days=1)).isoformat()}
        shared = (await who.post(f"/amc/boards/{board['id']}/snapshots", json=body)).json()
        frozen = (await house.viewer.get(f"/public/amc/snapshots/{shared['token']}")).json()
        assert frozen["figures"]["measures"][0]["total"] == total
        own = body | {"instance_id": seen}
        shared = (await who.post(f"/amc/boards/{board['id']}/snapshots", json=own)).json()
        alone = (await house.viewer.get(f"/public/amc/snapshots/{shared['token']}")).json()
        [measure] = (each for each in alone["figures"]["measures"] if each["label"] == "Clicks")
        assert (measure["total"], len(measure["clients"])) == (7, 1), "of one client alone"
        other = await who.post(
            f"/amc/boards/{board['id']}/snapshots", json=body | {"instance_id": hidden}
        )
        assert other.status_code == (201 if count == 2 else 422), other.text
    assert seen in (await house.other.get(path)).text
    narrowed = {"instance_id": hidden}
    assert (await house.other.get(f"{path}/segments", params=narrowed)).json()["items"] == []
    for action in ("pause", "retry"):
        answer = await house.other.post(f"{path}/{action}", json={})
        assert answer.status_code == 403, "it is about the other client too"


async def email_of(client: Any) -> str:
    me = (await client.get("/auth/me")).json()
    return str(me.get("user", me)["email"])


async def tell(house: House, collection: dict[str, Any]) -> None:
    """What the job does that a collection left behind when it paused."""
    await tell_of_resting_collection(
        house.door.database, system_context(house.tenant.id), collection_id=collection["id"],
        now=utc_now(),
    )  # fmt: skip


async def told_of(house: House, collection: dict[str, Any]) -> dict[str, list[str]]:
    """By address, the subjects of the mails about a collection, each of which leads to it."""
    context, told = system_context(house.tenant.id), {}
    async with house.door.database.transaction(context) as session:
        rows = (await session.execute(_MAILED)).all()
    for address in {row.address for row in rows}:
        mails = await house.door.mails(address, house.tenant.id)
        assert all(f"/amc/runs/collections/{collection['id']}" in each["text"] for each in mails)
        told[address] = [each["subject"] for each in mails]
    return told


@pytest.mark.parametrize("how", ["leaves", "may only read"])
async def test_it_pauses_without_its_maker_until_it_is_taken_over(
    house: House, database: Database, how: str
) -> None:
    collection = await a_collection(house, database, clients=1)
    owner, maker = await boss(house), await email_of(house.analyst)
    members = (await owner.get("/members", params={"limit": 100})).json()["items"]
    who = next(each["id"] for each in members if each["user_id"] == collection["created_by"])
    if how == "leaves":
        answer = await owner.delete(f"/members/{who}")
    else:
        roles = (await owner.get("/roles")).json()["items"]
        auditor = next(each["id"] for each in roles if each["name"] == "auditor")
        answer = await owner.patch(f"/members/{who}", json={"role_ids": [auditor]})
    assert answer.is_success, answer.text
    assert await collect(house, collection) == 0
    path = f"/amc/collections/{collection['id']}"
    held = (await owner.get(path)).json()
    assert (held["state"], held["pause_reason"]) == ("paused", "maker_gone")
    assert held["counts"]["waiting"] == 1, "no segment failed for it"
    waiting = "select arguments from kernel.outbox where tenant_id = $1 and name = $2"
    [job] = await database.system.fetch(waiting, house.tenant.id, TELL_JOB)
    assert collection["id"] in str(job["arguments"])
    await tell(house, collection)
    told = await told_of(house, collection)
    rests = ["The collection Last week rests"]
    assert told.pop(maker, []) == (rests if how == "may only read" else []), (
        "who left hears nothing"
    )
    assert await email_of(owner) in told
    assert await email_of(house.other) not in told, "who does not set up clients"
    assert {tuple(each) for each in told.values()} == {("The collection Last week needs somebody",)}
    resumed = (await house.other.post(f"{path}/resume")).json()
    assert (resumed["state"], resumed["pause_reason"]) == ("collecting", None)
    assert resumed["created_by"] == await id_of(house.other)
    await tell(house, collection)
    assert len((await told_of(house, collection))[await email_of(owner)]) == 1, "it goes on"
    assert await collect(house, collection) == 1


async def test_a_client_that_its_maker_lost_fails_alone(house: House, database: Database) -> None:
    collection = await a_collection(house, database, clients=2)
    owner = await boss(house)
    lost = collection["clients"][0]["id"]
    await give(owner, lost, owner)
    assert await collect(house, collection) == 1
    path = f"/amc/collections/{collection['id']}"
    segments = (await owner.get(f"{path}/segments")).json()["items"]
    told = {each["instance"]["id"]: (each["state"], each["problem"]) for each in segments}
    assert told.pop(lost) == ("waiting", WITHOUT_GRANT)
    assert list(told.values()) == [("running", None)]
    assert (await owner.get(path)).json()["state"] == "collecting"
