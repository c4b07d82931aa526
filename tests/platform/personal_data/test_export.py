"""A copy of one's own data: made by the worker, mailed as a link, opened by its person alone."""

import io
import zipfile
from urllib.parse import urlsplit

import orjson

from .conftest import House


async def test_a_copy_is_made_and_its_link_mailed(house: House) -> None:
    client, email, user_id = await house.join("organiser")
    view = {"list_name": "campaigns", "name": "My own view", "search": {"q": "mugs"}}
    assert (await client.post("/saved-views", json=view)).status_code == 201
    asked = await client.post("/personal-data/exports", json={})
    assert asked.status_code == 201, asked.text
    twice = await client.post("/personal-data/exports", json={})
    assert twice.json()["code"] == "personal_data_already_asked"
    request_id = asked.json()["id"]
    await house.work(request_id, export=True)
    await house.work(request_id, export=True)
    [shown] = (await client.get("/personal-data/exports")).json()["items"]
    assert shown["state"] == "done"
    stranger = house.door.browser()
    mail = (await house.door.mails(email, house.tenant_id))[-1]
    assert shown["link"] in mail["text"]
    answer = await stranger.get(f"{house.door.settings.public_url}{shown['link']}")
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        views = orjson.loads(archive.read("records/saved_views.json"))
        person = orjson.loads(archive.read("identity/person.json"))
        devices = orjson.loads(archive.read("identity/devices.json"))
        activity = orjson.loads(archive.read("personal_data/activity.json"))
        index = archive.read("index.md").decode()
    assert [each["name"] for each in views] == ["My own view"]
    assert [(each["id"], each["email"]) for each in person] == [(str(user_id), email)]
    assert devices[0]["device"]
    assert "records.view_saved.v1" in {each["name"] for each in activity}
    assert "Views of lists you saved" in index
    await house.pass_days(8)
    late = await stranger.get(f"{house.door.settings.public_url}{shown['link']}")
    assert late.status_code in {404, 410}
    [shown] = (await client.get("/personal-data/exports")).json()["items"]
    assert shown["link"] is None


async def test_an_administrator_asks_and_does_not_read(house: House) -> None:
    admin, _, _ = await house.join("administrator")
    member, email, user_id = await house.join()
    body = {"member_id": await house.member_id(user_id)}
    asked = await admin.post("/personal-data/exports", json=body)
    assert asked.status_code == 201, asked.text
    await house.work(asked.json()["id"], export=True)
    [seen] = (await admin.get("/personal-data/exports")).json()["items"]
    assert (seen["state"], seen["link"], seen["is_own"]) == ("done", None, False)
    [own] = (await member.get("/personal-data/exports")).json()["items"]
    assert urlsplit(own["link"]).path.startswith("/api/v1/public/files/")
    assert (await house.door.mails(email, house.tenant_id))[-1]["subject"] == "Your data is ready"
    files = [
        (await who.get(f"/files/{file_id}")).status_code
        for who in (admin, house.owner)
        for file_id in [await _file_of(house)]
    ]
    assert files == [403, 403]


async def _file_of(house: House) -> str:
    rows = (await house.owner.get("/audit?name=personal_data.export_made.v1")).json()["items"]
    return str(rows[0]["payload"]["file_id"])
