"""Who measures is alone: the run's other workers wait before their next test."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.turnstile import Turnstile

_MOMENT_SECONDS = 0.2


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[list[Turnstile]]:
    """Two turnstiles of one folder are two workers: a lock belongs to the opened file."""
    made = [Turnstile(tmp_path), Turnstile(tmp_path)]
    yield made
    for each in made:
        each.close()


def test_nobody_comes_in_beside_a_measurement(workers: list[Turnstile]) -> None:
    one, other = workers
    left, inside = threading.Event(), threading.Event()
    seen = []

    def measure() -> None:
        with one.among_others(), one.alone():
            seen.append("alone")
            inside.set()
            left.wait()
            seen.append("done")

    def test_beside() -> None:
        with other.among_others():
            seen.append("beside")

    with other.among_others():
        measuring = threading.Thread(target=measure)
        measuring.start()
        assert not inside.wait(_MOMENT_SECONDS), "those inside are waited for"
    assert inside.wait(10)
    beside = threading.Thread(target=test_beside)
    beside.start()
    beside.join(_MOMENT_SECONDS)
    assert seen == ["alone"]
    left.set()
    measuring.join(10)
    beside.join(10)
    assert seen == ["alone", "done", "beside"]


def test_two_who_want_it_have_it_in_turn(workers: list[Turnstile]) -> None:
    """Neither keeps its place in the room while it waits for the other to leave."""
    together = threading.Barrier(2)
    inside = []

    def measure(turnstile: Turnstile) -> None:
        with turnstile.among_others():
            together.wait()
            with turnstile.alone():
                inside.append(1)
                assert sum(inside) == 1
                inside.append(-1)

    threads = [threading.Thread(target=measure, args=[each]) for each in workers]
    for each in threads:
        each.start()
    for each in threads:
        each.join(10)
    assert inside == [1, -1, 1, -1]
