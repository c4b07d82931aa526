"""`metatron files`, as an operator types it."""

import asyncio
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from metatron.kernel.settings import Settings
from metatron.platform.files.commands import app
from metatron.platform.files.folder import Folder
from tests.support import s3_store

from .kept import PREFIX, content_name, s3_settings
from .test_bucket import TENANT, kept


@pytest.fixture
def told(
    monkeypatch: pytest.MonkeyPatch, twin: s3_store.Store, tmp_path: Path
) -> pytest.MonkeyPatch:
    """The environment of an installation that keeps its files in the twin."""
    monkeypatch.setenv("METATRON_DATA_DIR", str(tmp_path))
    for name, value in s3_settings(twin).items():
        monkeypatch.setenv(f"METATRON_{name.upper()}", str(value))
    return monkeypatch


async def files(*words: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, app, words, catch_exceptions=False)


async def test_whether_the_store_can_be_used(told: pytest.MonkeyPatch) -> None:
    found = await files("check")
    assert (found.exit_code, found.output) == (0, "Contents can be kept in lake.\n")
    told.setenv("METATRON_FILES_S3_SECRET", "a-wrong-secret")
    found = await files("check")
    assert found.exit_code == 1
    (line,) = found.output.splitlines()
    assert line.startswith("cause: The store does not take it (403 SignatureDoesNotMatch).")
    assert "a-wrong-secret" not in line
    told.setenv("METATRON_FILES_S3_ENDPOINT", "http://127.0.0.1:1")
    found = await files("check")
    assert (found.exit_code, len(found.output.splitlines())) == (1, 1)
    assert "did not answer" in found.output
    told.delenv("METATRON_FILES_S3_BUCKET")
    found = await files("check")
    assert (found.exit_code, "can be kept in" in found.output) == (0, True)


async def test_contents_go_to_the_bucket_and_back(
    told: pytest.MonkeyPatch, twin: s3_store.Store, tmp_path: Path
) -> None:
    folder = Folder(tmp_path / "files")
    hashes = [await kept(folder, bytes([65 + number]) * 50) for number in range(3)]
    for said in ("3 copied, 0 were there, 0 damaged\n", "0 copied, 3 were there, 0 damaged\n"):
        found = await files("move", "--to", "s3")
        assert (found.exit_code, found.output) == (0, said)
    assert sorted(twin.objects) == sorted(
        f"{PREFIX}/{content_name(TENANT, each.hex())}" for each in hashes
    )
    assert all(folder.place(TENANT, each).exists() for each in hashes), "nothing is taken away"
    folder.place(TENANT, hashes[0]).unlink()
    assert (await files("move", "--to", "folder")).output == "1 copied, 2 were there, 0 damaged\n"
    assert folder.place(TENANT, hashes[0]).read_bytes() == b"A" * 50
    twin.put(f"{PREFIX}/{content_name(TENANT, hashes[1].hex())}", b"spoilt")
    told.setenv("METATRON_DATA_DIR", str(tmp_path / "other"))
    found = await files("move", "--to", "folder")
    assert found.exit_code == 1
    assert "2 copied, 0 were there, 1 damaged" in found.output
    told.delenv("METATRON_FILES_S3_BUCKET")
    assert Settings().files_s3_bucket == ""
    found = await files("move", "--to", "s3")
    assert (found.exit_code, "set METATRON_FILES_S3_BUCKET" in found.output) == (1, True)
