// The shapes of the HTTP contract that the page reads, narrowed to what it uses. tests/api-drift.ts holds
// each against the server's own OpenAPI file, so that `npm run typecheck` fails when they part.

export type Id = string;
export type Instant = string;

export interface FieldError {
  field: string;
  code: string;
  hint: string;
}

export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  detail?: string | null;
  code: string;
  request_id?: string | null;
  errors?: FieldError[];
  permission?: string;
}

export interface Page<Item> {
  items: Item[];
  next_cursor?: string | null;
  count?: { value: number; capped: boolean };
  is_complete?: boolean;
}

export interface SignedIn {
  access_token: string;
  token_type: "Bearer";
  expires_in: number;
  return_to: string | null;
  mfa_required: false;
}

export interface MfaNeeded {
  mfa_required: true;
  mfa_token: string;
  methods: ("totp" | "recovery_code")[];
}

export type SignIn = SignedIn | MfaNeeded;

export interface Verified {
  email: string;
  password_kept: boolean;
  sign_in: SignIn | null;
}

export interface Membership {
  tenant_id: Id;
  name: string;
  slug: string;
  roles: string[];
}

export interface WaitingInvitation {
  id: Id;
  organisation_name: string;
  expires_at: Instant;
}

export interface Me {
  user: {
    id: Id;
    email: string;
    display_name: string;
    email_verified: boolean;
    has_password: boolean;
    mfa_enabled: boolean;
  };
  tenant: {
    id: Id;
    name: string;
    slug: string;
    environment: string;
    tier: string;
    is_sandbox: boolean;
    clock_offset_seconds: number;
    modules: string[];
  } | null;
  memberships: Membership[];
  permissions: string[];
  is_operator: boolean;
  impersonator: { id: Id; email: string; reason: string; expires_at: Instant } | null;
  twins: { name: string; label: string }[];
}

export interface ModuleSwitch {
  name: string;
  title: string;
  is_optional: boolean;
  is_enabled: boolean;
  needs: string[];
  needed_by: string[];
}

export interface DeviceSession {
  id: Id;
  device: string;
  ip: string | null;
  created_at: Instant;
  last_used_at: Instant;
  current: boolean;
}

export interface Passkey {
  id: Id;
  name: string;
  created_at: Instant;
  last_used_at: Instant | null;
}

export interface Member {
  id: Id;
  user_id: Id;
  email: string | null;
  display_name: string | null;
  roles: { id: Id; name: string }[];
  joined_at: Instant;
  status: string;
  version: number;
}

export interface FormerMember {
  id: Id;
  user_id: Id;
  display_name: string | null;
  is_erased: boolean;
  removed_at: Instant | null;
}

export interface Invitation {
  id: Id;
  email: string;
  role_ids: Id[];
  created_at: Instant;
  expires_at: Instant;
  state: string;
}

export interface Role {
  id: Id;
  name: string;
  description: string;
  is_system: boolean;
  permissions: string[];
  version: number;
}

export interface Permission {
  name: string;
  description: string;
  module: string;
}

export interface Organisation {
  id: Id;
  name: string;
  slug: string;
  is_sandbox: boolean;
  theme: Theme;
  theme_presets: Record<string, Record<string, string>>;
}

export interface Theme {
  preset?: string;
  accent?: string;
  on_accent?: string;
}

export interface AuditEntry extends EventEntry {
  aggregate_id: Id;
  impersonator_id: Id | null;
  request_id: string;
  recorded_at: Instant;
  seal_sequence: number | null;
  seal_hash: string | null;
}

export interface SealStatus {
  sealed: number;
  head: string | null;
  sealed_at: Instant | null;
  checkpoint_count: number | null;
  checkpoint_signed_at: Instant | null;
}

export interface Clock {
  now: Instant;
  offset_seconds: number;
}

export interface Application {
  id: Id;
  name: string;
}

export interface ApiKey {
  id: Id;
  name: string;
  prefix: string;
  application_id: Id;
  scopes: string[];
  created_at: Instant;
  expires_at: Instant;
  last_used_at: Instant | null;
  ip_allow_list: string[];
  state: string;
}

export interface Mail {
  id: Id;
  from: string;
  to: string[];
  subject: string;
  received_at: Instant;
  text: string;
  html: string | null;
}

export interface EventEntry {
  id: Id;
  name: string;
  occurred_at: Instant;
  actor: { kind: string; id: Id | null; label: string | null };
  payload: Record<string, unknown>;
}

export type WayToConfirm = "passkey" | "password" | "mail";

/** Whether the session is fresh enough to change how one signs in, and else what helps. */
export interface Confirmation {
  is_fresh: boolean;
  ways: WayToConfirm[];
  /** The authenticator's code goes with a password or a mailed code. */
  wants_code: boolean;
}
