"""A database of its own as somebody's warehouse, reached over TCP through a door that can close."""

import asyncio
import re
import ssl
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg


class Target:
    """Leads TCP calls to the server's socket, as long as it is open."""

    def __init__(self, dsn: str, database: str) -> None:
        parts = urlsplit(dsn)
        self.dsn, self.database = dsn, database
        self.user, self.password = parts.username or "", unquote(parts.password or "")
        self.folder = parse_qs(parts.query)["host"][0]
        self.port = 0
        self.calls = 0
        self.cut_after: int | None = None
        self.tls: ssl.SSLContext | None = None
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._lead, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.close()

    async def _lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.calls += 1
        if self.tls is not None:
            await reader.readexactly(8)  # PostgreSQL's own question whether TLS is spoken
            writer.write(b"S")
            try:
                await writer.start_tls(self.tls)
            except (ConnectionError, ssl.SSLError):
                return
        socket = f"{self.folder}/.s.PGSQL.5432"
        there, back = await asyncio.open_unix_connection(socket)
        self._writers |= {writer, back}
        with suppress(ConnectionError):
            await asyncio.gather(self._pass(reader, back, True), self._pass(there, writer, False))

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, is_asking: bool
    ) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65_536):
                if is_asking and self.cut_after is not None:
                    self.cut_after -= len(data)
                    if self.cut_after < 0:
                        break
                writer.write(data)
                await writer.drain()
        writer.close()

    def settings(self, **changes: Any) -> dict[str, Any]:
        return {
            "host": "127.0.0.1", "port": self.port, "database": self.database, "user": self.user,
            "password": self.password, "tls": "off", "schema_name": "amc",
            "table_name": "results",
        } | changes  # fmt: skip

    async def ask(self, statement: str, *values: Any) -> list[Any]:
        connection = await asyncpg.connect(self.dsn)
        try:
            found: list[Any] = await connection.fetch(statement, *values)
            return found
        finally:
            await connection.close()

    async def rows(self, columns: str, table: str = "amc.results") -> list[tuple[Any, ...]]:
        return [
            tuple(row) for row in await self.ask(f"select {columns} from {table} order by 1, 2")
        ]

    async def kinds(self) -> dict[str, str]:
        found = await self.ask(
            "select column_name, data_type from information_schema.columns"
            " where table_schema = 'amc' and table_name = 'results'"
            " order by ordinal_position"
        )
        return {row[0]: row[1] for row in found if not re.match("^_", row[0])}
