"""A sign-in link in one statement, for a start that must not wait for the whole program."""

import asyncpg

from metatron.platform.identity.one_time_secrets import (
    LIFETIMES,
    new_secret,
    secret_hash,
    sign_in_link,
)

_ISSUE = """
insert into identity.one_time_token (token_hash, kind, user_id, created_at, expires_at)
select $1, 'sign_in', id, now(), now() + $3
from identity.user_account where email_key = $2 and state = 'active'
returning true
"""


async def quick_sign_in_link(dsn: str, *, email_key: str, public_url: str) -> str | None:
    """Return a sign-in link for a known person, made on the machine itself; None for nobody.

    It is what `interface.issue_sign_in_link` makes: good once, for 15 minutes, in any browser.

    Args:
        dsn: the application's database.
        email_key: the address as accounts are told apart by it.
        public_url: where the page is.
    """
    secret = new_secret()
    connection = await asyncpg.connect(dsn)
    try:
        made = await connection.fetchval(
            _ISSUE, secret_hash(secret), email_key, LIFETIMES["sign_in"]
        )
    finally:
        await connection.close()
    return sign_in_link(public_url, secret) if made else None
