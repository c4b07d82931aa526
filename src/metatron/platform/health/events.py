"""All that health announces, in the platform's own log."""

from datetime import datetime
from uuid import UUID

from metatron.kernel.events.event import Event


class AlertFired(Event):
    """A figure was over its threshold for too long; the aggregate is the alert."""

    name = "health.alert_fired.v1"
    rule: str
    value: float
    threshold: float
    tenant_of_alert_id: UUID | None = None
    silenced_by_id: UUID | None = None
    """The window of maintenance in which it fired: nobody was told."""


class AlertResolved(Event):
    """The figure was calm for as long, or its rule was switched off."""

    name = "health.alert_resolved.v1"
    rule: str
    tenant_of_alert_id: UUID | None = None


class AlertRuleChanged(Event):
    """An operator changed when a figure becomes an alert; `fields` names what."""

    name = "health.alert_rule_changed.v1"
    rule: str
    fields: list[str]


class MaintenancePlanned(Event):
    """An operator planned a window in which alerts stay silent; the aggregate is the window."""

    name = "health.maintenance_planned.v1"
    starts_at: datetime
    ends_at: datetime


class MaintenanceEnded(Event):
    """An operator ended a window early, or called it off."""

    name = "health.maintenance_ended.v1"


class ChannelAdded(Event):
    """An operator gave an address that is told of alerts; the aggregate is the channel."""

    name = "health.channel_added.v1"


class ChannelRemoved(Event):
    """An operator took an address away."""

    name = "health.channel_removed.v1"
