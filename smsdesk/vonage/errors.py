"""What can go wrong between us and Vonage, and in the files and words that lead there.

Sentences for people are made elsewhere; here are only codes.

    VonageError
    ├── CredentialsError     an id, a key or an address that cannot be right
    ├── KeyFileError         the private key file cannot be used
    ├── PayloadError         what came from Vonage is not what it should be
    ├── WebhookError         a webhook is not proved to be Vonage's
    │   ├── ForgedError      it is surely not
    │   └── UnverifiedError  that cannot be told, at least now
    ├── MediaError           what somebody has sent cannot be fetched, or is not to be
    ├── AnswerError          Vonage answered a question with something else than the answer
    └── TransportError       the exchange broke
        ├── NotSent          before the first byte of the request: surely not sent
        └── NoAnswer         after it: perhaps sent
"""

from pathlib import Path

from smsdesk.vonage.exchange import Answer, Phase


class VonageError(Exception):
    """The root of the tree above."""


class CredentialsError(VonageError):
    """A credential or an address is malformed; `code` says which, and how."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class KeyFileError(VonageError):
    """The private key file cannot be used; `auth.load_private_key` lists the codes."""

    def __init__(self, code: str, path: Path) -> None:
        super().__init__(code)
        self.code = code
        self.path = path


class PayloadError(VonageError):
    """A body from outside is not what it should be; `code` says what is missing."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class WebhookError(VonageError):
    """A webhook is not proved to be Vonage's; `code` says what is wrong."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ForgedError(WebhookError):
    """Its token is no good, or vouches for something else; nothing would change that."""


class UnverifiedError(WebhookError):
    """It came without a token, or we lack what it takes to judge; it may come again."""


class MediaError(VonageError):
    """What somebody has sent us is not fetched; `media` lists the codes."""

    def __init__(self, code: str, status: int = 0) -> None:
        super().__init__(f"{code} {status}".removesuffix(" 0"))
        self.code = code
        self.status = status
        """What was answered, where that is the trouble."""


class AnswerError(VonageError):
    """A question was answered with a refusal or with something unreadable: look at `answer`."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"status {answer.status}")
        self.answer = answer


class TransportError(VonageError):
    """The exchange broke in `phase` for `reason`.

    Reasons: dns, private, refused, unreachable, timeout, tls, certificate, proxy, proxy_auth,
    closed, reset, cut, garbled, deadline, aborted, local. `detail` is a few harmless words more
    where there are any, such as what is wrong with a certificate.
    """

    def __init__(self, phase: Phase, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason} while {phase.name.lower()}")
        self.phase = phase
        self.reason = reason
        self.detail = detail


class NotSent(TransportError):  # noqa: N818 - it says a fact, and reads as one
    """No byte of the request was handed to the operating system, so nothing was sent."""


class NoAnswer(TransportError):  # noqa: N818 - likewise
    """Some of the request may have reached Vonage, and no usable answer came back."""
