"""The two alphabets of SMS: which characters GSM-7 has, and what the others cost.

How units add up to parts is left to `segments`.
"""

from enum import StrEnum


class Encoding(StrEnum):
    """How a text travels. One character outside GSM-7 turns the whole text to UCS-2."""

    GSM7 = "GSM-7"
    UCS2 = "UCS-2"
