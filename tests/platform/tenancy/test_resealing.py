"""Keys are changed: everything sealed opens with the new one, and the old one may go."""

from cryptography.fernet import Fernet
from pydantic import SecretStr

from metatron.apps.amc.connections.tables import Connection
from metatron.kernel.clock import utc_now
from metatron.kernel.context import system_context
from metatron.kernel.database.database import Database
from metatron.kernel.database.resealing import Resealed, Sealed, reseal
from metatron.kernel.ids import new_id
from metatron.kernel.secrets import SecretBox, SecretUnreadable
from metatron.kernel.settings import Settings
from metatron.platform.tenancy.interface import open_for_command, reseal_everything
from metatron.processes import all_modules
from tests.support.people import Door, new_email, running


async def _person(*_: object, **__: object) -> None:
    raise AssertionError


def _connection(tenant_id: object, sealed: bytes) -> Connection:
    return Connection(
        tenant_id=tenant_id, id=new_id(), name="x", region="eu", state="healthy", is_twin=True,
        sealed_refresh=sealed, sealed_access=sealed, created_at=utc_now(),
    )  # fmt: skip


async def test_every_secret_of_every_tenant(settings: Settings, database: Database) -> None:
    old = settings.secret_keys.get_secret_value()
    new = Fernet.generate_key().decode()
    async with running(settings, database) as app:
        door = Door(app, settings, database)
        tenants = [await door.organisation(), await door.organisation()]
        client = await door.signed_in(new_email())
        answer = await client.post("/auth/totp", json={})
        assert answer.is_success, answer.text
        await door.close()
    rows = []
    for tenant in tenants:
        async with database.transaction(system_context(tenant.id)) as session:
            rows.append(_connection(tenant.id, SecretBox(old).seal("sesame")))
            session.add(rows[-1])
    both = settings.model_copy(update={"secret_keys": SecretStr(f"{new},{old}")})
    async with open_for_command(both, lambda: (all_modules(), _person)) as doors:  # type: ignore[arg-type]
        found = await reseal_everything(doors)
        assert found.done >= 5
    for row in rows:
        async with database.transaction(system_context(row.tenant_id)) as session:
            kept = await session.get(Connection, (row.tenant_id, row.id))
            assert kept is not None
            for sealed in (kept.sealed_access, kept.sealed_refresh):
                assert sealed is not None
                assert SecretBox(new).open(sealed) == "sesame"
    async with database.transaction(system_context(), door="home") as session:
        totp = Sealed("identity.totp", ("secret_sealed",), key="user_id", door="home")
        again = Resealed()
        await reseal(session, SecretBox(new), [totp], again)
    assert again.done >= 1
    # Other tests of this worker have sealed with the old key: it opens what is new as well.
    async with open_for_command(
        settings.model_copy(update={"secret_keys": SecretStr(f"{old},{new}")}),
        lambda: (all_modules(), _person),  # type: ignore[arg-type]
    ) as doors:
        await reseal_everything(doors)


async def test_what_no_key_opens_is_counted_and_left(database: Database) -> None:
    context = system_context(new_id())
    lost, box = SecretBox(Fernet.generate_key().decode()), SecretBox(Fernet.generate_key().decode())
    row = _connection(context.tenant_id, lost.seal("gone"))
    async with database.transaction(context) as session:
        session.add(row)
    found = Resealed()
    async with database.transaction(context) as session:
        sealed = [Sealed("amc.connection", ("sealed_refresh", "sealed_access"))]
        await reseal(session, box, sealed, found)
    assert (found.done, found.unreadable) == (0, 2)
    async with database.transaction(context) as session:
        kept = await session.get(Connection, (context.tenant_id, row.id))
        assert kept is not None
        assert kept.sealed_access == row.sealed_access
    try:
        box.open(row.sealed_access or b"")
    except SecretUnreadable:
        return
    raise AssertionError
