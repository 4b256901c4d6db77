"""Which parts work together on one mailbox?"""

from __future__ import annotations

from feedbackloop.connector import Context
from feedbackloop_connectors.mail.imap import Imap
from feedbackloop_connectors.mail.options import MailOptions
from feedbackloop_connectors.mail.sending import Smtp


class Account:
    """The parts of one configured source, put together: the servers that hold mail and send it."""

    def __init__(self, options: MailOptions, context: Context) -> None:
        self.options = options
        self.tag_prefix = context.tag_prefix
        self.now = context.now
        ca_file = context.path(options.ca_file)
        self.imap = Imap(options, ca_file)
        self.smtp = Smtp(options, ca_file)
