"""What the gate announces."""

from uuid import UUID

from metatron.kernel.events.event import Event


class CredentialsMismatched(Event):
    """A bearer token and an API key of different organisations came together."""

    name = "gateway.credentials_mismatched.v1"
    user_id: UUID
    key_id: UUID
    tenant_of_token_id: UUID
    tenant_of_key_id: UUID


class AdminKeyRefused(Event):
    """A wrong admin API key was sent; the aggregate is the platform."""

    name = "gateway.admin_key_refused.v1"
