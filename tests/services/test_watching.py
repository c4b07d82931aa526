"""What the watch makes of the proxy's log: when a colour has to give the traffic back."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.services.releasing import watching

GREEN = {"core": ["127.0.0.1:3100"], "auth": ["127.0.0.1:3101"]}
BEFORE = watching.Figures(200, 0.0, 0.1)


def _line(status: int = 200, seconds: float = 0.05, tried: str = "127.0.0.1:3100") -> str:
    row = {
        "timestamp": datetime.now(UTC).isoformat(timespec="seconds"), "path": "/api/v1/members",
        "status": status, "seconds": seconds, "upstream": tried,
    }  # fmt: skip
    return json.dumps(row) + "\n"


def _fault(lines: list[str], before: object = BEFORE) -> str:
    watch = watching.Watch(GREEN, before, watching.Limits(), window_seconds=10)
    watch.takes(list(watching.lines_of("".join(lines))), now=100.0)
    return str(watch.fault())


def test_a_colour_like_the_one_before_keeps_the_traffic() -> None:
    assert _fault([_line()] * 99 + [_line(502)]) == ""
    assert _fault([_line(404)] * 100) == ""
    assert _fault([_line(seconds=0.19)] * 100) == ""


@pytest.mark.parametrize(
    "bad",
    [_line(500), _line(502), _line(tried="127.0.0.1:3100, 127.0.0.1:3000")],
    # A line holds the time: as an id it would differ between workers.
    ids=["500", "502", "tried twice"],
)
def test_more_than_one_in_a_hundred_failing_is_too_many(bad: str) -> None:
    """One that the other colour had to answer has failed, though its caller never saw it."""
    assert "requests failed" in _fault([_line()] * 98 + [bad] * 2)


def test_twice_as_slow_as_before_is_too_slow() -> None:
    assert "p95 250 ms; before 100 ms" in _fault([_line(seconds=0.25)] * 30)
    few_before = watching.Figures(3, 0.0, 0.1)
    assert _fault([_line(seconds=0.25)] * 30, few_before) == "", "nothing to compare with"
    fast_before = watching.Figures(200, 0.0, 0.004)
    assert _fault([_line(seconds=0.05)] * 30, fast_before) == "", "nobody notices 50 ms"


def test_few_requests_and_those_of_the_other_colour_say_nothing() -> None:
    assert _fault([_line(502)] * 19) == ""
    assert _fault([_line(502, tried="127.0.0.1:3000")] * 200) == ""


def test_what_is_older_than_the_window_is_forgotten() -> None:
    watch = watching.Watch(GREEN, BEFORE, watching.Limits(), window_seconds=10)
    watch.takes(list(watching.lines_of(_line(502) * 50)), now=100.0)
    assert watch.fault()
    watch.takes(list(watching.lines_of(_line() * 50)), now=111.0)
    assert watch.fault() == ""


def test_the_log_is_followed_through_half_lines_and_a_change_of_files(tmp_path: Path) -> None:
    file = tmp_path / "access.log"
    file.write_text(_line() * 3 + _line()[:20])
    log = watching.Log(file)
    assert len(log.last(60)) == 3
    with file.open("a") as out:
        out.write(_line()[20:] + _line())
    assert len(log.new()) == 2
    file.rename(tmp_path / "access.log.1")
    file.write_text(_line())
    assert len(log.new()) == 1
    assert log.new() == []


def test_streams_are_not_measured() -> None:
    endless = json.loads(_line(seconds=900.0)) | {"path": "/api/v1/events/stream"}
    assert list(watching.lines_of(json.dumps(endless))) == []
