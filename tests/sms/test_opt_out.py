"""What counts as a wish for no more messages, and what does not."""

import pytest

from smsdesk.sms.opt_out import START_WORDS, STOP_WORDS, OptOut, read_opt_out


@pytest.mark.parametrize(
    "text",
    [
        "STOP",
        "stop",
        " Stop. ",
        "STOP!!!",
        "“Stop”",
        "stop please",
        "Please stop",
        "Stop texting me",
        "STOP ALL",
        "stopall",
        "Stop all messages now, thank you",
        "opt out",
        "Opt-Out",
        "OPTOUT",
        "Unsubscribe",
        "Arrêt",
        "ARRET SVP",
        "Désabonner",
        "Abmelden bitte",
        "Stopp!",
        "BAJA, por favor",
        "cancelar",
        "СТОП",
        "ΣΤΟΠ",
        "退订",
        "ＳＴＯＰ",  # the wide letters of East Asian keyboards
        "st\u00adop".replace("\u00ad", ""),
    ],
)
def test_a_person_who_says_only_that_has_opted_out(text: str) -> None:
    assert read_opt_out(text) is OptOut.STOP


@pytest.mark.parametrize(
    "text", ["START", "start please", "Unstop", "opt in", "OPT-IN", "Alta"]
)
def test_a_person_may_come_back(text: str) -> None:
    assert read_opt_out(text) is OptOut.START


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "👍",
        "Stop by at ten please",
        "Don't stop",
        "the bus stop",
        "Which stop?",
        "Please cancel my appointment",
        "I will be there at the end",
        "Start at ten, stop at twelve",
        "start stop",
        "STOP " * 60,
        "stop " + "x" * 100_000,
    ],
)
def test_a_word_in_a_sentence_is_only_a_word(text: str) -> None:
    assert read_opt_out(text, keyword=text.split()[0].upper() if text.split() else "") is None


def test_without_a_text_the_keyword_counts() -> None:
    assert read_opt_out("", keyword="STOP") is OptOut.STOP
    assert read_opt_out("Stop by at ten", keyword="STOP") is None


def test_a_desk_adds_words_and_phrases_of_its_own() -> None:
    more = ["Genug", "kein Bock mehr", "", "!?"]

    assert read_opt_out("GENUG!", more_words=more) is OptOut.STOP
    assert read_opt_out("Kein Bock mehr.", more_words=more) is OptOut.STOP
    assert read_opt_out("Kein Problem", more_words=more) is None
    assert read_opt_out("", more_words=more) is None
    assert read_opt_out("genug davon", more_words=more) is None


@pytest.mark.parametrize("word", sorted(STOP_WORDS))
def test_every_word_is_found_however_it_is_written(word: str) -> None:
    assert read_opt_out(word) is OptOut.STOP
    assert read_opt_out(word.upper()) is OptOut.STOP


def test_no_word_means_both() -> None:
    assert not STOP_WORDS & START_WORDS
