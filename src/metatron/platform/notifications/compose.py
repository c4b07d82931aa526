"""Makes the mail itself; nothing in a value can become a header or a recipient."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import parseaddr
from uuid import UUID

from metatron.platform.notifications.templates import one_line


def compose(
    *, sender: str, address: str, subject: str, text: str, message_id: UUID, sent_at: datetime
) -> EmailMessage:
    """Return the mail as an RFC 5322 message whose Message-ID is the row's id.

    Args:
        sender: an address, or `Name <address>`, from the settings.
        address: the one recipient.
        subject: a single line; control characters are struck out.
        text: the plain text.
        message_id: the row's id.
        sent_at: when it leaves.
    """
    name, sender_address = parseaddr(sender)
    user, _, domain = address.rpartition("@")
    plain = address.isascii() and sender_address.isascii()
    mail = EmailMessage(policy=SMTP if plain else SMTPUTF8)
    mail["From"] = Address(one_line(name), addr_spec=sender_address)
    mail["To"] = Address(username=user, domain=domain)
    mail["Subject"] = one_line(subject)
    mail["Date"] = sent_at
    mail["Message-ID"] = f"<{message_id}@{sender_address.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text)
    return mail
