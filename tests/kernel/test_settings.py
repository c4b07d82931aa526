"""Limits given from outside are read by somebody and go together, or nothing starts."""

import json

import pytest
from pydantic import ValidationError

from metatron.kernel.settings import Settings


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("card_limits", {"moon": {"amber": 1}}, "no moon, only response, services"),
        ("card_limits", {"cpu": {"orange": 1}}, "no orange, only amber, red"),
        ("card_limits", {"cpu": {"amber": 90}}, "cpu would turn red before amber"),
        ("card_limits", {"storage": {"amber": 50, "red": 40}}, "storage would turn red"),
        ("card_limits", {"services": {"amber": 60}}, "services would turn red before amber"),
        ("tier_limits", {"gold": {"users": 1}}, "no gold, only free"),
        ("tier_limits", {"free": {"storage": 1}}, "no storage, only calls_per_month"),
        ("rate_limits", {"pubic": [1, 2]}, "no pubic, only enterprise"),
    ],
)
def test_what_nothing_reads_or_does_not_go_together_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, given: object, said: str
) -> None:
    monkeypatch.setenv(f"METATRON_{name.upper()}", json.dumps(given))
    with pytest.raises(ValidationError, match=said):
        Settings()


def test_what_goes_together_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"cpu": {"amber": 80}, "services": {"amber": 90, "red": 90}, "errors": {"red": 50}}
    monkeypatch.setenv("METATRON_CARD_LIMITS", json.dumps(given))
    assert Settings().card_limits == given
