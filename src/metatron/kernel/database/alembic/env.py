"""Alembic's entry: the caller brings the connection; one transaction for the whole run."""

from alembic import context

connection = context.config.attributes.get("connection")
if connection is None:
    context.configure(
        dialect_name="postgresql",
        dialect_opts={"paramstyle": "named"},
        version_table_schema="kernel",
        as_sql=True,
    )
else:
    context.configure(connection=connection, version_table_schema="kernel")
with context.begin_transaction():
    context.run_migrations()
