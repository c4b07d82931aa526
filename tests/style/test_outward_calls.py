"""Whatever calls an address goes through the guard, or has its address from the operator alone.

Every place of the package that opens a client or a connection stands here with its reason; a new
one has to be put down, or better: to use `kernel.http.outward`.
"""

import ast

from tests.style.tree import calls, modules

GUARDED = {
    "src/metatron/kernel/http/outward.py": "the guard itself",
    "src/metatron/apps/amc/destinations/targets/s3_wire.py": "calls what the guard looked up",
    "src/metatron/apps/amc/destinations/targets/pg_connection.py": "calls what the guard looked up",
}
"""Addresses that people type in: the file has to ask the guard for the one address to call."""
OF_THE_OPERATOR = {
    "src/metatron/kernel/http/peers.py": "METATRON_AUTH_URL",
    "src/metatron/apps/amc/amazon/wire.py": "Amazon by region, METATRON_AMAZON_..., and the links"
    " that Amazon's API answers, over connections that follow no redirect",
    "src/metatron/platform/files/s3_place.py": "METATRON_FILES_S3_ENDPOINT",
    "src/metatron/platform/payments/sandbox_adapter.py": "METATRON_PAYMENTS_URL",
    "src/metatron/platform/payments/stripe_transport.py": "the address its official library has",
    "src/metatron/platform/payments/sandbox/sender.py": "the local twin, by its command line",
    "src/metatron/platform/notifications/smtp.py": "METATRON_SMTP_URL",
    "src/metatron/platform/health/checks.py": "asks whether the addresses of the settings answer",
    "src/metatron/kernel/process/readiness.py": "a child of the supervisor, on this machine",
    "src/metatron/demo_amazon.py": "the demo, as a browser of its own installation",
}
CLIENTS = {
    "httpx.AsyncClient", "httpx.Client", "httpx.get", "httpx.post", "httpx.put", "httpx.request",
    "httpx.stream", "urlopen", "urllib.request.urlopen", "aiosmtplib.SMTP", "aiosmtplib.send",
    "http.client.HTTPConnection", "http.client.HTTPSConnection", "asyncio.open_connection",
    "socket.create_connection", "requests.get", "requests.post", "loop.create_connection",
}  # fmt: skip
OWN_DATABASE = {"src/metatron/apps/amc/destinations/targets/pg_connection.py"}
"""Of the connections to PostgreSQL only these lead elsewhere than the settings say."""


def _places() -> dict[str, list[ast.Call]]:
    found: dict[str, list[ast.Call]] = {}
    for path, tree in modules().items():
        for name, call in calls(tree):
            if name in CLIENTS:
                found.setdefault(path.as_posix(), []).append(call)
    return found


def _names(tree: ast.Module) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} | {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }  # fmt: skip


def test_every_client_is_guarded_or_calls_the_operators_address() -> None:
    unknown = set(_places()) - set(GUARDED) - set(OF_THE_OPERATOR)
    assert not unknown, (
        f"call through metatron.kernel.http.outward, or say whose address: {unknown}"
    )
    for place in GUARDED:
        tree = next(tree for path, tree in modules().items() if path.as_posix() == place)
        assert {"address_of", "resolved"} & (_names(tree) | _defined(tree)), place


def _defined(tree: ast.Module) -> set[str]:
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef)}


def test_no_client_follows_redirects_or_the_surroundings() -> None:
    for place, found in _places().items():
        for call in found:
            if not ast.unparse(call.func).startswith("httpx."):
                continue
            given = {word.arg: ast.unparse(word.value) for word in call.keywords}
            assert given.get("follow_redirects", "False") == "False", place
            assert given.get("verify", "True") not in {"False", "0"}, f"{place}: check certificates"


def test_other_databases_than_ours_are_reached_in_one_place() -> None:
    for path, tree in modules().items():
        for name, call in calls(tree):
            if name not in {"asyncpg.connect", "asyncpg.create_pool"}:
                continue
            words = {word.arg for word in call.keywords}
            assert ("host" in words) == (path.as_posix() in OWN_DATABASE), path
