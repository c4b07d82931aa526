"""What the library refuses."""

from metatron.kernel.errors import DomainError, NotFound


class WorkflowNotFound(NotFound):
    """No workflow has this id, it is archived, or it is somebody else's and private."""

    code = "workflow_not_found"
    title = "There is no such workflow"


class VersionNotFound(NotFound):
    """The workflow has no version of this number."""

    code = "workflow_version_not_found"
    title = "The workflow has no such version"


class ParameterSetNotFound(NotFound):
    """The workflow has no such set of values."""

    code = "parameter_set_not_found"
    title = "There is no such set of values"


class ParameterSetTaken(DomainError):
    """Another set of this workflow has the name."""

    code = "parameter_set_taken"
    title = "Another set of values has this name"


class WorkflowInUse(DomainError):
    """Something still runs it; `extra` says what."""

    code = "workflow_in_use"
    title = "A schedule still runs this workflow"


class OwnerOnly(DomainError):
    """Only who owns a workflow may make it private."""

    status = 403
    code = "workflow_owner_only"
    title = "Only its owner can make a workflow private"
