"""One organisation back to an instant, in the running installation, and nobody else."""

import asyncio
import tarfile

import pytest

from metatron.kernel.ids import new_id
from metatron.platform.audit.interface import verify_tenant
from metatron.platform.ledger.interface import check_books
from tests.platform.backups.conftest import Living, backup, contents

pytestmark = pytest.mark.xdist_group("backups")


async def test_one_alone_goes_back(living: Living) -> None:
    firm, bystander = await living.firm(), await living.firm()
    assert (await backup("create", data=living.data)).exit_code == 0
    await firm.pay(900)
    await living.signed()
    before = await contents(living.settings, firm.id)
    at = await living.now()
    await asyncio.sleep(1)
    await firm.pay(5)
    await bystander.pay(60)
    await living.signed()
    await living.destroy(firm)
    await firm.pay_into_a_new_account(3)

    told = await backup(
        "restore", "--tenant", str(firm.id), "--at", at.isoformat(), data=living.data
    )
    assert told.exit_code == 0, told.output
    assert await firm.balance() == 1_000
    assert await bystander.balance() == 160
    assert await check_books(living.database, firm.id) == []
    after = await contents(living.settings, firm.id)
    changed = {"kernel.event", "kernel.outbox", "audit.seal"}
    for table, content in before.items():
        assert table in changed or after[table] == content, table
    for each in (firm, bystander):
        report = await verify_tenant(living.database.system, each.id, data_dir=living.data)
        assert report.findings == []
    # It may write again, and the log tells of the restoration.
    await firm.pay(1)
    await living.signed()
    report = await verify_tenant(living.database.system, firm.id, data_dir=living.data)
    assert report.findings == []
    names = await firm.events()
    assert names[-2:] == ["backups.tenant_restored.v1", "kernel.thing_noted.v1"]
    [aside] = (living.data / "backups" / "tenants").glob(f"{firm.id}-*.tar.gz")
    with tarfile.open(aside) as packed:
        kept = packed.extractfile("ledger.transfer.csv")
        assert kept is not None
        assert len(kept.read().splitlines()) == 2, "a header and the row of today"
    assert not list((living.data / "backups").glob(".scratch-*"))


async def test_one_that_was_not_there_yet(living: Living) -> None:
    assert (await backup("create", data=living.data)).exit_code == 0
    at = await living.now()
    told = await backup(
        "restore", "--tenant", str(new_id()), "--at", at.isoformat(), data=living.data
    )
    assert told.exit_code == 1
    assert "there was no organisation" in told.output
