"""What the editor shows of tables and functions: one document, made once a process."""

import hashlib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class Document:
    """The answer as bytes, and the tag that tells it from any other."""

    body: bytes
    etag: str


@cache
def functions() -> tuple[dict[str, str], ...]:
    """Return name, signature and description of every function of AMC SQL."""
    text = resources.files(__package__).joinpath("functions.txt").read_text("utf-8")
    found = []
    for line in text.splitlines():
        name, rest = line.split(" | ", 1)
        signature, description = rest.rsplit(" | ", 1)
        found.append({"name": name, "signature": signature, "description": description})
    return tuple(found)


@lru_cache(maxsize=8)
def schema_document(kept: bytes | None = None) -> Document:
    """Return tables with their columns, and functions, as JSON.

    With what is `kept` of an instance's list, those that it has.
    """
    tables = _tables(orjson.loads(kept) if kept else None)
    body = orjson.dumps({"tables": tables, "functions": functions()})
    return Document(body, f'"{hashlib.sha256(body).hexdigest()[:32]}"')


def _tables(kept: dict[str, Any] | None) -> list[dict[str, Any]]:
    # PyYAML comes with the extra; nobody needs it before somebody opens the panel.
    from metatron.apps.amc.schema.listing import facts_with  # noqa: PLC0415

    known = facts_with(kept)
    return [
        {
            "name": table.name,
            "group": table.group,
            "description": table.summary,
            "time_column": table.time_column,
            "requires": table.requires,
            "sample": table.sample,
            "tags": list(table.tags),
            "columns": [
                {
                    "name": column.name,
                    "type": column.type,
                    "kind": "id" if column.identifier else column.kind,
                    "threshold": column.level.name,
                    "unit": column.unit,
                    "description": column.doc,
                }
                for column in table.columns.values()
            ],
        }
        for table in known.tables.values()
        if table.name not in known.missing
    ]
