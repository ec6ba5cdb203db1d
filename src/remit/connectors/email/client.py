"""One SMTP conversation, with a stop right before the point of no return.

A server accepts a message when it has read the line with the single dot and answered 250. Up to the dot nothing
was accepted; after it, only the answer tells. So the dot is held back until `committing` has returned.
"""

from __future__ import annotations

import smtplib
import ssl
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final, Literal

from remit.actions.delivery import Delivered, Failed, Later, Result, Unknown

CONNECT_SECONDS: Final = 20.0
ANSWER_SECONDS: Final = 300.0  # for the dot: RFC 5321 4.5.3.2.6 says ten minutes; we can be parked sooner


@dataclass(frozen=True)
class Server:
    """Where and how to sign in."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: str = ""
    ca_file: Path | None = None
    connect_seconds: float = CONNECT_SECONDS
    answer_seconds: float = ANSWER_SECONDS


class UnsafeServer(Exception):
    """A connection without protection was asked for to another machine."""

    code = "mail_unprotected"


def tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """TLS 1.2 or later, certificate and name checked against the system's and the given authorities."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file:
        context.load_verify_locations(ca_file)
    return context


def check_protection(host: str, security: str) -> None:
    """Raises UnsafeServer for an unprotected connection that would leave this machine."""
    if security != "none" or host == "localhost":
        return
    try:
        local = ip_address(host).is_loopback
    except ValueError:
        local = False
    if not local:
        raise UnsafeServer(
            f"security none is allowed to this machine only, not to {host}; use starttls or tls"
        )


def _text(answer: bytes | str) -> str:
    shown = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join(shown.split())[:500]


class _Refused(Exception):
    """The server said no before the message was handed over."""

    def __init__(self, code: int, answer: bytes, when: str) -> None:
        super().__init__(f"{code} {_text(answer)}")
        self.code = code
        self.when = when
        self.answer = _text(answer)


def send(
    server: Server,
    sender: str,
    recipients: Sequence[str],
    wire: bytes,
    committing: Callable[[], None],
    *,
    utf8: bool = False,
) -> Result:
    """Hand `wire` (CRLF lines, ending in one) to the server for all `recipients` or none.

    Calls `committing` once, after the server has taken the text and before the closing dot; what it raises passes
    through and nothing was sent. Raises UnsafeServer. Never raises for what the server or the network does.
    """
    check_protection(server.host, server.security)
    try:
        connection = _connect(server)
    except smtplib.SMTPAuthenticationError as error:
        return Later(
            f"{server.host} does not accept our sign-in: {error.smtp_code} {_text(error.smtp_error)}."
        )
    except ssl.SSLCertVerificationError as error:
        return Later(f"The certificate of {server.host} is not to be trusted: {error.verify_message}.")
    except _Refused as error:  # ours to mend, and then it may go
        return Later(f"{server.host} refused {error.when}: {error.code} {error.answer}")
    except (OSError, smtplib.SMTPException) as error:
        return Later(f"{server.host}:{server.port} cannot be reached: {_why(error)}.")
    try:
        return _converse(server, connection, sender, recipients, wire, committing, utf8)
    finally:
        connection.close()


class ServerUnusable(Exception):
    """The mail server does not let us in; the message says why."""

    code = "mail_server_unusable"
    exit_code = 4


def check(server: Server) -> str:
    """Connect and sign in, send nothing. Raises ServerUnusable, UnsafeServer."""
    check_protection(server.host, server.security)
    try:
        connection = _connect(server)
    except (OSError, smtplib.SMTPException, _Refused) as error:
        raise ServerUnusable(f"{server.host}:{server.port} cannot be used: {_why(error)}") from error
    try:
        return f"{server.host}:{server.port} lets us in ({_tls(connection) or 'no TLS'})"
    finally:
        _quit(connection)
        connection.close()


def _connect(server: Server) -> smtplib.SMTP:
    context = tls_context(server.ca_file)
    if server.security == "tls":
        made: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=server.connect_seconds, context=context
        )
    else:
        made = smtplib.SMTP(server.host, server.port, timeout=server.connect_seconds)
    try:
        made.ehlo_or_helo_if_needed()
        if server.security == "starttls":
            made.starttls(context=context)
            made.ehlo()
        if server.user:
            _sign_in(made, server)
    except (OSError, smtplib.SMTPException, _Refused):
        made.close()
        raise
    return made


def _sign_in(connection: smtplib.SMTP, server: Server) -> None:
    """AUTH PLAIN or LOGIN in UTF-8 (RFC 4616); smtplib's own takes ASCII passwords only."""
    offered = connection.esmtp_features.get("auth", "").upper().split()
    user, password = server.user.encode(), server.password.encode()
    if "PLAIN" in offered:
        answered = connection.docmd("AUTH", "PLAIN " + _base64(b"\0" + user + b"\0" + password))
    elif "LOGIN" in offered:
        _expect(connection.docmd("AUTH", "LOGIN"), (334,), "our sign-in")
        _expect(connection.docmd(_base64(user)), (334,), "our sign-in")
        answered = connection.docmd(_base64(password))
    else:
        raise _Refused(504, b"it offers neither AUTH PLAIN nor LOGIN", "our sign-in")
    _expect(answered, (235,), "our sign-in")


def _base64(data: bytes) -> str:
    return b64encode(data).decode()


def _converse(
    server: Server,
    connection: smtplib.SMTP,
    sender: str,
    recipients: Sequence[str],
    wire: bytes,
    committing: Callable[[], None],
    utf8: bool,
) -> Result:
    try:
        _envelope(connection, sender, recipients, utf8)
        connection.send(_stuffed(wire))
    except _Refused as error:
        return _refusal(server, error)
    except (OSError, smtplib.SMTPException) as error:
        return Later(
            f"The connection to {server.host} broke before the message was handed over: {_why(error)}."
        )
    committing()
    try:
        assert connection.sock is not None
        connection.sock.settimeout(server.answer_seconds)
        connection.send(b".\r\n")
        code, answer = connection.getreply()
    except (OSError, smtplib.SMTPException) as error:
        return Unknown(
            f"The message was handed to {server.host} and its answer never came ({_why(error)}). "
            "It may have been accepted, or not."
        )
    if code == 250:
        proof = {"server": server.host, "answer": f"250 {_text(answer)}", "tls": _tls(connection)}
        _quit(connection)
        return Delivered(proof)
    return _refusal(server, _Refused(code, answer, "the message"))


def _envelope(connection: smtplib.SMTP, sender: str, recipients: Sequence[str], utf8: bool) -> None:
    options = ["BODY=8BITMIME"] if connection.has_extn("8bitmime") else []
    if utf8:
        if not connection.has_extn("smtputf8"):
            raise _Refused(
                550, b"the server does not offer SMTPUTF8, which this address needs", "the address"
            )
        options.append("SMTPUTF8")
    _expect(connection.mail(sender, options), (250,), "the sender")
    for recipient in recipients:
        _expect(connection.rcpt(recipient), (250, 251), f"the recipient at {recipient.rpartition('@')[2]}")
    connection.putcmd("DATA")
    _expect(connection.getreply(), (354,), "the start of the message")


def _expect(answered: tuple[int, bytes], good: tuple[int, ...], when: str) -> None:
    code, text = answered
    if code not in good:
        raise _Refused(code, text, when)


def _stuffed(wire: bytes) -> bytes:
    """Dots at the start of a line doubled (RFC 5321 4.5.2)."""
    doubled = wire.replace(b"\r\n.", b"\r\n..")
    return b"." + doubled if doubled.startswith(b".") else doubled


def _refusal(server: Server, refused: _Refused) -> Result:
    said = f"{server.host} refused {refused.when}: {refused.code} {refused.answer}"
    if 500 <= refused.code < 600 and refused.code not in (521, 530):
        return Failed(said, "refused", {"code": refused.code})
    return Later(said)


def _tls(connection: smtplib.SMTP) -> str:
    sock: Any = connection.sock
    return sock.version() or "" if isinstance(sock, ssl.SSLSocket) else ""


def _quit(connection: smtplib.SMTP) -> None:
    try:
        assert connection.sock is not None
        connection.sock.settimeout(2)
        connection.quit()
    except (OSError, smtplib.SMTPException):
        return  # it was accepted; how the server says goodbye does not matter


def _why(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return _text(str(error) or type(error).__name__)
