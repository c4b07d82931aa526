"""What notifications keep about people."""

from metatron.kernel.personal_data import PersonalData

PERSONAL_DATA = (
    PersonalData(
        name="mails",
        title="Mails sent to you: address, subject and text",
        fate="erased",
        tables=("notifications.message_body",),
        select="""
select b.id, b.address, b.subject, b.text, b.created_at from notifications.message_body b
join notifications.message m on m.tenant_id = b.tenant_id and m.id = b.id
where b.tenant_id = :tenant_id and (m.recipient_id = :user_id or lower(b.address) = :email)
  and b.id > :after order by b.id limit :most
""",
        erase=(
            """delete from notifications.message_body b using notifications.message m
            where b.tenant_id = :tenant_id and m.tenant_id = b.tenant_id and m.id = b.id
              and (m.recipient_id = :user_id or lower(b.address) = :email)""",
        ),
        with_account=True,
    ),
    PersonalData(
        name="mails_noted",
        title="That a mail was sent to you, and whether it arrived",
        fate="pseudonymised",
        tables=("notifications.message", "notifications.delivery_attempt"),
        why="It shows that you were told; no address and no text is in it",
        select="""
select id, template, state, created_at, sent_at from notifications.message
where tenant_id = :tenant_id and recipient_id = :user_id and id > :after order by id limit :most
""",
    ),
    PersonalData(
        name="preferences",
        title="Which mails you want, and when",
        fate="erased",
        tables=("notifications.preference",),
        select="""
select md5(kind)::uuid as id, kind, delivery, updated_at from notifications.preference
where tenant_id = :tenant_id and user_id = :user_id and md5(kind)::uuid > :after
order by 1 limit :most
""",
        erase=(
            """delete from notifications.preference
            where tenant_id = :tenant_id and user_id = :user_id""",
        ),
    ),
)
