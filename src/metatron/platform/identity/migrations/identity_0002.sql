alter table identity.session add column confirmed_at timestamptz;

alter table identity.one_time_token drop constraint one_time_token_kind_check;
alter table identity.one_time_token add constraint one_time_token_kind_check
  check (kind in ('sign_in', 'verify_email', 'reset_password', 'mfa', 'confirm'));

alter table identity.passkey_challenge drop constraint passkey_challenge_kind_check;
alter table identity.passkey_challenge add constraint passkey_challenge_kind_check
  check (kind in ('registration', 'sign_in', 'confirm'));
