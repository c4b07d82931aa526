"""Lists of a campaign as files: commitments, refunds, ledger, statement, as CSV and as JSON."""

import csv
import io
import json
from collections import Counter
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from metatron.apps.campaigns.errors import CampaignNotFound
from metatron.apps.campaigns.trust import accounts_told, exports
from metatron.apps.campaigns.trust.forms import Form
from metatron.kernel.context import system_context
from metatron.kernel.errors import PermissionDenied
from metatron.kernel.ids import new_id
from tests.apps.campaigns.stage import Stage
from tests.apps.campaigns.test_api import House, app, house
from tests.apps.campaigns.test_parts import held
from tests.platform.payments.statement_steps import HEADER, upload

__all__ = ["app", "house"]
_CAPTURES = """
select provider_reference, confirmed_amount_minor, target_id from payments.instruction
where kind in ('authorize', 'authorise', 'capture') and state = 'confirmed' order by created_at, id
"""
_NOTED = """
select payload from kernel.event where tenant_id = $1 and name = 'campaigns.export_taken.v1'
order by id
"""


async def export(
    stage: Stage, campaign_id: UUID, content: exports.Content, form: Form = "csv"
) -> list[dict[str, Any]]:
    asked = {"campaign_id": campaign_id, "content": content, "form": form}
    await stage.run(exports.request_export, stage.finance, **asked)
    pieces = exports.write_export(
        stage.database, stage.finance, campaign_id=campaign_id, content=content, form=form
    )
    written = b"".join([piece async for piece in pieces]).decode()
    if form == "json":
        return [json.loads(line) for line in written.splitlines()]
    return list(csv.DictReader(io.StringIO(written)))


async def test_the_ledger_can_be_added_up_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has the transfers and the accounts needs nobody's word for the balances."""
    monkeypatch.setattr(accounts_told, "AT_ONCE", 2)
    campaign, [first, second, _] = await held(stage, 6, 5, 4)
    await stage.return_part(first, 300)
    await stage.withdraw(second)
    await stage.answer_all()
    accounts = await export(stage, campaign.id, "accounts", "json")
    moved = await export(stage, campaign.id, "transfers", "json")
    out, into = Counter[str](), Counter[str]()
    for each in moved:
        # 2 holds an amount and 8 lets it go: neither is posted.
        if not each["flags"] & (2 | 8):
            out[each["debit_account_id"]] += each["amount"]
            into[each["credit_account_id"]] += each["amount"]
    assert len(accounts) == len({each["id"] for each in accounts}) > 10
    for each in accounts:
        assert each["debits_posted"] == out[each["id"]], each
        assert each["credits_posted"] == into[each["id"]], each
    own = {each["kind"] for each in accounts if each["commitment_id"] == str(second.id)}
    assert {"commitment_escrow", "commitment_refund_due", "commitment_units"} <= own


async def test_both_forms_tell_the_same(stage: Stage) -> None:
    campaign, [first, _] = await held(stage, 6, 5)
    await stage.withdraw(first)
    await stage.answer_all()
    for content in ("commitments", "refunds", "accounts", "transfers"):
        lines = await export(stage, campaign.id, content)
        objects = await export(stage, campaign.id, content, "json")
        assert [list(each) for each in lines] == [list(each) for each in objects]
        assert [each.get("id") for each in lines] == [each.get("id") for each in objects]
        assert lines, content
    [refund] = await export(stage, campaign.id, "refunds", "json")
    assert (refund["commitment_id"], refund["reason_code"]) == (
        str(first.id), "participant_request",
    )  # fmt: skip


async def test_what_was_allocated_stands_beside_what_was_asked(stage: Stage) -> None:
    campaign, _ = await held(stage, 6, 5)
    await stage.pass_time(days=7)
    await stage.accept(await stage.fresh(campaign))
    await stage.settle()
    for row in await export(stage, campaign.id, "commitments", "json"):
        assert row["units_allocated"] == row["units"]
        assert row["final_amount_minor"] == row["units"] * row["final_unit_price_minor"]


async def test_the_statement_tells_of_this_campaign_only(stage: Stage) -> None:
    campaign, [mine] = await held(stage, 6)
    other, _ = await held(stage, 5)
    context = system_context(stage.tenant_id)
    async with stage.database.transaction(context) as session:
        captures = (await session.execute(text(_CAPTURES))).all()
    day = stage.now.date().isoformat()
    lines = "".join(
        f"{day},EUR,{amount},{reference},capture,line_{n}\n"
        for n, (reference, amount, _) in enumerate(captures)
    )
    await upload(stage.database, context, HEADER + lines)
    [line] = await export(stage, campaign.id, "statement", "json")
    assert (line["target_id"], line["amount_minor"]) == (str(mine.id), mine.amount_minor)
    assert len(await export(stage, other.id, "statement")) == 1


async def test_each_export_is_noted_without_its_content(stage: Stage) -> None:
    campaign, _ = await held(stage, 6)
    await export(stage, campaign.id, "commitments")
    await export(stage, campaign.id, "transfers", "json")
    noted = await stage.database.system.fetch(_NOTED, stage.tenant_id)
    told = [json.loads(row["payload"]) for row in noted]
    assert [(each["content"], each["form"]) for each in told] == [
        ("commitments", "csv"), ("transfers", "json"),
    ]  # fmt: skip
    asked = {"content": "commitments", "form": "csv"}
    with pytest.raises(PermissionDenied):
        await stage.run(exports.request_export, stage.member(), campaign_id=campaign.id, **asked)
    with pytest.raises(CampaignNotFound):
        await stage.run(exports.request_export, stage.finance, campaign_id=new_id(), **asked)


async def test_over_http(house: House) -> None:
    stage = Stage(house.door.database, tenant_id=house.tenant.id)
    campaign, _ = await held(stage, 6, 5)
    path = f"/campaigns/{campaign.id}/exports"
    answer = await house.organiser.post(f"{path}/commitments")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert f"commitments-{campaign.reference}.csv" in answer.headers["content-disposition"]
    assert answer.text.count("\r\n") == 3
    answer = await house.organiser.post(f"{path}/transfers?format=json")
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    assert all(json.loads(line)["why"] for line in answer.text.splitlines())
    for form, lines in (("csv", 1), ("json", 0)):
        answer = await house.organiser.post(f"{path}/refunds?format={form}")
        assert (answer.status_code, len(answer.text.splitlines())) == (200, lines), form
    assert (await house.supplier.post(f"{path}/commitments")).status_code == 403
    assert (await house.organiser.post(f"{path}/secrets")).status_code == 422
    assert (await house.organiser.post(f"{path}/refunds?format=xml")).status_code == 422
    nowhere = await house.organiser.post(f"/campaigns/{new_id()}/exports/refunds")
    assert nowhere.status_code == 404
