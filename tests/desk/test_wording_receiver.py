"""Every state of the receiver has its sentence."""

import pytest

from smsdesk.desk.wording_receiver import receiver_sentence
from smsdesk.system.vault import VaultError
from smsdesk.webhooks.status import ReceiverPhase, ReceiverStatus

CAUSES = sorted(error.code for error in VaultError.__subclasses__())


@pytest.mark.parametrize("phase", ReceiverPhase)
def test_every_state_has_a_sentence(phase: ReceiverPhase) -> None:
    cause = "signature_secret_short" if phase is ReceiverPhase.SECRET_SHORT else ""

    sentence = receiver_sentence(ReceiverStatus(phase, port=8420, cause=cause))

    assert sentence.endswith(".")
    assert "{" not in sentence


@pytest.mark.parametrize("cause", CAUSES)
def test_a_keyring_that_gives_nothing_is_named(cause: str) -> None:
    status = ReceiverStatus(ReceiverPhase.NO_SECRET, cause=cause)

    assert receiver_sentence(status) != receiver_sentence(ReceiverStatus(status.phase))


def test_a_port_is_named() -> None:
    for phase in (ReceiverPhase.PORT_TAKEN, ReceiverPhase.FAILED, ReceiverPhase.LISTENING):
        assert "8420" in receiver_sentence(ReceiverStatus(phase, port=8420, cause="EACCES"))
