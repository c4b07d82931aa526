"""What `/admin/database` answers."""

from datetime import datetime

from pydantic import BaseModel


class Server(BaseModel):
    """The server and the home database on it, as counted since `counted_since`."""

    version: str
    started_at: datetime
    size_bytes: int
    max_connections: int
    connections: int
    commits: int
    rollbacks: int
    deadlocks: int
    cache_hit_percent: float | None
    counted_since: datetime | None


class RoleConnections(BaseModel):
    """Connections of one database role."""

    role: str
    connections: int


class PoolState(BaseModel):
    """A pool of the process that answers."""

    name: str
    most: int
    open: int
    in_use: int


class TableSize(BaseModel):
    """A table with its indexes; rows are the server's estimates."""

    name: str
    bytes: int
    rows: int
    dead_rows: int


class SlowStatement(BaseModel):
    """A statement by its mean time; its values are not in it."""

    statement: str
    calls: int
    mean_ms: float
    total_ms: float


class Replica(BaseModel):
    """A server that follows this one."""

    name: str
    state: str | None
    lag_seconds: float | None


class DatabaseState(BaseModel):
    """How the home database does; null where nothing measures it."""

    server: Server
    roles: list[RoleConnections]
    pools: list[PoolState]
    tables: list[TableSize]
    statements: list[SlowStatement] | None
    replicas: list[Replica] | None
