"""Every operation of the API, called by A with the ids of B's things: nothing of B comes out."""

from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest
from fastapi import FastAPI

from metatron.kernel.database.database import Database
from metatron.kernel.ids import new_id

from .realms import Pair, Realm
from .samples import body_of, operations, uuid_fields

PUBLIC = {
    "post_register", "post_send_magic_link", "post_verify_magic_link", "post_login", "post_mfa",
    "post_refresh", "post_logout", "post_passkey_options", "post_passkey_sign_in",
    "post_verify_email", "post_forgot_password", "post_reset_password", "post_revoke",
    "post_service_token", "get_jwks", "read_mailbox", "receive_payment_webhook", "live", "ready",
    "health", "services", "list_published", "show_published", "show_talk", "read_linked_file",
    "show_shared_snapshot", "show_picture", "list_audit_keys", "confirm_alert_address",
    "refuse_alert_address", "post_web_vitals",
}  # fmt: skip
"""All that answers without credentials."""
ANYBODYS_PARAMETERS = {
    "name": "campaigns", "provider": "sandbox", "number": "1", "guide": "campaign-reach",
    "kind": "amc.alerts", "content": "commitments",
}  # fmt: skip
"""Parameters of paths that name no organisation's thing."""
PUBLISHED = {
    "list_published", "show_published", "show_talk", "join", "read_linked_file",
    "show_shared_snapshot", "show_picture",
}  # fmt: skip
"""What an organisation has published may be seen and joined by everybody, as a signed link may."""
ENDS_THE_SESSION = {
    "post_logout", "post_revoke", "post_revoke_others", "post_password", "post_switch",
    "delete_session", "post_totp", "post_totp_confirm",
}  # fmt: skip


def _listed(app: FastAPI) -> list[tuple[str, str, dict[str, Any]]]:
    return list(operations(app.openapi()))


def _path_names(operation: dict[str, Any]) -> list[str]:
    return [p["name"] for p in operation.get("parameters", []) if p["in"] == "path"]


def _needed(operation: dict[str, Any], realm: Realm) -> dict[str, str]:
    """The query parameters without which there is no answer."""
    needed = [p for p in operation.get("parameters", []) if p["in"] == "query" and p["required"]]
    return {p["name"]: realm.one(p["name"]) for p in needed}


def _query_names(operation: dict[str, Any]) -> list[str]:
    return [p["name"] for p in operation.get("parameters", []) if p["in"] == "query"]


class Asker:
    """Sends requests as A, keeps B's name out of every answer."""

    def __init__(self, pair: Pair) -> None:
        self.pair = pair
        self.client = pair.a.client

    async def send(
        self, method: str, path: str, operation: dict[str, Any], **options: Any
    ) -> httpx.Response:
        client = self.client
        if operation["operationId"] in ENDS_THE_SESSION:
            client = await self.pair.a.another_client()
        path = path.removeprefix("/api/v1")
        if not path.startswith("/") or path.startswith(("/health", "/metrics", "/.well")):
            path = f"{self.pair.a.door.settings.public_url}{path}"
        headers = {"idempotency-key": uuid4().hex, **options.pop("headers", {})}
        if operation["operationId"] in {"post_login", "post_mfa"}:
            headers.pop("idempotency-key")
        answer = await client.request(method, path, headers=headers, **options)
        for word in self.pair.b.everything():
            assert word not in answer.text, (method, path, answer.text)
            assert word not in str(answer.headers), (method, path)
        return answer


def _stripped(answer: httpx.Response) -> Any:
    """The answer without what is new in every answer."""
    if "json" not in answer.headers.get("content-type", ""):
        return answer.text
    document = answer.json()
    if isinstance(document, dict):
        document.pop("request_id", None)
    return document


def _filled(path: str, names: list[str], realm: Realm | None, own: Realm) -> str:
    """The path with the realm's ids; with ids that nothing has, for None."""
    for name in names:
        if name in ANYBODYS_PARAMETERS:
            value = ANYBODYS_PARAMETERS[name]
        elif realm is None:
            value = uuid4().hex if name in {"organisation", "slug"} else str(new_id())
        else:
            value = realm.one(name)
        path = path.replace("{" + name + "}", value)
    return path


async def test_ids_of_others_are_unknown_ids(app: FastAPI, pair: Pair) -> None:
    """In the path: the same 404 as for an id that nothing has."""
    asker, before, asked = Asker(pair), await pair.b.picture(), 0
    for method, path, operation in _listed(app):
        names = _path_names(operation)
        if not set(names) - ANYBODYS_PARAMETERS.keys() or operation["operationId"] in PUBLISHED:
            continue
        # Operators' records belong to no organisation: any id will do to be refused.
        if operation["x-access"] != "operator":
            assert set(names) <= pair.b.ids.keys(), f"furnish the realms for {path}"
        known = {name: pair.b.ids.get(name) or [pair.b.one(name)] for name in names}
        for number in range(max(len(values) for values in known.values())):
            theirs = path
            for name, values in known.items():
                theirs = theirs.replace("{" + name + "}", values[min(number, len(values) - 1)])
            body = body_of(app.openapi(), operation, pair.a.one)
            given = {"json": body} if body is not None else {}
            answer = await asker.send(method, theirs, operation, **given)
            nothing = await asker.send(
                method, _filled(path, names, None, pair.a), operation, **given
            )
            where = (method, path, answer.status_code, answer.text)
            expected = 403 if operation["x-access"] == "operator" else 404
            assert answer.status_code == expected, where
            assert nothing.status_code == expected, where
            assert _stripped(answer) == _stripped(nothing), where
            asked += 1
    assert asked > 40
    assert await pair.b.picture() == before


async def test_the_same_with_an_api_key(app: FastAPI, pair: Pair) -> None:
    before, asked = await pair.b.picture(), 0
    async with _program(pair) as client:
        for method, path, operation in _listed(app):
            names = _path_names(operation)
            if operation["x-access"] != "permission" or not set(names) - ANYBODYS_PARAMETERS.keys():
                continue
            body = body_of(app.openapi(), operation, pair.a.one)
            answer = await client.request(
                method,
                _filled(path, names, pair.b, pair.a),
                headers={"idempotency-key": uuid4().hex},
                **({"json": body} if body is not None else {}),
            )
            assert pair.b.marker not in answer.text
            if answer.status_code == 403:  # no key can hold a person's own right to commit
                assert answer.json()["permission"] == "campaigns:commit"
                continue
            assert answer.status_code == 404, (method, path, answer.text)
            asked += 1
    assert asked > 15
    assert await pair.b.picture() == before


def _program(pair: Pair) -> httpx.AsyncClient:
    client = pair.a.door.browser()
    client.base_url = httpx.URL(pair.a.door.settings.public_url)
    client.headers["x-api-key"] = pair.a.key_text
    return client


async def test_ones_own_ids_do_open(app: FastAPI, pair: Pair) -> None:
    """The counterpart: the same reading calls with A's own ids find something."""
    for method, path, operation in _listed(app):
        names = _path_names(operation)
        if method != "GET" or not names or operation["x-access"] == "operator":
            continue
        answer = await pair.a.client.get(_filled(path, names, pair.a, pair.a)[len("/api/v1") :])
        assert answer.status_code == 200, (path, answer.text)


async def test_ids_of_others_in_bodies(app: FastAPI, pair: Pair) -> None:
    before, asked = await pair.b.picture(), []
    asker, document = Asker(pair), app.openapi()
    for method, path, operation in _listed(app):
        fields = uuid_fields(document, operation) - {"id"}
        if not fields:
            continue
        for name in sorted(fields):
            body = body_of(
                document, operation, lambda each, name=name: _id_of(pair, each, theirs=each == name)
            )
            names = _path_names(operation)
            answer = await asker.send(
                method, _filled(path, names, pair.a, pair.a), operation, json=body
            )
            asked.append(f"{operation['operationId']}.{name} {answer.status_code}")
            if name != "supplier_id":  # an account of a person, whoever they are: no other's thing
                assert 400 <= answer.status_code < 500, (asked[-1], answer.text)
    print("\n".join(asked))
    assert len(asked) >= 8
    assert await pair.b.picture() == before


def _id_of(pair: Pair, name: str, *, theirs: bool) -> str:
    realm = pair.b if theirs else pair.a
    return realm.ids.get(name, [str(new_id())])[0]


async def test_filters_and_cursors_of_others(app: FastAPI, pair: Pair) -> None:
    before, asked, asker = await pair.b.picture(), 0, Asker(pair)
    for method, path, operation in _listed(app):
        queries = _query_names(operation)
        if method != "GET" or operation["operationId"] in PUBLISHED or not queries:
            continue
        names = _path_names(operation)
        own, needed = _filled(path, names, pair.a, pair.a), _needed(operation, pair.a)
        for query in queries:
            if query.endswith("_id") and query in pair.b.ids:
                answer = await asker.send(
                    method, own, operation, params=needed | {query: pair.b.one(query)}
                )
                if answer.status_code == 200 and "json" in answer.headers["content-type"]:
                    assert answer.json().get("items", []) == [], (path, query, answer.text)
                asked += 1
            if query == "q":
                answer = await asker.send(method, own, operation, params={"q": pair.b.marker})
                if operation["x-access"] == "operator":
                    assert answer.status_code == 403, path
                else:
                    assert answer.json()["items"] == [], path
                asked += 1
        if "cursor" in queries and operation["x-access"] != "operator":
            theirs = await pair.b.client.get(
                _filled(path, names, pair.b, pair.b)[len("/api/v1") :],
                params={"limit": 1, **_needed(operation, pair.b)},
            )
            assert theirs.status_code == 200, (path, theirs.text)
            cursor = theirs.json()["next_cursor"]
            if cursor is not None:
                await asker.send(method, own, operation, params=needed | {"cursor": cursor})
                asked += 1
    assert asked >= 8
    assert await pair.b.picture() == before


async def test_an_idempotency_key_of_others_opens_nothing(pair: Pair) -> None:
    """B's stored answer is B's alone, even for the same key, path and body."""
    body = {"name": f"Twice {pair.b.marker}"}
    key = {"idempotency-key": f"same-key-{pair.b.slug}"}
    first = await pair.b.client.post("/applications", json=body, headers=key)
    again = await pair.b.client.post("/applications", json=body, headers=key)
    assert first.json() == again.json()
    other = await pair.a.client.post("/applications", json=body, headers=key)
    assert "idempotent-replayed" not in other.headers
    assert other.status_code in {201, 409}
    assert other.json().get("id") != first.json()["id"]


async def test_nothing_answers_without_credentials_but_the_list(app: FastAPI, pair: Pair) -> None:
    stranger = pair.a.door.browser()
    open_ones = set()
    for method, path, operation in _listed(app):
        if operation["x-access"] == "public":
            open_ones.add(operation["operationId"])
            continue
        body = body_of(app.openapi(), operation, pair.b.one)
        for headers in ({}, {"authorization": "Bearer nonsense"}, {"x-api-key": "nonsense"}):
            answer = await stranger.request(
                method,
                pair.a.door.settings.public_url
                + _filled(path, _path_names(operation), pair.b, pair.b),
                headers=headers,
                **({"json": body} if body is not None else {}),
            )
            assert answer.status_code == 401, (method, path, headers, answer.text)
            assert pair.b.marker not in answer.text
    assert open_ones == PUBLIC


async def test_other_tenants_are_named_in_no_header(pair: Pair) -> None:
    """A tenant id in a plain header is never trusted."""
    own = (await pair.a.client.get("/campaigns")).json()
    for name in ("x-tenant-id", "x-organisation", "x-metatron-tenant", "tenant-id"):
        answer = await pair.a.client.get("/campaigns", headers={name: str(pair.b.tenant_id)})
        assert answer.json() == own


async def test_credentials_that_disagree_are_refused(database: Database, pair: Pair) -> None:
    """B's key beside A's bearer token: 403, and both organisations can see that it was tried."""
    answer = await pair.a.client.get("/campaigns", headers={"x-api-key": pair.b.key_text})
    assert answer.status_code == 403
    assert answer.json()["code"] == "tenant_mismatch"
    assert pair.b.marker not in answer.text


@pytest.mark.parametrize("header", ["authorization", "x-api-key"])
async def test_credentials_sent_twice_are_refused(pair: Pair, header: str) -> None:
    own = pair.a.client.headers["authorization"] if header == "authorization" else pair.a.key_text
    theirs = (
        pair.b.client.headers["authorization"] if header == "authorization" else (pair.b.key_text)
    )
    plain = pair.a.door.browser()
    answer = await plain.get("/campaigns", headers=[(header, own), (header, theirs)])
    assert answer.status_code == 401
    assert orjson.loads(answer.content)["code"] == "unauthenticated"
