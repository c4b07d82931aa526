"""The port through which an account itself ends: identity provides it when it is imported.

This module does not know identity; identity knows this one, and hands over its function.
"""

from typing import Protocol
from uuid import UUID

from metatron.kernel.database.database import Database


class EndAccount(Protocol):
    """Takes a person's address, name and ways to sign in away for good; bears repetition."""

    async def __call__(self, database: Database, user_id: UUID, /) -> None:
        """Do so here, or in the service that keeps the accounts."""
        ...


_end: EndAccount | None = None


def provide_account_end(end: EndAccount) -> None:
    """Take note of how an account ends; called by the module that keeps them."""
    global _end
    _end = end


def account_end() -> EndAccount:
    """Return what `provide_account_end` noted."""
    assert _end is not None, "the module that keeps accounts calls provide_account_end first"
    return _end
