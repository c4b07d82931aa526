"""What `bin/up` sets for its processes, and what it leaves to the caller."""

import json
from pathlib import Path

import pytest

from metatron.kernel.process.embedded_postgres import EmbeddedPostgres
from metatron.kernel.settings import RATE_LIMITS, Settings
from metatron.platform.tenancy.limits import Limits
from metatron.up import LOCAL_RATE_LIMITS, Options, Ports, _background, _environment

PORTS = Ports(payments=40_001, mailbox=40_002, amazon=40_003)


def _environment_in(folder: Path) -> dict[str, str]:
    options = Options(folder, 3000, demo=True)
    return _environment(options, PORTS, EmbeddedPostgres(folder))


def test_classes_of_one_address_are_raised_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("METATRON_RATE_LIMITS", raising=False)
    given = json.loads(_environment_in(tmp_path)["METATRON_RATE_LIMITS"])
    assert set(given) == {"public", "auth", "webhook"}
    for name, (minute, hour) in given.items():
        assert minute > RATE_LIMITS[name][0]
        Limits(
            calls_per_minute=minute, calls_per_hour=hour, calls_per_month=None, users=None,
            storage_gb=None,
        )  # fmt: skip
    monkeypatch.setenv("METATRON_RATE_LIMITS", json.dumps(given))
    in_force = RATE_LIMITS | Settings().rate_limits
    assert in_force["public"] == LOCAL_RATE_LIMITS["public"]
    assert in_force["person"] == RATE_LIMITS["person"]
    monkeypatch.setenv("METATRON_RATE_LIMITS", "{}")
    assert _environment_in(tmp_path)["METATRON_RATE_LIMITS"] == "{}"


def test_a_real_provider_is_not_led_to_the_sandbox(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = Options(tmp_path, 3000, demo=True)
    assert "METATRON_PAYMENTS_URL" in _environment_in(tmp_path)
    assert "payments-sandbox" in {child.name for child in _background(options, PORTS)}
    monkeypatch.setenv("METATRON_PAYMENTS_PROVIDER", "stripe")
    assert not [name for name in _environment_in(tmp_path) if "PAYMENTS" in name]
    assert "payments-sandbox" not in {child.name for child in _background(options, PORTS)}
