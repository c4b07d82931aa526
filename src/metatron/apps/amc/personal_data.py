"""What AMC keeps about people: marks of their own, and who did what."""

from metatron.kernel.personal_data import PersonalData

PERSONAL_DATA = (
    PersonalData(
        name="marks",
        title="Your favourites, progress in guides, grants and open sign-ins",
        fate="erased",
        tables=(
            "amc.instance_favourite", "amc.workflow_favourite", "amc.guide_progress",
            "amc.sign_in", "amc.instance_grant",
        ),
        select="""
select id, level, instance_id from amc.instance_grant
where tenant_id = :tenant_id and user_id = :user_id and id > :after order by id limit :most
""",
        erase=(
            """delete from amc.instance_favourite
            where tenant_id = :tenant_id and user_id = :user_id""",
            """delete from amc.workflow_favourite
            where tenant_id = :tenant_id and user_id = :user_id""",
            "delete from amc.guide_progress where tenant_id = :tenant_id and user_id = :user_id",
            "delete from amc.sign_in where tenant_id = :tenant_id and user_id = :user_id",
            "delete from amc.instance_grant where tenant_id = :tenant_id and user_id = :user_id",
        ),
    ),
    PersonalData(
        name="private_queries",
        title="Queries of your own that you shared with nobody",
        fate="pseudonymised",
        tables=("amc.workflow", "amc.workflow_version"),
        why="Results of the organisation were made with them; they have no owner with a name",
        select="""
select id, name, description, folder, shared, created_at from amc.workflow
where tenant_id = :tenant_id and owner_id = :user_id and id > :after order by id limit :most
""",
    ),
    PersonalData(
        name="alert_addresses",
        title="Your address among those that alerts are mailed to",
        fate="erased",
        tables=("amc.alert_address", "amc.alert"),
        select="""
select id, address, asked_at, confirmed_at, refused_at from amc.alert_address
where tenant_id = :tenant_id and address_key = :email and id > :after order by id limit :most
""",
        erase=(
            "delete from amc.alert_address where tenant_id = :tenant_id and address_key = :email",
            """update amc.alert a set version = version + 1, channels = (
              select coalesce(jsonb_agg(c order by place), '[]')
              from jsonb_array_elements(a.channels) with ordinality x (c, place)
              where lower(coalesce(c ->> 'to', '')) <> :email)
            where a.tenant_id = :tenant_id and exists (
              select from jsonb_array_elements(a.channels) c where lower(c ->> 'to') = :email)""",
        ),
    ),
    PersonalData(
        name="work",
        title="Who ran, scheduled, collected, delivered and drew what",
        fate="pseudonymised",
        tables=(
            "amc.run", "amc.schedule", "amc.collection", "amc.board", "amc.board_snapshot",
            "amc.destination", "amc.connection", "amc.parameter_set", "amc.mapping",
            "amc.catalogue_import", "amc.alert",
        ),
        why="It is the organisation's; who did it has no name any more",
        select="""
select id, name, state, created_at from amc.run
where tenant_id = :tenant_id and requested_by = :user_id and id > :after order by id limit :most
""",
    ),
)  # fmt: skip
