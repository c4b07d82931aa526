"""What must hold before a campaign may be submitted, and what locks afterwards."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from metatron.apps.campaigns.errors import FieldLocked, PublishBlocked
from metatron.apps.campaigns.rules.milestones import wrong_milestones
from metatron.apps.campaigns.rules.tiers import wrong_tiers
from metatron.apps.campaigns.tables import Campaign, Settings
from metatron.apps.campaigns.wording import texts
from metatron.kernel.errors import FieldError
from metatron.kernel.money import MAX_API_AMOUNT
from metatron.platform.payments import interface as payments

NEEDED = (
    "title", "product_name", "sku", "picture_url", "unit_price_minor", "goal_units", "min_units",
    "max_units", "deadline_at", "supplier_id", "supplier_name", "delivery_strategy",
)  # fmt: skip
"""In the sequence of the form."""
_EMPTY = frozenset({None, ""})
_LOOKED_AT = ("goal_amount_minor", "consolidation_point_id")
SOONEST = timedelta(days=1)
LATEST = timedelta(days=60)
LARGEST = MAX_API_AMOUNT
HOLD_WINDOW = timedelta(days=7)
"""How long a card's authorisation can be captured when its holder started it."""
FIELDS = frozenset(
    {
        "title", "summary", "sku", "product_name", "product_description", "picture_url",
        "goal_units", "unit_price_minor", "currency", "min_units", "max_units", "cap_units",
        "opens_at", "deadline_at", "time_zone", "delivery_strategy", "consolidation_point_id",
        "supplier_id", "supplier_name", "supplier_unit_price_minor", "supplier_window_days",
        "terms_version", "visibility", "goal_amount_minor", "tiers", "funding_mode",
        "min_accept_units", "oversub_rule", "product_id",
        "milestones",
    }
)  # fmt: skip
"""What a person may set; everything else follows from steps."""
EDITABLE_AFTER_PUBLICATION = frozenset({"summary", "picture_url", "visibility"})
_CLOSED_TO_EDITS = frozenset(
    {
        "in_review", "completed", "failing", "failed", "cancelling", "cancelled", "unwinding",
        "unwound",
    }
)  # fmt: skip
_BEFORE_FULFILMENT = frozenset(
    {"scheduled", "live", "paused", "closing", "awaiting_supplier", "confirmed", "procuring"}
)


def label_of(field: str) -> str:
    """Return what people call a field: "Main picture" for `picture_url`."""
    name = field.split(".", maxsplit=1)[0]
    return texts("admin.fields").get(name, name.replace("_", " "))


def missing_fields(campaign: Campaign) -> list[FieldError]:
    """Return every field of the publish list that is empty, with a hint in plain words."""
    empty = empty_of({name: getattr(campaign, name) for name in (*NEEDED, *_LOOKED_AT)})
    return [FieldError(name, "missing", hint) for name, hint in hints_of(empty)]


def empty_of(fields: Mapping[str, Any]) -> tuple[str, ...]:
    """Name the fields of the publish list that are empty; one left out of `fields` is."""
    empty = [name for name in NEEDED if fields.get(name) in _EMPTY]
    if fields.get("goal_amount_minor") is not None and "goal_units" in empty:
        empty.remove("goal_units")
    if (
        fields.get("delivery_strategy") == "bulk_to_consolidation"
        and fields.get("consolidation_point_id") is None
    ):
        empty.append("consolidation_point")
    return tuple(empty)


def hints_of(empty: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Return these fields, each with what to do about it in plain words."""
    hints = texts("admin.missing")
    return tuple((name, hints[name]) for name in empty)


def check_publishable(campaign: Campaign, settings: Settings, *, now: datetime) -> None:
    """Refuse a campaign that may not be submitted, naming every field that is in the way.

    Raises:
        PublishBlocked: fields are missing or do not fit together.
    """
    found = [
        *missing_fields(campaign),
        *_wrong_fields(campaign, now),
        *_not_chosen(campaign, settings),
        *_wrong_shares(campaign, settings),
        *_wrong_mode(campaign, settings, now),
        *_wrong_custody(settings),
    ]
    if found:
        names = ", ".join(dict.fromkeys(label_of(error.field) for error in found))
        errors = tuple(FieldError(f"body.{e.field}", e.code, e.hint) for e in found)
        raise PublishBlocked(f"Missing or not fitting: {names}.", errors=errors)


def _wrong_fields(campaign: Campaign, now: datetime) -> Iterator[FieldError]:
    begins = max(campaign.opens_at or now, now)
    deadline = campaign.deadline_at
    if deadline is not None and not SOONEST <= deadline - begins <= LATEST:
        hint = "The closing time is 1 to 60 days after the opening."
        yield FieldError("deadline_at", "deadline_out_of_range", hint)
    if campaign.min_units and campaign.max_units and campaign.max_units < campaign.min_units:
        yield FieldError("max_units", "below_minimum", "The largest is below the smallest.")
    if campaign.cap_units and campaign.goal_units and campaign.cap_units < campaign.goal_units:
        yield FieldError("cap_units", "below_goal", "The cap is below the goal.")
    if (campaign.min_accept_units or 0) > (campaign.goal_units or campaign.cap_units or LARGEST):
        hint = "The least the supplier may accept is above the goal."
        yield FieldError("min_accept_units", "above_goal", hint)
    yield from wrong_tiers(campaign, campaign.tiers)
    most = campaign.cap_units or campaign.goal_units or 0
    if campaign.unit_price_minor and most * campaign.unit_price_minor > MAX_API_AMOUNT:
        yield FieldError("unit_price_minor", "too_large", "Goal or cap times price is too large.")
    price, supplier_price = campaign.unit_price_minor, campaign.supplier_unit_price_minor
    if price and supplier_price and supplier_price > price:
        hint = "The supplier's price is above the campaign's."
        yield FieldError("supplier_unit_price_minor", "above_price", hint)


def _not_chosen(campaign: Campaign, settings: Settings) -> Iterator[FieldError]:
    if campaign.tiers and settings.pricing != "tiers":
        hint = "The organisation has chosen one fixed price; its settings allow a ladder."
        yield FieldError("tiers", "not_chosen", hint)


def _wrong_shares(campaign: Campaign, settings: Settings) -> Iterator[FieldError]:
    yield from wrong_milestones(campaign, campaign.milestones)
    if campaign.milestones and settings.release_policy != "milestones":
        hint = "The organisation releases after the inspection; its settings allow milestones."
        yield FieldError("milestones", "not_chosen", hint)


def _wrong_mode(campaign: Campaign, settings: Settings, now: datetime) -> Iterator[FieldError]:
    """Refuse a hold that would lapse before it could be captured."""
    if campaign.funding_mode != "auth_hold" or campaign.deadline_at is None:
        return
    collects = timedelta(seconds=settings.collection_window_seconds)
    if campaign.deadline_at + collects - max(campaign.opens_at or now, now) > HOLD_WINDOW:
        hint = "A hold lasts 7 days: close earlier, or choose another way of funding."
        yield FieldError("funding_mode", "hold_too_short", hint)


def _wrong_custody(settings: Settings) -> Iterator[FieldError]:
    """Refuse to tell members that somebody else holds their money than does."""
    if payments.default_name() != settings.provider:
        hint = "Campaigns need a provider that holds money in escrow; this installation's does not."
        yield FieldError("provider", "provider_without_escrow", hint)
        return
    custody, explained = payments.custody(settings.provider)
    if custody != settings.custody:
        hint = f"{explained} Choose that in the organisation's settings."
        yield FieldError("custody", "custody_differs", hint)


def check_editable(campaign: Campaign, changes: dict[str, Any], *, has_commitments: bool) -> None:
    """Refuse a change of a locked field, by its name.

    Raises:
        FieldLocked: the first such field.
    """
    for name, value in changes.items():
        hint = _why_locked(campaign, name, value, has_commitments=has_commitments)
        if hint is not None:
            raise FieldLocked(name, label_of(name), hint)


def locked_fields(campaign: Campaign, *, has_commitments: bool) -> dict[str, str]:
    """Return every field that cannot be changed now, with the reason in plain words."""
    found = {}
    for name in sorted(FIELDS - {"visibility"}):
        hint = _why_locked(campaign, name, None, has_commitments=has_commitments)
        if hint is not None:
            found[name] = hint
    return found


def _why_locked(
    campaign: Campaign, name: str, value: object, *, has_commitments: bool
) -> str | None:
    """Return why a field cannot be changed now, None when it can."""
    is_draft = campaign.state == "draft"
    if campaign.state in _CLOSED_TO_EDITS:
        return f"nothing can be edited while {campaign.state}."
    if name == "visibility" and (value == "draft") is not is_draft:
        return "it is published by its review, and can be hidden afterwards, not unpublished."
    if is_draft or name in EDITABLE_AFTER_PUBLICATION:
        return None
    if name == "delivery_strategy":
        return "members have committed under it." if has_commitments else None
    if name == "consolidation_point_id":
        return None if campaign.state in _BEFORE_FULFILMENT else "fulfilment has begun."
    return "it is part of the published rules."
