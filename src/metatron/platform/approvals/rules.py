"""Which actions need a second person, and for how long a request stays open."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from metatron.kernel.context import Context
from metatron.kernel.errors import InvalidInput
from metatron.kernel.etag import check_if_match
from metatron.kernel.events.event import publish
from metatron.kernel.money import is_currency
from metatron.platform.approvals.actions import action_named
from metatron.platform.approvals.events import SettingsChanged
from metatron.platform.approvals.people import demand_person
from metatron.platform.approvals.permissions import CONFIGURE
from metatron.platform.approvals.tables import SettingsRow

FourEyes = Literal["always", "above", "never"]
DEFAULT_SECONDS = 72 * 3_600
LEAST_SECONDS, MOST_SECONDS = 3_600, 30 * 86_400


@dataclass(frozen=True, slots=True)
class Rule:
    """When an action needs a second person; "above" names an amount in minor units."""

    four_eyes: FourEyes = "always"
    above_minor: int | None = None
    currency: str | None = None

    def holds_for(self, amount_minor: int | None, currency: str | None) -> bool:
        """Tell whether this amount needs a second person.

        What cannot be compared (no amount, another currency) does.
        """
        if self.four_eyes != "above":
            return self.four_eyes == "always"
        if amount_minor is None or self.above_minor is None or currency != self.currency:
            return True
        return amount_minor > self.above_minor


@dataclass(frozen=True, slots=True)
class Rules:
    """An organisation's settings; `version` 0 when it never changed any."""

    expires_after_seconds: int
    by_action: dict[str, Rule]
    version: int

    def of(self, action: str) -> Rule:
        """Return the rule of an action; the default asks for a second person always."""
        return self.by_action.get(action, Rule())


async def read_rules(session: AsyncSession, context: Context) -> Rules:
    """Return the organisation's settings, or the defaults."""
    return _read(await session.scalar(_query(context)))


async def needs_approval(
    session: AsyncSession,
    context: Context,
    *,
    action: str,
    amount_minor: int | None = None,
    currency: str | None = None,
) -> bool:
    """Tell whether `action` over this amount (minor units) needs a second person here."""
    assert action_named(action) is not None, f"register_action was not called for {action}"
    rules = await read_rules(session, context)
    return rules.of(action).holds_for(amount_minor, currency)


async def change_rules(
    session: AsyncSession,
    context: Context,
    *,
    expires_after_seconds: int | None = None,
    rules: dict[str, Rule] | None = None,
    if_match: str | None = None,
    now: datetime,
) -> Rules:
    """Change the settings; they hold for what is asked for afterwards.

    Raises:
        PersonNeeded: only people, signed in as themselves, loosen or tighten this.
        InvalidInput: an unknown action, an amount without its currency, an impossible duration.
        VersionConflict: the settings changed since they were read.
    """
    person = demand_person(context)
    context.demand(CONFIGURE)
    row = await session.scalar(_query(context).with_for_update())
    check_if_match(if_match, row.version if row is not None else 0)
    if row is None:
        row = SettingsRow(
            tenant_id=context.tenant_id,
            expires_after_seconds=DEFAULT_SECONDS,
            rules={},
            version=0,
            changed_at=now,
        )
        session.add(row)
    fields: list[str] = []
    if expires_after_seconds is not None:
        row.expires_after_seconds = _checked_seconds(expires_after_seconds)
        fields.append("expires_after_seconds")
    if rules:
        row.rules = {**row.rules, **{name: _checked(name, rule) for name, rule in rules.items()}}
        fields += sorted(rules)
    row.version += 1
    row.changed_at, row.changed_by = now, person
    await session.flush()
    event = SettingsChanged(aggregate_id=context.tenant_id, fields=fields)
    await publish(session, context, event, now=now)
    return _read(row)


def _query(context: Context) -> Any:
    return select(SettingsRow).where(SettingsRow.tenant_id == context.tenant_id)


def _read(row: SettingsRow | None) -> Rules:
    if row is None:
        return Rules(DEFAULT_SECONDS, {}, 0)
    by_action = {name: Rule(**rule) for name, rule in row.rules.items()}
    return Rules(row.expires_after_seconds, by_action, row.version)


def _checked_seconds(seconds: int) -> int:
    if not LEAST_SECONDS <= seconds <= MOST_SECONDS:
        hint = "Give one hour to thirty days."
        raise InvalidInput.field("body.expires_after_seconds", "out_of_range", hint)
    return seconds


def _checked(name: str, rule: Rule) -> dict[str, Any]:
    action = action_named(name)
    if action is None or action.is_fixed:
        hint = "Choose an action from the list."
        raise InvalidInput.field("body.rules.action", "unknown_action", hint)
    if rule.four_eyes != "above":
        return {"four_eyes": rule.four_eyes}
    if rule.above_minor is None or rule.currency is None or not is_currency(rule.currency):
        hint = "Give above_minor and an ISO 4217 currency with 'above'."
        raise InvalidInput.field("body.rules.above_minor", "amount_required", hint)
    return {"four_eyes": "above", "above_minor": rule.above_minor, "currency": rule.currency}
