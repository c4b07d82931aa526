"""Bodies this module accepts. Unknown members are refused, so that a misspelt one is not lost."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
    model_validator,
)

from metatron.apps.campaigns.rules.business_days import MOST_HOLIDAYS

LARGEST = 2**53 - 1


def _storable(text: str) -> str:
    if any(ord(sign) < 32 and sign not in "\n\t" for sign in text) or "\x7f" in text:
        raise ValueError("control characters are not allowed")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("this is not valid Unicode text") from error
    return text


def _sensible(at: datetime) -> datetime:
    if not 2000 <= at.year <= 2200:
        raise ValueError("give an instant between the years 2000 and 2200")
    return at.astimezone(UTC)


def _sensible_day(day: date) -> date:
    if not 2000 <= day.year <= 2200:
        raise ValueError("give a day between the years 2000 and 2200")
    return day


def _picture(address: str) -> str:
    if re.fullmatch(_PICTURE[1:-1], address) is None:
        raise ValueError("give an address that begins with https://, or upload a picture")
    return address


Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_storable),
]
Note = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000),
    AfterValidator(_storable),
]
Paragraphs = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000),
    AfterValidator(_storable),
]
Instant = Annotated[AwareDatetime, AfterValidator(_sensible)]
Count = Annotated[StrictInt, Field(ge=1, le=LARGEST)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
# A second slash, or what browsers take for one, would make a path of ours another's address.
_PICTURE = (
    r"^(https://[^\s/\\?#@:\x00-\x1f]{1,253}(:[0-9]{1,5})?([/?#][^\s\\\x00-\x1f]{0,500})?"
    r"|/[^\s/\\\x00-\x1f][^\s\\\x00-\x1f]{0,499})$"
)
Picture = Annotated[
    str,
    AfterValidator(_storable),
    AfterValidator(_picture),
    Field(json_schema_extra={"pattern": _PICTURE}),
]
Token = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,100}$")]
Zone = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_+/-]{1,64}$")]
Category = Literal["not_received", "damaged", "incomplete", "not_as_described", "other"]
FulfilmentKind = Literal["scheduled", "in_progress", "shipped", "delivered", "exception"]
OversubRule = Literal["fcfs", "pro_rata", "lottery"]
FundingMode = Literal["escrow_capture", "auth_hold", "charge_on_success"]
Days = Annotated[StrictInt, Field(ge=1, le=60)]
Day = Annotated[date, AfterValidator(_sensible_day)]


class Body(BaseModel):
    """A request body."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Product(Body):
    """What the campaign is about."""

    sku: Line | None = None
    name: Line | None = None
    description: Paragraphs | None = None


class Tier(Body):
    """One step of a ladder: from so many units in all, everybody's price is this."""

    min_units: Count
    unit_price_minor: Count


class MilestoneBody(Body):
    """A share of escrow in basis points; the last is released after the inspection."""

    title: Line
    share_bp: Annotated[StrictInt, Field(ge=1, le=10_000)]
    due_at: Instant
    auto_approve_hours: Annotated[StrictInt, Field(ge=1, le=1_440)] | None = None
    is_upfront: StrictBool = False


class CampaignBody(Body):
    """Any of a campaign's fields; what is left out stays as it is. Prices are minor units."""

    title: Line | None = None
    summary: Paragraphs | None = None
    product: Product | None = None
    product_id: UUID | None = None
    picture_url: Picture | None = None
    picture_file_id: UUID | None = None
    """Goes before `picture_url`: a file uploaded for the purpose `campaign_picture`."""
    goal_units: Count | None = None
    goal_amount_minor: Count | None = None
    unit_price_minor: Count | None = None
    tiers: Annotated[list[Tier], Field(max_length=10)] | None = None
    milestones: Annotated[list[MilestoneBody], Field(max_length=10)] | None = None
    funding_mode: FundingMode | None = None
    min_accept_units: Count | None = None
    oversub_rule: OversubRule | None = None
    currency: Currency | None = None
    min_units: Count | None = None
    max_units: Count | None = None
    cap_units: Count | None = None
    opens_at: Instant | None = None
    deadline_at: Instant | None = None
    time_zone: Zone | None = None
    delivery_strategy: Literal["supplier_direct", "bulk_to_consolidation"] | None = None
    consolidation_point_id: UUID | None = None
    supplier_id: UUID | None = None
    supplier_name: Line | None = None
    supplier_unit_price_minor: Count | None = None
    supplier_window_days: Days | None = None
    terms_version: Token | None = None
    visibility: Literal["draft", "published", "hidden"] | None = None

    @model_validator(mode="after")
    def _never_empty(self) -> Self:
        for name in _NEVER_EMPTY:
            if name in self.model_fields_set and getattr(self, name) is None:
                raise ValueError(f"{name} cannot be emptied")
        return self

    def fields(self) -> dict[str, Any]:
        """Return the given fields under the names of the campaign's columns."""
        given = self.model_dump(exclude_unset=True)
        for each in given.get("milestones") or ():
            each["due_at"] = each["due_at"].isoformat()
        product = given.pop("product", None)
        if product is None:
            return given
        names = {"sku": "sku", "name": "product_name", "description": "product_description"}
        return given | {names[name]: value for name, value in product.items()}


_NEVER_EMPTY = (
    "currency", "time_zone", "supplier_window_days", "terms_version", "visibility", "product",
    "tiers", "funding_mode", "oversub_rule", "milestones",
)  # fmt: skip


class NewCampaignBody(CampaignBody):
    """A new campaign needs a title at least."""

    title: Line


class TransitionBody(Body):
    """One step of the transition table, with its reason where one is needed."""

    name: Token
    reason: Note | None = None


class ReasonBody(Body):
    """Why."""

    reason: Note | None = None


class JoinBody(Body):
    """The organisation's address; needed only where the id alone does not lead to it."""

    organisation: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,63}$")] | None = None


class Delivery(Body):
    """Where the units go. `country` is an ISO 3166 code of two letters."""

    recipient: Line | None = None
    street: Line | None = None
    postal_code: Annotated[Line, Field(max_length=20)] | None = None
    city: Line | None = None
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None


class CommitmentBody(Body):
    """A commitment: the amount is computed by the server. `id` is a UUIDv7 of the client."""

    id: UUID
    units: Count
    acknowledged_escrow_terms: StrictBool = False
    acknowledged_may_not_succeed: StrictBool = False
    terms_version: Token
    payment_method: Token = "pm_ok"
    """The provider's token of the member's payment method."""
    delivery: Delivery | None = None
    """Needed, in full, where the supplier delivers to each member."""


class IssueBody(Body):
    """What is wrong with a delivered commitment."""

    category: Category
    text: Note


class ResolutionBody(Body):
    """How an issue is resolved."""

    outcome: Literal["release", "refund", "split"]
    resolution: Note
    refund_minor: Count | None = None
    """The part refunded by a split, in minor units."""


class FulfilmentBody(Body):
    """One event of a delivery, with a note."""

    kind: FulfilmentKind
    note: Note
    units: Count | None = None
    """How many units were shipped or delivered."""


class ConsolidationPointBody(Body):
    """Where a bulk delivery arrives."""

    name: Line
    address: Note


class SettingsBody(Body):
    """Any of the organisation's settings."""

    custody: Literal["third_party_escrow", "operator_balance"] | None = None
    disclosure: Literal["stages", "percent", "figures"] | None = None
    pricing: Literal["fixed", "tiers"] | None = None
    release_policy: Literal["after_inspection", "milestones"] | None = None
    withdraw: Literal["until_close", "last_24h_lock"] | None = None
    public_discovery: StrictBool | None = None
    notice_answer_days: Days | None = None
    charge_retry_days: Annotated[StrictInt, Field(ge=1, le=14)] | None = None
    supplier_window_days: Days | None = None
    inspection_days: Days | None = None
    issue_hold_basis_points: Annotated[StrictInt, Field(ge=0, le=10_000)] | None = None
    collection_window_seconds: Annotated[StrictInt, Field(ge=0, le=1_209_600)] | None = None
    consent_hours: Annotated[StrictInt, Field(ge=1, le=336)] | None = None
    second_person_review: StrictBool | None = None
    browse_open: StrictBool | None = None
    join_open: StrictBool | None = None
    commit_open: StrictBool | None = None
    release_open: StrictBool | None = None
    revenue: Literal["margin", "fee"] | None = None
    fee_basis_points: Annotated[StrictInt, Field(ge=0, le=5_000)] | None = None
    fee_fixed_minor: Annotated[StrictInt, Field(ge=0, le=1_000_000)] | None = None
    fee_tax_basis_points: Annotated[StrictInt, Field(ge=0, le=5_000)] | None = None
    auto_payout: StrictBool | None = None
    counter_proposals: StrictBool | None = None
    supplier_verification: StrictBool | None = None
    holidays: Annotated[list[Day], Field(max_length=MOST_HOLIDAYS)] | None = None
    """Days on which nobody pays, beside Saturdays and Sundays."""


class StopSwitchBody(Body):
    """Halt new commitments in the whole organisation, or let them in again."""

    halted: StrictBool
    reason: Note | None = None
