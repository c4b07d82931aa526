"""Names of attached files: part of the record, unless the file is called after its person."""

from sqlalchemy import text

from metatron.kernel.ids import new_id

from .conftest import House, erased

_ATTACHED = text("""
insert into files.file (tenant_id, id, name, media_type, size_bytes, sha256, purpose, state,
  uploaded_by, uploaded_at)
values (:tenant_id, :id, :name, 'application/pdf', 5, sha256('x'), 'campaigns.evidence', 'stored',
  :user_id, now())
""")
_NAMES = text("select name from files.file where tenant_id = :tenant_id order by name")


async def test_a_file_called_after_its_person_loses_that_name(house: House) -> None:
    client, email, user_id = await house.join("supplier")
    assert (await client.patch("/auth/me", json={"display_name": "Ada Byron"})).is_success
    _, _, colleague = await house.join("supplier")
    names = {
        f"passport of {email}.pdf": user_id,
        "ADA BYRON, delivery note.pdf": user_id,
        "Delivery note 17.pdf": user_id,
        "Letter to Ada Byron.pdf": colleague,
    }
    async with house.door.database.transaction(house.context) as session:
        for name, uploaded_by in names.items():
            values = {"tenant_id": house.tenant_id, "id": new_id(), "name": name}
            await session.execute(_ATTACHED, values | {"user_id": uploaded_by})
    await erased(house, client)
    async with house.door.database.transaction(house.context) as session:
        found = list(await session.scalars(_NAMES, {"tenant_id": house.tenant_id}))
    assert sorted(found) == [
        "(erased).pdf", "(erased).pdf", "Delivery note 17.pdf", "Letter to Ada Byron.pdf",
    ]  # fmt: skip
