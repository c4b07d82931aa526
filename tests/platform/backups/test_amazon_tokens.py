"""What is sealed for Amazon opens where a backup was restored, with the keys that came along."""

from pathlib import Path

import asyncpg
import pytest
from pydantic import SecretStr

from metatron.apps.amc.connections import site as sites
from metatron.kernel.ids import new_id
from metatron.kernel.secrets import SecretUnreadable, new_key
from metatron.kernel.settings import Settings
from tests.platform.backups.conftest import Living, backup, opened

pytestmark = pytest.mark.xdist_group("backups")
_SIGNED_IN = """
insert into amc.connection (tenant_id, id, name, region, state, sealed_refresh, is_twin, created_at)
values ($1, $2, 'Agency', 'eu', 'healthy', $3, false, now())
"""
_KEPT = "select sealed_refresh from amc.connection where tenant_id = $1 and id = $2"


async def bound(settings: Settings, tenant_id: object) -> asyncpg.Connection:
    connection = await asyncpg.connect(settings.database_owner_url.get_secret_value())
    await connection.execute("select set_config('app.tenant_id', $1, false)", str(tenant_id))
    return connection


async def test_tokens_open_at_another_place(living: Living, tmp_path: Path) -> None:
    firm, connection_id = await living.firm(), new_id()
    token = "Atzr" + "|" + "of-the-agency"
    sealed = sites.site_of(living.settings).box.seal(token)
    connection = await bound(living.settings, firm.id)
    try:
        await connection.execute(_SIGNED_IN, firm.id, connection_id, sealed)
    finally:
        await connection.close()
    await living.signed()
    made = await backup("create", data=living.data)
    assert made.exit_code == 0, made.output
    there = tmp_path / "there"
    told = await backup("restore", "--to", str(there), data=living.data)
    assert told.exit_code == 0, told.output
    async with opened(there) as (settings, _):
        connection = await bound(settings, firm.id)
        try:
            kept = await connection.fetchval(_KEPT, firm.id, connection_id)
        finally:
            await connection.close()
        assert token.encode() not in kept
        assert sites.site_of(settings).box.open(kept) == token
        foreign = settings.model_copy(update={"secret_keys": SecretStr(new_key())})
        with pytest.raises(SecretUnreadable):
            sites.site_of(foreign).box.open(kept)
