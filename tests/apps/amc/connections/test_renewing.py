"""Tokens: renewed in time, once, without a storm; revoked ones end in a mail."""

import asyncio
import json
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.fernet import Fernet

from metatron.apps.amc.amazon.answers import Account
from metatron.apps.amc.connections import due, health, renewing
from metatron.apps.amc.connections import site as sites
from metatron.apps.amc.connections.access import client_of, connection_client
from metatron.apps.amc.connections.errors import (
    AmazonAway,
    ConnectionNotUsable,
    InstanceGone,
    InstanceNotFound,
)
from metatron.apps.amc.connections.jobs import JOBS, SCHEDULES
from metatron.apps.amc.connections.tables import Instance
from metatron.apps.amc.module import MODULE
from metatron.kernel.clock import utc_now
from metatron.kernel.database.resealing import Resealed, reseal
from metatron.kernel.ids import new_id
from metatron.kernel.secrets import SecretBox
from metatron.kernel.settings import Settings
from tests.apps.amc.connections.conftest import House

ROOT = Path(__file__).parents[4]


async def accounts(house: House, connection_id: UUID) -> tuple[Account, ...]:
    client = await connection_client(house.database, house.system, connection_id, now=utc_now())
    return await client.accounts()


def end_tokens(house: House) -> None:
    """Let Amazon take no access token any more."""
    house.amazon.change("delete from access")


async def test_a_client_of_an_instance_is_ready(house: House) -> None:
    await house.connect()
    instance_id = (await house.instance_ids())["amclocal0002"]
    client = await client_of(house.database, house.system, instance_id, now=utc_now())
    assert len(await client.data_sources()) > 10
    assert house.refreshes() == 0


async def test_no_client_without_an_instance(house: House) -> None:
    await house.connect()
    with pytest.raises(InstanceNotFound):
        await client_of(house.database, house.system, new_id(), now=utc_now())
    instance_id = (await house.instance_ids())["amclocal0003"]
    other = (await house.door.organisation()).id
    context = house.system.for_tenant(other)
    with pytest.raises(InstanceNotFound):
        await client_of(house.database, context, instance_id, now=utc_now())
    async with house.database.transaction(house.system) as session:
        instance = await session.get(Instance, (house.tenant.id, instance_id))
        assert instance is not None
        instance.gone_at = utc_now()
    with pytest.raises(InstanceGone):
        await client_of(house.database, house.system, instance_id, now=utc_now())


async def test_fifty_parallel_calls_renew_once(house: House) -> None:
    connection_id = await house.connect()
    end_tokens(house)
    clients = [
        await connection_client(house.database, house.system, connection_id, now=utc_now())
        for _ in range(10)
    ]
    async with asyncio.timeout(60):
        found = await asyncio.gather(*(clients[n % 10].accounts() for n in range(50)))
    assert {len(each) for each in found} == {2}
    assert house.refreshes() == 1
    assert house.amazon.tokens_given() == 1


async def test_processes_renew_once_together(house: House, here: Settings) -> None:
    """Four processes, twelve calls each, one refresh: the lease is in the database."""
    connection_id = await house.connect()
    end_tokens(house)
    house.amazon.chaos({"fault": "slow", "operation": "token", "value": 1.5})
    order = {
        "tenant_id": str(house.tenant.id),
        "connection_id": str(connection_id),
        "database_url": here.database_url.get_secret_value(),
        "database_system_url": here.database_system_url.get_secret_value(),
        "secret_keys": here.secret_keys.get_secret_value(),
        "amazon_stand_in_url": house.amazon.url,
        "amazon_stand_in_secret": here.amazon_stand_in_secret.get_secret_value(),
    }
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.apps.amc.connections.asker",
            json.dumps(order),
            cwd=ROOT,
            env={"PYTHONPATH": f"{ROOT}/src:{ROOT}"},
            stdout=asyncio.subprocess.PIPE,
        )
        for _ in range(4)
    ]
    told = await asyncio.gather(*(process.communicate() for process in processes))
    assert [out.decode().strip() for out, _ in told] == ["12"] * 4
    assert house.amazon.tokens_given() == 1


async def test_a_token_that_ends_soon_is_renewed_before_it_is_used(house: House) -> None:
    connection_id = await house.connect()
    soon = utc_now() + timedelta(seconds=30)
    await house.set(connection_id, "access_expires_at = :at", at=soon)
    await accounts(house, connection_id)
    assert house.asked == ["POST /auth/o2/token", "GET /amc/accounts"]


async def test_the_tick_renews_what_has_less_than_twenty_minutes(house: House) -> None:
    assert {each.expression for each in SCHEDULES if "token" in each.job} == {"*/10 * * * *"}
    assert due.RENEW_JOB in {job.name for job in JOBS}
    connection_id = await house.connect()
    expires = (await house.row(connection_id)).access_expires_at
    assert expires is not None
    for left, refreshed in ((timedelta(minutes=20, seconds=1), 0), (timedelta(minutes=19), 1)):
        await due.renew_if_ending(
            house.database, house.system, connection_id=connection_id, now=expires - left
        )
        assert house.refreshes() == refreshed


async def test_the_tick_finds_them_in_every_tenant(house: House) -> None:
    connection_id = await house.connect()
    fresh = await house.connect("Fresh")
    await house.set(connection_id, "access_expires_at = now() + interval '19 minutes'")
    await due.renew_ending(house.database)
    rows = await house.database.system.fetch(
        "select arguments from kernel.outbox where tenant_id = $1 and name = $2",
        house.tenant.id, due.RENEW_JOB,
    )  # fmt: skip
    asked = {json.loads(row["arguments"])["connection_id"] for row in rows}
    assert str(connection_id) in asked
    assert str(fresh) not in asked


async def test_a_revoked_grant_breaks_the_connection_once(house: House) -> None:
    connection_id = await house.connect()
    instance_id = (await house.instance_ids())["amclocal0001"]
    house.amazon.change("update grant_ set revoked_at = 1")
    house.asked.clear()
    calls = [accounts(house, connection_id) for _ in range(20)]
    refused = await asyncio.gather(*calls, return_exceptions=True)
    assert {type(each) for each in refused} == {ConnectionNotUsable}
    assert house.refreshes() == 1
    shown = await house.shown(connection_id)
    assert (shown["state"], shown["state_reason"]) == ("broken", health.REVOKED)
    # No storm: whoever comes later is refused here.
    house.asked.clear()
    with pytest.raises(ConnectionNotUsable):
        await client_of(house.database, house.system, instance_id, now=utc_now())
    await due.renew_if_ending(
        house.database, house.system, connection_id=connection_id,
        now=utc_now() + timedelta(hours=2),
    )  # fmt: skip
    await house.sync(connection_id)
    assert house.asked == []


async def test_the_owner_is_told_once_for_each_time(house: House) -> None:
    connection_id = await house.connect("Shoes")
    house.amazon.change("update grant_ set revoked_at = 1")
    with pytest.raises(ConnectionNotUsable):
        await accounts(house, connection_id)
    for _ in range(3):
        await health.tell(house.database, house.system, connection_id=connection_id, now=utc_now())
    mails = [
        each for each in await house.door.mails(house.email, house.tenant.id)
        if each["template"] == health.TEMPLATE
    ]  # fmt: skip
    assert len(mails) == 1
    assert "Shoes" in mails[0]["subject"]
    assert health.REVOKED in mails[0]["text"]


async def test_an_outage_is_not_asked_about_all_the_time(house: House) -> None:
    connection_id = await house.connect()
    end_tokens(house)
    house.amazon.chaos({"fault": "http_500", "operation": "token"})
    refused = await asyncio.gather(
        *(accounts(house, connection_id) for _ in range(20)), return_exceptions=True
    )
    assert {type(each) for each in refused} == {AmazonAway}
    assert house.refreshes() == 3  # the attempts of one renewal
    row = await house.row(connection_id)
    assert (row.state, row.refresh_failures, row.refreshing_until) == ("healthy", 1, None)
    house.amazon.chaos()
    await house.set(connection_id, "refresh_again_at = null")
    assert len(await accounts(house, connection_id)) == 2
    assert (await house.row(connection_id)).refresh_failures == 0


async def test_who_is_told_to_come_back_later_does_not_come_before(house: House) -> None:
    connection_id = await house.connect()
    end_tokens(house)
    house.amazon.chaos({"fault": "http_429", "operation": "token", "value": 600})
    with pytest.raises(AmazonAway) as refused:
        await accounts(house, connection_id)
    assert refused.value.headers == {"retry-after": "600"}
    row = await house.row(connection_id)
    assert row.refresh_again_at is not None
    assert row.refresh_again_at - utc_now() > timedelta(seconds=500)
    house.amazon.chaos()


async def test_whoever_dies_while_renewing_holds_nobody_up_for_long(house: House) -> None:
    connection_id = await house.connect()
    end_tokens(house)
    await house.set(connection_id, "refreshing_until = clock_timestamp() + interval '1 second'")
    async with asyncio.timeout(20):
        assert len(await accounts(house, connection_id)) == 2
    assert house.refreshes() == 1


async def test_a_disconnection_meanwhile_stays(house: House) -> None:
    connection_id = await house.connect()
    end_tokens(house)
    house.amazon.chaos({"fault": "slow", "operation": "token", "value": 1.0})
    renewal = asyncio.create_task(accounts(house, connection_id))
    await asyncio.sleep(0.4)
    await house.manager.delete(f"/amc/connections/{connection_id}")
    with pytest.raises(ConnectionNotUsable):
        await renewal
    row = await house.row(connection_id)
    assert (row.state, row.sealed_access, row.sealed_refresh) == ("disconnected", None, None)


async def test_a_lost_key_is_said_and_others_go_on(house: House) -> None:
    lost, other = await house.connect("Lost"), await house.connect("Other")
    strange = SecretBox(Fernet.generate_key().decode())
    sealed = strange.seal("x")
    await house.set(lost, "sealed_access = :s, sealed_refresh = :s", s=sealed)
    with pytest.raises(ConnectionNotUsable, match="cannot be decrypted"):
        await accounts(house, lost)
    shown = await house.shown(lost)
    assert (shown["state"], shown["state_reason"]) == ("broken", health.UNREADABLE)
    assert len(await accounts(house, other)) == 2
    answer = await house.manager.post(f"/amc/connections/{lost}/reconnect")
    told = await house.amazon.consent(answer.json()["authorization_url"])
    assert (await house.complete(told)).json()["state"] == "healthy"
    assert len(await accounts(house, lost)) == 2


async def test_keys_are_changed_without_a_new_sign_in(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection_id = await house.connect()
    here = sites.site()
    old = house.door.settings.secret_keys.get_secret_value()
    new = Fernet.generate_key().decode()
    found = Resealed()
    async with house.database.transaction(house.system) as session:
        await reseal(session, SecretBox(f"{new},{old}"), MODULE.sealed, found)
    assert found.done >= 3
    assert found.unreadable == 0
    monkeypatch.setattr(sites, "_site", replace(here, box=SecretBox(new)))
    house.asked.clear()
    assert len(await accounts(house, connection_id)) == 2
    end_tokens(house)
    assert len(await accounts(house, connection_id)) == 2
    assert house.refreshes() == 1


async def test_a_stand_ins_tokens_never_go_to_amazon(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection_id = await house.connect()
    monkeypatch.setattr(sites, "_site", replace(sites.site(), is_stand_in=False))
    with pytest.raises(ConnectionNotUsable, match="stand-in"):
        await accounts(house, connection_id)
    assert house.asked == []


def test_held_tokens_are_not_shown() -> None:
    held = renewing.Held(new_id(), "eu", 1, "sesame", datetime(2026, 1, 1, tzinfo=UTC))
    assert "sesame" not in repr(held)
