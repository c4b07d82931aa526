"""The routes, with real people behind the real gate."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from metatron.apps.campaigns.edge import administration_answers, answers, public_answers
from metatron.apps.campaigns.edge.dashboard_schemas import DashboardAnswer
from metatron.apps.campaigns.machine import telling
from metatron.apps.campaigns.references import is_reference
from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id
from metatron.kernel.settings import Settings
from metatron.platform.tenancy.interface import TenantFacts
from tests.apps.campaigns.stage import FIELDS, Stage
from tests.support.control import make_operator
from tests.support.people import Door, new_email, running, use_token


@pytest.fixture(scope="module")
async def app(settings: Settings, database: Database) -> AsyncIterator[FastAPI]:
    async with running(settings, database) as application:
        yield application


@dataclass
class House:
    """One organisation with its signed-in people."""

    door: Door
    tenant: TenantFacts
    organiser: httpx.AsyncClient
    reviewer: httpx.AsyncClient
    supplier: httpx.AsyncClient
    supplier_id: str

    async def draft(self, **changes: Any) -> dict[str, Any]:
        given = dict(FIELDS)
        product = {
            "sku": given.pop("sku"),
            "name": given.pop("product_name"),
            "description": given.pop("product_description"),
        }
        body = given | {
            "product": product,
            "supplier_id": self.supplier_id,
            "deadline_at": (utc_now() + timedelta(days=7)).isoformat(),
        }
        answer = await self.organiser.post("/campaigns", json=body | changes)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def live(self, **changes: Any) -> dict[str, Any]:
        campaign = await self.draft(**changes)
        await step(self.organiser, campaign, "submit")
        return await step(self.reviewer, campaign, "approve")

    async def member(self, campaign: dict[str, Any]) -> httpx.AsyncClient:
        client = await self.door.signed_in(new_email("member"))
        answer = await client.post(f"/campaigns/{campaign['id']}/join", json={})
        assert answer.status_code == 200, answer.text
        switched = await client.post("/auth/switch", json={"tenant_id": answer.json()["tenant_id"]})
        use_token(client, switched.json())
        return client


def keyed() -> dict[str, str]:
    return {"idempotency-key": str(new_id())}


async def step(
    client: httpx.AsyncClient, campaign: dict[str, Any], name: str, reason: str | None = None
) -> dict[str, Any]:
    answer = await client.post(
        f"/campaigns/{campaign['id']}/transitions",
        json={"name": name, "reason": reason},
        headers=keyed(),
    )
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def commitment(units: int = 2, **changes: Any) -> dict[str, Any]:
    return {
        "id": str(new_id()),
        "units": units,
        "acknowledged_escrow_terms": True,
        "acknowledged_may_not_succeed": True,
        "terms_version": "3",
        "delivery": {
            "recipient": "Ada Lovelace", "street": "12 Engine Row", "postal_code": "1815",
            "city": "Oslo", "country": "NO",
        },
    } | changes  # fmt: skip


@pytest.fixture
async def house(app: FastAPI, settings: Settings, database: Database) -> AsyncIterator[House]:
    door = Door(app, settings, database)
    tenant = await door.organisation()
    supplier_email = new_email("supplier")
    supplier = await door.signed_in(supplier_email, tenant.id, ("supplier",))
    yield House(
        door,
        tenant,
        await door.signed_in(new_email("organiser"), tenant.id, ("organiser",)),
        await door.signed_in(new_email("reviewer"), tenant.id, ("administrator",)),
        supplier,
        str(await door.person(supplier_email)),
    )
    await door.close()


async def test_a_draft_tells_what_is_missing_and_what_is_allowed(house: House) -> None:
    answer = await house.organiser.post("/campaigns", json={"title": "Bottles"})
    campaign = answers.CampaignAnswer.model_validate(answer.json())
    assert {item.name for item in campaign.allowed_transitions} == {"submit", "cancel"}
    assert "goal_units" in {item.field for item in campaign.missing}
    assert campaign.currency == "EUR"
    assert is_reference(campaign.reference)
    blocked = await house.organiser.post(
        f"/campaigns/{campaign.id}/transitions", json={"name": "submit"}, headers=keyed()
    )
    assert blocked.status_code == 422
    assert "body.goal_units" in {error["field"] for error in blocked.json()["errors"]}


async def test_a_transition_needs_an_idempotency_key(house: House) -> None:
    campaign = await house.draft()
    url = f"/campaigns/{campaign['id']}/transitions"
    answer = await house.organiser.post(url, json={"name": "submit"})
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_required")


async def test_the_public_page_shows_the_price_only_to_people(house: House) -> None:
    campaign = await house.live()
    url = f"/public/{house.tenant.slug}/campaigns/{campaign['slug']}"
    stranger = house.door.browser()
    page = await stranger.get(url)
    assert page.status_code == 200, page.text
    seen = public_answers.PublicCampaignAnswer.model_validate(page.json())
    assert seen.unit_price_minor is None
    assert "19.99" not in page.text
    assert seen.goal_stage == "under_20"
    assert seen.takes_commitments
    assert "supplier_unit_price_minor" not in page.json()
    assert "goal_units" not in page.json()
    member = await house.member(campaign)
    shown = await member.get(url)
    assert shown.json()["unit_price_minor"] == 1_999
    assert "19.99" in shown.json()["rules"][0]["text"]
    listed = (await member.get(f"/public/{house.tenant.slug}/campaigns?limit=1")).json()
    assert [item["id"] for item in listed["items"]] == [campaign["id"]]
    missing = await stranger.get(f"/public/{house.tenant.slug}/campaigns/nothing-here")
    assert missing.status_code == 404


async def test_strangers_find_campaigns_only_where_discovery_is_on(house: House) -> None:
    campaign = await house.live()
    stranger = house.door.browser()
    where = f"/public/{house.tenant.slug}/campaigns"
    refused = await stranger.get(where)
    assert (refused.status_code, refused.json()["code"]) == (403, "campaigns_not_listed")
    assert (await stranger.get(f"{where}/{campaign['slug']}")).status_code == 200
    await house.reviewer.patch("/campaign-settings", json={"public_discovery": True})
    listed = (await stranger.get(where)).json()
    assert [item["id"] for item in listed["items"]] == [campaign["id"]]


async def test_with_browsing_closed_only_members_read(house: House) -> None:
    campaign = await house.live()
    stranger, member = house.door.browser(), await house.member(campaign)
    placed = await member.post(
        f"/campaigns/{campaign['id']}/commitments", json=commitment(2), headers=keyed()
    )
    assert placed.status_code == 202, placed.text
    closed = {"browse_open": False, "public_discovery": True}
    assert (await house.reviewer.patch("/campaign-settings", json=closed)).status_code == 200
    where = f"/public/{house.tenant.slug}/campaigns"
    assert (await stranger.get(where)).status_code == 403
    for path in (f"{where}/{campaign['slug']}", f"{where}/{campaign['slug']}/talk"):
        assert (await stranger.get(path)).status_code == 404
        assert (await member.get(path)).status_code == 200


async def test_with_joining_closed_only_members_are_asked_to_commit(house: House) -> None:
    campaign = await house.live()
    stranger, member = house.door.browser(), await house.member(campaign)
    placed = await member.post(
        f"/campaigns/{campaign['id']}/commitments", json=commitment(2), headers=keyed()
    )
    assert placed.status_code == 202, placed.text
    await house.reviewer.patch("/campaign-settings", json={"join_open": False})
    where = f"/public/{house.tenant.slug}/campaigns/{campaign['slug']}"
    assert not (await stranger.get(where)).json()["takes_commitments"]
    assert (await member.get(where)).json()["takes_commitments"]


async def test_a_draft_is_not_public(house: House) -> None:
    campaign = await house.draft()
    url = f"/public/{house.tenant.slug}/campaigns/{campaign['slug']}"
    assert (await house.door.browser().get(url)).status_code == 404


async def test_joining_and_committing(house: House) -> None:
    campaign = await house.live()
    member = await house.member(campaign)
    url = f"/campaigns/{campaign['id']}/commitments"
    body, key = commitment(3), keyed()
    assert (await member.post(url, json=body)).status_code == 400
    placed = await member.post(url, json=body, headers=key)
    assert placed.status_code == 202, placed.text
    shown = answers.CommitmentAnswer.model_validate(placed.json())
    assert (shown.amount_minor, shown.state) == (3 * 1_999, "authorising")
    assert [move.kind for move in shown.moves] == ["capture_instructed"]
    assert shown.can_withdraw
    assert is_reference(shown.reference)
    again = await member.post(url, json=body, headers=key)
    assert again.json() == placed.json()
    # Spelled like this it goes the framework's way, and is the same request.
    spelled = key | {"content-type": "application/json; charset=us-ascii"}
    other_way = await member.post(url, content=placed.request.content, headers=spelled)
    assert other_way.json() == placed.json()
    for answer in (again, other_way):
        assert (answer.status_code, answer.headers["etag"]) == (202, placed.headers["etag"])
        assert answer.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in placed.headers
    detail = (await member.get(f"/commitments/{body['id']}")).json()
    assert [detail[name] for name in ("history", "moves")] == [
        placed.json()[name] for name in ("history", "moves")
    ]
    assert (await member.post(url, json=body, headers=keyed())).status_code == 202
    listed = (await member.get("/commitments")).json()["items"]
    assert [item["id"] for item in listed] == [body["id"]]
    answers.Page[answers.CommitmentAnswer].model_validate((await member.get("/commitments")).json())
    other = await house.member(campaign)
    assert (await other.get(f"/commitments/{body['id']}")).status_code == 404
    differs = await other.post(url, json=body, headers=keyed())
    assert (differs.status_code, differs.json()["code"]) == (409, "commitment_differs")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"acknowledged_escrow_terms": False}, "acknowledgement_missing"),
        ({"acknowledged_may_not_succeed": False}, "acknowledgement_missing"),
        ({"units": 0}, "invalid_input"),
        ({"units": 1.5}, "invalid_input"),
        ({"units": "2"}, "invalid_input"),
        ({"units": 2**53}, "invalid_input"),
        ({"units": 7}, "invalid_input"),
        ({"amount_minor": 1}, "invalid_input"),
        ({"id": "01890000-0000-4000-8000-000000000000"}, "invalid_input"),
        ({"terms_version": "\u0000"}, "invalid_input"),
    ],
)
async def test_wrong_commitments_are_refused(
    house: House, change: dict[str, Any], code: str
) -> None:
    campaign = await house.live()
    member = await house.member(campaign)
    url = f"/campaigns/{campaign['id']}/commitments"
    answer = await member.post(url, json=commitment() | change, headers=keyed())
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert (await member.get("/commitments")).json()["items"] == []


async def test_locked_fields_are_refused_by_name_and_recorded(house: House) -> None:
    campaign = await house.live()
    url = f"/campaigns/{campaign['id']}"
    answer = await house.organiser.patch(url, json={"title": "Other"})
    assert (answer.status_code, answer.json()["field"]) == (409, "title")
    context = system_context(house.tenant.id)
    door = await house.door.database.direct(context)
    sql = (
        "with bound as materialized (select set_config('app.tenant_id', $1, true) t) "
        "select count(*) from bound, kernel.event e where e.tenant_id = bound.t::uuid"
        " and e.name = 'campaigns.edit_refused.v1' and e.aggregate_id = $2"
    )
    assert (await door.row(context, sql, UUID(campaign["id"])))[0] == 1
    summary = await house.organiser.patch(url, json={"summary": "New words."})
    assert summary.status_code == 200
    stale = await house.organiser.patch(
        url, json={"summary": "x"}, headers={"if-match": f'"{campaign["version"]}"'}
    )
    assert stale.status_code == 412


async def test_lists_filter_sort_and_page(house: House) -> None:
    for title in ("Cups", "Plates", "Bowls"):
        await house.draft(title=title)
    for sort in ("created_at", "-created_at", "title", "-title", "deadline_at", "state"):
        seen: list[str] = []
        cursor: str | None = None
        while True:
            query = {"sort": sort, "limit": 2} | ({"cursor": cursor} if cursor else {})
            page = (await house.organiser.get("/campaigns", params=query)).json()
            seen += [item["title"] for item in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert sorted(seen) == ["Bowls", "Cups", "Plates"], sort
        if sort.endswith("title"):
            assert seen == sorted(seen, reverse=sort.startswith("-"))
    found = (await house.organiser.get("/campaigns?q=plat&count=true")).json()
    assert [item["title"] for item in found["items"]] == ["Plates"]
    assert found["count"] == {"value": 1, "capped": False}
    answers.Page[answers.CampaignAnswer].model_validate(found)
    assert (await house.organiser.get("/campaigns?q=%25")).json()["items"] == []
    assert (await house.organiser.get("/campaigns?cursor=bm9wZQ")).status_code == 422
    assert (await house.organiser.get("/campaigns?state=live")).json()["items"] == []


async def test_nobody_sees_what_is_not_theirs(house: House) -> None:
    campaign = await house.live()
    other = await house.door.organisation()
    stranger = await house.door.signed_in(new_email("other"), other.id, ("organiser",))
    assert (await stranger.get(f"/campaigns/{campaign['id']}")).status_code == 404
    assert (await stranger.get(f"/campaigns/{campaign['id']}/books")).status_code == 404
    member = await house.member(campaign)
    assert (await member.get("/campaigns")).status_code == 403
    assert (await house.supplier.get("/campaigns")).status_code == 403
    supplied = (await house.supplier.get("/supplier/campaigns")).json()
    page = answers.Page[answers.SupplierCampaignAnswer].model_validate(supplied)
    assert [item.units for item in page.items] == [None]
    assert "unit_price_minor" not in supplied["items"][0]


async def test_the_books_of_a_live_campaign_balance(house: House) -> None:
    campaign = await house.live()
    member = await house.member(campaign)
    url = f"/campaigns/{campaign['id']}"
    await member.post(f"{url}/commitments", json=commitment(3), headers=keyed())
    found = administration_answers.BooksAnswer.model_validate(
        (await house.organiser.get(f"{url}/books")).json()
    )
    assert found.balanced
    pending = sum(line.debits_pending_minor for line in found.accounts)
    assert pending == 3 * 1_999
    commitments = (await house.organiser.get(f"{url}/commitments")).json()
    page = answers.Page[answers.CampaignCommitmentAnswer].model_validate(commitments)
    assert len(page.items) == 1
    history = (await house.organiser.get(f"{url}/history")).json()
    assert [item["name"] for item in history] == ["draft", "submit", "approve", "open"]


async def test_the_table_settings_and_points(house: House) -> None:
    table = (await house.organiser.get("/campaigns/transition-table")).json()
    administration_answers.TransitionTableAnswer.model_validate(table)
    shown = await house.reviewer.patch("/campaign-settings", json={"inspection_days": 9})
    settings = administration_answers.CampaignSettingsAnswer.model_validate(shown.json())
    assert settings.inspection_days == 9
    halted = await house.reviewer.post("/campaign-settings/stop-switch", json={"halted": True})
    assert halted.status_code == 422
    point = await house.organiser.post(
        "/consolidation-points", json={"name": "Depot", "address": "Harbour 1"}
    )
    assert point.status_code == 201
    listed = (await house.organiser.get("/consolidation-points")).json()
    assert [item["name"] for item in listed] == ["Depot"]


async def test_each_step_is_mailed_once(house: House, settings: Settings) -> None:
    campaign = await house.live()
    client = await house.door.signed_in(email := new_email("member"))
    joined = (await client.post(f"/campaigns/{campaign['id']}/join", json={})).json()
    use_token(
        client, (await client.post("/auth/switch", json={"tenant_id": joined["tenant_id"]})).json()
    )
    body = commitment(2)
    url = f"/campaigns/{campaign['id']}/commitments"
    assert (await client.post(url, json=body, headers=keyed())).status_code == 202
    context = system_context(house.tenant.id)
    for _ in range(2):
        await telling.tell(
            house.door.database, context, subject_id=UUID(body["id"]), ordinal=2, now=utc_now()
        )
    [mail] = await house.door.mails(email, house.tenant.id)
    assert mail["template"] == "campaigns.commitment.instruct.member"
    assert "39.98" in mail["text"]
    assert "Escrow:" in mail["text"]


async def test_fifty_members_race_for_the_last_units(house: House) -> None:
    import asyncio

    campaign = await house.live(cap_units=12)
    stage = Stage(house.door.database, tenant_id=house.tenant.id, now=utc_now())
    row = await stage.run(_find, stage.organiser, campaign_id=UUID(campaign["id"]))
    outcomes = await asyncio.gather(
        *(stage.commit(row, 1) for _ in range(50)), return_exceptions=True
    )
    placed = [each for each in outcomes if not isinstance(each, BaseException)]
    refused = {type(each).__name__ for each in outcomes if isinstance(each, BaseException)}
    assert len(placed) == 12
    assert refused == {"CapReached"}


async def _find(session: Any, context: Any, *, campaign_id: UUID, now: Any) -> Any:
    from metatron.apps.campaigns.tables import Campaign

    return await session.get(Campaign, (context.tenant_id, campaign_id))


@pytest.mark.parametrize(
    "raw",
    [
        b'{"title": "\\ud800"}',
        b'{"title": "a\\u0000b"}',
        b'{"title": "   "}',
        b'{"title": "x", "deadline_at": "2026-11-21T00:00:00"}',
        b'{"title": "x", "deadline_at": "9999-12-31T23:59:59Z"}',
        b'{"title": "x", "goal_units": 1e3}',
        b'{"title": "x", "goal_units": true}',
        b'{"title": "x", "unit_price_minor": 9007199254740992}',
        b'{"title": "x", "currency": "XXQ"}',
        b'{"title": "x", "time_zone": "../etc/passwd"}',
        b'{"title": "x", "picture_url": "javascript:alert(1)"}',
        b'{"title": "x", "min_units": 5, "max_units": 4}',
        b'{"title": "x", "supplier_unit_price_minor": 5}',
        b'{"title": "x", "consolidation_point_id": "01890000-0000-7000-8000-000000000000"}',
        b'{"title": "x", "terms_version": "99"}',
        b'{"title": "x", "currency": null}',
        b'{"title": "x", "stat": "live"}',
        b'{"title": "x", "state": "live"}',
        b"[]",
        b"{",
    ],
)
async def test_wrong_drafts_are_refused_and_write_nothing(house: House, raw: bytes) -> None:
    answer = await house.organiser.post(
        "/campaigns", content=raw, headers={"content-type": "application/json"}
    )
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"]
    assert (await house.organiser.get("/campaigns")).json()["items"] == []


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=201", "limit=x", "cursor=%00", "cursor=WzFd", "sort=price", "state=LIVE%20",
     "q=%00", "cursor=WyJub3BlIiwieCJd"],
)  # fmt: skip
async def test_wrong_queries_are_refused(house: House, query: str) -> None:
    for path in ("/campaigns", f"/campaigns/{new_id()}/commitments"):
        answer = await house.organiser.get(f"{path}?{query}")
        assert answer.status_code == 422 or (path != "/campaigns" and query[0] in "sq")


async def test_the_dashboard_is_for_the_organisation_only(house: House) -> None:
    campaign = await house.live()
    member = await house.member(campaign)
    placed = await member.post(
        f"/campaigns/{campaign['id']}/commitments", json=commitment(2), headers=keyed()
    )
    assert placed.status_code == 202, placed.text
    url = f"/campaigns/{campaign['id']}/dashboard"
    answer = await house.organiser.get(url)
    assert answer.status_code == 200, answer.text
    shown = DashboardAnswer.model_validate(answer.json())
    assert [day.units for day in shown.days] == [2]
    assert shown.forecast is None
    assert (await member.get(url)).status_code == 403
    assert (await house.supplier.get(url)).status_code == 403
    gone = await house.organiser.get(f"/campaigns/{new_id()}/dashboard")
    assert (gone.status_code, gone.json()["code"]) == (404, "campaign_not_found")


async def test_an_operator_takes_part_in_nobodys_name(house: House) -> None:
    """Membership would outlive the impersonation, in an organisation beyond the operator's."""
    campaign = await house.live()
    elsewhere = await house.door.organisation()
    await house.door.signed_in(email := new_email("target"), elsewhere.id, ("organiser",))
    operator_id = await house.door.person(operator_email := new_email("operator"))
    await make_operator(house.door.database, operator_id, tenants=(elsewhere.id,))
    operator = await house.door.signed_in(operator_email)
    given = {"tenant_id": str(elsewhere.id), "reason": "Ticket 12: nothing is shown"}
    person = await house.door.person(email)
    opened = await operator.post(f"/admin/users/{person}/impersonate", json=given)
    acting = house.door.browser()
    use_token(acting, opened.json())
    refused = await acting.post(f"/campaigns/{campaign['id']}/join", json={})
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    found = (await house.reviewer.get("/members")).json()["items"]
    assert email not in {each["email"] for each in found}


async def test_an_operator_commits_in_nobodys_name(house: House) -> None:
    campaign = await house.live()
    member = await house.member(campaign)
    person = UUID((await member.get("/auth/me")).json()["user"]["id"])
    operator_id = await house.door.person(operator_email := new_email("operator"))
    await make_operator(house.door.database, operator_id, tenants=(house.tenant.id,))
    operator = await house.door.signed_in(operator_email)
    given = {"tenant_id": str(house.tenant.id), "reason": "Ticket 13: nothing is shown"}
    opened = await operator.post(f"/admin/users/{person}/impersonate", json=given)
    acting = house.door.browser()
    use_token(acting, opened.json())
    url = f"/campaigns/{campaign['id']}/commitments"
    refused = await acting.post(url, json=commitment(1), headers=keyed())
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    assert (await member.get("/commitments")).json()["items"] == []
    assert (await acting.get("/commitments")).status_code == 200
