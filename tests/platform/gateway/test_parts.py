"""The gate's parts by themselves: the fact cache and the caller's address."""

import asyncio

import pytest
from starlette.requests import Request

from metatron.platform.gateway.cache import FactCache
from metatron.platform.gateway.client_address import ClientAddress


class Counting:
    """Loads numbers, slowly if asked to."""

    def __init__(self) -> None:
        self.loads = 0
        self.go = asyncio.Event()
        self.go.set()

    async def __call__(self) -> int:
        self.loads += 1
        number = self.loads
        await self.go.wait()
        return number


async def test_callers_at_once_share_one_load() -> None:
    cache: FactCache[str, int] = FactCache(seconds=60, most=10)
    load = Counting()
    load.go.clear()
    waiting = [asyncio.create_task(cache.get("a", load)) for _ in range(20)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    load.go.set()
    values = await asyncio.gather(*waiting[1:])
    assert (set(values), load.loads) == ({1}, 1)


async def test_what_is_loaded_while_it_changes_is_not_kept() -> None:
    cache: FactCache[str, int] = FactCache(seconds=60, most=10)
    load = Counting()
    load.go.clear()
    old = asyncio.create_task(cache.get("a", load))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert load.loads == 1
    cache.forget(lambda key, _: key == "a")
    load.go.set()
    assert await old == 1
    assert cache.peek("a") is None
    assert await cache.get("a", load) == 2


async def test_the_oldest_goes_first_and_old_values_are_loaded_again() -> None:
    cache: FactCache[str, int] = FactCache(seconds=60, most=2)
    load = Counting()
    for key in ("a", "b", "a", "c"):
        await cache.get(key, load)
    assert cache.peek("b") is None
    assert cache.peek("a") == 1
    brief: FactCache[str, int] = FactCache(seconds=0, most=2)
    await brief.get("a", load)
    assert brief.peek("a") is None


async def test_a_failed_load_is_tried_again() -> None:
    cache: FactCache[str, int] = FactCache(seconds=60, most=2)

    async def fails() -> int:
        raise LookupError

    with pytest.raises(LookupError):
        await cache.get("a", fails)
    assert await cache.get("a", Counting()) == 1


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.5", "198.51.100.1", "203.0.113.5"),  # a stranger's word
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "6.6.6.6, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "6.6.6.6, nonsense", "10.0.0.1"),
        ("10.0.0.1", None, "10.0.0.1"),
        ("10.0.0.1", "10.0.0.7", "10.0.0.7"),
        ("2001:db8::1", "198.51.100.1", "2001:db8::1"),
        ("testclient", "198.51.100.1", None),
    ],
)
def test_the_callers_address(peer: str, forwarded: str | None, address: str | None) -> None:
    headers = [] if forwarded is None else [(b"x-forwarded-for", forwarded.encode())]
    request = Request({"type": "http", "client": (peer, 1), "headers": headers})
    assert ClientAddress(["10.0.0.0/8"]).of(request) == address
