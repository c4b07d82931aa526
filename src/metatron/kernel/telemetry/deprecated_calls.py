"""Who calls routes on their way out, counted in this process until somebody takes the figures."""

from uuid import UUID

Caller = tuple[str, str, UUID, UUID | None]
"""Method, route template, tenant, and the application whose key it was."""
_calls: dict[Caller, int] = {}


def note_caller(
    method: str, route: str, tenant_id: UUID, application_id: UUID | None, *, calls: int = 1
) -> None:
    """Count calls of a deprecated route."""
    caller = (method, route, tenant_id, application_id)
    _calls[caller] = _calls.get(caller, 0) + calls


def take_callers() -> dict[Caller, int]:
    """Return what was counted since the last time, and begin anew."""
    taken = dict(_calls)
    _calls.clear()
    return taken
