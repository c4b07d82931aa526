"""AMC administration: accounts and instances."""

import datetime as dt
import json
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from metatron.apps.amc.sandbox.world import DAYS, FIRST_DAY
from metatron.apps.amc.twin.desk import Desk, OpenDesk, OwnAccount, SignedIn, under_faults
from metatron.apps.amc.twin.paging import Limit, NextToken, cut
from metatron.apps.amc.twin.refusals import Refusal
from metatron.apps.amc.twin.store import Row
from metatron.apps.amc.twin.windows import stamp

router = APIRouter(prefix="/amc", tags=["administration"])
PRODUCTS = ("DISPLAY", "SAS", "SPONSORED_ADS")


class InstanceBody(BaseModel):
    """What an instance is made of."""

    model_config = ConfigDict(extra="ignore", alias_generator=to_camel, populate_by_name=True)

    instance_name: Annotated[str, Field(min_length=1, max_length=100)]
    customer_canonical_name: Annotated[str, Field(max_length=100)] = ""
    advertiser_types: list[str] = list(PRODUCTS)
    entities: list[str] = []


@router.get("/accounts", dependencies=[under_faults("accounts")])
async def accounts(desk: OpenDesk, who: SignedIn) -> dict[str, Any]:
    """List the AMC accounts of the caller."""
    rows = desk.store.rows(
        "select a.* from account a join may_use using (account_id) where user_id = ?"
        " order by account_id",
        who.user_id,
    )
    return {
        "amcAccounts": [
            {
                "accountId": row["account_id"],
                "accountName": row["account_name"],
                "marketplaceId": row["marketplace_id"],
            }
            for row in rows
        ]
    }


@router.get("/instances", dependencies=[under_faults("instances")])
async def instances(
    desk: OpenDesk, own: OwnAccount, limit: Limit = 100, after: NextToken = None
) -> dict[str, Any]:
    """List the account's instances."""
    rows = desk.store.rows(
        "select * from instance where account_id = ? order by instance_id", own["account_id"]
    )
    return cut([_shown(row) for row in rows], "instances", limit, after)


@router.post("/instances", dependencies=[under_faults("create_instance")])
async def create_instance(desk: OpenDesk, own: OwnAccount, body: InstanceBody) -> dict[str, Any]:
    """Ask for an instance; here it is ready at once."""
    if wrong := [each for each in body.advertiser_types if each not in PRODUCTS]:
        raise Refusal(400, f"Unknown advertiserTypes: {', '.join(wrong)}.")
    number = desk.store.row("select coalesce(max(rowid), 0) as n from instance") or {"n": 0}
    document = instance_document(
        f"amclocal{number['n'] + 1:04d}", body.model_dump(by_alias=True), made_at=desk.store.now()
    )
    desk.store.execute(
        "insert into instance values (?, ?, ?, null)",
        document["instanceId"], own["account_id"], json.dumps(document),
    )  # fmt: skip
    return {"instance": document}


def instance_document(instance_id: str, given: dict[str, Any], *, made_at: float) -> dict[str, Any]:
    """Return an instance as the API shows it."""
    return {
        "instanceId": instance_id,
        "creationStatus": "COMPLETED",
        "creationDatetime": stamp(made_at),
        "awsAccountId": "000000000000",
        "s3BucketName": f"local-{instance_id}",
        "s3BucketRegion": "us-east-1",
        "apiEndpoint": "",
        **given,
    }


@router.get("/instances/{instance_id}", dependencies=[under_faults("instance")])
async def show_instance(desk: OpenDesk, own: OwnAccount, instance_id: str) -> dict[str, Any]:
    """Show an instance, also one that cannot be used yet."""
    return {"instance": _shown(own_instance(desk, own, instance_id))}


@router.put("/instances/{instance_id}", dependencies=[under_faults("update_instance")])
async def update_instance(
    desk: OpenDesk, own: OwnAccount, instance_id: str, body: InstanceBody
) -> dict[str, Any]:
    """Change an instance."""
    row = own_instance(desk, own, instance_id)
    document = json.loads(row["document"]) | body.model_dump(exclude_unset=True, by_alias=True)
    desk.store.execute(
        "update instance set document = ? where instance_id = ?", json.dumps(document), instance_id
    )
    return {"instance": document}


@router.delete("/instances/{instance_id}", dependencies=[under_faults("delete_instance")])
async def delete_instance(desk: OpenDesk, own: OwnAccount, instance_id: str) -> dict[str, Any]:
    """Delete an instance with all that is in it."""
    own_instance(desk, own, instance_id)
    desk.store.execute("delete from instance where instance_id = ?", instance_id)
    return {}


def _shown(row: Row) -> dict[str, Any]:
    """The document, and what Amazon's own has not: the days in which the made-up ads are served."""
    last = FIRST_DAY + dt.timedelta(days=DAYS - 1)
    days = {"firstDay": FIRST_DAY.isoformat(), "lastDay": last.isoformat()}
    document: dict[str, Any] = json.loads(row["document"])
    document.pop("localUpdates", None)
    return document | {"localData": days}


def own_instance(desk: Desk, own: Row, instance_id: str) -> Row:
    """Return an instance of the account, also one that cannot be used yet.

    Raises:
        Refusal: 404 when the account has none of this id.
    """
    found = desk.store.row(
        "select * from instance where instance_id = ? and account_id = ?",
        instance_id, own["account_id"],
    )  # fmt: skip
    if found is None:
        raise Refusal(404, f"Instance with ID {instance_id} does not exist.")
    return found
