"""What this connector is, for pages and checks."""

from __future__ import annotations

from typing import Final

NAME: Final = "email"
TITLE: Final = "E-mail (SMTP and IMAP)"
DELIVERS: Final = ("email.send",)
BRINGS_IN: Final = ("RecordReply", "RecordBounce", "Unsubscribe")
PROVEN_AGAINST: Final = ("aiosmtpd (SMTP)", "mail-devel (SMTP and IMAP)", "Postfix (SMTP)", "Dovecot (IMAP)")
NOT_PROVEN: Final = "not yet proven against a commercial mail service"
