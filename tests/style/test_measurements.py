"""Each measurement of `bench/` still imports, parses its arguments and is explained."""

import argparse
import importlib
import sys
from pathlib import Path
from typing import Any

import pytest

from bench._smoke import SMALLEST, arguments

BENCH = Path(__file__).parents[2] / "bench"


class Parsed(Exception):
    """As far as it is to come here."""


def names() -> list[str]:
    files = [path.stem for path in BENCH.glob("*.py")]
    folders = [path.parent.name for path in BENCH.glob("*/__main__.py")]
    return sorted(name for name in files + folders if not name.startswith("_"))


def test_each_has_a_smallest_run_and_is_explained() -> None:
    assert names() == sorted(SMALLEST), "add its smallest run to bench/_smoke.py"
    told = (BENCH / "README.md").read_text()
    missing = [name for name in names() if f"| `{name}" not in told]
    assert missing == [], "say in bench/README.md what it measures"


@pytest.mark.parametrize("name", names())
def test_it_parses_its_smallest_run(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ends = f"{name}.__main__" if (BENCH / name).is_dir() else name
    measurement: Any = importlib.import_module(f"bench.{ends}")
    parse = argparse.ArgumentParser.parse_args

    def stop(parser: argparse.ArgumentParser) -> None:
        parse(parser)
        raise Parsed

    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", stop)
    monkeypatch.setattr(sys, "argv", [name, *arguments(name)])
    with pytest.raises(Parsed):
        measurement.main()
