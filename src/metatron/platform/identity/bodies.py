"""The request bodies of identity's routes. Unknown members are refused."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Email = Annotated[
    str,
    StringConstraints(min_length=3, max_length=254),
    Field(json_schema_extra={"format": "email"}),
]
PRINTABLE = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$"
"""One line of text: no control characters, which PostgreSQL or a mail header would stumble on."""
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=PRINTABLE),
]
Password = Annotated[str, StringConstraints(min_length=1, max_length=512)]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=2_048)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Slug = Annotated[str, StringConstraints(min_length=1, max_length=63, pattern=r"^[a-z0-9-]+$")]
Path = Annotated[str, StringConstraints(min_length=1, max_length=512)]


class Given(BaseModel):
    """A request body; unknown members are refused."""

    model_config = ConfigDict(extra="forbid")


class RegisterGiven(Given):
    """Registration."""

    email: Email
    display_name: Name
    password: Password | None = None
    organisation_name: Name | None = None
    return_to: Path | None = None


class LinkGiven(Given):
    """Ask for a sign-in link."""

    email: Email
    return_to: Path | None = None
    organisation: Slug | None = None


class TokenGiven(Given):
    """A token from a mail's link."""

    token: Secret


class InvitationGiven(Given):
    """The token of an invitation's link, or the id of one that waits for the person's address."""

    token: Secret | None = None
    invitation_id: UUID | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> "InvitationGiven":
        if (self.token is None) == (self.invitation_id is None):
            raise ValueError("Give either token or invitation_id.")
        return self

    @property
    def presented(self) -> str | UUID:
        """Whichever was given."""
        presented = self.token or self.invitation_id
        assert presented is not None, "one of them was given"
        return presented


class LoginGiven(Given):
    """Address and password."""

    email: Email
    password: Password


class MfaGiven(Given):
    """The second step of a sign-in."""

    mfa_token: Secret
    code: Code


class RefreshGiven(Given):
    """A refresh token, when it is not in the cookie."""

    refresh_token: Secret | None = None


class SwitchGiven(Given):
    """The organisation to go to."""

    tenant_id: UUID


class EmailGiven(Given):
    """An address."""

    email: Email


class NewPasswordGiven(Given):
    """A password to set; the current one unless there is none."""

    current_password: Password | None = None
    new_password: Password


class ResetGiven(Given):
    """A token from the mail and the password to set."""

    token: Secret
    new_password: Password


class MeGiven(Given):
    """What a person changes of themselves."""

    display_name: Name


class CodeGiven(Given):
    """A code of the authenticator app."""

    code: Code


class PasswordAgainGiven(Given):
    """The password again, and a code where the account has an authenticator."""

    password: Password
    code: Code | None = None


class MailedCodeGiven(Given):
    """The code of the mail, and one of the authenticator where the account has one."""

    mailed_code: Code
    code: Code | None = None


class PasskeyGiven(Given):
    """A new passkey: the authenticator's answer to the ceremony's challenge."""

    challenge_id: UUID
    name: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=PRINTABLE),
    ]
    credential: dict[str, Any]


class PasskeySignInGiven(Given):
    """The authenticator's answer to a sign-in's challenge."""

    challenge_id: UUID
    credential: dict[str, Any]


class ImpersonateGiven(Given):
    """Whose organisation, why, and for how long."""

    tenant_id: UUID
    reason: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=10, max_length=500, pattern=PRINTABLE),
    ]
    minutes: int = Field(default=30, ge=1, le=60)


class ServiceTokenGiven(Given):
    """A service's own credentials and whom it wants to call."""

    client_id: UUID
    client_secret: Secret
    audience: Annotated[str, StringConstraints(min_length=1, max_length=63)]
