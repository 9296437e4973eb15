"""Carries bytes to Vonage and back, and tells "surely not sent" from "perhaps sent".

The one door to requests, urllib3, ssl and truststore. What the bytes say is read in `payloads`.
"""

from smsdesk.vonage.exchange import BODY_CAP, Answer, Phase
from smsdesk.vonage.transport.line import LONGEST_REST_S, Line, Transport

__all__ = ["BODY_CAP", "LONGEST_REST_S", "Answer", "Line", "Phase", "Transport"]
