"""All that health announces, in the platform's own log."""

from uuid import UUID

from metatron.kernel.events.event import Event


class AlertFired(Event):
    """A figure was over its threshold for too long; the aggregate is the alert."""

    name = "health.alert_fired.v1"
    rule: str
    value: float
    threshold: float
    tenant_of_alert_id: UUID | None = None


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
