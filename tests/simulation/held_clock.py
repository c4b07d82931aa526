"""What makes a seed repeat itself: a database whose clock is held, and ids out of the seed.

`now()` and its sisters, wherever a statement of ours says them, are those of a schema that stands
in front of PostgreSQL's own in the search path of this one database; the defaults of columns are
changed to them. Functions with a search path of their own (the ledger's) keep the machine's time:
nothing is decided by it.
"""

import contextlib
import itertools
import random
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
import uuid_utils

from metatron.kernel import ids
from metatron.kernel.clock import forget_clock
from metatron.kernel.database.database import Database
from metatron.kernel.settings import Settings

BEGINS_AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
TICK = timedelta(milliseconds=500)
_HELD = """
create schema simulation;
create table simulation.clock (at timestamptz not null);
grant usage on schema simulation to public;
grant select, update on simulation.clock to public;
create function simulation.now() returns timestamptz language sql stable
  as 'select at from simulation.clock';
create function simulation.clock_timestamp() returns timestamptz language sql stable
  as 'select at from simulation.clock';
create function simulation.transaction_timestamp() returns timestamptz language sql stable
  as 'select at from simulation.clock';
do $$
declare found record;
begin
  for found in
    select d.adrelid::regclass name, a.attname from pg_attrdef d
    join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
    where pg_get_expr(d.adbin, d.adrelid) in ('now()', 'clock_timestamp()')
  loop
    execute format(
      'alter table %s alter column %I set default simulation.now()', found.name, found.attname);
  end loop;
end $$;
"""
_IN_FRONT = """
select format('alter database %I set search_path = simulation, pg_catalog, public',
  current_database())
"""


async def hold_clock(settings: Settings) -> None:
    """Hold the clock of a database that nobody has opened yet."""
    assert settings.database_owner_url is not None
    connection = await asyncpg.connect(settings.database_owner_url.get_secret_value())
    try:
        await connection.execute(_HELD)
        await connection.execute("insert into simulation.clock values ($1)", BEGINS_AT)
        await connection.execute(await connection.fetchval(_IN_FRONT))
    finally:
        await connection.close()


class HeldClock:
    """The clock of one such database."""

    def __init__(self, database: Database) -> None:
        self.at = BEGINS_AT
        self._database = database

    async def tick(self) -> None:
        """Let a moment pass, the same in every run."""
        self.at += TICK
        await self._database.system.execute("update simulation.clock set at = $1", self.at)


@contextlib.contextmanager
def drawn_from(seed: int) -> Iterator[None]:
    """Draw ids and references from the seed; ids rise as they are made."""
    chance, numbers = random.Random(f"ids/{seed}"), itertools.count()
    begun = int(BEGINS_AT.timestamp() * 1_000)

    made_at = begun

    def uuid7() -> uuid_utils.UUID:
        nonlocal made_at
        number = next(numbers)
        made_at = begun + number // 4_096
        parts = made_at << 80, 7 << 76, number % 4_096 << 64, 2 << 62
        return uuid_utils.UUID(int=sum(parts) + chance.getrandbits(62))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(uuid_utils, "uuid7", uuid7)
        # The time in the ids is the seed's: they are not moved to this machine's.
        patched.setattr(ids, "unix_now", lambda: made_at / 1_000)
        patched.setattr(ids, "_shift", 0)
        patched.setattr(secrets, "randbelow", chance.randrange)
        yield
    # This process took the held time from the database; whoever comes next has the real one.
    forget_clock()
