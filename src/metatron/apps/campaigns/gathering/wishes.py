"""What members ask for when they commit, and what of it can be refused without the ledger."""

from dataclasses import dataclass
from uuid import UUID

from metatron.apps.campaigns.errors import AcknowledgementMissing, TermsOutdated
from metatron.apps.campaigns.permissions import COMMIT
from metatron.apps.campaigns.rules.addresses import Destination, check_destination
from metatron.apps.campaigns.tables import Campaign
from metatron.kernel.context import Context
from metatron.kernel.errors import FieldError, InvalidInput, PermissionDenied


@dataclass(frozen=True, slots=True)
class Wish:
    """What a member asks for. `id` is a UUIDv7 made by the member's own device."""

    id: UUID
    units: int
    terms_version: str
    acknowledged_escrow_terms: bool
    acknowledged_may_not_succeed: bool
    payment_method: str
    destination: Destination | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A wish and who has it."""

    context: Context
    wish: Wish

    @property
    def member_id(self) -> UUID:
        """Return the member's user id."""
        return demand_member(self.context)


def demand_member(context: Context) -> UUID:
    """Return the user id of somebody who may commit.

    Raises:
        PermissionDenied: the actor is no person, or may not.
    """
    context.demand_lasting(COMMIT)
    if context.actor_kind != "user" or context.actor_id is None:
        raise PermissionDenied(COMMIT)
    return context.actor_id


def check_wish(campaign: Campaign, wish: Wish) -> None:
    """Refuse a wish that is not complete.

    Raises:
        InvalidInput: an id that is no UUIDv7.
        AcknowledgementMissing, TermsOutdated: the two acknowledgements, of the published terms.
        DeliveryDataMissing: the units are delivered directly and the address is not complete.
    """
    if wish.id.version != 7:
        raise InvalidInput.field("body.id", "not_uuid7", "Make the id as a UUIDv7 (RFC 9562).")
    missing = tuple(
        FieldError(f"body.{name}", "acknowledgement_missing", "This needs to be acknowledged.")
        for name in ("acknowledged_escrow_terms", "acknowledged_may_not_succeed")
        if not getattr(wish, name)
    )
    if missing:
        raise AcknowledgementMissing(errors=missing)
    if wish.terms_version != campaign.terms_version:
        raise TermsOutdated(f"The published terms have the version {campaign.terms_version}.")
    check_destination(campaign, wish.destination)


def check_limit(campaign: Campaign, wish: Wish, held: int) -> None:
    """Refuse units outside the campaign's limits; `held` are those the member holds already.

    Raises:
        InvalidInput: too few, or too many.
    """
    assert campaign.min_units is not None
    assert campaign.max_units is not None
    if wish.units < campaign.min_units:
        hint = f"A commitment is for at least {campaign.min_units} units."
        raise InvalidInput.field("body.units", "below_minimum", hint)
    if held + wish.units > campaign.max_units:
        hint = f"A member commits to at most {campaign.max_units} units; you hold {held}."
        raise InvalidInput.field("body.units", "above_maximum", hint)
