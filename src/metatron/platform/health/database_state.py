"""The home database as PostgreSQL itself describes it; null where it tells us nothing."""

from typing import Any

import asyncpg
import orjson

from metatron.kernel.database.database import Database

_SERVER = """
select json_build_object(
  'version', current_setting('server_version'),
  'started_at', pg_postmaster_start_time(),
  'size_bytes', pg_database_size(current_database()),
  'max_connections', current_setting('max_connections')::int,
  'connections', (select count(*) from pg_stat_activity where backend_type = 'client backend'),
  'commits', s.xact_commit, 'rollbacks', s.xact_rollback, 'deadlocks', s.deadlocks,
  'cache_hit_percent', round(100.0 * s.blks_hit / nullif(s.blks_hit + s.blks_read, 0), 2)::float8,
  'counted_since', s.stats_reset)::text
from pg_stat_database s where s.datname = current_database()
"""
_ROLES = """
select coalesce(json_agg(json_build_object('role', a.usename, 'connections', a.n)
  order by a.n desc, a.usename), '[]')::text
from (select coalesce(usename::text, '') as usename, count(*) as n from pg_stat_activity
      where backend_type = 'client backend' and datname = current_database() group by 1) a
"""
_TABLES = """
select coalesce(json_agg(json_build_object('name', t.name, 'bytes', t.bytes, 'rows', t.rows,
  'dead_rows', t.dead) order by t.bytes desc), '[]')::text
from (select s.schemaname || '.' || s.relname as name, pg_total_relation_size(s.relid) as bytes,
        s.n_live_tup as rows, s.n_dead_tup as dead
      from pg_stat_user_tables s order by 2 desc limit 12) t
"""
_HAS_STATEMENTS = """
select n.nspname from pg_extension e join pg_namespace n on n.oid = e.extnamespace
where e.extname = 'pg_stat_statements' and has_schema_privilege(n.oid, 'usage')
"""
_STATEMENTS = """
select coalesce(json_agg(json_build_object('statement', q.query, 'calls', q.calls,
  'mean_ms', q.mean_ms, 'total_ms', q.total_ms) order by q.mean_ms desc), '[]')::text
from (select left(regexp_replace(query, '\\s+', ' ', 'g'), 300) as query, calls,
        round(mean_exec_time::numeric, 2)::float8 as mean_ms,
        round(total_exec_time::numeric)::float8 as total_ms
      from pg_stat_statements
      where dbid = (select oid from pg_database where datname = current_database())
        and calls >= 5 and query <> '<insufficient privilege>'
      order by mean_exec_time desc limit 10) q
"""
_REPLICAS = """
select coalesce(json_agg(json_build_object('name', r.application_name, 'state', r.state,
  'lag_seconds', extract(epoch from r.replay_lag)::float8) order by r.application_name), '[]')::text
from pg_stat_replication r
"""


async def database_state(database: Database) -> dict[str, Any]:
    """Return server, connections, tables, statements and replicas of the home database.

    `statements` is null without the extension pg_stat_statements, `replicas` without any.
    """
    pool = database.system
    return {
        "server": await _json(pool, _SERVER),
        "roles": await _json(pool, _ROLES),
        "pools": pools(database),
        "tables": await _json(pool, _TABLES),
        "statements": await _statements(pool),
        "replicas": await _json(pool, _REPLICAS) or None,
    }


def pools(database: Database) -> list[dict[str, Any]]:
    """Return the pools of this process: how many connections each may open, has open, and uses."""
    home, system, asked = database.router.home, database.system, database.look_ups
    most, opened = system.get_max_size() + asked.most, system.get_size() + asked.open
    shown = [_pool("system", most, opened, system.get_idle_size() + asked.idle)]
    sessions: Any = home.engine.pool
    shown.append(_pool("sessions", sessions.size(), *_of_engine(sessions)))
    if home.direct.lines is not None:
        lines = home.direct.lines
        shown.append(_pool("direct", lines.most, lines.open, lines.idle))
    budget = database.router.budget
    # Those of dedicated databases are closed rather than left idle, so all open ones count as used.
    shown.append(_pool("dedicated", budget.most, budget.open, 0))
    return shown


def _of_engine(sessions: Any) -> tuple[int, int]:
    return sessions.checkedin() + sessions.checkedout(), sessions.checkedin()


def _pool(name: str, most: int, opened: int, idle: int) -> dict[str, Any]:
    return {"name": name, "most": most, "open": opened, "in_use": max(0, opened - idle)}


async def _statements(pool: Any) -> list[dict[str, Any]] | None:
    if await pool.fetchval(_HAS_STATEMENTS) is None:
        return None
    try:
        found: list[dict[str, Any]] = await _json(pool, _STATEMENTS)
    except asyncpg.PostgresError:
        # Installed, but not loaded by the server, or not for our eyes.
        return None
    return found


async def _json(pool: Any, sql: str) -> Any:
    return orjson.loads(await pool.fetchval(sql) or b"null")
