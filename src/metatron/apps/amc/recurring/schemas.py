"""Bodies of schedules."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, StrictInt

from metatron.apps.amc.declarations import Tables
from metatron.apps.amc.edge import Body, Line, Sql
from metatron.apps.amc.recurring.rhythms import Rhythm
from metatron.apps.amc.runs.schemas import DestinationIds, Values, Zone
from metatron.apps.amc.runs.windows import WindowRule

CatchUp = Literal["skip", "last", "all"]
Failures = Annotated[StrictInt, Field(ge=1, le=100)]


class ScheduleBody(Body):
    """A new schedule. `kind` says when it fires, `window` what each run reads."""

    name: Line
    workflow_id: UUID
    instance_id: UUID
    values: Values = Field(default_factory=dict)
    window: WindowRule
    kind: Rhythm
    time_zone: Zone = "UTC"
    catch_up: CatchUp = "last"
    auto_pause_after: Failures | None = 3
    destination_ids: DestinationIds = ()

    def columns(self) -> dict[str, Any]:
        """Return what was given, as the row holds it."""
        given = self.model_dump(mode="json", exclude_unset=True)
        stored = {"window": "window_rule", "kind": "rhythm"}
        row = {stored.get(name, name): value for name, value in given.items()}
        ids = {name: getattr(self, name) for name in ("workflow_id", "instance_id") if name in row}
        return row | ids


class NewScheduleBody(ScheduleBody):
    """All of it: what is left out has its usual value."""

    def columns(self) -> dict[str, Any]:
        """Return all of it, as the row holds it."""
        row = self.model_dump(mode="json")
        row["window_rule"], row["rhythm"] = row.pop("window"), row.pop("kind")
        return row | {"workflow_id": self.workflow_id, "instance_id": self.instance_id}


class ChangeScheduleBody(ScheduleBody):
    """Any of it; what is left out stays."""

    name: Line = ""
    workflow_id: UUID = Field(default=None)  # type: ignore[assignment]
    instance_id: UUID = Field(default=None)  # type: ignore[assignment]
    window: WindowRule = Field(default=None)  # type: ignore[assignment]
    kind: Rhythm = Field(default=None)  # type: ignore[assignment]


class ExtraBody(Body):
    """When to run out of turn: five minutes to a day ahead."""

    at: AwareDatetime


class PreviewBody(Body):
    """A rhythm and a window that are not saved yet."""

    kind: Rhythm
    window: WindowRule
    time_zone: Zone = "UTC"
    instance_id: UUID | None = None
    sql: Sql | None = None
    tables: Tables = Field(default_factory=dict)
