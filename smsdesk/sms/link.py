"""An `sms:` address, as a web page or an address book hands it over (RFC 5724).

It only ever becomes a draft; a person reads it and presses Send.
"""

from __future__ import annotations

from urllib.parse import unquote

from smsdesk.sms.message import Draft

LONGEST = 2_048
_SCHEMES = ("sms:", "smsto:")


def parse_sms_link(address: str) -> Draft | None:
    """The draft that an address describes, or None when it is no such address.

    Recipients are separated by commas, and `body` is the only field that is read; anything else
    is left aside. A `+` stands for itself here, not for a space as in a web form.
    """
    scheme = next((one for one in _SCHEMES if address.lower().startswith(one)), None)
    if scheme is None or len(address) > LONGEST:
        return None
    path, _, query = address[len(scheme) :].partition("?")
    recipients = [unquote(part).strip() for part in path.lstrip("/").split(",")]
    return Draft(
        recipients="\n".join(filter(None, recipients)), text=_body(query.replace(";", "&"))
    )


def _body(query: str) -> str:
    for field in query.split("&"):
        name, _, value = field.partition("=")
        if name.lower() == "body":
            return unquote(value)
    return ""
