"""Fills a row of any table with one person's marks, whatever its columns are called."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg

from metatron.kernel.ids import new_id

_COLUMNS = """
select a.attname::text as name, format_type(a.atttypid, null) as kind, a.attnotnull as needed,
  a.attgenerated <> '' or a.attidentity <> '' as made, a.atthasdef as given
from pg_attribute a where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped
order by a.attnum
"""
_CHECKS = """
select pg_get_constraintdef(oid) from pg_constraint where conrelid = $1::regclass and contype = 'c'
"""
_PERSON = re.compile(r"(?:user_id|member_id|actor_id|recipient_id|_by|owner_id|supplier_id)$")
_ADDRESS = re.compile(r"^(?:email|email_key|address)$")
_LITERAL = re.compile(r"'([^']*)'::text")


@dataclass
class Filler:
    """The same person in every row; `special` are values of columns, by `table.column`."""

    connection: Any
    tenant_id: UUID
    user_id: UUID
    email: str
    words: str
    special: Mapping[str, Any]
    ids: dict[str, UUID] = field(default_factory=dict)

    def shared(self, name: str) -> UUID:
        """An id that rows of several tables share."""
        return self.ids.setdefault(name, new_id())

    async def fill(self, table: str) -> None:
        """Insert one row, as full as the table's checks allow."""
        try:
            await self._insert(table, sparse=False)
        except asyncpg.CheckViolationError:
            await self._insert(table, sparse=True)

    async def _insert(self, table: str, *, sparse: bool) -> None:
        checks = " ".join(row[0] for row in await self.connection.fetch(_CHECKS, table))
        names, values, kinds = [], [], []
        for row in await self.connection.fetch(_COLUMNS, table):
            key = f"{table}.{row['name']}"
            if key in self.special:
                value = self.special[key]
            elif row["made"] or (sparse and not row["needed"] and row["kind"] == "text"):
                continue
            else:
                value = self._value(table, row, checks)
            if value is not None:
                names.append(row["name"])
                values.append(value)
                kinds.append(row["kind"])
        places = ", ".join(f"cast(${place}::text as {kind})" for place, kind in enumerate(kinds, 1))
        columns = ", ".join(f'"{name}"' for name in names)
        statement = f"insert into {table} ({columns}) values ({places})"
        await self.connection.execute(statement, *map(str, values))

    def _value(self, table: str, row: Any, checks: str) -> Any:
        name, kind = row["name"], row["kind"]
        if name == "tenant_id":
            return self.tenant_id
        if kind == "uuid":
            return self._id(table, row)
        if kind == "text":
            return self._text(name, row, checks)
        if not row["needed"] or row["given"]:
            return None
        if f"jsonb_typeof({name}) = 'array'" in checks:
            return "[]"
        return {
            "bytea": "\\x" + "00" * 32, "jsonb": "{}", "boolean": "false", "date": "2026-01-01",
            "timestamp with time zone": "2026-01-01", "text[]": "{}", "uuid[]": "{}",
        }.get(kind, "1")  # fmt: skip

    def _id(self, table: str, row: Any) -> UUID | None:
        name = row["name"]
        if _PERSON.search(name):
            return self.user_id
        if name == "id":
            return self.shared(table.partition(".")[2])
        return self.shared(name.removesuffix("_id")) if row["needed"] else None

    def _text(self, name: str, row: Any, checks: str) -> str | None:
        if _ADDRESS.match(name):
            return self.email
        listed = re.search(rf"\({name} = ANY \(ARRAY\[(.*?)\]", checks)
        if listed:
            return _LITERAL.findall(listed[1])[0] if row["needed"] else None
        if name in {"currency", "country"}:
            return ("EUR" if name == "currency" else "DE") if row["needed"] else None
        return self.words
