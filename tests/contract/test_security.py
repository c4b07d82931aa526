"""What the document says of credentials is what the gate does."""

from typing import Any

from fastapi import FastAPI

from tests.contract.cast import Cast

BY_ROLE = {"key": "api_key", "admin_key": "admin_key", "owner": "bearer", "service": "service"}
NOT_TAKEN = {"unauthenticated", "missing_api_key"}


async def test_every_operation_names_what_it_takes_and_takes_it(app: FastAPI, cast: Cast) -> None:
    document = app.openapi()
    schemes = document["components"]["securitySchemes"]
    clients, asked = await cast.ready(), dict.fromkeys(schemes, 0)
    for path, method, operation in _operations(document):
        named = {scheme for each in operation["security"] for scheme in each}
        assert named <= schemes.keys(), path
        assert (operation["x-access"] == "public") == (not named), path
        # What changes or streams something is not asked: the gate stands before all alike.
        if method != "get" or "{" in path or "text/event-stream" in str(operation["responses"]):
            continue
        for role, scheme in BY_ROLE.items():
            # A service's token is a bearer token too: where people's are taken it may be refused.
            if not named or (scheme == "service" and "bearer" in named):
                continue
            answer = await clients[role].get(clients[role].base_url.join(path))
            refused = answer.status_code == 401 and answer.json()["code"] in NOT_TAKEN
            assert refused == (scheme not in named), (role, path, answer.text)
            asked[scheme] += 1
    assert asked["api_key"] >= 50, asked


def _operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
