"""What the module announces: ids and counts. The aggregate is the request."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from metatron.kernel.events.event import Event


class ExportRequested(Event):
    """A copy of a person's data was asked for."""

    name: ClassVar[str] = "personal_data.export_requested.v1"
    user_id: UUID


class ExportMade(Event):
    """The copy is there, as a file that ends by itself."""

    name: ClassVar[str] = "personal_data.export_made.v1"
    user_id: UUID
    file_id: UUID
    rows: int


class ErasureRequested(Event):
    """The erasure of a person's data was asked for; nothing happens before `due_at`."""

    name: ClassVar[str] = "personal_data.erasure_requested.v1"
    user_id: UUID
    due_at: datetime


class ErasureWithdrawn(Event):
    """It was taken back in time."""

    name: ClassVar[str] = "personal_data.erasure_withdrawn.v1"
    user_id: UUID


class ErasurePostponed(Event):
    """Something stands in the way (`obstacles`, stable codes); it is tried again at `due_at`."""

    name: ClassVar[str] = "personal_data.erasure_postponed.v1"
    user_id: UUID
    obstacles: list[str]
    due_at: datetime


class RequestRetried(Event):
    """An operator had a request tried again at once; `kind` is `export` or `erasure`."""

    name: ClassVar[str] = "personal_data.request_retried.v1"
    user_id: UUID
    kind: str


class ErasureDone(Event):
    """The person is erased: how many rows went, stay without a name, or had to be kept."""

    name: ClassVar[str] = "personal_data.erasure_done.v1"
    user_id: UUID
    erased: int
    pseudonymised: int
    kinds_kept: int
    account_ended: bool
