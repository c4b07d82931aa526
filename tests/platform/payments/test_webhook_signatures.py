"""A webhook counts only when a live secret signed its exact bytes a moment ago."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metatron.platform.payments.errors import WebhookRefused
from metatron.platform.payments.webhook_signatures import LARGEST_BODY_BYTES, verify

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
STAMP = int(NOW.timestamp())
SECRETS = ("whsec_new", "whsec_old")


def signature(raw: bytes, secret: str, timestamp: int | str = STAMP) -> str:
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + raw, hashlib.sha256).hexdigest()


def header(raw: bytes, secret: str = SECRETS[0], timestamp: int | str = STAMP) -> str:
    return f"t={timestamp},v1={signature(raw, secret, timestamp)}"


@pytest.mark.parametrize("secret", SECRETS)
def test_either_live_secret_is_taken(secret: str) -> None:
    verify(b"{}", header(b"{}", secret), SECRETS, now=NOW)


def test_one_good_signature_among_several_is_enough() -> None:
    both = f"t={STAMP},v1={'0' * 64},v1={signature(b'{}', SECRETS[1])},v0=ignored"
    verify(b"{}", both, SECRETS, now=NOW)


def test_a_retired_secret_is_refused() -> None:
    with pytest.raises(WebhookRefused):
        verify(b"{}", header(b"{}", SECRETS[1]), SECRETS[:1], now=NOW)
    with pytest.raises(WebhookRefused):
        verify(b"{}", header(b"{}", SECRETS[1]), (), now=NOW)


@pytest.mark.parametrize(
    ("seconds", "holds"), [(300, True), (301, False), (-300, True), (-301, False)]
)
def test_the_window_is_five_minutes_both_ways(seconds: int, *, holds: bool) -> None:
    raw = b'{"id":"evt_1"}'
    later = NOW + timedelta(seconds=seconds)
    if holds:
        verify(raw, header(raw), SECRETS, now=later)
    else:
        with pytest.raises(WebhookRefused, match="five minutes"):
            verify(raw, header(raw), SECRETS, now=later)


def test_a_body_written_anew_is_refused() -> None:
    raw = b'{"id": "evt_1", "amount_minor": 5}'
    with pytest.raises(WebhookRefused):
        verify(b'{"id":"evt_1","amount_minor":5}', header(raw), SECRETS, now=NOW)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "t=1",
        f"v1={'0' * 64}",
        f"t={STAMP},t={STAMP},v1={signature(b'{}', SECRETS[0])}",
        f"t=-{STAMP},v1={'0' * 64}",
        f"t=1e9,v1={'0' * 64}",
        f"t=²,v1={'0' * 64}",
        f"t={'9' * 13},v1={'0' * 64}",
        f"t={STAMP}," + ",".join([f"v1={'0' * 64}"] * 9),
        f"t={STAMP},v1={'é' * 64}",
        "x" * 2000,
    ],
)
def test_malformed_headers_are_refused(text: str) -> None:
    with pytest.raises(WebhookRefused):
        verify(b"{}", text, SECRETS, now=NOW)


def test_a_timestamp_is_compared_as_it_was_signed() -> None:
    padded = f"0{STAMP}"
    verify(b"{}", header(b"{}", timestamp=padded), SECRETS, now=NOW)
    with pytest.raises(WebhookRefused):
        verify(b"{}", f"t={padded},v1={signature(b'{}', SECRETS[0])}", SECRETS, now=NOW)


def test_too_large_a_body_is_refused_before_anything_else() -> None:
    raw = b"x" * (LARGEST_BODY_BYTES + 1)
    with pytest.raises(WebhookRefused, match="too large"):
        verify(raw, header(raw), SECRETS, now=NOW)


@given(raw=st.binary(min_size=1, max_size=60), position=st.integers(0), bit=st.integers(0, 7))
def test_any_flipped_bit_is_noticed(raw: bytes, position: int, bit: int) -> None:
    changed = bytearray(raw)
    changed[position % len(raw)] ^= 1 << bit
    verify(raw, header(raw), SECRETS, now=NOW)
    with pytest.raises(WebhookRefused):
        verify(bytes(changed), header(raw), SECRETS, now=NOW)


@given(text=st.text(max_size=100))
def test_no_header_makes_it_fail_otherwise(text: str) -> None:
    with pytest.raises(WebhookRefused):
        verify(b"{}", text, SECRETS, now=NOW)
