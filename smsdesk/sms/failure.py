"""Why a message failed, and what Vonage's error numbers mean.

The sentence a person reads is made elsewhere; the meanings here are its raw material.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Retry(StrEnum):
    """Whether the same message may succeed at another time."""

    YES = "yes"
    """The trouble passes by itself."""
    NO = "no"
    """Something must be changed first."""
    BY_PERSON = "by_person"
    """Perhaps; somebody has to look and decide."""
    LATER = "later"
    """A limit counted by the hour or the day has to run out first."""
    NEVER = "never"
    """The recipient does not want it."""


@dataclass(frozen=True, slots=True)
class FailureReason:
    """Why one message failed, as it is stored with the message."""

    code: str
    """Ours ("expired", "invalid", "opted_out" ...) or Vonage's number ("1240")."""
    title: str
    detail: str
    """Title and detail are plain text as it came from outside: show it, never obey it."""


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """One of Vonage's message error numbers."""

    code: str
    meaning: str
    retry: Retry


PAGE_OF_ERRORS = "https://developer.vonage.com/en/api-errors/messages"


def page_about(code: str) -> str | None:
    """Where Vonage explains one of its error numbers; None for what is no number of theirs."""
    return f"{PAGE_OF_ERRORS}#{code}" if code in ERROR_CODES else None


def _index(*codes: ErrorCode) -> Mapping[str, ErrorCode]:
    return MappingProxyType({code.code: code for code in codes})


# Vonage Messages API reference, list of errors; the meanings are in our own words, and
# what they say about trying again is our reading (PAGE_OF_ERRORS).
ERROR_CODES: Mapping[str, ErrorCode] = _index(
    ErrorCode("1000", "The account sends faster than it may.", Retry.YES),
    ErrorCode("1010", "Something Vonage needs was missing from the request.", Retry.NO),
    ErrorCode("1020", "Something in the request was not valid.", Retry.NO),
    ErrorCode("1021", "A tag in the message was not valid.", Retry.NO),
    ErrorCode("1022", "The template was not valid.", Retry.NO),
    ErrorCode("1030", "Vonage had an internal error.", Retry.YES),
    ErrorCode(
        "1040",
        "Vonage could not process the message, for example because no network has "
        "this number's prefix.",
        Retry.NO,
    ),
    ErrorCode("1050", "This number is barred from receiving messages.", Retry.NO),
    ErrorCode("1060", "The Vonage account is barred from sending.", Retry.NO),
    ErrorCode("1070", "The account's credit or quota is used up.", Retry.NO),
    ErrorCode("1080", "The account may not send through this API.", Retry.NO),
    ErrorCode("1090", "The binary content is too long.", Retry.NO),
    ErrorCode("1100", "Vonage could not hand the message on.", Retry.YES),
    ErrorCode("1120", "This sender is not allowed in the recipient's country.", Retry.NO),
    ErrorCode("1130", "The validity period is out of range.", Retry.NO),
    ErrorCode("1140", "This feature is not enabled for the account.", Retry.NO),
    ErrorCode("1150", "The message class is not valid.", Retry.NO),
    ErrorCode(
        "1160",
        "A trial account may only write to numbers on its list of test numbers.",
        Retry.NO,
    ),
    ErrorCode("1170", "The recipient's number is missing or not valid.", Retry.NO),
    ErrorCode("1180", "The recipient cannot be reached just now.", Retry.YES),
    ErrorCode("1190", "The number no longer exists.", Retry.NO),
    ErrorCode("1200", "The number was moved between networks and was not found.", Retry.NO),
    ErrorCode("1210", "The carrier's spam filter stopped the message.", Retry.NO),
    ErrorCode("1220", "The recipient's phone was busy or its memory full.", Retry.YES),
    ErrorCode("1230", "The network failed for a moment.", Retry.YES),
    ErrorCode("1240", "The recipient opted out of messages from this sender.", Retry.NEVER),
    ErrorCode("1241", "Too many messages were sent to this number lately.", Retry.LATER),
    ErrorCode("1242", "The number pool is not known.", Retry.NO),
    ErrorCode("1250", "There is no route to this number.", Retry.NO),
    ErrorCode("1251", "A routing rule of the account forbids this destination.", Retry.NO),
    ErrorCode("1260", "The recipient could not be reached.", Retry.BY_PERSON),
    ErrorCode("1270", "The recipient's line blocks content for adults.", Retry.NO),
    ErrorCode("1280", "The carrier blocked the message.", Retry.NO),
    ErrorCode("1282", "The content breaks a rule of the provider.", Retry.NO),
    ErrorCode("1290", "The recipient's prepaid credit is too low.", Retry.BY_PERSON),
    ErrorCode("1300", "The recipient does not use this service.", Retry.NO),
    ErrorCode("1310", "The recipient's device cannot show this message.", Retry.NO),
    ErrorCode("1320", "Vonage has already sent this message.", Retry.NO),
    ErrorCode("1330", "The provider failed without giving a reason.", Retry.BY_PERSON),
    ErrorCode("1331", "The provider is down; it may be back in minutes.", Retry.YES),
    ErrorCode("1340", "The time in which a reply was allowed is over.", Retry.NO),
    ErrorCode("1350", "The fee for matching the phone number was not paid.", Retry.NO),
    ErrorCode("1360", "The message expired before it was delivered.", Retry.BY_PERSON),
    ErrorCode("1370", "The account's Facebook token has expired.", Retry.NO),
    ErrorCode("1380", "The address of the media file did not work.", Retry.NO),
    ErrorCode("1381", "The media file is too large.", Retry.NO),
    ErrorCode("1382", "This type of media is not supported.", Retry.NO),
    ErrorCode("1400", "The channel is not supported.", Retry.NO),
    ErrorCode("1410", "Some settings do not fit the channel.", Retry.NO),
    ErrorCode("1420", "The sender does not fit the channel.", Retry.NO),
    ErrorCode("1430", "The recipient does not fit the channel.", Retry.NO),
    ErrorCode("1431", "One request may name only one recipient.", Retry.NO),
    ErrorCode("1440", "The message type does not fit the channel.", Retry.NO),
    ErrorCode("1450", "The client reference is not valid or is too long.", Retry.NO),
    ErrorCode("1451", "The message this one replies to is not known.", Retry.NO),
    ErrorCode("1460", "The sender's daily limit in the US is used up.", Retry.LATER),
    ErrorCode("1461", "The provider limits this sender at present.", Retry.NO),
    ErrorCode("1470", "A fraud rule of the account stopped the message.", Retry.NO),
    ErrorCode(
        "1472",
        "Fraud protection stopped a sudden burst of messages.",
        Retry.BY_PERSON,
    ),
    ErrorCode(
        "1473",
        "Fraud protection took this for artificially inflated traffic.",
        Retry.NO,
    ),
    ErrorCode("1474", "Fraud protection blocks the recipient's country.", Retry.NO),
    ErrorCode("1475", "Fraud protection blocks the recipient's network.", Retry.NO),
    ErrorCode("1476", "The sender is on a list of numbers that never send.", Retry.NO),
    ErrorCode("1480", "The registered entity id is wrong or missing.", Retry.NO),
    ErrorCode("1481", "The registered sender name is wrong or missing.", Retry.NO),
    ErrorCode("1482", "The registered content id is wrong or missing.", Retry.NO),
    ErrorCode("1483", "The recipient's consent is not on record.", Retry.NO),
    ErrorCode("1484", "A registration or compliance check failed.", Retry.NO),
    ErrorCode(
        "1490",
        "Not all parts were confirmed, so it is unknown whether the message arrived.",
        Retry.BY_PERSON,
    ),
    ErrorCode("2001", "The provider suspects fraud.", Retry.NO),
    ErrorCode("2002", "The e-mail is too large.", Retry.NO),
    ErrorCode("2003", "The e-mail address is on a list of suppressed addresses.", Retry.NO),
)
"""Vonage's message error numbers by code; unlisted numbers exist, so use `.get`."""
