"""What every route shares: the books, who calls, and which instance they mean."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request

from metatron.apps.amc.twin import chaos
from metatron.apps.amc.twin.refusals import Refusal
from metatron.apps.amc.twin.settings import TwinSettings
from metatron.apps.amc.twin.store import Row, Store
from metatron.apps.amc.twin.tokens import digest

FAMILIES = {
    "workflows": "amcworkflows",
    "workflowExecutions": "amcworkflowexecutions",
    "schedules": "amcschedules",
    "dataSources": "amcdatasources",
}
"""The word of each resource in its media type, `application/vnd.<word>.v1+json`."""


@dataclass(slots=True)
class Desk:
    """The local AMC while it runs; `work` wakes what runs executions."""

    store: Store
    settings: TwinSettings
    wake: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody signed in through a client."""

    user_id: str
    client_id: str


async def open_desk(request: Request) -> Desk:
    """Return the desk of the application."""
    found: Desk = request.app.state.desk
    return found


OpenDesk = Annotated[Desk, Depends(open_desk)]


async def caller(request: Request, desk: OpenDesk) -> Caller:
    """Return who calls, by bearer token and client id.

    Raises:
        Refusal: 401 without a live token, 403 when the token is another client's.
    """
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise Refusal(401, "The access token is missing.")
    found = desk.store.row(
        "select g.user_id, g.client_id, g.revoked_at, a.expires_at from access a"
        " join grant_ g using (refresh_hash) where a.access_hash = ?",
        digest(token),
    )
    if found is None or found["revoked_at"] or found["expires_at"] <= desk.store.now():
        raise Refusal(401, "The access token is invalid or has expired.")
    if chaos.draw(desk.store, "authorise", "expired_token"):
        desk.store.execute("delete from access where access_hash = ?", digest(token))
        raise Refusal(401, "The access token is invalid or has expired.")
    if request.headers.get("amazon-advertising-api-clientid") != found["client_id"]:
        raise Refusal(403, "Amazon-Advertising-API-ClientId is not the token's client.")
    return Caller(found["user_id"], found["client_id"])


SignedIn = Annotated[Caller, Depends(caller)]


async def account(request: Request, desk: OpenDesk, who: SignedIn) -> Row:
    """Return the AMC account that the headers name and the caller may use.

    Raises:
        Refusal: 400 when a header is missing, 403 when the account is another's.
    """
    entity = request.headers.get("amazon-advertising-api-advertiserid")
    market = request.headers.get("amazon-advertising-api-marketplaceid")
    if not entity or not market:
        name = "AdvertiserId" if not entity else "MarketplaceId"
        raise Refusal(400, f"The header Amazon-Advertising-API-{name} is missing.")
    found = desk.store.row(
        "select a.* from account a join may_use m using (account_id)"
        " where account_id = ? and marketplace_id = ? and m.user_id = ?",
        entity, market, who.user_id,
    )  # fmt: skip
    if found is None or chaos.draw(desk.store, entity, "forbidden_account"):
        raise Refusal(403, f"No access to the account {entity} in {market}.")
    return found


OwnAccount = Annotated[Row, Depends(account)]


async def instance(instance_id: str, desk: OpenDesk, own: OwnAccount) -> Row:
    """Return the instance of the path, once it can be used.

    Raises:
        Refusal: 404 unknown here, 403 with the text of why it may not be used.
    """
    found = desk.store.row(
        "select * from instance where instance_id = ? and account_id = ?",
        instance_id, own["account_id"],
    )  # fmt: skip
    if found is None:
        raise Refusal(404, f"Instance with ID {instance_id} does not exist.")
    if found["forbidden"] or chaos.draw(desk.store, "instance", "forbidden_instance"):
        raise Refusal(403, found["forbidden"] or "The AMC terms were not accepted.")
    status = json.loads(found["document"])["creationStatus"]
    if status != "COMPLETED":
        raise Refusal(403, f"Instance {instance_id} is {status} and cannot be used yet.")
    return found


Instance = Annotated[Row, Depends(instance)]


def lacks_of(row: Row) -> frozenset[str]:
    """Return the tables an instance has not: products nobody pays for there, or not sold there."""
    return frozenset(json.loads(row["document"]).get("localLacks") or ())


def under_faults(operation: str) -> Any:
    """Return the dependency that lets an operation fail as the chaos switches say."""

    async def fail(desk: OpenDesk) -> None:
        await chaos.suffer(desk.store, operation)

    return Depends(fail)


async def in_its_media_type(
    request: Request, call_next: Callable[[Request], Awaitable[Any]]
) -> Any:
    """Answer with Amazon's media type of the resource when the caller accepts only that."""
    answer = await call_next(request)
    accepted = request.headers.get("accept", "")
    word = next((word for part, word in FAMILIES.items() if f"/{part}" in request.url.path), None)
    if word and accepted.startswith(f"application/vnd.{word}."):
        answer.headers["content-type"] = f"application/vnd.{word}.v1+json"
    return answer
