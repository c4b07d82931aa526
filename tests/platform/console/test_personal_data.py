"""Requests for copies and erasures over all organisations: who sees them, and what may be done."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context, system_context
from metatron.kernel.database.session import session_now
from metatron.kernel.ids import new_id
from metatron.platform.personal_data.jobs import erase_as_job
from metatron.platform.tenancy.moving import move_tenant
from tests.support.people import Door, new_email

from .steps import code, events_of, make_account, operator_client, put_in_account

DAY = 86_400
_BLOCK = text("""
update personal_data.request set obstacles = '[{"code": "x", "text": "Wait.", "count": 1}]',
  due_at = due_at + interval '1 day' where id = :id
""")
_LATE = text("""
update personal_data.request set requested_at = requested_at - interval '32 days' where id = :id
""")


@dataclass
class Asked:
    """A member of an organisation who asked for something."""

    door: Door
    tenant_id: UUID
    client: httpx.AsyncClient
    owner: httpx.AsyncClient
    email: str
    id: str

    @property
    def context(self) -> Context:
        return system_context(self.tenant_id)

    async def change(self, statement: Any) -> None:
        async with self.door.database.transaction(self.context) as session:
            await session.execute(statement, {"id": UUID(self.id)})

    async def work(self) -> None:
        """What the worker does with the erasure."""
        async with self.door.database.transaction(self.context) as session:
            now = await session_now(session)
        await erase_as_job(self.door.database, self.context, request_id=self.id, now=now)

    async def jobs(self) -> int:
        """How many jobs about the request wait in the outbox."""
        statement = text("""
            select count(*) from kernel.outbox where tenant_id = :tenant_id
              and kind = 'job' and arguments ->> 'request_id' = :id""")
        async with self.door.database.transaction(self.context) as session:
            values = {"tenant_id": self.tenant_id, "id": self.id}
            return int(await session.scalar(statement, values) or 0)

    @property
    def path(self) -> str:
        return f"/admin/tenants/{self.tenant_id}/personal-data/{self.id}"


async def ask(door: Door, kind: str = "erasures") -> Asked:
    owner_email, email = new_email("owner"), new_email("asking")
    tenant = await door.organisation(owner_email, is_sandbox=True)
    owner = await door.signed_in(owner_email, tenant.id)
    client = await door.signed_in(email, tenant.id, ("participant",))
    answer = await client.post(f"/personal-data/{kind}", json={})
    assert answer.status_code == 201, answer.text
    return Asked(door, tenant.id, client, owner, email, answer.json()["id"])


async def rows(client: httpx.AsyncClient, **query: str) -> dict[str, dict[str, Any]]:
    """All pages, by id."""
    found: dict[str, dict[str, Any]] = {}
    cursor: str | None = ""
    while cursor is not None:
        asked = {"limit": "50", **query} | ({"cursor": cursor} if cursor else {})
        answer = await client.get("/admin/personal-data", params=asked)
        assert answer.status_code == 200, answer.text
        for row in answer.json()["items"]:
            assert row["id"] not in found, "a row on two pages"
            found[row["id"]] = row
        cursor = answer.json()["next_cursor"]
    return found


async def test_a_request_is_told_with_its_month(door: Door, admin: httpx.AsyncClient) -> None:
    copy, erasure = await ask(door, "exports"), await ask(door)
    found = await rows(admin)
    shown = found[erasure.id]
    assert (shown["kind"], shown["state"], shown["email"]) == ("erasure", "waiting", erasure.email)
    assert shown["tenant_id"] == str(erasure.tenant_id)
    assert shown["tenant_name"]
    requested, answer_by = (
        datetime.fromisoformat(shown[name]) for name in ("requested_at", "answer_by")
    )
    assert (answer_by.day, answer_by.hour) == (requested.day, requested.hour) or answer_by.day < 31
    assert 28 <= (answer_by - requested).days <= 31
    assert (shown["is_late"], shown["can_retry"], shown["can_withdraw"]) == (False, False, True)
    assert (found[copy.id]["can_retry"], found[copy.id]["can_withdraw"]) == (True, False)
    assert copy.id not in await rows(admin, kind="erasure")
    assert erasure.id not in await rows(admin, kind="export")
    assert erasure.id not in await rows(admin, state="done")
    await erasure.change(_LATE)
    found = await rows(admin)
    assert found[erasure.id]["is_late"]
    assert list(found).index(erasure.id) < list(found).index(copy.id), "what is due first is first"


async def test_pages_join_without_a_gap(door: Door, admin: httpx.AsyncClient) -> None:
    made = {(await ask(door)).id for _ in range(3)}
    assert made <= set(await rows(admin, limit="2"))
    assert code(await admin.get("/admin/personal-data?cursor=nonsense"))[0] == 422


async def test_an_organisation_with_its_own_database_is_told_once(
    door: Door, admin: httpx.AsyncClient
) -> None:
    before = await ask(door)
    database = door.database
    await move_tenant(database, tenant_id=before.tenant_id, to="dedicated", now=utc_now())
    assert before.id in await rows(admin), "and not from the copy at home as well"
    assert (await before.client.delete(f"/personal-data/erasures/{before.id}")).status_code == 204
    assert before.id not in await rows(admin)
    assert (await rows(admin, state="withdrawn"))[before.id]["state"] == "withdrawn"
    again = (await before.client.post("/personal-data/erasures", json={})).json()["id"]
    assert again in await rows(admin)
    only = await operator_client(door, ("tenants", [before.tenant_id], "personal_data", "read"))
    assert set(await rows(only)) == {again}


@pytest.mark.parametrize("scope", ["tenants", "accounts"])
async def test_a_limited_operator_sees_and_does_their_own(
    door: Door, admin: httpx.AsyncClient, scope: str
) -> None:
    mine, theirs = await ask(door), await ask(door)
    account = await make_account(admin)
    await put_in_account(door.database, mine.tenant_id, account["id"])
    subject = mine.tenant_id if scope == "tenants" else UUID(account["id"])
    reader = await operator_client(door, (scope, [subject], "personal_data", "read"))
    assert set(await rows(reader)) == {mine.id}
    assert set(await rows(admin, account_id=account["id"])) == {mine.id}
    assert code(await reader.post(f"{mine.path}/withdraw")) == (403, "permission_denied")
    other = await operator_client(door, (scope, [subject], "tenants", "*"))
    assert (await other.get("/admin/personal-data")).status_code == 403
    writer = await operator_client(door, (scope, [subject], "personal_data", "*"))
    assert code(await writer.post(f"{theirs.path}/withdraw")) == (404, "not_found")
    assert code(await writer.post(f"{theirs.path}/retry")) == (404, "not_found")
    assert (await writer.post(f"{mine.path}/withdraw")).status_code == 204


async def test_an_operator_withdraws_and_the_person_is_told(
    door: Door, admin: httpx.AsyncClient
) -> None:
    asked = await ask(door)
    assert (await admin.post(f"{asked.path}/withdraw")).status_code == 204
    shown = (await rows(admin, state="withdrawn"))[asked.id]
    assert (shown["state"], shown["can_withdraw"]) == ("withdrawn", False)
    told = await events_of(door.database, asked.id, asked.tenant_id)
    assert told[-1][:2] == ("personal_data.erasure_withdrawn.v1", "admin_key")
    mails = await door.mails(asked.email, asked.tenant_id)
    assert mails[-1]["subject"] == "Your data will not be erased"
    again = await admin.post(f"{asked.path}/withdraw")
    assert code(again) == (409, "personal_data_request_closed")
    nowhere = f"/admin/tenants/{asked.tenant_id}/personal-data/{new_id()}/withdraw"
    assert code(await admin.post(nowhere)) == (404, "personal_data_request_not_found")
    copy = await ask(door, "exports")
    assert code(await admin.post(f"{copy.path}/withdraw")) == (409, "personal_data_request_closed")


async def test_an_operator_tries_again_what_was_put_off(
    door: Door, admin: httpx.AsyncClient
) -> None:
    asked = await ask(door)
    refused = await admin.post(f"{asked.path}/retry")
    assert code(refused) == (409, "personal_data_nothing_to_retry"), "seven days are the person's"
    await asked.change(_BLOCK)
    advanced = await asked.owner.post("/clock/advance", json={"seconds": 7 * DAY + 60})
    assert advanced.is_success
    assert (await rows(admin))[asked.id]["can_retry"]
    waiting = await asked.jobs()
    assert (await admin.post(f"{asked.path}/retry")).status_code == 204
    assert await asked.jobs() == waiting + 1
    told = await events_of(door.database, asked.id, asked.tenant_id)
    assert told[-1][:2] == ("personal_data.request_retried.v1", "admin_key")
    await asked.work()
    shown = (await rows(admin, state="done"))[asked.id]
    assert (shown["state"], shown["email"], shown["display_name"]) == ("done", None, None)
    assert code(await admin.post(f"{asked.path}/retry")) == (409, "personal_data_nothing_to_retry")


async def test_a_copy_is_made_again(door: Door, admin: httpx.AsyncClient) -> None:
    asked = await ask(door, "exports")
    assert (await admin.post(f"{asked.path}/retry")).status_code == 204
    assert await asked.jobs() == 2
