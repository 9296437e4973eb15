"""The sentences about the way in: how webhooks reach this computer, and why they do not.

By code, as in `wording_tables`; what a tunnel's program said is quoted as it came, and whoever
shows it shows it as plain text.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING

from smsdesk.desk.account_values import AccountError
from smsdesk.desk.way_in_values import AtVonage, WayInPhase
from smsdesk.desk.wording import account_sentence, age_of, cause_sentence
from smsdesk.desk.wording_tables import ACCOUNT_SENTENCES, N_
from smsdesk.system.i18n import _

if TYPE_CHECKING:
    from smsdesk.desk.way_in_values import WayInStatus

WHY_CLOSED: Mapping[str, str] = {
    "way_in_no_address": N_(
        "SMS Desk listens, but Vonage has no way to it. Enter an address or choose a tunnel in "
        "Settings."
    ),
    "receiver_no_secret": N_(
        "SMS Desk cannot listen: it needs the account's signature secret. Enter it in Settings, "
        "and unlock the keyring if it is locked."
    ),
    "receiver_secret_short": ACCOUNT_SENTENCES["*", "signature_secret_short"],
    "receiver_port_taken": N_(
        "SMS Desk cannot listen: another program is using its port. End that program, or choose "
        "another port in Settings."
    ),
    "receiver_failed": N_(
        "SMS Desk cannot listen: its port cannot be opened. Choose another in Settings."
    ),
    "stranger": N_(
        "Something else answers at that address, and webhooks for you would end there. Take the "
        "address out of the application at Vonage, or get it back."
    ),
    "redirect": N_(
        "The address answers with a redirect, which Vonage does not follow. Enter the one it leads "
        "to."
    ),
    "captive_portal": N_(
        "A web page answers in place of SMS Desk: the proxy or tunnel shows it, or the network "
        "wants you to sign in."
    ),
    "status_401": N_(
        "The proxy or tunnel asks for a password (401). Let webhooks through without one; they "
        "are signed."
    ),
    "status_403": N_(
        "The proxy or tunnel refuses the request (403). Let POST requests through."
    ),
    "status_404": N_(
        "What answers there does not know the path (404). Pass everything below the address on "
        "to this computer, unchanged."
    ),
    "status_405": N_("The proxy or tunnel refuses POST requests (405). Let them through."),
    "status_413": N_("The proxy or tunnel finds the request too large (413)."),
    "status_421": N_("What answers there is not for this host name (421). Pass on `Host`."),
    "status_502": N_(
        "The proxy or tunnel answers, but does not get through to this computer (502). Check the "
        "port that it passes on to."
    ),
    "status_503": N_(
        "The proxy or tunnel answers, but does not get through to this computer (503). Check the "
        "port that it passes on to."
    ),
    "status_504": N_(
        "The proxy or tunnel answers, but does not get through to this computer (504). Check the "
        "port that it passes on to."
    ),
    "dns": N_("The name of the address could not be found. Check its spelling."),
    "refused": N_("Nothing listens at that address. Start the proxy or tunnel."),
    "timeout": N_("The address does not answer. Check that the proxy or tunnel is running."),
    "deadline": N_("The address does not answer. Check that the proxy or tunnel is running."),
    "unreachable": N_("There is no way to the address from here. Check the network."),
    "certificate": N_(
        "The certificate at the address is not trusted, so Vonage will not call it. Renew it."
    ),
    "tls": N_("No secure connection to the address could be made. Check its certificate."),
}

TUNNEL_SENTENCES: Mapping[str, str] = {
    "tunnel_empty": ACCOUNT_SENTENCES["*", "tunnel_empty"],
    "tunnel_malformed": ACCOUNT_SENTENCES["*", "tunnel_malformed"],
    "tunnel_missing": N_(
        "The tunnel's program was not found. Install it, or write its full path in the command."
    ),
    "tunnel_not_allowed": N_(
        "The tunnel's program may not be run by you. Check the rights of its file."
    ),
    "tunnel_not_started": N_("The tunnel's program could not be started."),
    "tunnel_ended_at_once": N_("The tunnel's program ended at once. It is started again."),
    "tunnel_ended": N_("The tunnel's program ended. It is started again."),
    "tunnel_silent": N_(
        "The tunnel's program runs, but does not say its address. Let it write its log to the "
        "terminal, or enter the address in Settings."
    ),
}

AT_VONAGE_SENTENCES: Mapping[str, str] = {
    "others": N_(
        "The application at Vonage has other addresses, so webhooks go there. If they are to come "
        "here, give Vonage this address in Settings."
    ),
    "way_in_no_account": N_(
        "Enter the API key and secret in Settings, so that the address can be written to the "
        "application at Vonage; or write it there yourself."
    ),
    "unknown": N_("The application at Vonage could not be looked at. {why}"),
    "not_removed": N_(
        "Webhooks are off, but the application at Vonage still has this computer's addresses. "
        "{why} Take them out in Vonage's dashboard."
    ),
}


def webhooks_sentence(last_at: datetime | None, *, now: datetime) -> str:
    """Where news comes from while webhooks reach this computer."""
    if last_at is None:
        return _("Receipts: webhooks")
    return _("Receipts: webhooks, {age}").replace("{age}", age_of(now, last_at))


def way_in_sentence(status: WayInStatus) -> str:
    """How the way in is just now, and what to do, for whoever asks."""
    if status.phase is WayInPhase.OFF:
        return _not_removed(status) if status.problem else _("Webhooks are off.")
    if status.phase is WayInPhase.OPENING:
        return _("The way in is being opened and tried.")
    if status.phase is WayInPhase.OPEN:
        reached = _("Webhooks reach this computer by {address}.").replace(
            "{address}", status.address
        )
        return f"{reached} {_at_vonage(status)}".strip()
    return why_closed_sentence(status)


def way_in_notice(status: WayInStatus, *, zone: tzinfo | None = None) -> str:
    """What a person ought to know without asking; "" while all is well, or may be soon."""
    if status.phase is WayInPhase.OFF:
        return _not_removed(status) if status.problem else ""
    if status.phase is WayInPhase.OPEN:
        # what else keeps Vonage from being asked may pass, and is asked again
        needs_a_person = status.problem in ("way_in_no_account", "api_secret_refused")
        is_elsewhere = status.at_vonage is AtVonage.OTHERS
        return _at_vonage(status) if is_elsewhere or needs_a_person else ""
    if not status.is_lasting or status.since is None:
        return ""
    since = status.since.astimezone(zone)
    today = datetime.now(UTC).astimezone(zone).date()
    when = f"{since:%H:%M}" if since.date() == today else f"{since:%Y-%m-%d %H:%M}"
    first = _("Since {time} no receipts or replies reach this computer.").replace(
        "{time}", when
    )
    return f"{first} {why_closed_sentence(status)}"


def why_closed_sentence(status: WayInStatus) -> str:
    """Why nothing comes in, and what to do."""
    if status.code in TUNNEL_SENTENCES:
        told = _(TUNNEL_SENTENCES[status.code])
        if not status.said:
            return told
        said = _("It said last: {said}").replace("{said}", status.said)
        return f"{told} {said}"
    if status.code in WHY_CLOSED:
        return _(WHY_CLOSED[status.code])
    if status.code.startswith("status_5"):
        return _(
            "The proxy or tunnel answers with an error ({status}). Look at what it logs."
        ).replace("{status}", status.code.removeprefix("status_"))
    return _ended(cause_sentence(status.code)) or account_sentence(
        AccountError("public_url", status.code)
    )


def _at_vonage(status: WayInStatus) -> str:
    if status.at_vonage is AtVonage.OURS:
        return _("Vonage has the address.")
    if status.at_vonage is AtVonage.OTHERS:
        return _at_vonage_sentence("others")
    if status.at_vonage is AtVonage.UNKNOWN:
        if status.problem in AT_VONAGE_SENTENCES:
            return _at_vonage_sentence(status.problem)
        why = _ended(account_sentence(AccountError("network", status.problem)))
        return _at_vonage_sentence("unknown").replace("{why}", why)
    return ""


def _at_vonage_sentence(code: str) -> str:
    return _(AT_VONAGE_SENTENCES[code])


def _not_removed(status: WayInStatus) -> str:
    why = _ended(account_sentence(AccountError("network", status.problem)))
    return _at_vonage_sentence("not_removed").replace("{why}", why)


def _ended(sentence: str) -> str:
    return sentence if not sentence or sentence.endswith(".") else f"{sentence}."
