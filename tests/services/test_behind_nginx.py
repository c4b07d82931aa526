"""The services apart, behind nginx: the page's journeys, the example, and who may read what."""

import asyncio
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from first_campaign import Staff
from first_campaign_client import Person as Caller

from metatron.services import AUTH, HTTP_SERVICES, SERVICES, Service
from tests.browser import test_organising, test_signing_in
from tests.browser.conftest import Visitors
from tests.browser.people import ORGANISER, Suite
from tests.isolation.catalogue import faults
from tests.services.apart import (
    ADMIN_KEY,
    MARKER,
    ROOT,
    Apart,
    bare,
    environment_of,
    metatron,
    nginx,
    run,
)

OPERATOR = {"x-admin-key": ADMIN_KEY}
OTHERS = [each for each in SERVICES if not each.keeps_credentials]
SECRETS = (
    "select password_hash from identity.user_account",
    "select * from identity.user_account",
    "select token_hash from identity.refresh_token",
    "select * from identity.one_time_token",
    "select * from identity.recovery_code",
    "select * from identity.totp",
    "select * from identity.passkey",
    "select secret_hash from identity.service_client",
    "update identity.user_account set email = email",
    "insert into identity.public_key values ('k', 'RS256', '{}', now(), null)",
    "select * from identity.take_attempt(array[]::bytea[], array[]::bigint[], now())",
)


def _client(apart: Apart, **options: Any) -> httpx.Client:
    trust = ssl.create_default_context(cafile=str(apart.certificate))
    return httpx.Client(base_url=apart.base_url, verify=trust, trust_env=False, **options)


async def test_a_person_signs_in_through_the_proxy(visitors: Visitors) -> None:
    await test_signing_in.test_a_new_person_signs_in_by_link_password_and_passkey(visitors)


async def test_a_campaign_is_published_through_the_proxy(visitors: Visitors, staff: Staff) -> None:
    await test_organising.test_a_draft_becomes_a_public_campaign(visitors, staff)


def test_the_example_plays_both_endings_through_the_proxy(apart: Apart) -> None:
    command = [sys.executable, str(ROOT / "examples" / "first_campaign.py")]
    done = subprocess.run(
        [*command, "--base-url", apart.base_url, "--most", "12", "--patience", "90"],
        env=bare() | {"SSL_CERT_FILE": str(apart.certificate)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Both books balance to the cent." in done.stdout


@pytest.mark.parametrize("each", SERVICES, ids=lambda each: each.name)
def test_each_service_answers_for_its_own_health(apart: Apart, each: Service) -> None:
    with httpx.Client(base_url=apart.at(each.name), trust_env=False) as client:
        for path in ("/health/live", "/health/ready"):
            assert client.get(path).status_code == 200
        assert client.get("/metrics").status_code == 401
        told = client.get("/metrics", headers=OPERATOR)
    assert told.status_code == 200, told.text
    assert "metatron_ready 1.0" in told.text
    own = "metatron_jobs_total" if each.name == "worker" else 'route="/health/ready"'
    assert own in told.text
    if each.name != "campaigns":
        assert "/api/v1/campaigns" not in told.text, "each tells of itself alone"


def test_all_of_them_beat(apart: Apart) -> None:
    told = httpx.get(f"{apart.at('admin')}/health/services", trust_env=False).json()
    assert {item["name"]: item["state"] for item in told["services"]} == {
        each.name: "healthy" for each in SERVICES
    }


def test_a_service_answers_nothing_of_the_others(apart: Apart) -> None:
    paths = {
        "core": "/api/v1/members", AUTH: "/api/v1/auth/me", "admin": "/api/v1/admin/tenants",
        "campaigns": "/api/v1/campaigns", "amc": "/api/v1/amc/connections",
    }  # fmt: skip
    for each in HTTP_SERVICES:
        for owner, path in paths.items():
            answer = httpx.get(f"{apart.at(each.name)}{path}", trust_env=False)
            assert answer.status_code == (401 if owner == each.name else 404), (each.name, path)
    with _client(apart) as client:
        assert {client.get(path).status_code for path in paths.values()} == {401}


def test_the_proxy_speaks_tls_1_3_and_http_2_only_as_shipped(apart: Apart) -> None:
    with _client(apart, headers={"x-forwarded-for": "203.0.113.9"}) as client:
        answer = client.get("/")
        assert answer.headers["content-type"].startswith("text/html")
        assert "strict-transport-security" in answer.headers
        for hidden in ("/metrics", "/health/detailed", "/api/v1/auth/services/people"):
            assert client.get(hidden).status_code == 404, hidden
        assert client.post("/api/v1/auth/services%2Fpeople", json={}).status_code == 404
    old = ssl.create_default_context(cafile=str(apart.certificate))
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises(httpx.ConnectError):
        httpx.get(apart.base_url, verify=old, trust_env=False)
    offer = ssl.create_default_context(cafile=str(apart.certificate))
    offer.set_alpn_protocols(["h2", "http/1.1"])
    assert asyncio.run(_alpn(apart.ports["proxy"], offer)) == "h2"


async def _alpn(port: int, context: ssl.SSLContext) -> str | None:
    _, writer = await asyncio.open_connection("localhost", port, ssl=context)
    chosen: str | None = writer.get_extra_info("ssl_object").selected_alpn_protocol()
    writer.close()
    return chosen


def test_only_auth_knows_where_the_private_key_is(apart: Apart) -> None:
    assert list((apart.folder / MARKER).glob("*.pem"))
    for name, process in apart.processes.items():
        for pid in (process.pid, *_children(process.pid)):
            told = Path(f"/proc/{pid}/environ").read_bytes()
            assert (MARKER.encode() in told) == (name == AUTH), name
            assert (b"SIGNING_KEY" in told) == (name == AUTH), name
            opened = {str(each.readlink()) for each in Path(f"/proc/{pid}/fd").iterdir()}
            assert not any(MARKER in place for place in opened), name
    for each in OTHERS:
        assert MARKER not in (apart.folder / "services" / f"{each.name}.env").read_text()


def _children(pid: int) -> list[int]:
    told = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(each) for each in told] + [far for each in told for far in _children(int(each))]


async def test_only_auths_role_may_read_credentials(apart: Apart) -> None:
    for each in OTHERS:
        given = environment_of(apart.folder / "services" / f"{each.name}.env")
        for door in ("METATRON_DATABASE_URL", "METATRON_DATABASE_SYSTEM_URL"):
            connection = await asyncpg.connect(given[door])
            try:
                for statement in SECRETS:
                    with pytest.raises(asyncpg.InsufficientPrivilegeError):
                        await connection.execute(statement)
                for role in ("metatron_app", "metatron_system", "metatron_auth", "metatron_owner"):
                    with pytest.raises(asyncpg.InsufficientPrivilegeError):
                        await connection.execute(f"set role {role}")
                assert await connection.fetchval("select count(*) from identity.pub_user") > 0
            finally:
                await connection.close()
    given = environment_of(apart.folder / "services" / "auth.env")
    connection = await asyncpg.connect(given["METATRON_DATABASE_URL"])
    assert await connection.fetchval("select count(password_hash) from identity.user_account") >= 0
    await connection.close()


async def test_an_applications_role_stays_out_of_the_others(apart: Apart) -> None:
    for name, closed in (("amc", "campaigns.campaign"), ("campaigns", "amc.connection")):
        given = environment_of(apart.folder / "services" / f"{name}.env")
        connection = await asyncpg.connect(given["METATRON_DATABASE_URL"])
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(f"select 1 from {closed}")
        await connection.close()


async def test_the_rules_of_tenancy_hold_with_the_services_roles(apart: Apart) -> None:
    connection = await asyncpg.connect(apart.postgres.dsn("metatron_owner"))
    try:
        assert await faults(connection) == []
    finally:
        await connection.close()


async def test_a_service_asks_auth_for_people(apart: Apart) -> None:
    """An organisation's first user is made by the worker, which keeps no people itself."""
    body = {
        "name": "Made apart", "slug": "made-apart",
        "first_user": {"email": "first@apart.example.com", "display_name": "First User"},
    }  # fmt: skip
    with _client(apart, headers=OPERATOR) as client:
        made = client.post("/api/v1/admin/tenants", json=body)
        assert made.is_success, made.text
        place = f"/api/v1/admin/onboarding/{made.json()['onboarding_id']}"
        for _ in range(300):
            told = client.get(place).json()
            steps = {step["name"]: step["state"] for step in told["steps"]}
            if told["state"] != "running" or steps["first_user"] == "done":
                break
            await asyncio.sleep(0.1)
    connection = await asyncpg.connect(apart.postgres.dsn("metatron_owner"))
    try:
        count = "select count(*) from identity.user_account where email = $1"
        assert await connection.fetchval(count, "first@apart.example.com") == 1, told
    finally:
        await connection.close()


async def test_a_database_of_a_tenants_own_is_open_to_the_services(
    apart: Apart, suite: Suite
) -> None:
    """What serves it is its own role there as well, not the one that made the database."""
    boss = "boss@apart.example.com"
    make = ("tenant", "create", "Own Database", boss, "--dedicated", "--slug", "own-database")
    run(metatron(*make), apart.whole)
    async with Caller(suite.base_url, boss) as person:
        await person.sign_in("own-database")
        draft = await person.post("/campaigns", {"title": "In a database of its own"})
        for path in ("/members", f"/campaigns/{draft['id']}", "/amc/connections", "/roles"):
            assert await person.get(path), path
    connection = await asyncpg.connect(apart.postgres.dsn("metatron_owner"))
    name = await connection.fetchval("select database_name from tenancy.placement")
    await connection.close()
    served = environment_of(apart.folder / "services" / "amc.env")["METATRON_DATABASE_URL"]
    closed = await asyncpg.connect(served.replace("/metatron?", f"/{name}?"))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await closed.execute("select title from campaigns.campaign")
    await closed.close()


def test_people_are_made_for_services_only(apart: Apart) -> None:
    url = f"{apart.at(AUTH)}/api/v1/auth/services/people"
    body = {"email": "second@apart.example.com", "display_name": "Second"}
    assert httpx.post(url, json=body, trust_env=False).status_code == 401
    given = environment_of(apart.folder / "services" / "worker.env")
    bought = httpx.post(
        f"{apart.at(AUTH)}/api/v1/auth/service-token",
        json={
            "client_id": given["METATRON_SERVICE_CLIENT_ID"],
            "client_secret": given["METATRON_SERVICE_CLIENT_SECRET"],
            "audience": AUTH,
        },
        trust_env=False,
    )
    bearer = {"authorization": f"Bearer {bought.json()['access_token']}"}
    made = [httpx.post(url, json=body, headers=bearer, trust_env=False) for _ in range(2)]
    assert [answer.status_code for answer in made] == [200, 200], made[0].text
    assert made[0].json() == made[1].json()
    # The token is for auth: no other service takes it, not even for what its scope would allow.
    elsewhere = f"{apart.at('core')}/api/v1/members"
    assert httpx.get(elsewhere, headers=bearer, trust_env=False).status_code == 401


def test_the_proxy_is_reloaded_without_a_lost_request(apart: Apart) -> None:
    home = apart.folder / "nginx"
    with _client(apart) as client:
        for turn in range(40):
            # A connection kept open may end in the moment it is used again, which clients repeat:
            # so each request has one of its own.
            answer = client.get("/health/live", headers={"connection": "close"})
            assert answer.status_code == 200
            if turn in {10, 20}:
                run(nginx(home, "-s", "reload"), bare())
    assert ORGANISER not in (home / "run" / "access.log").read_text()
