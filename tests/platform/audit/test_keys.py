"""The audit keys are published where anybody finds them, the old ones for good."""

import asyncio
from base64 import urlsafe_b64decode
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from metatron.platform.audit.checkpoints import CheckpointSigner
from metatron.platform.audit.command import app
from metatron.platform.audit.keys import published_keys
from metatron.platform.audit.module import MODULE
from tests.doorkeeper import application, client_of
from tests.platform.audit.conftest import Log


async def _checkpoint(log: Log) -> Any:
    """Seal and sign: what others have under way on this server delays the seals."""
    for _ in range(2_000):
        await log.seal()
        if found := await log.sealer.checkpoint():
            return found[0]
        await asyncio.sleep(0.02)
    return None


async def test_a_new_key_signs_and_the_old_one_stays_published(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("METATRON_DATA_DIR", str(log.settings.data_dir))
    await log.fill(2)
    before = await _checkpoint(log)
    told = CliRunner().invoke(app, ["rotate"])
    assert told.exit_code == 0, told.output
    await log.fill(2)
    after = await _checkpoint(log)
    assert after.key_id != before.key_id
    found = published_keys(log.settings.data_dir)
    assert [key.key_id for key in found] == [after.key_id, before.key_id]
    assert found[0].fingerprint in told.output
    assert (await log.verify()).intact
    listed = CliRunner().invoke(app, ["keys"]).output.splitlines()
    assert [line.split("\t")[0] for line in listed] == [key.fingerprint for key in found]


def test_a_key_from_before_instants_were_noted_is_the_oldest(tmp_path: Path) -> None:
    signer = CheckpointSigner(tmp_path)
    old = bytes(range(32))
    (tmp_path / "audit" / f"{sha256(old).hexdigest()[:16]}.pub").write_text(old.hex())
    (tmp_path / "audit" / "0123456789abcdef.pub").write_text(old.hex())
    newest, oldest = published_keys(tmp_path)
    assert newest.key_id == signer.key_id
    assert newest.began_at is not None
    assert (oldest.public, oldest.began_at) == (old, None)


async def test_anybody_may_fetch_the_keys(log: Log) -> None:
    data_dir = log.settings.data_dir
    CheckpointSigner(data_dir)
    app = application(log.settings, log.database, [MODULE])
    async with client_of(app) as anybody:
        answer = await anybody.get("/api/v1/public/audit-keys")
    assert answer.status_code == 200, answer.text
    first = answer.json()["keys"][0]
    public = urlsafe_b64decode(first["x"] + "=")
    assert sha256(public).hexdigest() == first["fingerprint"]
    assert first["fingerprint"].startswith(first["kid"])
    assert public == published_keys(data_dir)[0].public
