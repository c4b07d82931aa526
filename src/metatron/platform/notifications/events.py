"""What this module announces."""

from metatron.kernel.events.event import Event


class PreferenceChanged(Event):
    """Somebody chose how a kind of mail reaches them; `aggregate_id` is their user id."""

    name = "notifications.preference_changed.v1"
    kind: str
    delivery: str
