"""The web process takes the language when it is first asked for, and DuckDB never."""

import os
import subprocess
import sys
from pathlib import Path

import metatron

SOURCES = Path(metatron.__file__).parents[1]
HEAVY = ("sqlglot", "duckdb", "yaml", "pyarrow")
LOADED = """
import sys
from pkgutil import resolve_name
from metatron.apps.amc.module import MODULE
for named in MODULE.routers:
    resolve_name(named)
print(sorted(set(sys.modules) & set(sys.argv[1:])))
"""


def loaded(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *HEAVY],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": str(SOURCES)},
    )
    return done.stdout.strip()


def test_the_routes_load_nothing_heavy() -> None:
    assert loaded(LOADED) == "[]"


def test_the_language_and_the_guides_never_load_the_engine() -> None:
    asked = """
from metatron.apps.amc.guides.reading import guides
from metatron.apps.amc.language.checking import Checking, check
from metatron.apps.amc.library.comparing import compare
from metatron.apps.amc.library.detection import detect
from metatron.apps.amc.workbench.documents import schema_document
schema_document(), guides(), check("SELECT 1", Checking()), detect("SELECT 1")
"""
    assert loaded(LOADED.replace("print(", f"{asked}\nprint(")) == "['sqlglot', 'yaml']"
