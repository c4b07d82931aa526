"""What is raised when the server goes away under it, and how loops outlive that."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from metatron.kernel.errors import Busy

DATABASE_ERRORS: tuple[type[Exception], ...] = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    # Raised when a backend is killed between two messages; no PostgresError, though it should be.
    asyncpg.InternalClientError,
    # The same as they leave a session.
    DBAPIError,
    PoolTimeout,
    OSError,
)
"""Loops catch these and try again; anything else is a bug of ours and ends the process."""

PASSED_OVER: tuple[type[Exception], ...] = (*DATABASE_ERRORS, Busy)
"""What one dedicated database may answer a sweep that goes on to the others."""

log = structlog.get_logger(__name__)


@contextmanager
def outlived(event: str) -> Iterator[None]:
    """Log a lost database as `event` instead of failing, for one round of a loop.

    Raises:
        asyncio.CancelledError: the loop was cancelled. A connection that fails while it is put
            back would hide the cancellation (closing it may time out), and the loop never end.
    """
    try:
        yield
    except DATABASE_ERRORS as error:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise asyncio.CancelledError from error
        log.warning(event, error=f"{type(error).__name__}: {error}")
