"""What is done with each new connection: its priority set, its types made known."""

from typing import Any

import asyncpg

from metatron.kernel.database import behind

# PostgreSQL's own arrays have the same numbers everywhere (pg_type.dat), yet the driver asks each
# new connection for them: 20 ms of the server's in a database of which nothing is cached.
_ARRAYS = {
    1000: ("bool", 16), 1001: ("bytea", 17), 1005: ("int2", 21), 1007: ("int4", 23),
    1015: ("varchar", 1043), 1016: ("int8", 20), 1182: ("date", 1082),
    1185: ("timestamptz", 1184), 1231: ("numeric", 1700), 2951: ("uuid", 2950),
}  # fmt: skip
_KNOWN = [
    {
        "oid": oid, "ns": "pg_catalog", "name": f"_{element}", "kind": b"b", "basetype": None,
        "elemtype": element_oid, "elemdelim": ",", "elemtype_name": element,
        "range_subtype": None, "attrtypoids": None, "attrnames": None,
    }
    for oid, (element, element_oid) in _ARRAYS.items()
]  # fmt: skip


async def connect(dsn: str) -> "asyncpg.Connection[asyncpg.Record]":
    """Open a connection."""
    connection = await asyncpg.connect(dsn)
    opened(connection)
    return connection


async def noted(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Do the same as `opened`, for a pool to call."""
    opened(connection)


def opened(connection: Any) -> None:
    """Prepare an asyncpg connection that has just been opened."""
    behind.note(connection)
    # As the driver itself does with what it was answered; there is no public way in.
    connection._protocol.get_settings().register_data_types(_KNOWN)  # noqa: SLF001
