"""What a phone number is, and how people type one.

The only file that knows the phone number library; who the number belongs to, and whether
we may write to it, is left to others.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from types import ModuleType
from urllib.parse import unquote

from smsdesk.sms.number_plans import NumberPlans
from smsdesk.sms.region_names import REGION_NAMES


class PhoneProblem(StrEnum):
    """Why a text cannot be read as one phone number."""

    EMPTY = "empty"
    NOT_A_NUMBER = "not_a_number"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    NO_COUNTRY = "no_country"
    """A national number, and no region was given to read it by."""
    UNKNOWN_COUNTRY = "unknown_country"
    """No country has this calling code."""
    HAS_EXTENSION = "has_extension"
    """An SMS cannot reach an extension."""
    HAS_LETTERS = "has_letters"
    """Such as 1-800-FLOWERS: which digits are meant is for the person to say."""
    SPREADSHEET = "spreadsheet"
    """Digits lost by a spreadsheet: 4.47701E+11, or 447700900123.0."""
    NOT_POSSIBLE = "not_possible"
    """No number of that country has this length."""


class PhoneNumberError(ValueError):
    """The text is not a phone number we could write to; `problem` says why."""

    def __init__(self, problem: PhoneProblem, text: str) -> None:
        super().__init__(problem.value)
        self.problem = problem
        self.text = text


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A number that can exist. Made by `parse_phone`; raises `ValueError` if not E.164."""

    e164: str
    """"+447700900123": a plus and 7 to 15 digits."""
    region: str | None
    """ISO 3166 code such as "GB"; None if the number belongs to no country (+800 ...)."""
    kind: str
    """"mobile", "fixed_line", "fixed_line_or_mobile", "toll_free" ... or "unknown"."""
    is_valid: bool
    """False: possible, but in no assigned range. Reason to warn, not to refuse: ranges
    open before the library knows, and numbers kept for fiction are never assigned."""

    def __post_init__(self) -> None:
        if not _E164.fullmatch(self.e164):
            raise ValueError("not an E.164 number")

    @property
    def international(self) -> str:
        """Grouped for reading: "+44 7700 900123"."""
        return show_e164(self.e164)


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a number leads, as far as its first digits say."""

    code: int | None
    """The calling code; None if the text begins with none."""
    region: str | None
    """ISO 3166 code; None if the number belongs to no country, or to a range that none of the
    countries sharing the code has."""


def parse_phone(text: str, *, default_region: str | None) -> PhoneNumber:
    """Read one phone number as people type, copy and link to them.

    Understood: "+" or "00" and the calling code; a national number, if `default_region` (an
    ISO 3166 code) says whose; "(0)" after the calling code; spaces, dashes, dots, slashes
    and brackets; digits of other scripts; invisible marks; `tel:` and `sms:` links. Digits
    are never guessed: what could be meant in two ways, or lost some on its way through a
    spreadsheet, raises `PhoneNumberError`.
    """
    plain = _plans().read(text, default_region)
    if plain is not None:
        return PhoneNumber(plain.e164, region=plain.region, kind=plain.kind, is_valid=True)
    return parse_slowly(text, default_region=default_region)


def parse_slowly(text: str, *, default_region: str | None) -> PhoneNumber:
    """`parse_phone` by the library alone, which the quick way is held against."""
    typed = _without_link(_plain(text))
    if not typed:
        raise PhoneNumberError(PhoneProblem.EMPTY, text)
    problem = _problem_of_writing(typed)
    if problem:
        raise PhoneNumberError(problem, text)
    number = _digits(typed)
    if not (number.startswith("+") or default_region):
        raise PhoneNumberError(PhoneProblem.NO_COUNTRY, text)
    if number.startswith("+") and "(0)" in typed:
        return _look_up_without_trunk_zero(typed, text=text)
    return _look_up(number, text=text, default_region=default_region)


def destination(e164: str) -> Destination:
    """The country of a number, which its first seven digits decide, and in North America its
    area code.

    Where countries share a calling code, a number in no assigned range of any of them is given
    to none, while `parse_phone` gives it to the first: fit for sums that must not be wrong.
    """
    known = _library().COUNTRY_CODE_TO_REGION_CODE
    code = next((int(e164[1:end]) for end in (2, 3, 4) if _is_code(e164[1:end], known)), None)
    if code is None:
        return Destination(None, None)
    regions = known[code]
    if len(regions) == 1:
        region = regions[0]
    else:
        # Which exchanges of an area are in use is of no concern.
        number = f"{e164[:5]}2345678" if code == _NORTH_AMERICA else e164
        region = _library().region_code_for_number(_library().parse(number, None))
    return Destination(
        code, None if region == _library().REGION_CODE_FOR_NON_GEO_ENTITY else region
    )


def _is_code(digits: str, known: Mapping[int, object]) -> bool:
    return digits.isdecimal() and int(digits) in known


@lru_cache(maxsize=8192)
def show_e164(e164: str) -> str:
    """The number grouped as its country groups it; the text itself if it is no number."""
    if not _E164.fullmatch(e164):
        return e164
    library = _library()
    try:
        number = library.parse(e164, None)
    except library.NumberParseException:
        return e164
    return str(library.format_number(number, library.PhoneNumberFormat.INTERNATIONAL))


def written_forms(e164: str) -> tuple[str, ...]:
    """How a number is written: its digits, as its own country writes it, and both in groups."""
    library = _library()
    number = library.parse(e164, None)
    shown = [
        str(library.format_number(number, form))
        for form in (
            library.PhoneNumberFormat.INTERNATIONAL,
            library.PhoneNumberFormat.NATIONAL,
        )
    ]
    national = "".join(one for one in shown[1] if one.isdecimal())
    return tuple(dict.fromkeys((e164.removeprefix("+"), national, *shown)))


def region_name(region: str) -> str:
    """The English name of a country; the code itself if there is no such country."""
    return REGION_NAMES.get(region, region)


def regions() -> list[str]:
    """The codes of all countries that `default_region` may name, by their English names."""
    return sorted(
        REGION_NAMES, key=lambda code: unicodedata.normalize("NFD", region_name(code))
    )


def calling_code(region: str) -> int:
    """Such as 44 for "GB". Raises `ValueError` if there is no such country."""
    if region not in REGION_NAMES:
        raise ValueError(f"no region {region!r}")
    return int(_library().country_code_for_region(region))


def library_zones(e164: str) -> tuple[str, ...]:
    """The names of the time zones that the library's tables give a number; often several, and
    () where they have none. `zones` knows what is wrong with them."""
    if not _E164.fullmatch(e164):
        return ()
    from phonenumbers import timezone  # start-up time: tables of its own

    try:
        number = _library().parse(e164, None)
    except _library().NumberParseException:
        return ()
    found = timezone.time_zones_for_number(number)
    if found == _NO_ZONE:
        # No range that is in use; its first digits may say where it would be.
        found = timezone.time_zones_for_geographical_number(number)
    return () if found == _NO_ZONE else tuple(found)


_NORTH_AMERICA = 1
_NO_ZONE = ("Etc/Unknown",)
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")

_FULL_WIDTH = str.maketrans("\uff0b\uff08\uff09\uff0d\uff0e", "+()-.")
_LINK = re.compile(r"(tel|sms):(?://)?(.*)", re.IGNORECASE)
_EXTENSION = re.compile(
    r"[0-9][\s,;.)]*(?:;?ext(?:n|ension)?|x|#|доб)[.:=\s]*[0-9]+#?", re.IGNORECASE
)
_LOST_DIGITS = re.compile(
    r"\+?[0-9]+(?:[.,][0-9]+)?E\+?[0-9]+"  # 4.47701E+11
    r"|\+?[0-9]{6,}[.,][0-9]{1,2}",  # 447700900123.0
    re.IGNORECASE,
)
_TRUNK_ZERO_APART = re.compile(r"[(\[]?0[^0-9]+0")
_NUMBER = re.compile(r"[(\[]?\+?[0-9()\[\]\s./\u2010-\u2015\u2212-]+")


def _plain(text: str) -> str:
    """The text without invisible marks, with ASCII digits and plain signs."""
    if not text.isascii():
        visible = (char for char in text if unicodedata.category(char) != "Cf")
        digits = (
            str(unicodedata.decimal(char)) if char.isdecimal() else char for char in visible
        )
        text = "".join(digits).translate(_FULL_WIDTH)
    return text.strip().strip("\"'").strip()


def _without_link(typed: str) -> str:
    """The number inside a `tel:` or `sms:` link (RFC 3966, RFC 5724), else the text."""
    link = _LINK.fullmatch(typed)
    if not link:
        return typed
    return _plain(unquote(link[2].partition("?")[0]))


def _problem_of_writing(typed: str) -> PhoneProblem | None:
    """What is wrong with the text as it is written, before any country is asked."""
    if _LOST_DIGITS.fullmatch(typed):
        return PhoneProblem.SPREADSHEET
    if not re.search(r"[0-9]", typed):
        return PhoneProblem.NOT_A_NUMBER
    if _EXTENSION.search(typed):
        return PhoneProblem.HAS_EXTENSION
    if any(char.isalpha() for char in typed):
        return PhoneProblem.HAS_LETTERS
    if not _NUMBER.fullmatch(typed) or _TRUNK_ZERO_APART.match(typed):
        return PhoneProblem.NOT_A_NUMBER
    return None


def _digits(typed: str) -> str:
    digits = re.sub(r"[^0-9+]", "", typed)
    return f"+{digits[2:]}" if digits.startswith("00") else digits


def _look_up_without_trunk_zero(typed: str, *, text: str) -> PhoneNumber:
    """A number with "(0)", which is dialled only inside the country (ITU-T E.123).

    Some countries, Italy first among them, have since made the zero part of the number, so
    the zero stays if the number is assigned with it.
    """
    try:
        with_zero = _look_up(_digits(typed), text=text, default_region=None)
    except PhoneNumberError:
        with_zero = None
    if with_zero and with_zero.is_valid:
        return with_zero
    return _look_up(_digits(typed.replace("(0)", "", 1)), text=text, default_region=None)


def _look_up(number: str, *, text: str, default_region: str | None) -> PhoneNumber:
    """The number by its country's plan. It consists of digits and perhaps a plus."""
    library = _library()
    try:
        found = library.parse(number, default_region or None)
    except library.NumberParseException as error:
        raise PhoneNumberError(_parse_problem(error.error_type), text) from None
    reason = library.is_possible_number_with_reason(found)
    if reason != library.ValidationResult.IS_POSSIBLE:
        raise PhoneNumberError(_length_problem(reason), text)
    e164 = library.format_number(found, library.PhoneNumberFormat.E164)
    if not _E164.fullmatch(e164):
        too_short = len(e164) < len("+1234567")
        raise PhoneNumberError(
            PhoneProblem.TOO_SHORT if too_short else PhoneProblem.TOO_LONG, text
        )
    kind = library.number_type(found)
    is_valid = kind != library.PhoneNumberType.UNKNOWN
    region = (
        library.region_code_for_number(found)
        if is_valid
        else library.region_code_for_country_code(found.country_code)
    )
    if found.italian_leading_zero and not is_valid and _drops_trunk_zero(region):
        raise PhoneNumberError(PhoneProblem.NOT_POSSIBLE, text)
    return PhoneNumber(
        e164,
        region=None if region == library.REGION_CODE_FOR_NON_GEO_ENTITY else region,
        kind=library.PhoneNumberType.to_string(kind).lower(),
        is_valid=is_valid,
    )


def _drops_trunk_zero(region: str) -> bool:
    """Whether numbers of the country are written with a zero that is not part of them. The
    library keeps it if the number is too short without."""
    return str(_library().ndd_prefix_for_region(region, True)) == "0"


def _parse_problem(error_type: int) -> PhoneProblem:
    error = _library().NumberParseException
    return {
        error.INVALID_COUNTRY_CODE: PhoneProblem.UNKNOWN_COUNTRY,
        error.TOO_SHORT_AFTER_IDD: PhoneProblem.TOO_SHORT,
        error.TOO_SHORT_NSN: PhoneProblem.TOO_SHORT,
        error.TOO_LONG: PhoneProblem.TOO_LONG,
    }.get(error_type, PhoneProblem.NOT_A_NUMBER)


def _length_problem(reason: int) -> PhoneProblem:
    result = _library().ValidationResult
    return {
        result.TOO_SHORT: PhoneProblem.TOO_SHORT,
        result.TOO_LONG: PhoneProblem.TOO_LONG,
    }.get(reason, PhoneProblem.NOT_POSSIBLE)


@lru_cache(maxsize=1)
def _plans() -> NumberPlans:
    return NumberPlans(_library())


def _library() -> ModuleType:
    import phonenumbers  # start-up time: the window is painted before it is needed

    return phonenumbers
