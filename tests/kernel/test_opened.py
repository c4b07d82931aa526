"""A new connection knows the types we use: the driver asks the server for none of them."""

from datetime import UTC, datetime

import asyncpg
import pytest
from sqlalchemy import text

from metatron.kernel.context import system_context
from metatron.kernel.database import opened
from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id

_ASK = """
select $1::uuid[] a, $2::int4[] b, $3::int8[] c, $4::timestamptz[] d, $5::bool[] e, $6::bytea[] f
"""
_TYPES = """
select oid::int8, typname::text, typelem::int8 from pg_type where oid::int8 = any($1::int8[])
"""


async def test_they_are_as_the_server_has_them(database: Database) -> None:
    told = {each["oid"]: (each["name"], each["elemtype"]) for each in opened._KNOWN}
    rows = await database.system.fetch(_TYPES, list(told))
    assert {row[0]: (row[1], row[2]) for row in rows} == told


async def test_arrays_need_no_question(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async def asked(_self: object, typeoids: object, _timeout: object) -> None:
        pytest.fail(f"the driver asks for {typeoids}")

    monkeypatch.setattr(asyncpg.Connection, "_introspect_types", asked)
    given = ([new_id()], [1], [2**40], [datetime(2026, 9, 1, tzinfo=UTC)], [True, None], [b"x"])
    async with database.system.acquire() as connection:
        assert tuple(await connection.fetchrow(_ASK, *given)) == given
    row = await database.look_ups.fetchrow(_ASK, *given)
    assert row is not None and tuple(row) == given  # noqa: PT018 - one answer
    async with database.transaction(system_context()) as session:
        found = await session.execute(text("select cast(:a as uuid[])"), {"a": given[0]})
        assert found.scalar_one() == given[0]
