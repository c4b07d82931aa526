"""Calls to addresses that people type in lead outside, once looked up, never elsewhere."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from metatron.kernel.http import outward

PRIVATE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0",
    "100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "fc00::1", "fe80::1", "::ffff:127.0.0.1",
    "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::",
    # Site-local, IPv4 translated, 6to4's relay, segment routing, documents, never given out.
    "fec0::1", "feff::1", "::ffff:0:127.0.0.1", "::ffff:0:8.8.8.8", "192.88.99.1", "5f00::1",
    "3fff::1", "3fff:fff:ffff::1", "4000::1", "6000::1", "8000::1", "a000::1", "c000::1",
    "e000::1", "f000::1", "100::1", "2001:db8::1", "2001::1", "2001:20::1", "64:ff9b:1::1",
    "198.18.0.1", "192.0.2.1", "240.0.0.1", "ff02::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
async def test_private_addresses_are_not_called(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not outward.is_public(address)
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(outward.NotOutward):
        outward.checked(f"https://{host}/x")
    # Nor by a name that leads there.
    names(monkeypatch, address)
    with pytest.raises(outward.NotOutward):
        await outward.post("https://somewhere.example/x", b"", {})


def names(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Let every name lead to these; returns the names that are asked for."""
    asked: list[str] = []

    async def found(_loop: Any, host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        return [(2, 1, 6, "", (each, port)) for each in addresses]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", found)
    return asked


async def test_one_private_address_among_public_ones_is_enough(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names(monkeypatch, "93.184.216.34", "127.0.0.1")
    with pytest.raises(outward.NotOutward):
        await outward.resolved("somewhere.example", 443)


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8", "2606:4700::1111", "93.184.216.34", "2001:4860:4860::8888", "2a00:1450::1",
        "2400:cb00::1", "::ffff:8.8.8.8",
    ],
)  # fmt: skip
def test_public_addresses_are_called(address: str) -> None:
    assert outward.is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "http://example.com", "file:///etc/passwd", "gopher://example.com", "https://", "https:///x",
        "https://a:b@example.com", "https://example.com:99999", "https://example.com:0",
        "https://exa mple.com", "https://example.com/\r\nX: y", "//example.com", "",
        "https://[::1", "https://" + "a" * 3_000, "https://☃.example/x", "https://\uff11\uff12\uff17.0.0.1/",
        "https://\u200d.example/", "https://ⓛocalhost/", "https://example。\u0000com",
        "https://\ud800.example/",
    ],
)  # fmt: skip
def test_what_is_no_address_of_the_web_is_refused(address: str) -> None:
    with pytest.raises(outward.NotOutward):
        outward.checked(address)


@pytest.fixture
async def server() -> AsyncIterator[tuple[int, list[bytes]]]:
    came: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(
            b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n"
            b"connection: close\r\n\r\n"
        )
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    made = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with made:
        yield made.sockets[0].getsockname()[1], came


async def test_the_name_is_looked_up_once_and_no_redirect_followed(
    server: tuple[int, list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    port, came = server
    asked = names(monkeypatch, "127.0.0.1")
    answer = await outward.post(
        f"http://hook.example:{port}/a?b=c", b"", {}, allow_private=True, timeout_seconds=5
    )
    assert answer.status == 302
    assert asked[0] == "hook.example"
    assert "hook.example" not in asked[1:], "the call goes to the address, not to the name"
    [request] = came
    assert request.startswith(b"POST /a?b=c HTTP/1.1\r\n")
    assert f"host: hook.example:{port}".encode() in request.lower()


async def test_nobody_there_is_not_delivered() -> None:
    with pytest.raises(outward.NotDelivered):
        await outward.post("http://127.0.0.1:1/", b"", {}, allow_private=True, timeout_seconds=3)


@pytest.mark.parametrize(
    ("typed", "host"),
    [
        ("https://bücher.example:8443/päth?q=ü", "xn--bcher-kva.example"),
        ("https://faß.example/x", "xn--fa-hia.example"),
        ("https://例え.テスト/", "xn--r8jz45g.xn--zckzah"),
    ],
)
async def test_a_name_in_other_letters_is_called_as_name_servers_know_it(
    typed: str, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert outward.checked(typed).hostname == host
    asked = names(monkeypatch, "127.0.0.1")
    with pytest.raises(outward.NotOutward):
        await outward.post(typed, b"", {})
    assert asked == [host]
    with pytest.raises(outward.NotDelivered):
        await outward.post(
            f"http://bücher.example:1/ü?ä={host}", b"", {}, allow_private=True, timeout_seconds=3
        )
