"""The routes of exceptions, of actions at the provider and of card disputes."""

from typing import Any
from uuid import UUID

from metatron.apps.campaigns.edge import care_schemas
from metatron.kernel.ids import new_id
from tests.apps.campaigns.stage import Stage
from tests.apps.campaigns.test_api import House, app, house, keyed
from tests.apps.campaigns.test_money_api import finance
from tests.apps.campaigns.test_parts import held

__all__ = ["app", "house"]
BODY = {"category": "delivery_failure", "severity": "low", "title": "Lost", "detail": "A pallet."}


async def test_an_exception_from_opening_to_close(house: House) -> None:
    who = await finance(house)
    url = "/campaign-exceptions"
    assert (await house.organiser.post(url, json=BODY, headers=keyed())).status_code == 403
    wrong = await who.post(url, json=BODY | {"category": "gossip"}, headers=keyed())
    assert wrong.status_code == 422
    opened = await who.post(url, json=BODY, headers=keyed())
    assert opened.status_code == 201, opened.text
    one = f"{url}/{opened.json()['id']}"
    skipped = await who.post(f"{one}/move", json={"step": "close"})
    assert (skipped.status_code, skipped.json()["code"]) == (409, "exception_step_refused")
    assert skipped.json()["allowed"] == ["triage"]
    stranger = await who.post(f"{one}/assign", json={"assigned_to": str(new_id())})
    assert stranger.status_code == 422
    me = (await who.get("/auth/me")).json()
    mine = {"assigned_to": me["user"]["id"] if "user" in me else me["id"]}
    assert (await who.post(f"{one}/assign", json=mine)).status_code == 200
    uploaded = await who.post(
        "/files",
        params={"purpose": "campaign_exception_evidence", "name": "note.txt"},
        content=b"The carrier found it.",
    )
    assert uploaded.status_code == 201, uploaded.text
    moves: list[dict[str, Any]] = [
        {"step": "triage", "severity": "high"}, {"step": "begin"},
        {"step": "resolve", "note": "Found."},
    ]  # fmt: skip
    for move in moves:
        assert (await who.post(f"{one}/move", json=move)).status_code == 200, move
    bare = await who.post(f"{one}/move", json={"step": "close"})
    assert (bare.status_code, bare.json()["code"]) == (409, "evidence_missing")
    proof = {"kind": "file", "pointer": uploaded.json()["id"], "note": "The carrier's note."}
    assert (await who.post(f"{one}/evidence", json=proof)).status_code == 201
    assert (await who.post(f"{one}/move", json={"step": "close"})).status_code == 200
    shown = care_schemas.ExceptionDetail.model_validate((await house.organiser.get(one)).json())
    assert (shown.state, shown.severity, len(shown.evidence)) == ("closed", "high", 1)
    assert [entry.ordinal for entry in shown.history] == list(range(1, 8))
    assert shown.steps == []
    still_open = await house.organiser.get(f"{url}?open=true")
    assert shown.id not in {UUID(each["id"]) for each in still_open.json()["items"]}


async def test_lists_and_their_filters(house: House) -> None:
    stage = Stage(house.door.database, tenant_id=house.tenant.id)
    campaign, [first, second] = await held(stage, 6, 5)
    await stage.observe("captured", first.id, 5, reference="cap_1")
    await stage.observe("dispute_opened", second.id, 100, reference="dp_1", fee_minor=15)
    get = house.organiser.get
    found = (await get(f"/campaign-exceptions?campaign_id={campaign.id}")).json()["items"]
    [anomaly] = [care_schemas.ExceptionShown.model_validate(each) for each in found]
    assert (anomaly.category, anomaly.commitment_id) == ("escrow_anomaly", first.id)
    for query, number in (
        ("state=detected&severity=high&category=escrow_anomaly", 1),
        (f"state=closed&campaign_id={campaign.id}", 0),
        ("open=true&category=escrow_anomaly", 1),
    ):
        items = (await get(f"/campaign-exceptions?{query}")).json()["items"]
        assert len(items) == number, query
    assert (await get("/campaign-exceptions?state=asleep")).status_code == 422
    actions = (await get("/campaign-provider-actions?state=unmirrored")).json()["items"]
    [action] = [care_schemas.ProviderActionShown.model_validate(each) for each in actions]
    assert action.reference == "cap_1"
    page = (await get("/campaign-provider-actions?limit=1")).json()
    rest = (await get(f"/campaign-provider-actions?cursor={page['next_cursor']}")).json()
    assert len(page["items"]) == len(rest["items"]) == 1
    disputes = (await get(f"/campaigns/{campaign.id}/card-disputes")).json()["items"]
    [dispute] = [care_schemas.CardDisputeShown.model_validate(each) for each in disputes]
    assert (dispute.state, dispute.fee_minor, dispute.is_before_release) == ("open", 15, True)
    assert (await get(f"/campaigns/{new_id()}/card-disputes")).status_code == 404
    rate = care_schemas.DisputeRateShown.model_validate(
        (await get("/campaign-dispute-rate")).json()
    )
    assert rate.window_days == 30
