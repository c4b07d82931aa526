"""What other modules may ask of tenancy."""

from metatron.platform.tenancy.actor_rights import ActorRights, rights_of_actor
from metatron.platform.tenancy.admin_key_facts import AdminKeyFacts, resolve_admin_key
from metatron.platform.tenancy.admin_scope import (
    acting_operator,
    demand_everything,
    tenants_in_reach,
)
from metatron.platform.tenancy.announce import CHANNEL as ACCESS_CHANNEL
from metatron.platform.tenancy.api_keys import is_made_by_a_person, makers_of_key
from metatron.platform.tenancy.clearing import end_kept_copies
from metatron.platform.tenancy.clock import advance_clock
from metatron.platform.tenancy.command_doors import Compose, open_for_command
from metatron.platform.tenancy.errors import (
    InvalidApiKey,
    InvalidApiKeyFormat,
    InvitationForOther,
    InvitationInvalid,
    LimitReached,
    LinkInvalid,
    MissingApiKey,
    NotOperator,
    OperatorRightMissing,
    ScopeTooNarrow,
    SlugTaken,
)
from metatron.platform.tenancy.facts import (
    AccessFacts,
    KeyFacts,
    Membership,
    OwnLimits,
    TenantFacts,
    members_allowed,
    memberships_of,
    resolve_access,
    roles_of,
    tenant_by_id,
    tenant_by_slug,
    tenants_by_id,
)
from metatron.platform.tenancy.invitations import accept_invitation
from metatron.platform.tenancy.key_format import is_key
from metatron.platform.tenancy.key_look_up import resolve_api_key
from metatron.platform.tenancy.key_usage import note_use
from metatron.platform.tenancy.limits import TENANT_FACTOR, Limits, limits_of, tenant_limits
from metatron.platform.tenancy.mail import mail_operators
from metatron.platform.tenancy.member_data import (
    MemberFacts,
    member_facts,
    module_configuration,
)
from metatron.platform.tenancy.members import add_member
from metatron.platform.tenancy.meters import register_meter
from metatron.platform.tenancy.onboarding_people import provide_people
from metatron.platform.tenancy.operator_facts import (
    OPERATOR_PERMISSIONS,
    OperatorFacts,
    operators_in_force,
    resolve_operator,
)
from metatron.platform.tenancy.operators import ensure_operator
from metatron.platform.tenancy.organisations import create_organisation
from metatron.platform.tenancy.pages import Count, Page, paged
from metatron.platform.tenancy.readdressing import readdress_placements
from metatron.platform.tenancy.resealing import reseal_everything
from metatron.platform.tenancy.restoring import Former, Restored, restore_tenant
from metatron.platform.tenancy.rights import SYSTEM_ROLES, prepare, system_role_id
from metatron.platform.tenancy.sealing_port import provide_sealing
from metatron.platform.tenancy.session_access import SessionFacts, resolve_session
from metatron.platform.tenancy.site import migration_folders, on_database
from metatron.platform.tenancy.waiting_invitations import WaitingInvitation, waiting_invitations

__all__ = [
    "ACCESS_CHANNEL",
    "OPERATOR_PERMISSIONS",
    "SYSTEM_ROLES",
    "TENANT_FACTOR",
    "AccessFacts",
    "ActorRights",
    "AdminKeyFacts",
    "Compose",
    "Count",
    "Former",
    "InvalidApiKey",
    "InvalidApiKeyFormat",
    "InvitationForOther",
    "InvitationInvalid",
    "KeyFacts",
    "LimitReached",
    "Limits",
    "LinkInvalid",
    "MemberFacts",
    "Membership",
    "MissingApiKey",
    "NotOperator",
    "OperatorFacts",
    "OperatorRightMissing",
    "OwnLimits",
    "Page",
    "Restored",
    "ScopeTooNarrow",
    "SessionFacts",
    "SlugTaken",
    "TenantFacts",
    "WaitingInvitation",
    "accept_invitation",
    "acting_operator",
    "add_member",
    "advance_clock",
    "create_organisation",
    "demand_everything",
    "end_kept_copies",
    "ensure_operator",
    "is_key",
    "is_made_by_a_person",
    "limits_of",
    "mail_operators",
    "makers_of_key",
    "member_facts",
    "members_allowed",
    "memberships_of",
    "migration_folders",
    "module_configuration",
    "note_use",
    "on_database",
    "open_for_command",
    "operators_in_force",
    "paged",
    "prepare",
    "provide_people",
    "provide_sealing",
    "readdress_placements",
    "register_meter",
    "reseal_everything",
    "resolve_access",
    "resolve_admin_key",
    "resolve_api_key",
    "resolve_operator",
    "resolve_session",
    "restore_tenant",
    "rights_of_actor",
    "roles_of",
    "system_role_id",
    "tenant_by_id",
    "tenant_by_slug",
    "tenant_limits",
    "tenants_by_id",
    "tenants_in_reach",
    "waiting_invitations",
]
