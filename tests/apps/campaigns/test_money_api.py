"""The routes of refunds, fees and the bond, with real people behind the real gate."""

from typing import Any

from metatron.apps.campaigns.edge import administration_answers, answers, money_answers
from metatron.kernel.ids import new_id
from tests.apps.campaigns.stage import Stage
from tests.apps.campaigns.test_api import House, app, house, keyed
from tests.apps.campaigns.test_parts import held
from tests.support.people import new_email

__all__ = ["app", "house"]
REASON = {"reason_code": "admin_manual", "reason": "It was counted twice."}


async def finance(house: House) -> Any:
    return await house.door.signed_in(new_email("finance"), house.tenant.id, ("finance",))


async def test_two_people_refund_by_hand(house: House) -> None:
    stage = Stage(house.door.database, tenant_id=house.tenant.id)
    _, [commitment, _] = await held(stage, 6, 5)
    first, second = await finance(house), await finance(house)
    url = f"/commitments/{commitment.id}/refunds"
    body = {"whole": True, **REASON}
    assert (await first.post(url, json=body)).json()["code"] == "idempotency_key_required"
    for wrong in (
        {},
        {"whole": True, "amount_minor": 3},
        {"amount_minor": 0},
        {"amount_minor": 1.5},
    ):
        refused = await first.post(url, json=REASON | wrong, headers=keyed())
        assert refused.status_code == 422, wrong
    too_much = {"amount_minor": commitment.amount_minor, **REASON}
    refused = await first.post(url, json=too_much, headers=keyed())
    assert (refused.status_code, refused.json()["code"]) == (409, "refund_exceeds_escrow")
    assert (await house.organiser.post(url, json=body, headers=keyed())).status_code == 403
    asked = await first.post(url, json=body, headers=keyed())
    assert asked.status_code == 202, asked.text
    waiting = money_answers.AskedRefundAnswer.model_validate(asked.json())
    approve = f"/approvals/{waiting.approval_id}/approve"
    shown = (await second.get(f"/approvals/{waiting.approval_id}")).json()
    assert f"of commitment {commitment.reference} from escrow" in shown["summary"]
    about = (await second.get(f"/approvals/{waiting.approval_id}/concerns")).json()["items"]
    assert [(each["label"], each["path"], each["user_id"]) for each in about] == [
        ("Campaign", f"/campaigns/{commitment.campaign_id}", None),
        ("Commitment", None, None),
        ("Member", None, str(commitment.member_id)),
    ]
    assert about[1]["text"].startswith(f"{commitment.reference}: ")
    own = await first.post(approve, json={}, headers=keyed())
    assert (own.status_code, own.json()["code"]) == (403, "same_person")
    done = await second.post(approve, json={}, headers=keyed())
    assert done.status_code == 200, done.text
    await stage.answer_all("failed")
    queue = (await first.get("/refunds?state=failed")).json()
    [row] = money_answers.RefundPageAnswer.model_validate(queue).items
    assert (row.commitment_id, row.whole, row.attempts) == (commitment.id, True, 1)
    again = await first.post(f"/refunds/{row.id}/retry", headers=keyed())
    assert again.status_code == 200, again.text
    assert money_answers.RefundAnswer.model_validate(again.json()).state == "instructed"
    twice = await first.post(f"/refunds/{row.id}/retry", headers=keyed())
    assert (twice.status_code, twice.json()["code"]) == (409, "transition_not_allowed")
    await stage.answer_all("failed")
    agreed = {"destination": "acct_member", "evidence": "Letter of 3 March."}
    another = await first.post(
        f"/refunds/{row.id}/alternative-payout", json=agreed, headers=keyed()
    )
    assert another.status_code == 202, another.text
    missing = await first.post(f"/refunds/{new_id()}/retry", headers=keyed())
    assert missing.status_code == 404


async def test_many_after_a_preview(house: House) -> None:
    stage = Stage(house.door.database, tenant_id=house.tenant.id)
    campaign, _ = await held(stage, 1, 2, 3)
    client = await finance(house)
    url = f"/campaigns/{campaign.id}/refunds"
    bulk = {"amount_per_unit_minor": 100, **REASON}
    shown = await client.post(f"{url}/preview", json=bulk)
    preview = money_answers.BulkPreviewAnswer.model_validate(shown.json())
    assert (preview.count, preview.units, preview.amount_minor) == (3, 6, 600)
    assert "€6.00" in preview.effect
    wrong = await client.post(
        url, json=bulk | {"expected_count": 2, "expected_amount_minor": 600}, headers=keyed()
    )
    assert (wrong.status_code, wrong.json()["code"]) == (409, "preview_outdated")
    asked = await client.post(
        url, json=bulk | {"expected_count": 3, "expected_amount_minor": 600}, headers=keyed()
    )
    assert asked.status_code == 202, asked.text


async def test_a_step_that_needs_two_people_waits(house: House) -> None:
    stage = Stage(house.door.database, tenant_id=house.tenant.id)
    campaign, _ = await held(stage, 1)
    table = (await house.reviewer.get("/campaigns/transition-table")).json()
    rows = administration_answers.TransitionTableAnswer.model_validate(table).transitions
    assert {row.name for row in rows if row.needs_approval} >= {"cancel", "retry_payout", "unwind"}
    answer = await house.reviewer.post(
        f"/campaigns/{campaign.id}/transitions",
        json={"name": "cancel", "reason": "The mould broke."},
        headers=keyed(),
    )
    assert answer.status_code == 202, answer.text
    shown = answers.CampaignAnswer.model_validate(answer.json())
    assert (shown.state, shown.approval_id is None) == ("live", False)


async def test_fees_the_bond_and_coverage(house: House) -> None:
    stage = Stage(house.door.database, tenant_id=house.tenant.id)
    campaign, _ = await held(stage, 6, 5)
    client = await finance(house)
    fee = {"kind": "provider_fee", "amount_minor": 90, "reference": "fee_1"}
    url = f"/campaigns/{campaign.id}/provider-charges"
    charged = await client.post(url, json=fee, headers=keyed())
    assert charged.status_code == 201, charged.text
    assert money_answers.ChargeAnswer.model_validate(charged.json()).recharged_minor == 0
    [line] = (await client.get("/campaign-coverage")).json()
    found = money_answers.CoverageAnswer.model_validate(line)
    assert (found.missing_minor, found.not_borne_minor, found.bond_minor) == (90, 90, 0)
    paid = await client.post(
        "/campaign-bond/payments",
        json={"amount_minor": 100, "currency": "EUR", "payment_method": "pm_ok"},
        headers=keyed(),
    )
    assert paid.status_code == 202, paid.text
    await stage.answer_all()
    [line] = (await client.get("/campaign-coverage")).json()
    found = money_answers.CoverageAnswer.model_validate(line)
    assert (found.missing_minor, found.not_borne_minor, found.bond_minor) == (0, 0, 10)
    [payment] = (await client.get("/campaign-bond/payments?state=confirmed")).json()["items"]
    assert money_answers.BondPaymentAnswer.model_validate(payment).amount_minor == 100
    assert (await client.get("/campaign-bond/payments?state=failed")).json()["items"] == []
    listed = (await client.get("/campaign-provider-charges")).json()["items"]
    [shown_fee] = [money_answers.ListedChargeAnswer.model_validate(each) for each in listed]
    assert (shown_fee.recharged_minor, shown_fee.campaign_reference) == (90, campaign.reference)
    other = {"campaign_id": str(new_id())}
    assert (await client.get("/campaign-provider-charges", params=other)).json()["items"] == []
    for path in ("/campaign-bond/payments", "/campaign-provider-charges"):
        assert (await house.supplier.get(path)).status_code == 403
    unknown = await client.post(
        "/campaign-bond/payments",
        json={"amount_minor": 100, "currency": "QQQ", "payment_method": "pm_ok"},
        headers=keyed(),
    )
    assert unknown.status_code == 422
    shown = await house.reviewer.patch(
        "/campaign-settings", json={"revenue": "fee", "fee_basis_points": 250}
    )
    settings = administration_answers.CampaignSettingsAnswer.model_validate(shown.json())
    assert (settings.revenue, settings.fee_basis_points, settings.auto_payout) == (
        "fee",
        250,
        True,
    )


async def test_an_organisation_names_its_holidays(house: House) -> None:
    assert (await house.reviewer.get("/campaign-settings")).json()["holidays"] == []
    named = {"holidays": ["2026-12-26", "2026-12-25", "2026-12-26"]}
    shown = await house.reviewer.patch("/campaign-settings", json=named)
    assert shown.json()["holidays"] == ["2026-12-25", "2026-12-26"]
    for wrong in (["Christmas"], ["1066-10-14"], ["2026-12-25"] * 201):
        refused = await house.reviewer.patch("/campaign-settings", json={"holidays": wrong})
        assert refused.status_code == 422, wrong
    assert (await house.supplier.patch("/campaign-settings", json=named)).status_code == 403
