"""Name, theme, modules and the clock of an organisation."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from pydantic import BaseModel

from metatron.kernel.clock import utc_now
from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import InvalidInput
from metatron.kernel.module import Module
from metatron.kernel.settings import Settings
from metatron.platform.tenancy import rights, site
from metatron.platform.tenancy.errors import ModuleNeeded
from metatron.platform.tenancy.interface import prepare, tenant_by_id
from metatron.platform.tenancy.limits import check_tier_limits, defaults_of, limits_of
from metatron.platform.tenancy.switches import list_modules, set_module
from metatron.platform.tenancy.themes import LEAST_CONTRAST, PRESETS, contrast
from tests.support.people import Door, new_email, use_token

from .conftest import Found


def test_every_preset_can_be_read() -> None:
    assert len(PRESETS) == 5
    for colours in PRESETS.values():
        assert contrast(colours["accent"], colours["on_accent"]) >= LEAST_CONTRAST
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


async def test_settings_change_with_their_version(door: Door, settings: Settings) -> None:
    email = new_email("owner")
    facts = await door.organisation(email)
    client = await door.signed_in(email, facts.id, ("owner",))
    shown = await client.get("/organisation")
    assert shown.json()["limits"]["calls_per_minute"] == settings.rate_limits["free"][0]
    tag = shown.headers["etag"]
    body = {"name": "  Renamed  ", "theme": {"preset": "green"}}
    changed = await client.patch("/organisation", json=body, headers={"if-match": tag})
    assert (changed.json()["name"], changed.json()["theme"]) == ("Renamed", {"preset": "green"})
    stale = await client.patch("/organisation", json=body, headers={"if-match": tag})
    assert stale.status_code == 412
    for theme in (
        {"preset": "nope"},
        {"accent": "#ffffff", "on_accent": "#fffffe"},
        {"accent": "red", "on_accent": "#ffffff"},
        {"accent": "#000000"},
    ):
        refused = await client.patch("/organisation", json={"theme": theme})
        assert refused.status_code == 422, theme
    own = {"accent": "#102030", "on_accent": "#FFFFFF"}
    assert (await client.patch("/organisation", json={"theme": own})).status_code == 200


async def test_a_person_makes_another_organisation(door: Door) -> None:
    email = new_email("owner")
    facts = await door.organisation(email)
    client = await door.signed_in(email, facts.id, ("owner",))
    made = await client.post("/organisations", json={"name": "Zweite Firma"})
    assert made.status_code == 201
    assert made.json()["slug"].startswith("zweite-firma")
    taken = await client.post("/organisations", json={"name": "X", "slug": made.json()["slug"]})
    assert taken.json()["code"] == "slug_taken"
    slugs = {m["slug"] for m in (await client.get("/auth/me")).json()["memberships"]}
    assert made.json()["slug"] in slugs


async def test_a_person_makes_a_sandbox_of_their_own(door: Door, settings: Settings) -> None:
    client = await door.signed_in(new_email("newcomer"))
    body = {"name": "To try things", "is_sandbox": True}
    made = await client.post("/organisations", json=body)
    assert made.status_code == 201, made.text
    use_token(
        client, (await client.post("/auth/switch", json={"tenant_id": made.json()["id"]})).json()
    )
    own = (await client.get("/organisation")).json()
    assert (own["is_sandbox"], own["environment"]) == (True, "development")
    moved = await client.post("/clock/advance", json={"seconds": 3 * 86_400})
    assert moved.json()["offset_seconds"] == 3 * 86_400
    client = await door.signed_in(new_email("newcomer"))
    site.prepare_site(settings.model_copy(update={"payments_provider": "stripe"}))
    try:
        refused = await client.post("/organisations", json=body)
        plain = await client.post("/organisations", json={"name": "For real"})
    finally:
        site.prepare_site(settings)
    assert (refused.status_code, refused.json()["code"]) == (409, "sandbox_unavailable")
    assert plain.status_code == 201


async def test_where_payments_become_real_a_sandbox_is_closed(
    door: Door, settings: Settings
) -> None:
    """Its clock and its made-up cards would move real money."""
    own, real = new_email("sandbox"), new_email("real")
    sandbox = await door.organisation(own, is_sandbox=True)
    earnest = await door.organisation(real)
    site.prepare_site(settings.model_copy(update={"payments_provider": "stripe"}))
    try:
        trying = await door.signed_in(own, sandbox.id, ("owner",))
        working = await door.signed_in(real, earnest.id, ("owner",))
        refused = await trying.post("/clock/advance", json={"seconds": 86_400})
        assert (refused.status_code, refused.json()["code"]) == (403, "tenant_inactive")
        assert "Payments are real" in refused.json()["detail"]
        assert (await trying.get("/members")).status_code == 403
        assert (await trying.get("/auth/me")).status_code == 200, "they may look elsewhere"
        assert (await working.get("/members")).status_code == 200
    finally:
        site.prepare_site(settings)


async def test_an_organisation_begins_by_its_own_clock(door: Door) -> None:
    email = new_email("owner")
    sandbox = await door.organisation(email, is_sandbox=True)
    client = await door.signed_in(email, sandbox.id, ("owner",))
    ahead = await client.post("/clock/advance", json={"seconds": 30 * 86_400})
    assert ahead.status_code == 200, ahead.text
    made = await client.post("/organisations", json={"name": "Made from a sandbox"})
    moved = await client.post("/auth/switch", json={"tenant_id": made.json()["id"]})
    use_token(client, moved.json())
    [owner] = (await client.get("/members")).json()["items"]
    assert datetime.fromisoformat(owner["joined_at"]) < utc_now() + timedelta(hours=1)


async def test_only_a_sandbox_clock_can_be_advanced(door: Door, database: Database) -> None:
    for is_sandbox in (False, True):
        email = new_email("owner")
        facts = await door.organisation(email, is_sandbox=is_sandbox)
        client = await door.signed_in(email, facts.id, ("owner",))
        answer = await client.post("/clock/advance", json={"seconds": 86_400})
        if not is_sandbox:
            assert answer.json()["code"] == "not_sandbox"
            continue
        assert answer.json()["offset_seconds"] == 86_400
        told = (await client.get("/clock")).json()
        ahead = datetime.fromisoformat(told["now"]) - utc_now()
        assert timedelta(hours=23) < ahead < timedelta(hours=25)
        again = await tenant_by_id(database, facts.id)
        assert again is not None
        assert again.clock_offset_seconds == 86_400
        for seconds in (0, -1, 10**12):
            assert (
                await client.post("/clock/advance", json={"seconds": seconds})
            ).status_code == 422


class Options(BaseModel):
    colour: str = "blue"
    size: int = 3


@pytest.fixture
def two_modules() -> Iterator[None]:
    before = rights.rights().modules
    base = Module(name="base", title="Base", optional=True, configuration=Options)
    above = Module(name="above", title="Above", optional=True, needs=("base",))
    prepare((*before, base, above))
    yield
    prepare(before)


@pytest.mark.usefixtures("two_modules")
async def test_modules_are_switched_with_their_dependents(database: Database, found: Found) -> None:
    context: Context = await found()

    async def switch(name: str, **change: object) -> dict[str, object]:
        async with database.transaction(context, door="home") as session:
            return await set_module(session, context, name=name, now=utc_now(), **change)  # type: ignore[arg-type]

    with pytest.raises(ModuleNeeded) as refused:
        await switch("base", is_enabled=False)
    assert refused.value.extra == {"modules": ["above"]}
    await switch("above", is_enabled=False)
    await switch("base", is_enabled=False)
    facts = await tenant_by_id(database, context.tenant_id)
    assert facts is not None
    assert not {"base", "above"} & set(facts.modules)
    with pytest.raises(ModuleNeeded):
        await switch("above", is_enabled=True)
    with pytest.raises(ModuleNeeded):
        await switch("tenancy", is_enabled=False)
    shown = await switch("base", configuration={"size": 4})
    assert shown["configuration"] == {"colour": "blue", "size": 4}
    for wrong in ({"size": "big"}, {"unknown": 1}):
        with pytest.raises(InvalidInput):
            await switch("base", configuration=wrong)
    async with database.transaction(context, door="home") as session:
        listed = {item["name"]: item for item in await list_modules(session, context)}
    assert listed["base"]["needed_by"] == ["above"]
    assert not listed["base"]["is_enabled"]


def test_limits_by_tier_are_settings(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def given(**tiers: dict[str, int | None]) -> None:
        changed = settings.model_copy(
            update={"tier_limits": tiers, "rate_limits": {"pro": (70, 700)}}
        )
        monkeypatch.setattr(site, "_site", site.Site(changed, site.site().box))

    given(pro={"users": 3}, free={"calls_per_month": None})
    check_tier_limits()
    pro, free = defaults_of("pro"), defaults_of("free")
    assert (pro.calls_per_minute, pro.calls_per_hour, pro.users) == (70, 700, 3)
    assert (free.calls_per_minute, free.calls_per_month, free.users) == (100, None, 10)
    assert limits_of("pro", {"users": 9}).users == 9
    for wrong in ({"golden": {"users": 1}}, {"pro": {"moons": 1}}, {"pro": {"users": 0}}):
        given(**wrong)  # type: ignore[arg-type]
        with pytest.raises(ValueError, match=r"golden|moons|greater"):
            check_tier_limits()
