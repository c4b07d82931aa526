"""Bodies and answers of alerts."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, EmailStr, Field, StringConstraints

from metatron.apps.amc.edge import Body, Line, Storable
from metatron.apps.amc.runs.schemas import ColumnName


class ConditionBody(Body):
    """When to tell: an aggregate of a column, or without a column the number of rows."""

    column: ColumnName | None = None
    aggregate: Literal["sum", "avg", "min", "max", "count", "distinct"] = "count"
    op: Literal["<", "<=", ">", ">=", "=", "!="]
    value: Annotated[float, Field(allow_inf_nan=False)]


class MailChannel(Body):
    """An e-mail."""

    kind: Literal["mail"]
    to: EmailStr


class WebhookChannel(Body):
    """A signed POST."""

    kind: Literal["webhook"]
    url: Annotated[str, StringConstraints(min_length=1, max_length=2_000), Storable]


class WebhookShown(BaseModel):
    """A webhook; its address is shown to whoever set the alert and to managers."""

    kind: Literal["webhook"]
    url: str | None


ChannelShown = Annotated[MailChannel | WebhookShown, Field(discriminator="kind")]
Channel = Annotated[MailChannel | WebhookChannel, Field(discriminator="kind")]


class AlertBody(Body):
    """A new alert on the results of a workflow or of a schedule."""

    name: Line
    workflow_id: UUID | None = None
    schedule_id: UUID | None = None
    condition: ConditionBody
    channels: Annotated[list[Channel], Field(min_length=1, max_length=5)]


class AlertChanges(Body):
    """What is to change of an alert; what is left out stays."""

    name: Line = ""
    condition: ConditionBody | None = None
    channels: Annotated[list[Channel] | None, Field(min_length=1, max_length=5)] = None
    paused: bool | None = None

    def fields(self) -> dict[str, Any]:
        """Return what was given."""
        given = self.model_dump(mode="json", exclude_unset=True)
        return {name: value for name, value in given.items() if value is not None}


class NotSent(BaseModel):
    """A mail that an alert did not send, and why."""

    to: str
    reason: Literal["unconfirmed", "refused", "cap"]


class TrialAnswer(BaseModel):
    """Whom a trial did not go to; an address that has not answered is asked again once a day."""

    not_sent: list[NotSent]


class AwaitedAddress(BaseModel):
    """An address of nobody here that gets no mails: it has not said yes."""

    to: str
    standing: Literal["asked", "refused"]


class LastFiring(BaseModel):
    """When an alert held last, and whom it could not tell."""

    run_id: UUID
    value: str | None
    fired_at: datetime
    not_sent: list[NotSent]


class AddressToken(Body):
    """What the link in the question holds."""

    token: Annotated[str, StringConstraints(min_length=1, max_length=200), Storable]


class AddressAnswered(BaseModel):
    """What an address' owner said, and to whom."""

    organisation: str
    address: str
    says_yes: bool


class AlertAnswer(BaseModel):
    """An alert; `about` names its workflow or schedule, null once that is gone.

    `can_change`: condition and channels are the caller's to change.
    """

    id: UUID
    name: str
    workflow_id: UUID | None
    schedule_id: UUID | None
    about: str | None
    about_workflow_id: UUID | None
    condition: ConditionBody
    channels: list[ChannelShown]
    awaited: list[AwaitedAddress]
    created_by: UUID | None
    can_change: bool
    created_at: datetime
    rests_since: datetime | None
    """Its maker has left, or may see no runs any more: nobody is told until they may."""
    paused_at: datetime | None
    version: int
    last_firing: LastFiring | None


class NewAlertAnswer(AlertAnswer):
    """A new alert with the secret that signs its webhooks, shown once."""

    webhook_secret: str
