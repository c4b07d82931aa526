"""docs/incidents.md promises tests by their names: each of them has to be there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DEFINED = re.compile(r"^ *(?:async )?def (test_\w+)\(", re.MULTILINE)


def test_every_incident_names_tests_that_exist() -> None:
    rows = [
        line for line in (ROOT / "docs" / "incidents.md").read_text().splitlines()
        if line.startswith("| ") and not line.startswith("| fault ")
    ]  # fmt: skip
    assert len(rows) > 40
    defined = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in DEFINED.findall(path.read_text())
    }
    for row in rows:
        named = re.findall(r"`(test_\w+)`", row)
        assert named, f"name the test that lives through it: {row}"
        gone = set(named) - defined
        assert not gone, f"renamed or gone, name the test that took their place: {gone}"
