"""Bodies about an instance's advertisers and where its results go."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

MOST_A_CALL = 10


class _Body(BaseModel):
    model_config = ConfigDict(extra="ignore", alias_generator=to_camel, populate_by_name=True)


class Advertiser(_Body):
    """An advertiser of one kind; sponsored ads name their marketplace."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,40}$")]
    type: Literal["DISPLAY", "SPONSORED_ADS"]
    marketplace_id: Annotated[str | None, Field(max_length=20)] = None

    @model_validator(mode="after")
    def _placed(self) -> Self:
        if self.type == "SPONSORED_ADS" and not self.marketplace_id:
            raise ValueError("marketplaceId is required for sponsored ads")
        return self


class UpdateBody(_Body):
    """Who comes and who goes."""

    advertisers_to_add: list[Advertiser] = []
    advertisers_to_remove: list[Advertiser] = []

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        count = len(self.advertisers_to_add) + len(self.advertisers_to_remove)
        if not 1 <= count <= MOST_A_CALL:
            raise ValueError(f"name 1 to {MOST_A_CALL} advertisers")
        return self


class AwsAccountBody(_Body):
    """Where results are delivered to."""

    aws_account_id: Annotated[str, Field(pattern=r"^[0-9]{12}$")]
    bucket_name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]{1,61}[A-Za-z0-9]$")]
