"""A setting that does not hold is told in a line, by every command, and no secret with it."""

import os
import subprocess
import sys

import pytest

COMMANDS = (["serve", "core"], ["serve", "web"], ["work"], ["migrate"], ["ledger", "check"])


def run(*command: str, **given: str) -> subprocess.CompletedProcess[str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("METATRON_")}
    return subprocess.run(
        [sys.executable, "-m", "metatron", *command],
        env=plain | given,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_port_that_is_none(command: list[str]) -> None:
    ended = run(*command, METATRON_PORT="abc")
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert line.startswith("cause: METATRON_PORT: 'abc'")
    assert line.endswith("; remedy: for example METATRON_PORT=3000")


def test_each_wrong_setting_has_its_line_and_no_secret_is_told() -> None:
    ended = run(
        "migrate",
        METATRON_WORKERS="0",
        METATRON_RATE_LIMITS="[",
        METATRON_SECRET_KEYS="hush-hush",
    )
    assert ended.returncode == 1
    assert ended.stderr == (
        "cause: METATRON_RATE_LIMITS: it is no JSON;"
        " remedy: for example METATRON_RATE_LIMITS='{\"enterprise\": [1000, 10000]}'\n"
    )
    ended = run(
        "migrate",
        METATRON_WORKERS="0",
        METATRON_FILES_S3_ENDPOINT="hush-hush",
        METATRON_TIER_LIMITS='{"gold": {"users": 1}}',
    )
    lines = ended.stderr.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("cause: METATRON_WORKERS: '0': input should be greater than")
    assert "METATRON_FILES_S3_ENDPOINT=https://s3.example.com" in ended.stderr
    assert "there is no gold, only free" in ended.stderr
    assert "hush-hush" not in ended.stderr


def test_settings_that_need_each_other() -> None:
    ended = run("migrate", METATRON_FILES_S3_BUCKET="lake", METATRON_FILES_S3_SECRET="hush-hush")
    assert (ended.returncode, len(ended.stderr.splitlines())) == (1, 1)
    assert "METATRON_FILES_S3_BUCKET needs METATRON_FILES_S3_ACCESS_KEY" in ended.stderr
    assert "hush-hush" not in ended.stderr
