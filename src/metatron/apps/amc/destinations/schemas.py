"""Bodies of destinations."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from metatron.apps.amc.destinations.kinds import FolderSettings, PostgresqlSettings, S3Settings
from metatron.apps.amc.edge import Body, Line


class NewPostgresqlBody(Body):
    """A table of PostgreSQL that results are written to."""

    name: Line
    kind: Literal["postgresql"]
    settings: PostgresqlSettings


class NewFolderBody(Body):
    """A folder that results are written to as Parquet."""

    name: Line
    kind: Literal["folder"]
    settings: FolderSettings = FolderSettings()


class NewBucketBody(Body):
    """A bucket that results are written to as Parquet."""

    name: Line
    kind: Literal["s3"]
    settings: S3Settings


NewDestinationBody = Annotated[
    NewPostgresqlBody | NewFolderBody | NewBucketBody, Field(discriminator="kind")
]


class ChangeDestinationBody(Body):
    """Any of it. Settings are given whole; a secret that is left out stays as it is."""

    name: Line | None = None
    settings: Annotated[dict[str, Any], Field(max_length=20)] | None = None


class DeliverBody(Body):
    """Where to."""

    destination_id: UUID
