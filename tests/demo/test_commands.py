"""Commands about an installation that nobody described by settings."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from metatron.adopted import adopt

ROOT = Path(__file__).parents[2]


def asked(data: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    plain = {key: value for key, value in os.environ.items() if not key.startswith("METATRON_")}
    return subprocess.run(
        [sys.executable, "-m", "metatron", *words],
        env=plain | {"PYTHONPATH": str(ROOT / "src"), "METATRON_DATA_DIR": str(data)},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def installed(data: Path) -> None:
    """Leave in a folder what tells that an installation is in it."""
    (data / "postgres").mkdir()
    (data / "postgres" / "PG_VERSION").write_text("18\n")
    (data / "secrets").mkdir()
    (data / "secrets" / "secret-keys").write_text(Fernet.generate_key().decode())


@pytest.mark.parametrize("words", [("audit", "verify"), ("ledger", "check")])
def test_a_database_that_is_away_is_told_in_a_line(tmp_path: Path, words: tuple[str, ...]) -> None:
    installed(tmp_path)
    done = asked(tmp_path, *words)
    assert done.returncode == 1
    assert done.stderr.startswith("cause: the database does not answer")
    assert len(done.stderr.strip().splitlines()) == 1


def test_the_folder_tells_the_addresses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(tmp_path)
    environment = {"METATRON_DATA_DIR": str(tmp_path)}
    monkeypatch.setattr(os, "environ", environment)
    adopt("amc")
    assert list(environment) == ["METATRON_DATA_DIR"]
    adopt("audit")
    assert "metatron_system" in environment["METATRON_DATABASE_SYSTEM_URL"]
    assert environment["METATRON_SIGNING_KEY_DIR"] == str(tmp_path / "keys")


def test_what_the_environment_says_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = {"METATRON_DATA_DIR": str(tmp_path), "METATRON_DATABASE_URL": "postgresql://a/b"}
    monkeypatch.setattr(os, "environ", environment)
    adopt("audit")
    assert len(environment) == 2
