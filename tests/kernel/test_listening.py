"""A connection that is lost while its channels are left goes back to its pool all the same."""

from metatron.kernel.database.database import Database
from metatron.kernel.database.listening import listening

KILL = "select pg_terminate_backend($1)"


async def test_a_connection_lost_at_the_first_channel_is_put_back(database: Database) -> None:
    pool = database.system
    for _ in range(pool.get_max_size() + 1):
        async with (
            pool.acquire() as connection,
            listening(connection, {"one": print, "other": print}),
        ):
            # Its end is not read here: the next statement, which leaves a channel, is told of it.
            assert await pool.fetchval(KILL, connection.get_server_pid())
    free = [await pool.acquire(timeout=5) for _ in range(pool.get_max_size())]
    for each in free:
        await pool.release(each)
