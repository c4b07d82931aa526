"""What is said to Redis about streams: entry n of a module's stream has the id `n-0`, for good."""

from collections.abc import Sequence
from typing import Any

from metatron.kernel.redis_door import RedisDoor

_TOP = """
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local told = redis.call('XINFO', 'STREAM', KEYS[1])
for i = 1, #told, 2 do
  if told[i] == 'last-generated-id' then
    return tonumber(string.match(told[i + 1], '^(%d+)-'))
  end
end
"""
# Nothing is added twice, and nothing after a hole that has appeared since the caller looked.
_ADD = (
    "local function top_of() "
    + _TOP
    + """ end
local top, seen, most, fields = top_of(), tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])
if tonumber(ARGV[4]) > top + 1 and top ~= seen then return top end
for at = 4, #ARGV, fields + 1 do
  local number = tonumber(ARGV[at])
  if number > top then
    redis.call('XADD', KEYS[1], 'MAXLEN', '~', most, ARGV[at] .. '-0',
      unpack(ARGV, at + 1, at + fields))
    top = number
  end
end
return top
"""
)
_FIELDS = ("id", "tenant_id", "name", "aggregate_id", "occurred_at", "payload", "replayed")


def key_of(module: str) -> str:
    """Return the key of a module's stream."""
    return f"metatron:events:{module}"


def number_of(entry_id: bytes) -> int:
    """Return the number of an entry."""
    return int(entry_id.partition(b"-")[0])


async def top_of(door: RedisDoor, module: str) -> int:
    """Return the number of the newest entry that Redis had, 0 for none."""
    return int(await door.send(lambda redis: redis.eval(_TOP, 1, key_of(module))))


async def newest_of(door: RedisDoor, module: str) -> tuple[int, str] | None:
    """Return the number and the event's id of the newest entry there is."""
    found = await door.send(lambda redis: redis.xrevrange(key_of(module), count=1))
    if not found:
        return None
    return number_of(found[0][0]), found[0][1][b"id"].decode()


async def add(door: RedisDoor, module: str, rows: Sequence[Any], *, seen: int, length: int) -> int:
    """Add entries in the sequence of their numbers; returns the newest there is afterwards.

    `seen` is the newest entry the caller knew of, `length` how many are kept, roughly.
    """
    told: list[str | int] = [seen, length, 2 * len(_FIELDS)]
    for row in rows:
        told.append(row["number"])
        for field in _FIELDS:
            value = row[field]
            told += field, value.isoformat() if field == "occurred_at" else str(value)
    return int(await door.send(lambda redis: redis.eval(_ADD, 1, key_of(module), *told), seconds=2))


async def forget(door: RedisDoor, module: str) -> None:
    """Delete a stream."""
    await door.send(lambda redis: redis.delete(key_of(module)))
