"""Runs an SQL script of many statements inside a migration."""

from pathlib import Path
from typing import Any

from alembic import op
from sqlalchemy.util import await_only


def run_script(sql: str | Path) -> None:
    """Send `sql` (text, or the path of a .sql file) as it stands, in the migration's transaction.

    asyncpg prepares what SQLAlchemy sends, and a prepared statement is a single one; a script
    therefore goes over the simple protocol. When Alembic renders SQL, it is rendered unchanged.
    """
    script = sql.read_text() if isinstance(sql, Path) else sql
    migration = op.get_context()
    if migration.as_sql:
        # As it stands: `op.execute` would compile it and double its per cent signs.
        migration.impl.static_output(script.rstrip().removesuffix(";") + ";\n")
        return
    driver: Any = op.get_bind().connection.dbapi_connection
    await_only(driver.driver_connection.execute(script))
