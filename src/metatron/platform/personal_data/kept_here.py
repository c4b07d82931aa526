"""What this module, and the kernel's log, keep about people."""

from metatron.kernel.personal_data import PersonalData

PERSONAL_DATA = (
    PersonalData(
        name="activity",
        title="What you did, in the audit log",
        fate="pseudonymised",
        tables=("kernel.event",),
        why="The log is sealed and cannot change; it holds ids and no names or addresses",
        select="""
select id, name, aggregate_id, occurred_at, payload from kernel.event
where tenant_id = :tenant_id and actor_id = :user_id and id > :after order by id limit :most
""",
    ),
    PersonalData(
        name="kept_answers",
        title="Answers kept for repeated requests",
        fate="erased",
        tables=("kernel.idempotency_record",),
        erase=(
            """delete from kernel.idempotency_record
            where tenant_id = :tenant_id and actor = 'user:' || cast(:user_id as uuid)""",
        ),
        with_account=True,
    ),
    PersonalData(
        name="requests",
        title="Your requests for copies and erasure",
        fate="pseudonymised",
        tables=("personal_data.request", "personal_data.step"),
        why="They show that you asked and what was done",
        select="""
select id, kind, requested_at, due_at, state, ended_at from personal_data.request
where tenant_id = :tenant_id and user_id = :user_id and id > :after order by id limit :most
""",
    ),
)
