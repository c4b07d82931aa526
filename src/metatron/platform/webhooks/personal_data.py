"""What webhooks keep about people."""

from metatron.kernel.personal_data import PersonalData

PERSONAL_DATA = (
    PersonalData(
        name="webhooks_set",
        title="Webhooks you set for the organisation",
        fate="pseudonymised",
        tables=("webhooks.endpoint",),
        why="They are the organisation's; one without anybody to answer for it is switched off",
        select="""
select id, url, description, events, is_on, created_at, updated_at from webhooks.endpoint
where tenant_id = :tenant_id and answerable_id = :user_id and id > :after order by id limit :most
""",
    ),
)
