"""How many organisations one person makes in a day and owns, through the public API."""

import asyncio
from uuid import UUID

import httpx
import pytest

from metatron.kernel.ids import new_id
from metatron.platform.tenancy.site import site
from tests.platform.console.steps import operator_client
from tests.support.people import Door, new_email

RACERS = 50


def _bound(monkeypatch: pytest.MonkeyPatch, *, a_day: int, owned: int = 100) -> None:
    monkeypatch.setattr(site().settings, "organisations_a_day", a_day)
    monkeypatch.setattr(site().settings, "organisations_owned", owned)


async def _made_by(door: Door, user_id: UUID) -> int:
    found = await door.database.system.fetchval(
        "select count(*) from tenancy.tenant where founded_by = $1", user_id
    )
    assert isinstance(found, int)
    return found


async def _person(door: Door) -> tuple[httpx.AsyncClient, UUID]:
    email = new_email("founder")
    user_id = await door.person(email)
    return await door.signed_in(email), user_id


async def test_fifty_at_once_make_no_more_than_a_day_allows(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    _bound(monkeypatch, a_day=4)
    client, user_id = await _person(door)
    answers = await asyncio.gather(
        *(client.post("/organisations", json={"name": "One of many"}) for _ in range(RACERS))
    )
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [201] * 4 + [429] * (RACERS - 4)
    assert await _made_by(door, user_id) == 4
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.json()["code"] == "too_many_organisations"
    assert 86_000 < int(refused.headers["retry-after"]) <= 86_401


async def test_one_that_was_closed_again_counts_until_a_day_is_over(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    _bound(monkeypatch, a_day=2)
    client, user_id = await _person(door)
    ids = [
        (await client.post("/organisations", json={"name": name})).json()["id"]
        for name in ("First", "Second")
    ]
    system = door.database.system
    await system.execute("update tenancy.tenant set deleted_at = now() where id = $1", UUID(ids[0]))
    third = await client.post("/organisations", json={"name": "Third"})
    assert (third.status_code, third.json()["code"]) == (429, "too_many_organisations")
    # A day later: the ids tell the real time, and these two are of yesterday.
    for tenant_id in ids:
        earlier = UUID(int=UUID(tenant_id).int - (86_401_000 << 80))
        await system.execute(
            "update tenancy.tenant set founded_by = null where id = $1", UUID(tenant_id)
        )
        await system.execute(
            "insert into tenancy.tenant"
            " (id, name, slug, state, environment, created_at, deleted_at, founded_by)"
            " values ($1, 'Old', $2, 'active', 'production', now(), now(), $3)",
            earlier, f"old-{new_id().hex}", user_id,
        )  # fmt: skip
    assert (await client.post("/organisations", json={"name": "Third"})).status_code == 201


async def test_whoever_owns_as_many_as_one_may_makes_no_more(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    _bound(monkeypatch, a_day=20, owned=2)
    client, user_id = await _person(door)
    for name in ("First", "Second"):
        assert (await client.post("/organisations", json={"name": name})).status_code == 201
    third = await client.post("/organisations", json={"name": "Third"})
    assert (third.status_code, third.json()["code"]) == (409, "organisations_full")
    assert "ask the operators" in third.json()["detail"]
    # Being a member of many others is no bar, and what somebody else owns is theirs.
    await door.database.system.execute(
        "update tenancy.member_role r set system_role = 'auditor' from tenancy.member m"
        " where m.tenant_id = r.tenant_id and m.id = r.member_id and m.user_id = $1",
        user_id,
    )
    assert (await client.post("/organisations", json={"name": "Third"})).status_code == 201


async def test_operators_have_no_bound(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    _bound(monkeypatch, a_day=1, owned=1)
    client = await operator_client(door)
    for name in ("First", "Second", "Third"):
        assert (await client.post("/organisations", json={"name": name})).status_code == 201
