"""What asyncpg raises when the server goes away under it."""

import asyncpg

DATABASE_ERRORS: tuple[type[Exception], ...] = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    # Raised when a backend is killed between two messages; no PostgresError, though it should be.
    asyncpg.InternalClientError,
    OSError,
)
"""Loops catch these and try again; anything else is a bug of ours and ends the process."""
