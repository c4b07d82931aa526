delete from identity.one_time_token where kind = 'confirm';
alter table identity.one_time_token drop constraint one_time_token_kind_check;
alter table identity.one_time_token add constraint one_time_token_kind_check
  check (kind in ('sign_in', 'verify_email', 'reset_password', 'mfa'));

delete from identity.passkey_challenge where kind = 'confirm';
alter table identity.passkey_challenge drop constraint passkey_challenge_kind_check;
alter table identity.passkey_challenge add constraint passkey_challenge_kind_check
  check (kind in ('registration', 'sign_in'));

alter table identity.session drop column confirmed_at;
