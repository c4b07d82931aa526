"""All that tenancy can refuse."""

from metatron.kernel.errors import (
    DomainError,
    PermissionDenied,
    TooManyRequests,
    Unauthenticated,
)


class MissingApiKey(Unauthenticated):
    """No key was sent where one is needed."""

    code = "missing_api_key"
    title = "Send your API key in the header X-API-Key"


class InvalidApiKeyFormat(Unauthenticated):
    """The text cannot be a key: wrong shape or a typing error (checksum)."""

    code = "invalid_api_key_format"
    title = "This is not an API key; check for typing errors"


class InvalidApiKey(Unauthenticated):
    """Unknown, expired or revoked: the answer is the same."""

    code = "invalid_api_key"
    title = "This API key is not valid"


class SlugTaken(DomainError):
    """Another organisation has this short name."""

    code = "slug_taken"
    title = "This short name is taken"


class AddressTaken(DomainError):
    """Another tenant has this subdomain or custom domain."""

    code = "address_taken"
    title = "This subdomain or domain is taken"


class LastOwner(DomainError):
    """An organisation keeps at least one owner."""

    code = "last_owner"
    title = "An organisation needs at least one owner"


class GrantAboveOwnRights(DomainError):
    """Nobody gives a right that they do not hold."""

    status = 403
    code = "grant_above_own_rights"
    title = "You can only give rights that you hold yourself"


class UnknownPermission(DomainError):
    """A permission that no module declares."""

    status = 422
    code = "unknown_permission"
    title = "There is no such permission"


class NameTaken(DomainError):
    """The organisation has a record of this kind and name."""

    code = "name_taken"
    title = "This name is taken"


class RoleInUse(DomainError):
    """Members still carry the role."""

    code = "role_in_use"
    title = "Members still have this role"


class SystemRoleFixed(DomainError):
    """Built-in roles come with the software."""

    code = "system_role_fixed"
    title = "Built-in roles cannot be changed"


class AlreadyMember(DomainError):
    """The address belongs to an active member."""

    code = "already_member"
    title = "This person is a member already"


class InvitationPending(DomainError):
    """An unexpired invitation for the address is under way."""

    code = "invitation_pending"
    title = "An invitation to this address is under way"


class TooManyInvitations(TooManyRequests):
    """As many invitations have left in a day as may, to an address or of the organisation."""

    code = "too_many_invitations"
    title = "Enough invitations have been sent for today"


class TooManyOrganisations(TooManyRequests):
    """The person has made as many organisations within a day as one may."""

    code = "too_many_organisations"
    title = "You have made enough organisations for today"


class OrganisationsFull(DomainError):
    """The person owns as many organisations as one may."""

    code = "organisations_full"
    title = "You own as many organisations as one person may"


class LimitReached(DomainError):
    """What the organisation's plan allows is used up; `extra` says of what, and how much."""

    status = 403
    code = "limit_reached"
    title = "Your plan allows no more of this"

    def __init__(self, limit: str, *, allowed: float, used: float, detail: str) -> None:
        """Name the limit (a field of `Limits`), in its unit."""
        super().__init__(detail, extra={"limit": limit, "allowed": allowed, "used": used})


class InvitationInvalid(DomainError):
    """Unknown, used, withdrawn or expired: the answer is the same."""

    status = 410
    code = "invitation_invalid"
    title = "This invitation is no longer valid"


class InvitationForOther(DomainError):
    """The invitation was sent to another address."""

    status = 403
    code = "invitation_for_other"
    title = "This invitation was sent to another e-mail address"


class NotSandbox(DomainError):
    """Only a sandbox organisation has a clock that can be advanced."""

    code = "not_sandbox"
    title = "Only a sandbox organisation's clock can be advanced"


class SandboxUnavailable(DomainError):
    """A clock that is moved on and money that really moves do not go together."""

    code = "sandbox_unavailable"
    title = "There are no sandboxes here: payments are real on this installation"


class ModuleNeeded(DomainError):
    """Other enabled modules depend on it, or it depends on one that is off."""

    code = "module_needed"
    title = "Other modules depend on this one"


class TransitionRefused(DomainError):
    """The record's state does not allow this step."""

    code = "transition_refused"
    title = "This is not possible in the present state"


class OwnerAccessMissing(DomainError):
    """This process was not given the owner's database address."""

    status = 503
    code = "owner_access_missing"
    title = "This process cannot create databases"


class MoveUnderWay(DomainError):
    """Another process is moving the tenant."""

    code = "move_under_way"
    title = "This organisation is being moved already"


class MigrationUnderWay(DomainError):
    """Another process is migrating the databases of dedicated tenants."""

    code = "migration_under_way"
    title = "The databases are being migrated already"


class MoveFailed(DomainError):
    """The copy failed or differed; the source is untouched and goes on."""

    status = 503
    code = "move_failed"
    title = "The move failed; nothing has changed"


class RestoreFailed(DomainError):
    """The rows of old could not be put in place; those of today go on."""

    status = 503
    code = "restore_failed"
    title = "The restoration failed; nothing has changed"


class LinkInvalid(DomainError):
    """Unknown, used or expired operator link."""

    status = 410
    code = "link_invalid"
    title = "This link is no longer valid"


class AccountInUse(DomainError):
    """Tenants belong to the client account."""

    code = "account_in_use"
    title = "Organisations belong to this account"


class OperatorKnown(DomainError):
    """The address belongs to an operator already."""

    code = "operator_known"
    title = "This person is an operator already"


class NotOperator(PermissionDenied):
    """The caller of an operators' route is none, or was suspended a moment ago."""

    title = "This is for operators of the platform"

    def __init__(self, permission: str) -> None:
        """Name the right that operators need here (`resource:action`)."""
        super().__init__(permission)
        self.detail = "You are no operator of this platform, or no longer."


class OperatorRightMissing(PermissionDenied):
    """An operator without this right, whatever its scope."""

    title = "Your rights as an operator do not include this"

    def __init__(self, permission: str) -> None:
        """Name the missing right (`resource:action`)."""
        super().__init__(permission)
        self.detail = f"This needs the right {permission}; an operator who holds it can give it."


class ScopeTooNarrow(DomainError):
    """An operator holds the right over some accounts or tenants; this is about all of them."""

    status = 403
    code = "scope_too_narrow"
    title = "This shows or changes the whole platform"

    def __init__(self, permission: str) -> None:
        """Name the right (`resource:action`) that would have to be over everything."""
        detail = f"You hold {permission} over some accounts or tenants; this needs it over all."
        super().__init__(detail, extra={"permission": permission})


class KeyMakesNoKey(DomainError):
    """An admin API key that makes another one would outlive its own end."""

    status = 403
    code = "key_makes_no_key"
    title = "An operator makes admin API keys, not another key"


class OwnOperator(DomainError):
    """Nobody changes their own operator's rights, nor suspends themselves."""

    code = "own_operator"
    title = "Another operator has to do this for you"
