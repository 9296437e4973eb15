"""How many parts a text is billed as, counted by the simulator for itself.

3GPP TS 23.038 gives the alphabet, TS 23.040 the room a part has: 160 septets or 70 UTF-16
units alone, 153 or 67 once parts are joined. No other room is asked.
"""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("^{}\\[~]|€\f")


def is_unicode(text: str, encoding_type: str = "auto") -> bool:
    """Whether the text travels as UCS-2 under Vonage's `sms.encoding_type`."""
    if encoding_type in ("text", "unicode"):
        return encoding_type == "unicode"
    return not _BASIC.union(_EXTENSION).issuperset(text)


def count_parts(text: str, encoding_type: str = "auto") -> int:
    """The number of parts; at least one. A character of two units is never cut in half."""
    if is_unicode(text, encoding_type):
        widths = [2 if ord(char) > 0xFFFF else 1 for char in text]
        alone, joined = 70, 67
    else:
        widths = [2 if char in _EXTENSION else 1 for char in text]
        alone, joined = 160, 153
    if sum(widths) <= alone:
        return 1
    parts, used = 1, 0
    for width in widths:
        if used + width > joined:
            parts, used = parts + 1, 0
        used += width
    return parts
