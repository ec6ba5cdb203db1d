"""A real Postfix and a real Dovecot on loopback ports, from a scratch folder. Nothing can leave the machine.

Both must be installed and the tests run as root (Postfix changes its user): `apt-get install postfix dovecot-imapd`.
Mailboxes are Maildirs of the domains northlake.example (ours) and pine.example (the buyer's).
"""

from __future__ import annotations

import imaplib
import os
import shutil
import smtplib
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.certificates import Authority, make_authority
from tests.support.smtp_server import free_port

PASSWORD = "mailpassword"
INBOX, ARCHIVE = "inbox@northlake.example", "archive@northlake.example"
DANA, FULL, GONE = "dana@pine.example", "full@pine.example", "gone@pine.example"
GREY, NOBODY = "grey@pine.example", "nobody@pine.example"
PATH = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))

MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
maillog_file = {folder}/postfix.log
maillog_file_prefixes = {folder}
myhostname = mx.pine.example
mydestination =
mynetworks = 127.0.0.1/32
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
default_transport = error:nothing leaves this machine
relay_transport = error:nothing leaves this machine
local_transport = error:nothing leaves this machine
recipient_delimiter = +
virtual_mailbox_domains = northlake.example pine.example
virtual_mailbox_maps = texthash:{folder}/boxes
virtual_mailbox_base = {folder}/mail
virtual_mailbox_limit = 0
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
transport_maps = texthash:{folder}/transport
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = check_recipient_access texthash:{folder}/access, reject_unlisted_recipient
smtpd_tls_security_level = encrypt
smtpd_tls_chain_files = {key}, {chain}
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
notify_classes =
"""
MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
127.0.0.1:{outside} inet n - n - - smtpd
  -o smtpd_tls_security_level=none -o smtpd_sasl_auth_enable=no
  -o smtpd_relay_restrictions=reject_unauth_destination -o smtpd_recipient_restrictions=reject_unlisted_recipient
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
nouser unix - n n - - pipe flags=q user=nobody argv={folder}/end 67
toobig unix - n n - - pipe flags=q user=nobody argv={folder}/end 73
"""
DOVECOT = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
log_path = {folder}/dovecot.log
ssl = required
ssl_cert = <{chain}
ssl_key = <{key}
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%d/%n
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%d/%n
}}
service imap-login {{
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {imap}
    ssl = yes
  }}
}}
service auth {{
  unix_listener {folder}/spool/private/auth {{
    mode = 0666
  }}
}}
"""


@dataclass(frozen=True)
class PostOffice:
    """Ports: `smtp` for us (STARTTLS and sign-in), `outside` for what others send in, `imap` (TLS)."""

    folder: Path
    smtp: int
    outside: int
    imap: int
    authority: Authority

    def put(self, sender: str, recipient: str, raw: bytes) -> None:
        """Deliver a raw message as somebody outside would."""
        with smtplib.SMTP("127.0.0.1", self.outside, timeout=10) as client:
            client.sendmail(sender, [recipient], raw)

    def messages(self, account: str) -> list[bytes]:
        """All messages of an account's INBOX."""
        context = ssl.create_default_context(cafile=str(self.authority.ca_file))
        client = imaplib.IMAP4_SSL("127.0.0.1", self.imap, ssl_context=context, timeout=10)
        client.login(account, PASSWORD)
        client.select("INBOX", readonly=True)
        numbers = client.search(None, "ALL")[1][0].split()
        found = [client.fetch(number, "(BODY.PEEK[])")[1][0][1] for number in numbers]
        client.logout()
        return found


@contextmanager
def post_office() -> Iterator[PostOffice]:
    """Both servers, running while the block lasts; skips with the reason where they cannot run."""
    postfix, dovecot = shutil.which("postfix", path=PATH), shutil.which("dovecot", path=PATH)
    if postfix is None or dovecot is None:
        pytest.skip("Postfix and Dovecot are not installed (apt-get install postfix dovecot-imapd)")
    if os.geteuid() != 0:
        pytest.skip("Postfix can only be started by root")
    # not pytest's folder: that is closed to the users that Postfix and Dovecot change to
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="remit-mail-")))
        folder.chmod(0o755)
        office = PostOffice(folder, free_port(), free_port(), free_port(), make_authority(folder))
        _configure(office)
        stack.enter_context(_dovecot(dovecot, folder))
        stack.enter_context(_postfix(postfix, folder))
        _wait(office)
        yield office


def _configure(office: PostOffice) -> None:
    folder = office.folder
    owner = (folder / "mail", folder / "data")
    uid, gid = (int(subprocess.check_output(["id", flag, "postfix"])) for flag in ("-u", "-g"))
    for path in (folder / "etc", folder / "spool", *owner):
        path.mkdir()
    (folder / "spool" / "private").mkdir()
    for path in (*owner, folder / "spool" / "private"):
        os.chown(path, uid, gid)
    for domain in ("northlake.example", "pine.example"):
        (folder / "mail" / domain).mkdir()
        os.chown(folder / "mail" / domain, uid, gid)
    given = {
        "folder": folder, "uid": uid, "gid": gid, "port": office.smtp, "outside": office.outside, "imap": office.imap,
        "chain": office.authority.chain, "key": office.authority.key, "password": PASSWORD,
    }  # fmt: skip
    (folder / "etc" / "main.cf").write_text(MAIN.format(**given))
    (folder / "etc" / "master.cf").write_text(MASTER.format(**given))
    (folder / "dovecot.conf").write_text(DOVECOT.format(**given))
    boxes = [INBOX, ARCHIVE, DANA, FULL, GONE, GREY]
    (folder / "boxes").write_text(
        "".join(f"{box} {box.split('@')[1]}/{box.split('@')[0]}/\n" for box in boxes)
    )
    (folder / "transport").write_text(f"{GONE} nouser:\n{FULL} toobig:\n")
    (folder / "access").write_text(f"{GREY} 451 4.7.1 Greylisted, please try again in a minute\n")
    (folder / "end").write_text("#!/bin/sh\ncat > /dev/null\nexit $1\n")
    (folder / "end").chmod(0o755)


@contextmanager
def _dovecot(program: str, folder: Path) -> Iterator[None]:
    running = subprocess.Popen([program, "-F", "-c", str(folder / "dovecot.conf")])
    try:
        yield
    finally:
        running.terminate()
        running.wait(20)


@contextmanager
def _postfix(program: str, folder: Path) -> Iterator[None]:
    command = [program, "-c", str(folder / "etc")]
    subprocess.run([*command, "start"], check=True, env={**os.environ, "PATH": PATH}, capture_output=True)
    try:
        yield
    finally:
        subprocess.run([*command, "stop"], check=True, env={**os.environ, "PATH": PATH}, capture_output=True)


def _wait(office: PostOffice) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            smtplib.SMTP("127.0.0.1", office.smtp, timeout=5).quit()
            office.messages(INBOX)
            return
        except (OSError, imaplib.IMAP4.error, smtplib.SMTPException):
            time.sleep(0.1)
    raise AssertionError((office.folder / "postfix.log").read_text()[-2000:])
