"""The main picture: uploaded, shown to anybody for good, replaced, and named as people name it."""

from typing import Any

import httpx
import pytest

from metatron.apps.campaigns.edge.review_routes import ReviewersAnswer
from tests.apps.campaigns.test_api import House, app, house, step
from tests.platform.files.conftest import folder, twin
from tests.platform.files.contents import GIF, JPEG, PDF, WEBP, png
from tests.platform.files.kept import Kept
from tests.support.people import new_email

__all__ = ["app", "folder", "house", "twin"]
FOR_GOOD = "public, max-age=31536000, immutable"
pytestmark = pytest.mark.usefixtures("folder")


async def upload(client: httpx.AsyncClient, content: bytes, name: str = "m.png") -> httpx.Response:
    query = {"purpose": "campaign_picture", "name": name}
    return await client.post("/files", params=query, content=content)


async def uploaded(client: httpx.AsyncClient, content: bytes) -> str:
    answer = await upload(client, content)
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["id"]
    return found


def origin(house: House) -> str:
    return house.door.settings.public_url.rstrip("/")


async def look(house: House, campaign: dict[str, Any]) -> httpx.Response:
    """As a stranger's browser would."""
    stranger = house.door.browser()
    return await stranger.get(origin(house) + campaign["picture_url"])


@pytest.mark.parametrize(
    ("content", "media_type"),
    [(png(3), "image/png"), (JPEG, "image/jpeg"), (WEBP, "image/webp")],
)
async def test_an_uploaded_picture_is_shown_to_anybody(
    house: House, content: bytes, media_type: str
) -> None:
    file_id = await uploaded(house.organiser, content)
    campaign = await house.draft(picture_url=None, picture_file_id=file_id)
    assert campaign["picture_url"].endswith(f"/{house.tenant.id}/{file_id}")
    shown = await look(house, campaign)
    assert (shown.status_code, shown.content) == (200, content)
    assert shown.headers["content-type"] == media_type
    assert shown.headers["cache-control"] == FOR_GOOD
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert shown.headers["content-security-policy"] == "default-src 'none'; sandbox"


async def test_only_pictures_of_organisers_and_not_too_large(house: House) -> None:
    for wrong in (PDF, GIF, b"<svg xmlns='http://www.w3.org/2000/svg'/>", png()[:-4]):
        assert (await upload(house.organiser, wrong)).status_code == 415
    assert (await upload(house.organiser, png() + bytes(5 * 1_048_576))).status_code == 413
    assert (await upload(house.supplier, png())).status_code == 403


async def test_what_no_campaign_shows_is_not_public(house: House) -> None:
    file_id = await uploaded(house.organiser, png(4))
    evidence = await house.organiser.post(
        "/files", params={"purpose": "campaign_evidence", "name": "a.png"}, content=png(5)
    )
    for other in (file_id, evidence.json()["id"], str(house.tenant.id)):
        path = f"/api/v1/public/campaign-pictures/{house.tenant.id}/{other}"
        assert (await look(house, {"picture_url": path})).status_code == 404
    path = f"/api/v1/public/campaign-pictures/{file_id}/{file_id}"
    assert (await look(house, {"picture_url": path})).status_code == 404


async def test_a_picture_that_is_replaced_goes_unless_another_campaign_shows_it(
    house: House,
) -> None:
    first = await uploaded(house.organiser, png(6))
    one = await house.draft(picture_url=None, picture_file_id=first)
    other = await house.draft(picture_url=one["picture_url"])
    for campaign, status in ((one, 200), (other, 404)):
        second = await uploaded(house.organiser, png(7))
        answer = await house.organiser.patch(
            f"/campaigns/{campaign['id']}", json={"picture_file_id": second}
        )
        assert answer.status_code == 200, answer.text
        assert (await look(house, answer.json())).content == png(7)
        assert (await look(house, one)).status_code == status
    emptied = await house.organiser.patch(f"/campaigns/{one['id']}", json={"picture_url": None})
    assert emptied.json()["picture_url"] is None


async def test_refusals_name_the_field_as_people_do(house: House, folder: Kept) -> None:
    campaign = await house.draft(picture_url=None)
    path = f"/campaigns/{campaign['id']}"
    for body, told in (
        ({"picture_file_id": str(house.tenant.id)}, "upload it again"),
        ({"picture_url": "javascript:alert(1)"}, "begins with https://"),
        ({"picture_url": "//elsewhere.example/p.png"}, "begins with https://"),
        ({"picture_url": "/\\elsewhere.example/p.png"}, "begins with https://"),
        ({"picture_url": "https:///elsewhere.example/p.png"}, "begins with https://"),
        ({"picture_url": "https://us@elsewhere.example/p.png"}, "begins with https://"),
        ({"picture_url": "http://elsewhere.example/p.png"}, "begins with https://"),
    ):
        refused = await house.organiser.patch(path, json=body)
        assert refused.status_code == 422
        assert told in refused.json()["errors"][0]["hint"]
    for address in ("https://shop.example:8443/a//b.png?w=1#x", "https://shop.example", "/p/a.svg"):
        taken = await house.organiser.patch(path, json={"picture_url": address})
        assert (taken.status_code, taken.json()["picture_url"]) == (200, address)
    assert (await house.organiser.patch(path, json={"picture_url": None})).is_success
    blocked = await house.organiser.post(
        f"{path}/transitions", json={"name": "submit"}, headers={"idempotency-key": "a" * 20}
    )
    problem = blocked.json()
    assert (problem["code"], problem["detail"]) == (
        "publish_blocked", "Missing or not fitting: Main picture.",
    )  # fmt: skip
    assert [error["field"] for error in problem["errors"]] == ["body.picture_url"]
    assert folder.left() == []
    live = await house.live()
    locked = await house.organiser.patch(f"/campaigns/{live['id']}", json={"title": "Else"})
    assert locked.json()["detail"].startswith("Title is locked: ")


async def test_who_may_approve_is_told_to_who_waits(house: House) -> None:
    campaign = await house.draft()
    await step(house.organiser, campaign, "submit")
    path = f"/campaigns/{campaign['id']}/reviewers"
    told = ReviewersAnswer.model_validate((await house.organiser.get(path)).json())
    me = (await house.organiser.get("/auth/me")).json()["user"]["id"]
    reviewer = (await house.reviewer.get("/auth/me")).json()["user"]["id"]
    assert str(told.submitted_by) == me
    assert told.needs_second_person
    assert reviewer in {str(each.user_id) for each in told.items}
    assert told.count == len(told.items) == 2, "the reviewer and the owner"
    assert told.roles == ["owner", "administrator"]
    await step(house.reviewer, campaign, "request_changes", "Say more.")
    await step(house.reviewer, campaign, "submit")
    mine = ReviewersAnswer.model_validate((await house.organiser.get(path)).json())
    assert reviewer not in {str(each.user_id) for each in mine.items}
    assert mine.count == 1
    assert (await house.supplier.get(path)).status_code == 403
    stranger = await house.door.signed_in(
        new_email("other"), (await house.door.organisation()).id, ("administrator",)
    )
    assert (await stranger.get(path)).status_code == 404
