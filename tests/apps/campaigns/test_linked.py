"""Commitments of those who run, supply or work for a campaign are marked and looked at."""

from dataclasses import replace
from typing import Any

from metatron.apps.campaigns.care.tables import ExceptionEntry, ExceptionRow
from metatron.apps.campaigns.edge import queries
from metatron.kernel.context import Context
from metatron.kernel.ids import new_id
from tests.apps.campaigns.stage import Stage
from tests.apps.campaigns.test_api import House, app, commitment, house, keyed
from tests.apps.campaigns.test_outside import rows
from tests.support.people import new_email

__all__ = ["app", "house"]


def also_member(who: Context) -> Context:
    """Return the same person, as a member of the campaign too."""
    return replace(who, permissions=who.permissions | {"campaigns:commit"})


async def test_parties_commit_like_anybody_and_are_marked(stage: Stage) -> None:
    campaign = await stage.live()
    people = {
        "organiser": also_member(stage.organiser),
        "supplier": also_member(stage.supplier),
        "staff": also_member(stage.finance),
        None: stage.member(),
    }
    for who in people.values():
        await stage.commit(campaign, 2, who)
    door = await stage.database.direct(stage.organiser)
    listed: Any = await door.json(
        stage.organiser, queries.COMMITMENTS_OF_CAMPAIGN, campaign.id, None, None, None, 10
    )
    marks = {each.linked_as for each in await stage.commitments_of(campaign, "authorising")}
    assert marks == set(people)
    assert b'"linked_as":"supplier"' in bytes(listed).replace(b" ", b"")
    await stage.settle()
    [found] = await rows(stage, ExceptionRow)
    assert (found.cause, found.severity) == (f"own_commitment/{campaign.id}", "medium")
    assert len(await rows(stage, ExceptionEntry)) == 3


async def test_who_submitted_a_campaign_runs_it_too(stage: Stage) -> None:
    draft = await stage.draft()
    submitter = also_member(stage.person("organise", "read"))
    await stage.step(submitter, draft, "submit")
    await stage.step(stage.reviewer, draft, "approve")
    await stage.settle()
    await stage.commit(await stage.fresh(draft), 1, submitter)
    [commitment] = await stage.commitments_of(draft, "authorising")
    assert commitment.linked_as == "organiser"


async def test_an_applications_key_hides_nobodys_place_in_the_house(house: House) -> None:
    campaign = await house.live()
    owner = await house.door.signed_in(new_email("owner"), house.tenant.id, ("owner",))
    made = await owner.post("/applications", json={"name": f"App {new_id().hex}"})
    scopes = ["campaigns:commit", "campaigns:read"]
    body = {"name": "Shop", "application_id": made.json()["id"], "scopes": scopes}
    key = (await owner.post("/api-keys", json=body)).json()["key"]
    roles = ("finance", "participant")
    staff = await house.door.signed_in(new_email("staff"), house.tenant.id, roles)
    url = f"/campaigns/{campaign['id']}/commitments"
    for headers in ({}, {"x-api-key": key}):
        placed = await staff.post(url, json=commitment(1), headers=headers | keyed())
        assert placed.status_code == 202, placed.text
    [first, second] = (await owner.get(url)).json()["items"]
    assert (first["linked_as"], second["linked_as"]) == ("staff", "staff")
