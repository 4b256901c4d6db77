"""Which questions are put to the IMAP server?

On the standard library's imaplib, which knows no errors of ours: whatever it raises becomes one of them here.
"""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from feedbackloop.errors import Fatal, Refused, Retriable, SourceError
from feedbackloop_connectors.mail.letters import Letter, read_letter
from feedbackloop_connectors.mail.options import MailOptions

SECONDS = 60
LARGEST = 2 * 1024 * 1024
"""Bytes read of one mail: the words stand in front, attachments behind."""
_VALIDITY = re.compile(rb"UIDVALIDITY (\d+)")
_PASSING = re.compile(r"\[(LIMIT|UNAVAILABLE|INUSE|SERVERBUG)\]")
"""Reasons to refuse a login that pass (RFC 5530)."""
_UID = re.compile(rb"UID (\d+)")
_FLAGS = re.compile(rb"FLAGS \(([^)]*)\)")


class Imap:
    """One login. Folders are opened for reading only, except to set flags."""

    def __init__(self, options: MailOptions, ca_file: str | None) -> None:
        self._options = options
        self._ca_file = ca_file
        self._server: imaplib.IMAP4 | None = None
        self.calls = 0

    def select(self, folder: str, *, readonly: bool = True) -> int:
        """Open a folder and give its UIDVALIDITY.

        Raises:
            Fatal: There is no such folder.
        """
        status, _ = self._ask("select", _quoted(folder), readonly)
        if status != "OK":
            raise Fatal(f"there is no folder {folder!r} in this mailbox; correct `folders`")
        found = self._server.response("UIDVALIDITY")[1] if self._server else [None]
        return int(found[0]) if found and found[0] else 0

    def new(self, after: int) -> list[int]:
        """Name the messages of the open folder behind a UID, oldest first."""
        # `n:*` always holds the last message, also where its number is smaller than n
        return [uid for uid in self._search("UID", f"{after + 1}:*") if uid > after]

    def in_thread(self, root: str) -> list[int]:
        """Name the messages of the open folder that begin a thread or go back to it."""
        wanted = _quoted(f"<{root}>")
        found: set[int] = set()
        for name in ("Message-ID", "References", "In-Reply-To"):
            found |= set(self._search("HEADER", name, wanted))
        # a report on undelivered mail names its thread only inside
        found |= set(self._search("HEADER", "Content-Type", '"report"', "TEXT", wanted))
        return sorted(found)

    def letters(self, folder: str, uids: Sequence[int]) -> Iterator[tuple[int, Letter, frozenset[str]]]:
        """Read messages of the open folder: UID, letter, keywords."""
        for begin in range(0, len(uids), 20):
            wanted = ",".join(map(str, uids[begin : begin + 20]))
            _, data = self._ask("uid", "FETCH", wanted, f"(UID FLAGS INTERNALDATE BODY.PEEK[]<0.{LARGEST}>)")
            for row in data:
                if isinstance(row, tuple) and (uid := _UID.search(row[0])):
                    flags = _FLAGS.search(row[0])
                    held = flags[1].decode("ascii", "replace").split() if flags else []
                    letter = read_letter(row[1], _arrived(row[0]), f"{folder}-{uid[1].decode()}")
                    yield int(uid[1]), letter, frozenset(held)

    def add_flags(self, uids: Sequence[int], flags: Sequence[str], sign: str = "+") -> None:
        """Set flags on messages of the open folder, or with `-` take them away; all others stay."""
        if uids:
            self._must("uid", "STORE", ",".join(map(str, uids)), f"{sign}FLAGS.SILENT", f"({' '.join(flags)})")

    def expunge(self, uids: Sequence[int]) -> None:
        """Remove messages of the open folder that are flagged as deleted."""
        if uids:
            self._must("uid", "EXPUNGE", ",".join(map(str, uids)))

    def append(self, folder: str, raw: bytes, flags: str) -> None:
        """Put a message into a folder, which is made where it is missing."""
        if self._ask("append", _quoted(folder), flags, None, raw)[0] != "OK":
            self._ask("create", _quoted(folder))
            self._must("append", _quoted(folder), flags, None, raw)

    def has(self, folder: str) -> bool:
        """Open a folder for writing; False where there is none."""
        return bool(self._ask("select", _quoted(folder), False)[0] == "OK")

    def close(self) -> None:
        """Log out."""
        if self._server:
            server, self._server = self._server, None
            with _as_ours():
                server.logout()

    def _search(self, *words: str) -> list[int]:
        data = self._must("uid", "SEARCH", *words)
        return sorted(int(uid) for line in data if line for uid in line.split())

    def _must(self, command: str, *words: Any) -> list[Any]:
        status, data = self._ask(command, *words)
        if status != "OK":
            raise Retriable(f"the IMAP server answered {command} with {status}")
        return data

    def _ask(self, command: str, *words: Any) -> tuple[str, list[Any]]:
        with _as_ours():
            server = self._server or self._login()
            self.calls += 1
            status, data = getattr(server, command)(*words)
            return str(status), list(data)

    def _login(self) -> imaplib.IMAP4:
        options = self._options
        context = ssl.create_default_context(cafile=self._ca_file)
        where = (options.imap_host, options.imap_port)
        is_wrapped = options.imap_security == "tls"
        server = (
            imaplib.IMAP4_SSL(*where, ssl_context=context, timeout=SECONDS)
            if is_wrapped
            else imaplib.IMAP4(*where, timeout=SECONDS)
        )
        try:
            if options.imap_security == "starttls":
                server.starttls(context)
            server.login(options.username, options.password.get_secret_value())
        except imaplib.IMAP4.error as error:
            server.shutdown()
            if isinstance(error, imaplib.IMAP4.abort) or _PASSING.search(str(error)):
                raise
            raise Refused("the IMAP server does not accept the login; check username and password") from error
        except OSError:
            server.shutdown()
            raise
        self._server = server
        return server


@contextmanager
def _as_ours() -> Iterator[None]:
    try:
        yield
    except SourceError:
        raise
    except ssl.SSLError as error:
        raise Fatal(f"the IMAP server's certificate was not accepted ({error.reason}); name it in ca_file") from error
    except (OSError, imaplib.IMAP4.error, EOFError) as error:
        raise Retriable(f"the IMAP server cannot be reached or broke off ({type(error).__name__})") from error


def _arrived(head: bytes) -> datetime:
    found = re.search(rb'INTERNALDATE "([^"]+)"', head)
    text = found[1].decode("ascii", "replace").strip() if found else ""
    try:
        return datetime.strptime(text, "%d-%b-%Y %H:%M:%S %z").astimezone(UTC)
    except ValueError as error:
        raise Retriable(f"the IMAP server tells no time of a message: {text!r}") from error


def _quoted(text: str) -> str:
    return '"' + re.sub(r'[\x00-\x1f\x7f"\\]', "", text) + '"'
