"""Which texts cannot be kept, and where they are said to be."""

from typing import Any

import pytest

from metatron.kernel.errors import InvalidInput
from metatron.kernel.http.plain_text import MOST_TOLD, refuse_unkept_json, refuse_unkept_value

NUL, HALF, BACKSLASH = chr(92) + "u0000", chr(92) + "uD83e", chr(92) * 2


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (f'{{"a": "{NUL}"}}', ["body.a"]),
        (f'{{"a": [1, {{"b": "x{HALF}"}}]}}', ["body.a.1.b"]),
        (f'{{"{NUL}": 1}}', ["body.\ufffd"]),
        (f'{{"{HALF}": "{HALF}"}}', ["body.\ufffd", "body.\ufffd"]),
        (f'"{HALF}"', ["body"]),
        (f'["{NUL}", "{NUL}"]', ["body.0", "body.1"]),
        (
            f'["{chr(92)}udd86", "{chr(92)}udd86{HALF}", "{HALF}{HALF}{chr(92)}udd86"]',
            ["body.0", "body.1", "body.2"],
        ),
        (f'{{"{"n" * 500}": "{NUL}"}}', [f"body.{'n' * 100}"]),
    ],
)
def test_their_places_are_told(body: str, fields: list[str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        refuse_unkept_json(body.encode())
    assert [each.field for each in refused.value.errors] == fields
    assert {each.code for each in refused.value.errors} == {"not_text"}


@pytest.mark.parametrize(
    "body",
    [
        "", "null", '{"a": "b"}', f'"{HALF}{chr(92)}udd86"', f'"{BACKSLASH}u0000"',
        f'"{BACKSLASH}ud800"', f'{{"a": "{NUL}"', f'"{NUL}" and more', "[" * 100_000 + f'"{NUL}"',
        '"\U0010ffff\uffff\u202e"',
    ],
)  # fmt: skip
def test_all_others_pass(body: str) -> None:
    """What is no JSON passes too: whoever reads it says so."""
    refuse_unkept_json(body.encode())


def test_what_is_usual_is_not_read_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures are written as two halves by many clients: that alone costs no second reading."""
    monkeypatch.setattr(
        "metatron.kernel.http.plain_text.json.loads", lambda _raw: pytest.fail("read twice")
    )
    refuse_unkept_json(f'["{HALF}{chr(92)}udd86", "{HALF.lower()}{chr(92)}uDD86x"]'.encode())


def test_depth_is_no_matter() -> None:
    deep: list[Any] = ["\x00"]
    for _ in range(5_000):
        deep = [deep]
    with pytest.raises(InvalidInput):
        refuse_unkept_value(deep, "query.filter")


def test_no_more_are_told_than_can_be_read() -> None:
    with pytest.raises(InvalidInput) as refused:
        refuse_unkept_value(["\x00"] * 1_000, "query.filter")
    assert len(refused.value.errors) == MOST_TOLD
    assert refused.value.errors[7].field == "query.filter.7"
