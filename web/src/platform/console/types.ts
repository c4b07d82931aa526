// What the console reads of the admin routes; tests/api-drift.ts holds each against the OpenAPI file.
import type { Id, Instant } from "@/kernel/api-types";

export interface Account {
  id: Id;
  name: string;
  contract_kind: string | null;
  contract_value_minor: number | null;
  contract_currency: string | null;
  contract_starts_on: string | null;
  contract_ends_on: string | null;
  state: string;
  tenant_count: number;
  active_tenant_count: number;
  member_count: number;
  version: number;
  created_at: Instant;
}

export interface TenantRecord {
  id: Id;
  account_id: Id | null;
  account_name: string | null;
  name: string;
  slug: string;
  state: string;
  /** As its people are told when they are refused; null where no reason was given. */
  suspended_reason: string | null;
  /** What its people are told who wait outside; null while nobody does. */
  maintenance_note: string | null;
  placement: string;
  environment: string;
  app_kind: string;
  tier: string;
  subdomain: string | null;
  custom_domain: string | null;
  is_sandbox: boolean;
  member_count: number;
  version: number;
  created_at: Instant;
}

export interface AttendedMember {
  id: Id;
  user_id: Id;
  email: string | null;
  display_name: string | null;
  roles: string[];
  joined_at: Instant;
}

export interface Usage {
  items: { name: string; used: number | null; allowed: number | null; is_own: boolean }[];
  key_count: number;
  key_last_used_at: Instant | null;
}

export interface AttendedKey {
  id: Id;
  name: string;
  prefix: string;
  scopes: string[];
  state: string;
  expires_at: Instant;
  last_used_at: Instant | null;
  application_name: string;
}

export interface Onboarding {
  id: Id;
  tenant_id: Id;
  account_id: Id | null;
  name: string;
  state: string;
  has_key: boolean;
  created_at: Instant;
  finished_at: Instant | null;
}

export interface OnboardingStep {
  name: string;
  position: number;
  state: string;
  attempts: number;
  last_error: string | null;
  started_at: Instant | null;
  finished_at: Instant | null;
}

export interface OnboardingRecord extends Onboarding {
  steps: OnboardingStep[];
}

export interface Grant {
  scope: string;
  subject_ids: Id[];
  resource: string;
  action: string;
}

export interface Operator {
  id: Id;
  user_id: Id | null;
  email: string;
  display_name: string;
  state: string;
  link_expires_at: Instant | null;
  grants: Grant[];
  version: number;
  created_at: Instant;
}

export interface Access {
  permissions: string[];
  grants: Grant[];
  resources: Record<string, string[]>;
}

export interface FoundUser {
  id: Id;
  email: string;
  display_name: string;
  email_verified: boolean;
  state: string;
  tenants: { tenant_id: Id; name: string; slug: string }[];
}

export interface AttendedDevice {
  id: Id;
  tenant_id: Id;
  device: string;
  ip: string | null;
  method: string;
  impersonator_id: Id | null;
  created_at: Instant;
  last_used_at: Instant;
}

export interface AuditEntry {
  id: Id;
  name: string;
  occurred_at: Instant;
  recorded_at: Instant;
  tenant_id: Id;
  tenant_name: string | null;
  aggregate_id: Id;
  actor: { kind: string; id: Id | null; label: string | null };
  impersonator_id: Id | null;
  request_id: string;
  seal_sequence: number | null;
  payload: Record<string, unknown>;
}

export interface SealStatus {
  sealed: number;
  head: string | null;
  sealed_at: Instant | null;
  checkpoint_count: number | null;
  checkpoint_signed_at: Instant | null;
}

export interface VerifyReport {
  is_intact: boolean;
  sealed: number;
  unsealed: number;
  checkpoints: number;
  findings: { kind: string; sequence: number | null; event_id: Id | null; detail: string }[];
}

export interface Job {
  id: number;
  job: string;
  tenant_id: Id | null;
  tenant_name: string | null;
  state: string;
  attempts: number;
  queued_at: Instant;
  failed_at: Instant;
  error: string | null;
}

export type JobsRetried = Record<"retried" | "left", number>;

export interface RoleOverview {
  items: { id: Id; name: string; description: string; permissions: string[]; member_count: number }[];
  custom: { id: Id; tenant_id: Id; tenant_name: string; name: string; permissions: string[] }[];
}

export interface Setting {
  name: string;
  variable: string;
  value: string | null;
  is_secret: boolean;
  is_set: boolean;
  source: string;
}

export type ConfigValue = number | string | null;

export interface ConfigItem {
  name: string;
  title: string;
  hint: string;
  kind: string;
  unit: string;
  least: number;
  most: number;
  may_be_unbounded: boolean;
  default: ConfigValue;
  value: ConfigValue;
  source: string;
}

export interface Config {
  version: number;
  in_force: number;
  items: ConfigItem[];
}

export interface ConfigChange {
  name: string;
  before: ConfigValue;
  after: ConfigValue;
}

export interface ConfigVersion {
  id: number;
  changed_at: Instant;
  actor_kind: string;
  changed_by: string | null;
  reason: string;
  changes: ConfigChange[];
}

export interface DeprecatedRoute {
  method: string;
  route: string;
  since: string;
  sunset: string;
  link: string | null;
  calls: number;
  callers: {
    tenant_id: Id;
    tenant_name: string | null;
    application_id: Id | null;
    calls: number;
    last_called_at: Instant;
  }[];
}
