"""Small tools that much rests on: shares of money, cron fields, sealed secrets, strict tokens."""

import base64
import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metatron.kernel.money import allocate, is_currency
from metatron.kernel.schedule import InvalidCron, next_fire
from metatron.kernel.secrets import SecretBox, SecretUnreadable, new_key
from metatron.kernel.strict_jws import LONGEST, NotStrict, decode_canonical, read_strictly

WEIGHTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=30).filter(any)


@given(total=st.integers(-(10**15), 10**15), weights=WEIGHTS)
def test_parts_sum_to_the_whole_each_off_by_less_than_one(total: int, weights: list[int]) -> None:
    parts, whole = allocate(total, weights), sum(weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * whole - total * weight) < whole
        assert weight or not part, "no weight, no money"
    assert allocate(-total, weights) == [-part for part in parts]


def test_a_currency_is_money_somewhere_today() -> None:
    assert all(map(is_currency, ("EUR", "USD", "CHF", "JPY", "KWD", "XOF", "ZWG")))
    retired, none, metal = ("DEM", "HRK", "SLL", "ZWL"), ("XXX", "XTS", "QQQ"), ("XAU", "CHE")
    assert not any(map(is_currency, retired + none + metal))
    assert not any(map(is_currency, ("eur", "EU", "EURO", "")))


def test_ties_go_to_the_earlier_and_nonsense_to_nobody() -> None:
    assert allocate(100, [1, 1, 1]) == [34, 33, 33]
    assert allocate(1, [1, 1]) == [1, 0]
    assert allocate(-1, [1, 1]) == [-1, 0]
    for weights in ([], [0, 0], [1, -1]):
        with pytest.raises(ValueError, match="positive sum"):
            allocate(10, weights)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "after", "zone", "expected"),
    [
        ("17 * * * *", "2026-11-21 07:17:00", "UTC", "2026-11-21 08:17:00"),
        # Either of day of month and day of week is enough.
        ("0 0 13 * 5", "2026-11-01 00:00:00", "UTC", "2026-11-06 00:00:00"),
        ("0 0 29 2 *", "2026-03-01 00:00:00", "UTC", "2028-02-29 00:00:00"),
        # 02:30 is skipped: it fires when the clock has jumped; then it is as before.
        ("30 2 * * *", "2026-03-28 12:00:00", "Europe/Berlin", "2026-03-29 01:00:00"),
        ("30 2 * * *", "2026-03-29 12:00:00", "Europe/Berlin", "2026-03-30 00:30:00"),
        # 02:30 comes twice: it fires once.
        ("30 2 * * *", "2026-10-24 12:00:00", "Europe/Berlin", "2026-10-25 00:30:00"),
        ("30 2 * * *", "2026-10-25 00:30:00", "Europe/Berlin", "2026-10-26 01:30:00"),
    ],
)
def test_cron_fields_go_by_debians_rules(
    expression: str, after: str, zone: str, expected: str
) -> None:
    assert next_fire(expression, _at(after), zone) == _at(expected)


def test_every_hour_is_every_hour_when_clocks_change() -> None:
    at, fired = _at("2026-10-24 23:00:00"), []
    for _ in range(5):
        at = next_fire("30 * * * *", at, "Europe/Berlin")
        fired.append(at)
    assert {later - earlier for earlier, later in pairwise(fired)} == {timedelta(hours=1)}


@pytest.mark.parametrize("expression", ["0 0 31 2 *", "* * * *", "61 * * * *", "", "@daily x"])
def test_what_never_fires_is_refused(expression: str) -> None:
    with pytest.raises(InvalidCron):
        next_fire(expression, _at("2026-01-01 00:00:00"))
    with pytest.raises(ValueError, match="aware"):
        next_fire("* * * * *", datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point


def test_secrets_outlive_a_rotation_of_keys() -> None:
    old, new = new_key(), new_key()
    sealed = SecretBox(old).seal("a secret")
    both = SecretBox(f"{new}, {old}")
    assert both.open(sealed) == "a secret"
    assert b"a secret" not in sealed
    renewed = both.rotate(sealed)
    assert SecretBox(new).open(renewed) == "a secret"
    assert SecretBox(new).open(both.seal("another")) == "another", "the newest seals"
    for opened in (sealed, b"nonsense", sealed[:-4] + b"AAA="):
        with pytest.raises(SecretUnreadable):
            SecretBox(new).open(opened)
    with pytest.raises(SecretUnreadable):
        SecretBox(new).rotate(sealed)
    with pytest.raises(ValueError, match="METATRON_SECRET_KEYS"):
        SecretBox(" , ")


def _part(value: object) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


GOOD = f"{_part({'alg': 'RS256'})}.{_part({'sub': 'x'})}.{_part(b'signatur')}"


def test_a_token_in_canonical_form_is_read() -> None:
    assert read_strictly(GOOD) == ({"alg": "RS256"}, {"sub": "x"})


@pytest.mark.parametrize(
    "token",
    [
        "", "a.b", GOOD + ".x", GOOD + "=", " " + GOOD, GOOD + "\n", GOOD.replace("e", "+", 1),
        GOOD[:-1] + chr(ord(GOOD[-1]) + 1),
        f"{_part({'alg': 'none'})}.{_part({})}.",
        f"{_part([1])}.{_part({})}.{_part(b's')}",
        f"{_part({})}.{_part(b'{} ' + b'{}')}.{_part(b's')}",
        _part(b'{"alg":"RS256","alg":"none"}') + f".{_part({})}.{_part(b's')}",
        f"{_part({})}." + _part(b'{"exp":{"a":1,"a":2}}') + f".{_part(b's')}",
        f"{_part({})}.{_part(b'{"exp":NaN}')}.{_part(b's')}",
        f"{_part({})}.{_part(b'\xff\xfe{}')}.{_part(b's')}",
        f"{_part({})}.{_part(b'[' * 3_000)}.{_part(b's')}",
        f"{_part({})}.{_part({'a': 'x' * LONGEST})}.{_part(b's')}",
    ],
)  # fmt: skip
def test_no_other_spelling_is(token: str) -> None:
    with pytest.raises(NotStrict):
        read_strictly(token)


@given(st.binary(max_size=60))
def test_base64url_has_one_spelling(data: bytes) -> None:
    text = _part(data)
    assert decode_canonical(text) == data
    if text:
        for other in (text + "=", text + "A", text[:-1]):
            try:
                assert decode_canonical(other) != data
            except NotStrict:
                continue
