"""Bodies and answers of grants."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from metatron.apps.amc.connections.grants import Level
from metatron.apps.amc.edge import Body

MOST = 200


class UserGrantBody(Body):
    """What a member may do with the client."""

    user_id: UUID
    level: Level


class RoleGrantBody(Body):
    """What those who carry a role may do with the client."""

    role_id: UUID
    level: Level


class GrantsBody(Body):
    """All of a client's grants; none at all opens it to everybody who may use AMC."""

    users: Annotated[list[UserGrantBody], Field(max_length=MOST)]
    roles: Annotated[list[RoleGrantBody], Field(max_length=MOST)]

    @model_validator(mode="after")
    def _nobody_twice(self) -> Self:
        names = [each.user_id for each in self.users] + [each.role_id for each in self.roles]
        if len(set(names)) < len(names):
            raise ValueError("name everybody once")
        return self


class UserGrantShown(BaseModel):
    """A member's grant; without a name it is nobody's account any more."""

    user_id: UUID
    display_name: str | None
    email: str | None
    level: Level


class RoleGrantShown(BaseModel):
    """A role's grant; without a name the role is gone."""

    role_id: UUID
    name: str | None
    level: Level


class GrantsAnswer(BaseModel):
    """Who may work with a client; while nobody is named, everybody who may use AMC."""

    instance_id: UUID
    users: list[UserGrantShown]
    roles: list[RoleGrantShown]
    version: int
