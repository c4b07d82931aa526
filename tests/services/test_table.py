"""Which service answers what: said once, in the program and in the proxy's table alike."""

import re
from collections import defaultdict

import pytest
from pydantic import SecretStr

from metatron.kernel.database.database import Database
from metatron.kernel.settings import Settings
from metatron.platform.identity.away import AuthAway, away
from metatron.platform.identity.module import start as start_identity
from metatron.processes import Runtime, all_modules
from metatron.service_routes import FILE, addresses, read_map, routes_map
from metatron.services import AUTH, HTTP_SERVICES, SERVICES, service
from metatron.serving import as_service

HEALTH = {
    "/health", "/health/live", "/health/ready", "/health/services", "/health/detailed",
    "/health/run", "/metrics",
}  # fmt: skip


@pytest.fixture(scope="module")
def found() -> dict[str, set[str]]:
    return addresses(all_modules())


def test_every_address_is_one_services_and_health_is_everyones(
    found: dict[str, set[str]],
) -> None:
    every = {each.name for each in HTTP_SERVICES}
    assert {path for path, owners in found.items() if owners == every} == HEALTH
    assert {path for path, owners in found.items() if len(owners) != 1} == HEALTH
    by_service: dict[str, int] = defaultdict(int)
    for owners in found.values():
        for owner in owners:
            by_service[owner] += 1
    assert all(by_service[each.name] > len(HEALTH) for each in HTTP_SERVICES)


def test_operators_are_answered_by_admin_and_credentials_by_auth(
    found: dict[str, set[str]],
) -> None:
    for path, owners in found.items():
        if path.startswith("/api/v1/admin/"):
            assert owners <= {"admin", AUTH}, path
        if path.startswith(("/api/v1/auth/", "/.well-known/")):
            assert owners == {AUTH}, path
        if path.startswith("/api/v1/amc"):
            assert owners == {"amc"}, path


def test_the_proxys_table_is_fresh() -> None:
    assert FILE.read_text() == routes_map(all_modules()), (
        "mend: python -m metatron services routes --write"
    )


def test_the_proxy_leads_every_address_to_its_service(found: dict[str, set[str]]) -> None:
    table = list(read_map(FILE.read_text()))
    for path, owners in found.items():
        asked = re.sub(r"\{[^}]+\}", "0198c0de-0000-7000-8000-000000000000", path)
        named = next((name for pattern, name in table if pattern.search(asked)), "core")
        assert named in owners, f"{asked} is led to {named}, not {owners}"


def test_ports_are_those_of_the_house() -> None:
    ports = {each.name: each.port for each in SERVICES}
    assert ports == {
        "core": 3000, "auth": 3001, "admin": 3006, "campaigns": 3007, "amc": 3008, "worker": 3009,
    }  # fmt: skip
    roles = [role for each in SERVICES for role in (each.role, each.system_role)]
    assert len(set(roles)) == len(roles)
    assert [each.name for each in SERVICES if each.keeps_credentials] == [AUTH]
    with pytest.raises(KeyError):
        service("billing")


def test_a_service_tells_its_children_who_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SERVICE", "PORT", "SHARERS", "WORKERS", "PORT_OFFSET"):
        monkeypatch.setenv(f"METATRON_{name}", "3")
        monkeypatch.delenv(f"METATRON_{name}")
    assert as_service("campaigns", workers=3, port=None) == 3007
    settings = Settings()
    assert (settings.service, settings.port) == ("campaigns", 3007)
    assert settings.sharers == 3 * len(HTTP_SERVICES)
    assert as_service("campaigns", workers=3, port=4007) == 4007
    monkeypatch.delenv("METATRON_PORT")
    monkeypatch.setenv("METATRON_PORT_OFFSET", "100")
    assert as_service("campaigns", workers=3, port=None) == 3107


def _runtime(settings: Settings, database: Database, **changes: object) -> Runtime:
    return Runtime(settings.model_copy(update=changes), database, None, ())  # type: ignore[arg-type]


async def test_no_other_service_is_given_the_private_key(
    settings: Settings, database: Database
) -> None:
    assert settings.signing_key_dir is not None
    with pytest.raises(ValueError, match="only auth may"):
        await start_identity(_runtime(settings, database, service="core"))


async def test_no_other_service_may_read_credentials(
    settings: Settings, database: Database
) -> None:
    apart = _runtime(settings, database, service="core", signing_key_dir=None)
    with pytest.raises(RuntimeError, match=r"may read .*user_account\.password_hash"):
        await start_identity(apart)
    assert away() is None


def test_a_service_needs_a_credential_of_its_own(settings: Settings) -> None:
    with pytest.raises(ValueError, match="METATRON_SERVICE_CLIENT_ID"):
        AuthAway.open(settings.model_copy(update={"service_client_secret": SecretStr("x")}))
