"""What connections announce. Payloads hold ids, states and figures; no token, no name."""

from metatron.kernel.events.event import Event


class ConnectionMoved(Event):
    """A connection came into another state; `aggregate_id` is the connection."""

    name = "amc.connection_moved.v1"
    from_state: str
    to_state: str
    reason: str | None = None


class ConnectionSynced(Event):
    """Accounts and instances were compared with Amazon's."""

    name = "amc.connection_synced.v1"
    accounts: int
    instances: int
    added: int
    gone: int


class InstanceChanged(Event):
    """Somebody changed what we keep of an instance."""

    name = "amc.instance_changed.v1"
    fields: list[str]


class InstanceGrantsChanged(Event):
    """A client was given to others; how many people and roles have it now (none: everybody)."""

    name = "amc.instance_grants_changed.v1"
    users: int
    roles: int
