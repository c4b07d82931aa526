"""docs/reference/asvs.md is whole, and what it names is there."""

import csv
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIST = ROOT / "docs" / "reference" / "asvs.md"
STATES = ("holds", "does not apply", "open")
_ROW = re.compile(r"\| (v5\.0\.0-\d+\.\d+\.\d+) \| ([12]) \| (.+?) \| ([a-z ]+) \| (.+) \|")
_NAMED = re.compile(r"`([^`]+)`")
_PLACE = re.compile(r"(?:src|tests|docs|deploy|web|bin|bench)/[^`:]+(?:::test_\w+)?")


def _rows() -> list[tuple[str, str, str, str, str]]:
    lines = LIST.read_text().splitlines()
    found = [_ROW.fullmatch(line) for line in lines if line.startswith("| v")]
    assert all(found), "write | id | level | words | state | where, or why |"
    return [match.groups() for match in found if match]  # type: ignore[misc]


@cache
def _defined(path: Path) -> frozenset[str]:
    return frozenset(re.findall(r"^(?:async )?def (test_\w+)\(", path.read_text(), re.MULTILINE))


def test_every_requirement_stands_there_once_with_its_level() -> None:
    with (Path(__file__).parent / "asvs_requirements.csv").open() as file:
        wanted = {each["id"]: each["level"] for each in csv.DictReader(file)}
    assert len(wanted) == 70 + 183
    rows = _rows()
    assert len({row[0] for row in rows}) == len(rows), "doubled"
    assert {row[0]: row[1] for row in rows} == wanted


def test_the_states_are_the_three_and_counted_rightly() -> None:
    rows = _rows()
    assert {row[3] for row in rows} == set(STATES)
    hold, apart, still = (sum(row[3] == state for row in rows) for state in STATES)
    said = f"{hold} hold, {apart} do not apply, {still} are open."
    assert said in LIST.read_text(), f"say: {said}"


def test_what_holds_names_a_test_or_a_place_that_is_there() -> None:
    for number, _, _, state, why in _rows():
        places = [name for name in _NAMED.findall(why) if _is_place(name)]
        assert places or state != "holds", f"{number}: name a test or a place"
        for place in places:
            path, _, name = place.partition("::")
            assert (ROOT / path).exists(), f"{number}: {path} is gone"
            assert not name or name in _defined(ROOT / path), f"{number}: {place} is gone"


def _is_place(name: str) -> bool:
    return _PLACE.fullmatch(name) is not None or ("." in name and (ROOT / name).is_file())


def test_what_is_open_says_what_it_would_take() -> None:
    for number, _, _, state, why in _rows():
        if state == "open":
            assert "would take:" in why or re.search(r"with \d+\.\d+\.\d+", why), number
        else:
            assert len(why) > 3, f"{number}: say why"
