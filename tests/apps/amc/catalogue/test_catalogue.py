"""The catalogue through the API: imports, search, mapping, filling parameters."""

from typing import Any
from uuid import UUID

from metatron.apps.amc.catalogue import answers
from metatron.apps.amc.catalogue.importing import import_kept
from metatron.apps.amc.catalogue.queries import asins
from metatron.apps.amc.catalogue.words import LAST
from metatron.apps.amc.connections.tables import Account, Connection, Instance
from metatron.apps.amc.edge import Page
from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id
from tests.apps.amc.house import House

ASINS = b"""asin\ttitle\tbrand\tactive
B000000001\tAmber lamp, small\tLumen\ttrue
B000000002\tAmber lamp, large\tLumen\tfalse
B000000003\tOak table\tGrain\ttrue
nonsense\tx\ty\ttrue
"""
CAMPAIGNS = b"""campaign id,name,type,state,brand
77,Lamps spring,SP,enabled,Lumen
78,Tables 100%,DSP,paused,Grain
"""


async def imported(
    house: House, database: Database, subject: str, content: bytes
) -> dict[str, Any]:
    answer = await house.analyst.post(
        f"/amc/catalogue/{subject}/import", content=content, params={"file_name": "list.csv"}
    )
    assert answer.status_code == 202, answer.text
    import_id = answer.json()["id"]
    context = system_context(house.tenant.id)
    for _ in range(2):  # a job that is delivered twice
        async with database.transaction(context) as session:
            await import_kept(session, context, import_id=UUID(import_id), now=utc_now())
    shown = await house.viewer.get(f"/amc/catalogue/imports/{import_id}")
    return answers.CatalogueImportAnswer.model_validate(shown.json()).model_dump()


async def found(house: House, **params: Any) -> list[str]:
    answer = await house.viewer.get("/amc/catalogue/asins", params=params)
    page = Page[answers.AsinAnswer].model_validate(answer.raise_for_status().json())
    return [row.asin for row in page.items]


async def test_an_import_tells_what_became_of_each_line(house: House, database: Database) -> None:
    first = await imported(house, database, "asins", ASINS)
    assert (first["state"], first["lines"], first["added"], first["refused"]) == ("done", 4, 3, 1)
    assert first["problems"][0]["line"] == 5
    again = await imported(house, database, "asins", ASINS.replace(b"Oak", b"Ash"))
    assert (again["added"], again["changed"], again["unchanged"]) == (0, 1, 2)
    assert await found(house, q="ash") == ["B000000003"]
    assert await found(house, q="oak") == []
    listed = await house.viewer.get("/amc/catalogue/imports", params={"limit": 1})
    assert len(listed.json()["items"]) == 1
    assert listed.json()["next_cursor"]


async def test_a_file_that_cannot_be_read_fails_with_its_reason(
    house: House, database: Database
) -> None:
    told = await imported(house, database, "asins", b"title\nx\n")
    assert told["state"] == "failed"
    assert "no column asin" in told["problems"][0]["reason"]


async def test_search_takes_the_beginnings_of_words(house: House, database: Database) -> None:
    await imported(house, database, "asins", ASINS)
    assert await found(house, q="lam amb") == ["B000000001", "B000000002"]
    assert await found(house, q="AMBER small") == ["B000000001"]
    assert await found(house, q="b00000000", active="true") == ["B000000001", "B000000003"]
    assert await found(house, q="%") == []
    assert await found(house, q="' or 1=1 --") == []
    assert await found(house, brand="Grain") == ["B000000003"]
    first = (await house.viewer.get("/amc/catalogue/asins?limit=2")).json()
    rest = await found(house, limit=2, cursor=first["next_cursor"])
    assert rest == ["B000000003"]


async def test_campaigns_keep_their_earlier_names(house: House, database: Database) -> None:
    await imported(house, database, "campaigns", CAMPAIGNS)
    await imported(house, database, "campaigns", CAMPAIGNS.replace(b"Lamps spring", b"Lamps"))
    answer = await house.viewer.get("/amc/catalogue/campaigns", params={"q": "spring"})
    page = Page[answers.AdCampaignAnswer].model_validate(answer.json())
    assert [(row.name, row.earlier_names) for row in page.items] == [("Lamps", ["Lamps spring"])]
    answer = await house.viewer.get("/amc/catalogue/campaigns", params={"q": "100%", "type": "DSP"})
    assert [row["campaign_id"] for row in answer.json()["items"]] == ["78"]
    brands = (await house.viewer.get("/amc/catalogue/brands")).json()["items"]
    assert {"name": "Lumen", "asins": 0, "campaigns": 1} in brands


async def test_what_amc_does_not_know_is_not_offered(house: House, database: Database) -> None:
    coupons = (
        b"coupon-1a2b,Ten per cent off,SP,enabled,Lumen\npromo-9,Two for one,SP,enabled,Lumen\n"
    )
    await imported(house, database, "campaigns", CAMPAIGNS + coupons)
    path = "/amc/catalogue/campaigns"
    for query, ids in (
        ({}, {"77", "78", "coupon-1a2b", "promo-9"}),
        ({"in_amc": "true"}, {"77", "78"}),
        ({"in_amc": "false"}, {"coupon-1a2b", "promo-9"}),
    ):
        rows = (await house.viewer.get(path, params=query)).json()["items"]
        assert {row["campaign_id"] for row in rows} == ids
    first = (await house.viewer.get(path, params={"in_amc": "true", "limit": 1})).json()
    rest = {"in_amc": "true", "limit": 1, "cursor": first["next_cursor"]}
    second = (await house.viewer.get(path, params=rest)).json()
    assert [row["campaign_id"] for row in first["items"] + second["items"]] == ["77", "78"]
    brand = await house.viewer.get("/amc/catalogue/brands/members", params={"brand": "Lumen"})
    assert brand.json()["campaign_ids"] == ["77"]


async def test_a_brand_brings_its_active_products_and_its_campaigns(
    house: House, database: Database
) -> None:
    await imported(house, database, "asins", ASINS)
    await imported(house, database, "campaigns", CAMPAIGNS)
    for brand in ("Lumen", "Grain", "Nobody's"):
        answer = await house.viewer.get("/amc/catalogue/brands/members", params={"brand": brand})
        told = answers.BrandMembers.model_validate(answer.json())
        assert told.asins == await found(house, brand=brand, active="true")
        of_brand = await house.viewer.get("/amc/catalogue/campaigns", params={"brand": brand})
        assert told.campaign_ids == [row["campaign_id"] for row in of_brand.json()["items"]]
    assert (await house.viewer.get("/amc/catalogue/brands/members")).status_code == 422


async def test_a_mapping_is_saved_whole_and_by_one_person_at_a_time(
    house: House, database: Database
) -> None:
    path = f"/amc/instances/{await an_instance(house, database)}"
    none = await house.viewer.get(f"{path}/mapping")
    assert (none.json()["brands"], none.headers["etag"]) == ([], '"0"')
    lumen = {"name": "Lumen", "asins": ["B000000001", "B000000001"], "campaign_ids": ["77"]}
    first = await house.analyst.put(
        f"{path}/mapping", json={"brands": [lumen]}, headers={"If-Match": '"0"'}
    )
    assert first.status_code == 200, first.text
    late = await house.other.put(
        f"{path}/mapping", json={"brands": []}, headers={"If-Match": '"0"'}
    )
    assert late.status_code == 412
    shown = answers.MappingAnswer.model_validate((await house.viewer.get(f"{path}/mapping")).json())
    assert list(shown.brands[0].asins) == ["B000000001"]
    assert (await house.viewer.put(f"{path}/mapping", json={"brands": []})).status_code == 403
    twice = await house.analyst.put(f"{path}/mapping", json={"brands": [lumen, lumen]})
    assert twice.status_code == 422


async def test_parameters_are_filled_and_the_source_is_told(
    house: House, database: Database
) -> None:
    path = f"/amc/instances/{await an_instance(house, database)}"
    brands = [
        {"name": "Lumen", "asins": ["B000000001"], "campaign_ids": ["77"]},
        {"name": "Grain", "asins": ["B000000003", "B000000001"]},
    ]
    (await house.analyst.put(f"{path}/mapping", json={"brands": brands})).raise_for_status()
    parameters = [
        {"name": "asins", "list": True, "kind": "asin_list"},
        {"name": "campaigns", "list": True, "kind": "campaign_list"},
        {"name": "brands", "list": True, "kind": "brand"},
        {"name": "days", "data_type": "INTEGER", "default": 14},
        {"name": "word"},
    ]
    answer = await house.viewer.post(f"{path}/fill", json={"parameters": parameters})
    told = answers.FillAnswer.model_validate(answer.json())
    assert told.values == {
        "asins": ["B000000001", "B000000003"], "campaigns": ["77"],
        "brands": ["Lumen", "Grain"], "days": 14,
    }  # fmt: skip
    assert told.sources["asins"] == "mapping:Lumen, Grain"
    assert (told.sources["days"], told.sources["word"]) == ("default", "none")
    one = await house.viewer.post(
        f"{path}/fill", json={"parameters": parameters, "brands": ["Grain"]}
    )
    assert one.json()["values"]["asins"] == ["B000000003", "B000000001"]
    assert "campaigns" not in one.json()["values"]


async def test_a_search_reads_by_index(house: House, database: Database) -> None:
    lines = [f"B{number:09d}\tThing {number % 977}\tB{number % 50}" for number in range(20_000)]
    told = await imported(
        house, database, "asins", ("asin\ttitle\tbrand\n" + "\n".join(lines)).encode()
    )
    assert told["added"] == 20_000
    assert await found(house, q="b00000012 thing", limit=5) == [
        f"B00000012{number}" for number in range(5)
    ]
    low, high = ["b00000012", "thing"], [word + LAST for word in ("b00000012", "thing")]
    arguments = [str(house.tenant.id), None, None, None, None, 6, low, high]
    async with database.home.pool.acquire() as connection:
        await connection.execute("set plan_cache_mode = force_generic_plan")
        found_asins, _ = asins("asin", with_words=True)
        plan = await connection.fetch(f"explain {found_asins}", *arguments)
        await connection.execute("reset plan_cache_mode")
    scans = [row[0] for row in plan if "Seq Scan" in row[0]]
    assert scans == [], "a search reads the whole catalogue"


async def in_pages(house: House, path: str, name: str, **asked: Any) -> list[str]:
    """The names of a list's rows, read one by one."""
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        more = {"cursor": cursor} if cursor else {}
        answer = await house.analyst.get(path, params=asked | {"limit": 1} | more)
        assert answer.status_code == 200, answer.text
        found += [each[name] for each in answer.json()["items"]]
        cursor = answer.json()["next_cursor"]
    return found


async def test_the_catalogue_is_sorted_page_by_page(house: House, database: Database) -> None:
    await imported(house, database, "asins", ASINS)
    await imported(house, database, "campaigns", CAMPAIGNS)
    products, ads = "/amc/catalogue/asins", "/amc/catalogue/campaigns"
    for sort, expected in (
        ("asin", "123"), ("-asin", "321"), ("title", "213"), ("-title", "312"),
        ("brand", "312"), ("-brand", "213"), ("-brand,asin", "123"),
        ("seen_at,-title,brand", "312"),
    ):  # fmt: skip
        found = await in_pages(house, products, "asin", sort=sort)
        assert [each[-1] for each in found] == list(expected), sort
    assert len(await in_pages(house, products, "asin", sort="-seen_at")) == 3
    words = await in_pages(house, products, "asin", sort="title", q="lamp")
    assert words == ["B000000002", "B000000001"]
    for sort, expected in (
        ("name", "78"),
        ("-campaign_id", "87"),
        ("kind", "87"),
        ("-brand", "78"),
    ):
        found = await in_pages(house, ads, "campaign_id", sort=sort)
        assert [each[-1] for each in found] == list(expected), sort
    assert (await house.analyst.get(products, params={"sort": "active"})).status_code == 422


async def test_clients_and_collections_are_sorted(house: House, database: Database) -> None:
    ids = [await an_instance(house, database) for _ in range(2)]
    for sort in ("name", "-name", "account", "-synced_at"):
        found = await in_pages(house, "/amc/instances", "id", sort=sort)
        assert sorted(found) == sorted(map(str, ids)), sort
        assert found == sorted(found, reverse=sort.startswith("-")) or sort == "-synced_at"
    for sort in ("name", "-unit", "created_at"):
        assert await in_pages(house, "/amc/collections", "id", sort=sort) == []


async def an_instance(house: House, database: Database) -> UUID:
    context, now = system_context(house.tenant.id), utc_now()
    own = {"tenant_id": house.tenant.id}
    connection = Connection(
        **own, id=new_id(), name="Amazon", region="na", state="connecting", is_twin=True,
        created_at=now,
    )  # fmt: skip
    account = Account(
        **own, id=new_id(), connection_id=connection.id, amc_account_id="ENTITY1",
        marketplace_id="ATVPDKIKX0DER", name="Account", synced_at=now,
    )  # fmt: skip
    instance = Instance(
        **own, id=new_id(), account_id=account.id, connection_id=connection.id,
        amc_instance_id="amc1", name="Client", status="COMPLETED", advertiser_types=[], brands=[],
        synced_at=now,
    )  # fmt: skip
    async with database.transaction(context) as session:
        for row in (connection, account, instance):
            session.add(row)
            await session.flush()
    return instance.id
