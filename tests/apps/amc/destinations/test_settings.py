"""Destinations as records: made, changed, removed, and what their settings may name."""

import dataclasses
from typing import Any
from uuid import UUID

import pytest

from metatron.apps.amc.destinations import answers, site
from metatron.apps.amc.edge import Page
from tests.apps.amc.destinations.desk import Desk, key
from tests.apps.amc.destinations.pg_target import Target
from tests.apps.amc.destinations.test_postgresql import FIRST
from tests.apps.amc.runs.stage import REACH

PG: dict[str, Any] = {
    "host": "db.example.com", "database": "warehouse", "user": "loader",
    "password": "s3cret-of-the-test", "table_name": "results",
}  # fmt: skip
S3: dict[str, Any] = {
    "bucket": "lake", "access_key_id": "AK", "secret_access_key": "s3cret-of-the-test",
}  # fmt: skip


@pytest.fixture
def outside(desk: Desk) -> None:
    """The installation does not let destinations be in private networks."""
    del desk
    site._site = dataclasses.replace(site.site(), allow_private=False)


async def test_a_destination_is_made_shown_changed_and_removed(desk: Desk) -> None:
    place = await desk.destination("postgresql", PG)
    shown = await desk.client.get(f"/destinations/{place}")
    told = answers.DestinationAnswer.model_validate(shown.json())
    assert told.settings["host"] == "db.example.com"
    assert "password" not in told.settings
    assert "s3cret" not in shown.text
    path, tag = f"/destinations/{place}", {"If-Match": shown.headers["etag"]}
    table = {name: value for name, value in PG.items() if name != "password"}
    changed = await desk.client.patch(
        path, json={"name": "Lake", "settings": table | {"table_name": "other"}}, headers=tag
    )
    assert changed.status_code == 200, changed.text
    assert (changed.json()["name"], changed.json()["settings"]["table_name"]) == ("Lake", "other")
    assert (await desk.client.patch(path, json={"name": "X"}, headers=tag)).status_code == 412
    moved = await desk.client.patch(path, json={"settings": table | {"host": "evil.example.com"}})
    assert moved.status_code == 422, "a kept password goes nowhere else"
    assert moved.json()["errors"][0]["code"] == "secret_needed"
    listed = Page[answers.DestinationAnswer].model_validate(
        (await desk.client.get("/destinations", params={"limit": 1})).json()
    )
    assert [each.id for each in listed.items] == [place]
    assert (await desk.client.delete(path)).status_code == 204
    for method in ("get", "patch", "delete"):
        given = {"json": {}} if method == "patch" else {}
        assert (await desk.client.request(method, path, **given)).status_code == 404
    sealed = await desk.stage.change("select sealed_secret from amc.destination")
    assert sealed.scalars().all() == [None]
    events = await desk.stage.change(
        "select payload::text from kernel.event where name = 'amc.destination_changed.v1'"
    )
    assert "s3cret" not in str(events.scalars().all())


async def test_secrets_are_sealed(desk: Desk) -> None:
    await desk.destination("s3", S3)
    rows = (await desk.stage.change("select d::text, sealed_secret from amc.destination d")).all()
    assert all("s3cret" not in row[0] for row in rows)
    assert [site.site().box.open(row[1]) for row in rows] == ["s3cret-of-the-test"]


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("postgresql", PG | {"password": None}),
        ("postgresql", PG | {"schema_name": "pg_catalog"}),
        ("postgresql", PG | {"schema_name": "Information_Schema"}),
        ("postgresql", PG | {"table_name": "x" * 64}),
        ("postgresql", PG | {"table_name": "ü" * 32}),
        ("postgresql", PG | {"table_name": "a\0b"}),
        ("postgresql", PG | {"host": "/var/run/postgresql"}),
        ("postgresql", PG | {"host": "a.example,b.example"}),
        ("postgresql", PG | {"host": "db.example.com host=/tmp"}),
        ("postgresql", PG | {"port": 0}),
        ("postgresql", PG | {"sslmode": "disable"}),
        ("folder", {"path": "/etc"}),
        ("s3", S3 | {"secret_access_key": None}),
        ("s3", S3 | {"bucket": "../other"}),
        ("s3", S3 | {"region": "eu.evil.example/"}),
        ("s3", S3 | {"prefix": "a/../b"}),
        ("s3", S3 | {"endpoint": "https://u:p@store.example"}),
        ("s3", S3 | {"endpoint": "https://store.example/path"}),
        ("s3", S3 | {"endpoint": "ftp://store.example"}),
        ("ftp", {}),
    ],
)
async def test_settings_that_do_not_fit(desk: Desk, kind: str, given: dict[str, Any]) -> None:
    body = {"name": "x", "kind": kind, "settings": given}
    answer = await desk.client.post("/destinations", json=body, headers=key())
    assert answer.status_code == 422, answer.text
    assert "s3cret" not in answer.text


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("postgresql", PG | {"host": "127.0.0.1"}), ("postgresql", PG | {"host": "10.1.2.3"}),
        ("postgresql", PG | {"host": "::1"}), ("postgresql", PG | {"host": "localhost"}),
        ("postgresql", PG | {"host": "169.254.169.254"}), ("postgresql", PG | {"tls": "off"}),
        ("s3", S3 | {"endpoint": "https://192.168.0.1"}),
        ("s3", S3 | {"endpoint": "http://store.example"}),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("outside")
async def test_private_places_are_refused(desk: Desk, kind: str, given: dict[str, Any]) -> None:
    body = {"name": "x", "kind": kind, "settings": given}
    answer = await desk.client.post("/destinations", json=body, headers=key())
    assert answer.status_code == 422, answer.text


async def test_a_name_that_leads_inside_is_not_followed(desk: Desk, target: Target) -> None:
    """The setting was other when it was made, or the name's owner has moved it inside."""
    place = await desk.destination("postgresql", target.settings(tls="require", host="localhost"))
    site._site = dataclasses.replace(site.site(), allow_private=False)
    tried = await desk.tried(place)
    assert (tried["ok"], "private network" in tried["problem"]) == (False, True)
    told = await desk.settled(await desk.run(place, rows=FIRST))
    assert (told["state"], "private network" in told["problem"]) == ("failed", True)
    assert target.calls == 0


async def test_ids_of_other_organisations_are_unknown(desk: Desk) -> None:
    foreign = {"name": "Theirs", "kind": "folder", "settings": {}}
    theirs = (await desk.stranger.post("/destinations", json=foreign, headers=key())).json()["id"]
    for method, rest in (("get", ""), ("patch", ""), ("delete", ""), ("post", "/test")):
        given = {"json": {}} if method == "patch" else {}
        answer = await desk.client.request(method, f"/destinations/{theirs}{rest}", **given)
        assert answer.status_code == 404, answer.text
    assert (await desk.client.get("/destinations")).json()["items"] == []
    body = {
        "instance_id": str(desk.stage.instance_id), "sql": REACH.format("none"),
        "window": {"kind": "rolling", "days": 7}, "destination_ids": [theirs],
    }  # fmt: skip
    answer = await desk.client.post("/runs", json=body, headers=key())
    assert (answer.status_code, answer.json()["code"]) == (404, "amc_destination_not_found")
    place = await desk.destination("folder", {})
    body["destination_ids"] = [str(place)]
    answer = await desk.client.post("/runs", json=body, headers=key())
    assert answer.status_code == 202, answer.text
    assert answer.json()["destination_ids"] == [str(place)]
    again = await desk.client.post(f"/runs/{answer.json()['id']}/again", headers=key())
    assert again.json()["destination_ids"] == [str(place)]
    await desk.client.delete(f"/destinations/{place}")
    again = await desk.client.post(f"/runs/{answer.json()['id']}/again", headers=key())
    assert again.json()["destination_ids"] == []
    assert UUID(again.json()["id"])
