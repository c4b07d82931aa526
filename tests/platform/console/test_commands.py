"""`metatron tenant`, `metatron operator link`, `metatron migrate --all`, and the first start."""

import asyncio
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result

from metatron.cli import _composition
from metatron.kernel.clock import utc_now
from metatron.kernel.database.database import Database
from metatron.kernel.settings import Settings
from metatron.operator_link import print_link
from metatron.platform.tenancy.commands import app as tenant_app
from metatron.platform.tenancy.interface import tenant_by_slug
from metatron.seed import seed_operator
from metatron.welcome import FIRST_OPERATOR
from tests.support.people import Door, new_email, token_of_link, use_token

ENVIRONMENT = {
    "METATRON_DATABASE_URL": "database_url",
    "METATRON_DATABASE_SYSTEM_URL": "database_system_url",
    "METATRON_DATABASE_OWNER_URL": "database_owner_url",
    "METATRON_SECRET_KEYS": "secret_keys",
}


@pytest.fixture
def environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, field in ENVIRONMENT.items():
        monkeypatch.setenv(name, getattr(settings, field).get_secret_value())
    monkeypatch.setenv("METATRON_PUBLIC_URL", settings.public_url)


async def _tenant(*arguments: str) -> Result:
    """Run the command as a process of its own would: in a loop of its own."""
    runner = CliRunner()
    return await asyncio.to_thread(
        runner.invoke, tenant_app, list(arguments), obj=_composition, catch_exceptions=False
    )


@pytest.mark.usefixtures("environment")
async def test_a_tenant_by_command(door: Door, database: Database) -> None:
    slug, email = f"cli-{new_email('x')[2:14]}", new_email("owner")
    made = await _tenant("create", "By command", email, "--slug", slug, "--tier", "basic")
    assert made.exit_code == 0, made.output
    assert "1 of 8  account" in made.output
    assert "8 of 8  follow_ups" in made.output
    facts = await tenant_by_slug(database, slug)
    assert facts is not None
    assert (facts.state, facts.tier) == ("active", "basic")
    again = await _tenant("create", "By command", email, "--slug", slug)
    assert again.exit_code == 1
    assert "slug_taken" in again.output

    assert f"{slug}\tactive\tpooled" in (await _tenant("list")).output
    assert (await _tenant("suspend", slug)).output.strip() == f"{slug} suspended"
    assert (await _tenant("suspend", slug)).exit_code == 1
    assert (await _tenant("activate", str(facts.id))).output.strip() == f"{slug} active"
    moved = await _tenant("move", slug, "--to", "dedicated")
    assert moved.exit_code == 0, moved.output
    assert "copying kernel.event" in moved.output
    assert "moved to dedicated" in moved.output
    migrated = await _tenant("migrate")
    assert migrated.exit_code == 0, migrated.output
    assert "at head, 0 failed" in migrated.output
    assert (await _tenant("move", slug, "--to", "pooled")).exit_code == 0
    again = await _tenant("move", slug, "--to", "pooled")
    assert (again.exit_code, "is pooled already" in again.output) == (1, True), again.output
    assert (await _tenant("move", "nobody-here", "--to", "pooled")).exit_code == 2
    assert (await _tenant("move", slug, "--to", "elsewhere")).exit_code == 2
    client = await door.signed_in(email)
    assert (await client.get("/auth/me")).json()["tenant"]["slug"] == slug


@pytest.mark.usefixtures("environment")
async def test_the_first_operator_signs_in_by_link(
    door: Door, database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = await seed_operator(database, utc_now())
    assert await seed_operator(database, utc_now()) == first
    assert await print_link(tmp_path, email="", port=3000)
    link = capsys.readouterr().out.strip()
    client = door.browser()
    answer = await client.post("/auth/verify-magic-link", json={"token": token_of_link(link)})
    assert answer.status_code == 200, answer.text
    use_token(client, answer.json())
    me = (await client.get("/auth/me")).json()
    assert (me["is_operator"], me["user"]["email"]) == (True, FIRST_OPERATOR)
    access = (await client.get("/admin/access")).json()
    assert {"tenants:move", "operators:write", "jobs:drop"} <= set(access["permissions"])
    assert access["grants"] == [{"scope": "all", "subject_ids": [], "resource": "*", "action": "*"}]
    again = await client.post("/auth/verify-magic-link", json={"token": token_of_link(link)})
    assert again.status_code == 400
    assert not await print_link(tmp_path, email="stranger@example.com", port=3000)


@pytest.mark.usefixtures("environment")
async def test_a_suspended_first_operator_stays_suspended(
    admin: httpx.AsyncClient, database: Database, tmp_path: Path
) -> None:
    first = await seed_operator(database, utc_now())
    assert (await admin.post(f"/admin/operators/{first}/suspend")).status_code == 200
    assert await seed_operator(database, utc_now()) == first
    assert not await print_link(tmp_path, email="", port=3000)
    assert (await admin.post(f"/admin/operators/{first}/activate")).status_code == 200
    assert await print_link(tmp_path, email=FIRST_OPERATOR.upper(), port=3000)
