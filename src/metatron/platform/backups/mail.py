"""What operators are written about backups."""

from metatron.platform.notifications.interface import MailTemplate, register_templates

FAILED = "backups.failed"
OVERDUE = "backups.overdue"

register_templates(
    MailTemplate(
        name=FAILED,
        version=1,
        subject="The backup failed",
        text=(
            "Today's backup could not be made.\n\nCause: {{ cause }}\nRemedy: {{ remedy }}\n\n"
            "Older backups are untouched. The console shows how it goes on:\n{{ link }}\n"
        ),
    ),
    MailTemplate(
        name=OVERDUE,
        version=1,
        subject="There is no backup of the last day",
        text=(
            "The newest backup is from: {{ newest }}\nThe last error: {{ error }}\n\n"
            "Make one with 'metatron backup create'; it names what is in the way.\n{{ link }}\n"
        ),
    ),
)
