"""Many tenants by one command: made, passed over, taken up again; databases from a template."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.kernel.database import template
from metatron.kernel.database.creation import drop_database
from metatron.kernel.database.database import Database
from metatron.kernel.database.template import ensure_template, template_name
from metatron.kernel.errors import InvalidInput
from metatron.kernel.ids import new_id
from metatron.platform.identity.interface import ensure_person
from metatron.platform.tenancy.facts import tenant_by_slug
from metatron.platform.tenancy.fleet import fleet_state
from metatron.platform.tenancy.onboarding import start_onboarding
from metatron.platform.tenancy.onboarding_people import provide_people
from metatron.platform.tenancy.provisioning import Provisioned, Provisioning
from metatron.platform.tenancy.site import migration_folders, site
from metatron.platform.tenancy.wishes import Wish, numbered, read_csv
from tests.support.people import Door

pytestmark = pytest.mark.usefixtures("no_databases_left")


@pytest.fixture(autouse=True)
def with_people() -> None:
    provide_people(ensure_person)


def _wishes(count: int, placement: str = "pooled") -> list[Wish]:
    slug = f"p{new_id().hex[-8:]}"
    return numbered(count, Wish(slug, "Firm {slug}", "owner@{slug}.example", placement=placement))


async def _run(database: Database, wishes: list[Wish], **more: object) -> Provisioned:
    run = Provisioning(database, now=utc_now(), mails=False, **more)  # type: ignore[arg-type]
    return await run.run(wishes)


async def test_made_once_and_passed_over_then(database: Database) -> None:
    keys: dict[str, str] = {}
    wishes = [*_wishes(5), *_wishes(2, "dedicated")]
    done = await _run(database, wishes, keep_key=keys.__setitem__)
    assert (done.counts, done.failed) == ({"made": 7}, {})
    assert set(keys) == {wish.slug for wish in wishes}
    for wish in wishes:
        facts = await tenant_by_slug(database, wish.slug)
        assert facts is not None
        assert (facts.state, facts.name) == ("active", f"Firm {wish.slug}")
    own = {each.slug: each for each in await fleet_state(database)}
    assert all(own[wish.slug].is_at_head for wish in wishes[5:])
    assert not {wish.slug for wish in wishes[:5]} & set(own)
    done = await _run(database, wishes, keep_key=keys.__setitem__)
    assert done.counts == {"there": 7}
    mails = await database.system.fetchval(
        "select count(*) from kernel.outbox o join tenancy.tenant t on t.id = o.tenant_id"
        " where t.slug = any($1) and o.name = 'tenancy.send_mail'",
        [wish.slug for wish in wishes],
    )
    assert mails == 0


async def test_their_keys_open_their_own_doors(database: Database, door: Door) -> None:
    keys: dict[str, str] = {}
    wishes = [*_wishes(1), *_wishes(1, "dedicated")]
    await _run(database, wishes, keep_key=keys.__setitem__)
    for wish in wishes:
        client = door.browser()
        client.headers["x-api-key"] = keys[wish.slug]
        answer = await client.get("/applications")
        assert answer.status_code == 200, answer.text
        assert [each["name"] for each in answer.json()["items"]] == ["First application"]


async def test_killed_in_the_middle_it_goes_on(database: Database) -> None:
    wishes = _wishes(12)
    said: list[str] = []
    run = Provisioning(database, now=utc_now(), mails=False, progress=said.append)
    task = asyncio.create_task(run.run(wishes, workers=3))
    while len(said) < 3:  # noqa: ASYNC110 - it tells nobody
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    done = await _run(database, wishes)
    assert done.failed == {}
    assert done.counts["there"] >= 3
    assert done.counts["there"] + done.counts["resumed"] + done.counts["made"] == 12
    for wish in wishes:
        facts = await tenant_by_slug(database, wish.slug)
        assert facts is not None
        assert facts.state == "active"
    again = await database.system.fetchval(
        "select count(*) from tenancy.onboarding where request ->> 'slug' = any($1)",
        [wish.slug for wish in wishes],
    )
    assert again == 12


async def test_one_begun_by_somebody_else_is_taken_up(database: Database) -> None:
    [wish] = _wishes(1)
    async with database.transaction(system_context(), door="system") as session:
        await start_onboarding(session, system_context(), request=wish.request(), now=utc_now())
    done = await _run(database, [wish])
    assert done.counts == {"resumed": 1}


async def test_a_refusal_does_not_stop_the_others(database: Database) -> None:
    pooled, [other] = _wishes(1), _wishes(1)
    await _run(database, pooled)
    wrong = Wish(pooled[0].slug, "Firm", "a@b.example", placement="dedicated")
    odd = Wish(f"{other.slug}-x", "Firm", "@", placement="pooled")
    done = await _run(database, [wrong, odd, other])
    assert done.counts == {"failed": 2, "made": 1}
    assert done.failed[wrong.slug] == "is there already, but pooled"
    assert "first_user" in done.failed[odd.slug]


async def test_a_file_is_read_whole_before_anything_is_done(tmp_path: Path) -> None:
    file = tmp_path / "tenants.csv"
    file.write_text(
        "slug,name,owner_email,placement\na,Ä Firm,a@a.example,\nb,B,b@b.example,dedicated\n"
    )
    assert [(w.slug, w.name, w.placement) for w in read_csv(file)] == [
        ("a", "Ä Firm", "pooled"), ("b", "B", "dedicated"),
    ]  # fmt: skip
    for text, where in (
        ("slug,name\na,A\n", "row 1"),
        ("slug,name,owner_email,colour\na,A,a@a.example,red\n", "row 1"),
        ("slug,name,owner_email\na,A,a@a.example\nA!,B,b@b.example\n", "row 3"),
        ("slug,name,owner_email\na,A,a@a.example\na,B,b@b.example\n", "row 3"),
        ("slug,name,owner_email,tier\na,A,a@a.example,huge\n", "row 2"),
        ("slug,name,owner_email\na,A,\n", "row 2"),
    ):
        file.write_text(text)
        with pytest.raises(InvalidInput) as refused:
            read_csv(file)
        assert refused.value.errors[0].field == where


@pytest.mark.alone
async def test_a_template_is_made_once_however_many_ask(database: Database) -> None:
    folders = migration_folders()
    owner = [await asyncpg.connect(site().owner_dsn()) for _ in range(3)]
    names = await asyncio.gather(
        *(ensure_template(each, site().owner_dsn, folders) for each in owner)
    )
    assert set(names) == {template_name(tuple(folders))}
    begun = time.monotonic()
    await ensure_template(owner[0], site().owner_dsn, folders)
    assert time.monotonic() - begun < 1
    with pytest.raises(asyncpg.ObjectNotInPrerequisiteStateError):
        await asyncpg.connect(site().owner_dsn(names[0]))
    for each in owner:
        await each.close()


@pytest.mark.alone
async def test_those_who_all_find_none_make_one_template(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    rendered = template.render

    def render(folders: Sequence[Path], *given: Any) -> str:
        made.append("one more")
        return rendered(folders, *given)

    monkeypatch.setattr(template, "render", render)
    # Of a name that no other test knows: there is none yet.
    monkeypatch.setattr(template, "PREFIX", f"metatron_template_{new_id().hex[-8:]}_")
    template.template_name.cache_clear()
    folders = migration_folders()
    owner = [await asyncpg.connect(site().owner_dsn()) for _ in range(4)]
    try:
        names = set(
            await asyncio.gather(
                *(ensure_template(each, site().owner_dsn, folders) for each in owner)
            )
        )
        assert len(names) == 1
        assert made == ["one more"]
        there = "select datname from pg_database where starts_with(datname, $1)"
        found = [row["datname"] for row in await owner[0].fetch(there, template.PREFIX)]
        assert found == list(names)
    finally:
        await drop_database(owner[0], template_name(tuple(folders)))
        template.template_name.cache_clear()
        for each in owner:
            await each.close()
