"""AMC administration: whose data an instance holds, and where its results are delivered.

Amazon takes ten advertisers a call and 2,000 an instance. One alone is added at once; several are
reviewed by hand, here for some seconds, and meanwhile nothing else can be changed.
"""

import json
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query

from metatron.apps.amc.twin.administration_routes import own_instance
from metatron.apps.amc.twin.advertiser_shapes import AwsAccountBody, UpdateBody
from metatron.apps.amc.twin.desk import Desk, OpenDesk, OwnAccount, under_faults
from metatron.apps.amc.twin.paging import Limit, NextToken, cut
from metatron.apps.amc.twin.refusals import Refusal
from metatron.apps.amc.twin.store import Row

router = APIRouter(prefix="/amc/instances/{instance_id}", tags=["administration"])
MOST_ADVERTISERS = 2_000
REVIEW_SECONDS = 5.0
PENDING, DONE = "PENDING", "COMPLETED"


@router.get("/advertisers", dependencies=[under_faults("advertisers")])
async def advertisers(
    desk: OpenDesk,
    own: OwnAccount,
    instance_id: str,
    limit: Annotated[int, Query(ge=1, le=100)] = 100,
    after: NextToken = None,
) -> dict[str, Any]:
    """List the advertisers whose data an instance holds."""
    found = [
        {"advertiserId": each["id"], "advertiserType": each["type"]}
        for each in _held(_document(desk, own, instance_id))
    ]
    return cut(found, "advertisers", limit, after)


@router.post("/advertisers/updates", dependencies=[under_faults("update_advertisers")])
async def update_advertisers(
    desk: OpenDesk, own: OwnAccount, instance_id: str, body: UpdateBody
) -> dict[str, Any]:
    """Let advertisers come and go.

    Raises:
        Refusal: 400 while an earlier update is under review, or when there would be too many.
    """
    document = _document(desk, own, instance_id)
    made = document.setdefault("localUpdates", [])
    if any(each["until"] > desk.store.now() for each in made):
        raise Refusal(400, "A previous advertiser update is in progress.")
    coming, going = (
        [each.model_dump(by_alias=True) for each in named]
        for named in (body.advertisers_to_add, body.advertisers_to_remove)
    )
    gone = {(each["id"], each["type"]) for each in [*going, *coming]}
    left = [each for each in _held(document) if (each["id"], each["type"]) not in gone]
    if len(left) + len(coming) > MOST_ADVERTISERS:
        raise Refusal(400, f"An instance has {MOST_ADVERTISERS} advertisers at most.")
    document["localAdvertisers"] = [*left, *coming]
    review = REVIEW_SECONDS if len(coming) > 1 else 0.0
    update = {
        "updateId": len(made) + 1, "advertisersToAdd": coming, "advertisersToRemove": going,
        "until": desk.store.now() + review,
    }  # fmt: skip
    made.append(update)
    desk.store.execute(
        "update instance set document = ? where instance_id = ?", json.dumps(document), instance_id
    )
    return {"advertiserUpdate": _shown(update, desk) | {"status": PENDING}}


@router.get("/advertisers/updates", dependencies=[under_faults("advertiser_updates")])
async def advertiser_updates(
    desk: OpenDesk,
    own: OwnAccount,
    instance_id: str,
    limit: Limit = 100,
    after: NextToken = None,
) -> dict[str, Any]:
    """List the updates of an instance's advertisers."""
    made = _document(desk, own, instance_id).get("localUpdates", [])
    return cut([_shown(each, desk) for each in made], "advertiserUpdates", limit, after)


@router.get("/advertisers/updates/{update_id}", dependencies=[under_faults("advertiser_updates")])
async def advertiser_update(
    desk: OpenDesk, own: OwnAccount, instance_id: str, update_id: int
) -> dict[str, Any]:
    """Show an update."""
    for each in _document(desk, own, instance_id).get("localUpdates", []):
        if each["updateId"] == update_id:
            return {"advertiserUpdate": _shown(each, desk)}
    raise Refusal(404, f"Advertiser update {update_id} does not exist.")


@router.post("/updateCustomerAwsAccount", dependencies=[under_faults("update_aws_account")])
async def update_aws_account(
    desk: OpenDesk, own: OwnAccount, instance_id: str, body: AwsAccountBody
) -> dict[str, Any]:
    """Note where results are to be delivered; here they never leave this machine."""
    document = _document(desk, own, instance_id)
    document |= {"awsAccountId": body.aws_account_id, "s3BucketName": body.bucket_name}
    desk.store.execute(
        "update instance set document = ? where instance_id = ?", json.dumps(document), instance_id
    )
    named = {
        "param_pBucketName": body.bucket_name,
        "param_pCrossAccountAccessAccountId": body.aws_account_id,
    }
    return {"cfnBucketUrl": f"{desk.settings.public_url}/cloudformation?{urlencode(named)}"}


def _document(desk: Desk, own: Row, instance_id: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(own_instance(desk, own, instance_id)["document"])
    if document["creationStatus"] != DONE:
        raise Refusal(400, f"Instance {instance_id} is {document['creationStatus']}.")
    return document


def _held(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Those named by updates; at first every entity stands for each kind of the instance."""
    first = [
        {"id": entity, "type": kind}
        for entity in document["entities"]
        for kind in document["advertiserTypes"]
    ]
    held: list[dict[str, Any]] = document.get("localAdvertisers", first)
    return held


def _shown(update: dict[str, Any], desk: Desk) -> dict[str, Any]:
    told = {name: value for name, value in update.items() if name != "until"}
    return told | {"status": PENDING if update["until"] > desk.store.now() else DONE}
