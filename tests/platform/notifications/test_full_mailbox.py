"""A disk without room puts mails off and refuses none of them for good."""

from pathlib import Path

import pytest
from aiosmtpd.smtp import Envelope

from metatron.platform.notifications.mailbox.server import _Keeper
from metatron.platform.notifications.mailbox.store import MailboxFolder

MAIL = b"From: a@example.com\r\nTo: b@example.com\r\nMessage-ID: <1@localhost>\r\n\r\nText\r\n"


async def test_a_mail_there_is_no_room_for_is_put_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "mailbox"
    keeper = _Keeper(MailboxFolder(folder))
    envelope = Envelope()
    envelope.content, envelope.mail_from = MAIL, "a@example.com"
    envelope.rcpt_tos = ["b@example.com"]

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as without_room:
        without_room.setattr("metatron.platform.notifications.mailbox.store.os.fsync", full)
        assert (await keeper.handle_DATA(None, None, envelope)).startswith("452")
        assert [each for each in folder.rglob("*") if each.is_file()] == []
    assert await keeper.handle_DATA(None, None, envelope) == "250 Kept"
    assert len(list(folder.glob("*.json"))) == 1
