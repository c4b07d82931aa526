"""What the library announces: ids, numbers and names of fields, never a query or a value."""

from uuid import UUID

from metatron.kernel.events.event import Event


class WorkflowCreated(Event):
    """A workflow was added; `aggregate_id` is the workflow."""

    name = "amc.workflow_created.v1"
    forked_from: UUID | None
    guide: str | None


class WorkflowChanged(Event):
    """Something about a workflow changed; `number` is that of its current version."""

    name = "amc.workflow_changed.v1"
    fields: list[str]
    number: int


class WorkflowRestored(Event):
    """An earlier version became the newest again, under a number of its own."""

    name = "amc.workflow_restored.v1"
    from_number: int
    number: int


class WorkflowArchived(Event):
    """A workflow left the library; its runs stay."""

    name = "amc.workflow_archived.v1"


class WorkflowUnarchived(Event):
    """An archived workflow is in the library again."""

    name = "amc.workflow_unarchived.v1"


class ParameterSetSaved(Event):
    """Values were saved under a name; `aggregate_id` is the workflow."""

    name = "amc.parameter_set_saved.v1"
    parameter_set_id: UUID


class ParameterSetDeleted(Event):
    """Saved values were deleted; `aggregate_id` is the workflow."""

    name = "amc.parameter_set_deleted.v1"
    parameter_set_id: UUID
