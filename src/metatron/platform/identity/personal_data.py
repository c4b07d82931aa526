"""What identity keeps about people; it ends with the account (`erasing.py`)."""

from metatron.kernel.personal_data import PersonalData

_WHY = "It belongs to the account, which ends with the last organisation"

PERSONAL_DATA = (
    PersonalData(
        name="person",
        title="Your name and address",
        fate="erased",
        why=_WHY,
        ends_with_account=True,
        tables=("identity.user_account",),
        at_home=True,
        select="""
select id, email, display_name, email_verified, state from identity.pub_user
where id = :user_id and id > :after order by id limit :most
""",
    ),
    PersonalData(
        name="devices",
        title="Devices on which you are signed in",
        fate="erased",
        why=_WHY,
        ends_with_account=True,
        tables=("identity.session",),
        at_home=True,
        select="""
select id, method, device, ip, created_at, last_used_at, state from identity.pub_device
where user_id = :user_id and id > :after order by id limit :most
""",
    ),
    PersonalData(
        name="ways_to_sign_in",
        title="Your password, authenticator, recovery codes, passkeys and open links",
        fate="erased",
        why=_WHY,
        ends_with_account=True,
        tables=(
            "identity.passkey", "identity.passkey_challenge", "identity.totp",
            "identity.recovery_code", "identity.one_time_token",
        ),
        at_home=True,
        select="""
select id, name, created_at, last_used_at from identity.pub_passkey
where user_id = :user_id and id > :after order by id limit :most
""",
    ),
)  # fmt: skip
