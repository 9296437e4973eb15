"""What is said of a number of the account: what it can do, in one line."""

from smsdesk.desk.connecting import NumberChoice
from smsdesk.desk.wording_places import country_name
from smsdesk.system.i18n import _


def abilities(number: NumberChoice) -> str:
    """Its country, what it can do, and how far."""
    can = [
        word
        for word, is_so in (
            (_("SMS"), number.can_sms),
            (_("MMS"), number.can_mms),
            (_("voice"), number.can_voice),
        )
        if is_so
    ]
    words = [country_name(number.country), ", ".join(can) or _("nothing")]
    if not number.can_sms:
        words.append(_("cannot send SMS"))
    elif number.sms_reach == "DOMESTIC":
        words.append(_("within its country only"))
    return " · ".join(words)
