"""What the records module keeps about people."""

from metatron.kernel.personal_data import PersonalData

PERSONAL_DATA = (
    PersonalData(
        name="saved_views",
        title="Views of lists you saved",
        fate="erased",
        tables=("records.saved_view",),
        select="""
select id, list_name, name, search, created_at, updated_at from records.saved_view
where tenant_id = :tenant_id and user_id = :user_id and id > :after order by id limit :most
""",
        erase=(
            "delete from records.saved_view where tenant_id = :tenant_id and user_id = :user_id",
        ),
    ),
)
