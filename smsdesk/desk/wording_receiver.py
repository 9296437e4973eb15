"""The sentences about the receiver: whether it listens, and what keeps it from that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smsdesk.desk import wording
from smsdesk.desk.account_values import AccountError
from smsdesk.system.i18n import _

if TYPE_CHECKING:  # start-up time
    from smsdesk.webhooks.status import ReceiverStatus


def receiver_sentence(status: ReceiverStatus) -> str:
    """How the receiver stands, and what to do if that is not well."""
    if status.phase.value == "no_secret":
        field = "vault" if status.cause else "signature_secret"
        code = status.cause or "signature_secret_empty"
        return wording.account_sentence(AccountError(field, code))
    if status.phase.value == "secret_short":
        return wording.account_sentence(AccountError("signature_secret", status.cause))
    sentence = {
        "off": _("This program does not listen for webhooks."),
        "listening": _("Listening for webhooks on port {port} of this computer."),
        "port_taken": _(
            "Another program is using port {port} of this computer. End that program, or choose "
            "another port."
        ),
        "failed": _("Port {port} of this computer cannot be opened ({cause}). Choose another."),
    }[status.phase.value]
    return sentence.replace("{port}", str(status.port)).replace("{cause}", status.cause)
