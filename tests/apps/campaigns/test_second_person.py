"""Two credentials of one person are not two people, whichever door they come through."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from metatron.apps.campaigns.delivery import milestones
from metatron.apps.campaigns.gathering.reviewing import state_opinion
from metatron.apps.campaigns.rules import tenant_settings
from metatron.apps.campaigns.rules.constraints import constraint
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context
from metatron.kernel.ids import new_id
from metatron.platform.approvals.errors import PartyToIt
from metatron.platform.approvals.rules import Rule, change_rules
from tests.apps.campaigns.stage import Stage
from tests.apps.campaigns.test_api import House, app, house, keyed, step
from tests.apps.campaigns.test_milestones import decide, folder, plan, planned, prove
from tests.support.control import make_operator
from tests.support.people import new_email, use_token

__all__ = ["app", "folder", "house"]
ALL = [
    "campaigns:read", "campaigns:organise", "campaigns:review", "campaigns:review_risk",
    "campaigns:configure",
]  # fmt: skip


async def owner_with_a_key(house: House) -> tuple[httpx.AsyncClient, httpx.AsyncClient]:
    """Somebody with every right, and a program with a key they made."""
    owner = await house.door.signed_in(new_email("owner"), house.tenant.id, ("owner",))
    made = await owner.post("/applications", json={"name": f"App {new_id().hex}"})
    body = {"name": "Own", "application_id": made.json()["id"], "scopes": ALL}
    key = await owner.post("/api-keys", json=body)
    assert key.status_code == 201, key.text
    program = house.door.browser()
    program.headers["x-api-key"] = key.json()["key"]
    return owner, program


async def asked(client: httpx.AsyncClient, campaign: dict[str, Any], name: str) -> tuple[int, str]:
    answer = await client.post(
        f"/campaigns/{campaign['id']}/transitions", json={"name": name}, headers=keyed()
    )
    return answer.status_code, answer.json().get("code", answer.json().get("state"))


async def test_a_key_of_who_submitted_it_accepts_no_campaign(house: House) -> None:
    owner, program = await owner_with_a_key(house)
    campaign = await replace(house, organiser=owner).draft()
    await step(owner, campaign, "submit")
    assert await asked(owner, campaign, "approve") == (403, "second_person_needed")
    for role in ("risk", "gate"):
        said = {"role": role, "verdict": "accept", "reason": "Looked."}
        url = f"/campaigns/{campaign['id']}/review-opinions"
        opinion = await program.post(url, json=said, headers=keyed())
        assert (opinion.status_code, opinion.json().get("code")) == (403, "second_person_needed")
    assert (await asked(house.reviewer, campaign, "approve"))[0] == 200


async def ask_for_time(client: httpx.AsyncClient, campaign: dict[str, Any]) -> None:
    told = {
        "what": "More time.", "why": "The mould broke.", "worst_case": "A refund.",
        "new_date_at": (utc_now() + timedelta(days=10)).isoformat(),
    }  # fmt: skip
    wish = await client.post(f"/campaigns/{campaign['id']}/extension", json=told, headers=keyed())
    assert wish.status_code == 201, wish.text


async def test_nobody_extends_what_a_key_of_theirs_asked_for(house: House) -> None:
    owner, program = await owner_with_a_key(house)
    campaign = await house.live()
    await ask_for_time(program, campaign)
    assert await asked(owner, campaign, "extend") == (403, "second_person_needed")
    assert (await asked(house.reviewer, campaign, "extend"))[0] == 200


async def test_an_operator_in_somebodys_name_is_no_second_person(house: House) -> None:
    campaign = await house.draft()
    await step(house.organiser, campaign, "submit")
    reviewer = await house.door.person(email := new_email("reviewer"))
    await house.door.signed_in(email, house.tenant.id, ("administrator",))
    operator_id = await house.door.person(operator_email := new_email("operator"))
    await make_operator(house.door.database, operator_id, tenants=(house.tenant.id,))
    operator = await house.door.signed_in(operator_email)
    given = {"tenant_id": str(house.tenant.id), "reason": "Ticket 14: nothing is shown"}
    opened = await operator.post(f"/admin/users/{reviewer}/impersonate", json=given)
    acting = house.door.browser()
    use_token(acting, opened.json())
    assert await asked(acting, campaign, "approve") == (403, "second_person_needed")
    assert (await house.organiser.get(f"/campaigns/{campaign['id']}")).json()["state"] == (
        "in_review"
    )


async def test_who_asked_in_somebodys_name_is_no_second_person(house: House) -> None:
    """The operator is a member of the house too, with every right of a reviewer."""
    await house.door.signed_in(email := new_email("owner"), house.tenant.id, ("owner",))
    owner = await house.door.person(email)
    operator_id = await house.door.person(operator_email := new_email("operator"))
    await make_operator(house.door.database, operator_id, tenants=(house.tenant.id,))
    operator = await house.door.signed_in(operator_email, house.tenant.id, ("administrator",))
    given = {"tenant_id": str(house.tenant.id), "reason": "Ticket 15: cannot submit"}
    opened = await operator.post(f"/admin/users/{owner}/impersonate", json=given)
    acting = house.door.browser()
    use_token(acting, opened.json())
    campaign, live = await house.draft(), await house.live()
    await step(acting, campaign, "submit")
    assert await asked(operator, campaign, "approve") == (403, "second_person_needed")
    shown = (await operator.get(f"/campaigns/{campaign['id']}")).json()
    assert "approve" not in {each["name"] for each in shown["allowed_transitions"]}
    review = (await operator.get(f"/campaigns/{campaign['id']}/review")).json()
    assert review["own_roles"] == []
    reviewers = (await operator.get(f"/campaigns/{campaign['id']}/reviewers")).json()
    named = {each["user_id"] for each in reviewers["items"]}
    assert named, "the reviewer of the house"
    assert named.isdisjoint({str(operator_id), str(owner)})
    await ask_for_time(acting, live)
    assert await asked(operator, live, "extend") == (403, "second_person_needed")
    for each, name in ((campaign, "approve"), (live, "extend")):
        assert (await asked(house.reviewer, each, name))[0] == 200


async def shares_by_two_people(stage: Stage) -> tuple[Campaign, Any]:
    """A campaign accepted for releases by two people, with evidence of its first share."""
    policy = {"release_policy": "milestones"}
    await stage.run(tenant_settings.change_settings, stage.reviewer, changes=policy)
    campaign = await stage.draft(milestones=plan(stage, 3_000, 7_000))
    await stage.step(stage.organiser, campaign, "submit")
    await stage.run(
        state_opinion, stage.reviewer, campaign_id=campaign.id, role="gate",
        verdict="accept_with_constraints", reason="A new supplier.",
        constraints=[constraint("release_by_two_people", None, None)],
    )  # fmt: skip
    await stage.settle()
    campaign = await stage.fresh(campaign)
    for units in (4, 6):
        await stage.commit(campaign, units)
    await stage.answer_all()
    await stage.pass_time(days=7)
    await stage.accept(campaign)
    await stage.step(stage.organiser, campaign, "start_procuring")
    [first, _] = await planned(stage, campaign)
    await prove(stage, first)
    return campaign, first


async def test_no_rule_releases_a_share_by_one_where_the_review_wants_two(stage: Stage) -> None:
    campaign, first = await shares_by_two_people(stage)
    settles = Context(stage.tenant_id, "user", new_id(), frozenset({"approvals:configure"}))
    never = {milestones.RELEASE_ACTION: Rule("never")}
    await stage.run(change_rules, settles, rules=never)
    said = {"milestone_id": first.id, "reason": "Looks right."}
    await stage.run(milestones.approve, stage.finance, **said)
    assert (await stage.fresh(first)).state == "evidence_in", "one person has released it"
    for party in (stage.supplier, stage.organiser):
        own = replace(stage.person("settle"), actor_id=party.actor_id)
        with pytest.raises(PartyToIt):
            await decide(stage, first, own)
    await decide(stage, first, stage.person("settle"))
    assert (await stage.fresh(first)).state == "released"
    assert (await stage.fresh(campaign)).state == "procuring"


@pytest.mark.parametrize("change", [{"auto_payout": True}, {"second_person_review": False}])
async def test_no_key_changes_how_many_people_decide(house: House, change: dict[str, bool]) -> None:
    owner, program = await owner_with_a_key(house)
    refused = await program.patch("/campaign-settings", json=change)
    assert (refused.status_code, refused.json()["code"]) == (403, "person_needed")
    assert (await program.patch("/campaign-settings", json={"inspection_days": 9})).is_success
    assert (await owner.patch("/campaign-settings", json=change)).is_success
