"""The catalogue filled from the Ads API of a real local AMC."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from metatron.apps.amc.catalogue import answers
from metatron.apps.amc.catalogue.fetching import fetch
from metatron.apps.amc.catalogue.files import Subject
from metatron.kernel.clock import utc_now
from tests.apps.amc.connections.conftest import House, amazon, app, here, house

__all__ = ["amazon", "app", "here", "house"]


async def fetched(house: House, connection_id: UUID, subject: Subject) -> dict[str, Any]:
    """The log of a fetch, whose job was delivered twice."""
    answer = await house.manager.post(
        f"/amc/catalogue/{subject}/fetch", json={"connection_id": str(connection_id)}
    )
    assert answer.status_code == 202, answer.text
    asked = answers.CatalogueImportAnswer.model_validate(answer.json())
    assert (asked.state, asked.subject) == ("waiting", subject)
    for _ in range(2):
        await fetch(
            house.database, house.system, import_id=asked.id, connection_id=connection_id,
            subject=subject, now=utc_now(),
        )  # fmt: skip
    shown = await house.manager.get(f"/amc/catalogue/imports/{asked.id}")
    return answers.CatalogueImportAnswer.model_validate(shown.json()).model_dump()


async def test_campaigns_of_all_products_come(house: House) -> None:
    connection_id = await house.connect()
    log = await fetched(house, connection_id, "campaigns")
    assert (log["state"], log["lines"], log["added"], log["refused"]) == ("done", 16, 16, 0)
    found = (await house.manager.get("/amc/catalogue/campaigns")).json()["items"]
    assert {each["kind"] for each in found} == {"SP", "SB", "SD"}
    again = await fetched(house, connection_id, "campaigns")
    assert (again["added"], again["changed"], again["unchanged"]) == (0, 0, 16)


async def test_what_a_file_said_of_brands_stays(house: House) -> None:
    connection_id = await house.connect()
    await fetched(house, connection_id, "campaigns")
    await fetched(house, connection_id, "asins")
    async with house.database.transaction(house.system) as session:
        key = {"t": house.tenant.id}
        for table, change in (("ad_campaign", "brand = 'Lumen'"), ("asin", "title = 'Lamp'")):
            await session.execute(
                text(f"update amc.{table} set {change} where tenant_id = :t"), key
            )
    for subject in ("campaigns", "asins"):
        log = await fetched(house, connection_id, subject)
        assert (log["added"], log["changed"]) == (0, 0), subject
    found = (await house.manager.get("/amc/catalogue/asins")).json()["items"]
    assert len(found) == 9
    assert {each["title"] for each in found} == {"Lamp"}
    assert {each["active"] for each in found} == {True, False}


async def test_an_amazon_without_answers_is_in_the_log(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("metatron.apps.amc.amazon.wire.MOST_ATTEMPTS", 1)
    connection_id = await house.connect()
    house.amazon.chaos({"operation": "sd_campaigns", "fault": "http_500"})
    log = await fetched(house, connection_id, "campaigns")
    assert (log["state"], log["added"]) == ("failed", 0)
    assert log["problems"] == [
        {"line": 0, "reason": "Amazon gives no answer just now. Try again later."}
    ]
    told = "select count(*) from kernel.event where tenant_id = $1 and name = $2"
    failed = (house.tenant.id, "amc.catalogue_import_failed.v1")
    assert await house.database.system.fetchval(told, *failed) == 1
    house.amazon.chaos()
    assert (await fetched(house, connection_id, "campaigns"))["added"] == 16


async def test_a_sign_in_that_ended_is_in_the_log(house: House) -> None:
    connection_id = await house.connect()
    house.amazon.chaos(
        {"operation": "authorise", "fault": "expired_token"},
        {"operation": "refresh", "fault": "revoked_refresh"},
    )
    log = await fetched(house, connection_id, "asins")
    assert log["state"] == "failed"
    assert "Sign in again" in log["problems"][0]["reason"]
    house.amazon.chaos()
    body = {"connection_id": str(connection_id)}
    answer = await house.manager.post("/amc/catalogue/asins/fetch", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "amc_connection_not_usable")


async def test_an_unknown_connection(house: House) -> None:
    body = {"connection_id": str(uuid4())}
    answer = await house.manager.post("/amc/catalogue/campaigns/fetch", json=body)
    assert answer.status_code == 404
