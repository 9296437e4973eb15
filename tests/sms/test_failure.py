"""Vonage's error numbers, as far as our own reading of them goes."""

from smsdesk.sms.failure import ERROR_CODES, Retry


def test_every_code_is_filed_under_its_own_number() -> None:
    assert all(key == error.code for key, error in ERROR_CODES.items())
    assert all(key.isdecimal() and len(key) == 4 for key in ERROR_CODES)


def test_every_meaning_is_one_sentence_of_its_own() -> None:
    meanings = [error.meaning for error in ERROR_CODES.values()]

    assert len(set(meanings)) == len(meanings)
    assert all(meaning[0].isupper() and meaning.endswith(".") for meaning in meanings)
    assert all(". " not in meaning for meaning in meanings)


def test_who_opted_out_is_never_written_to_again() -> None:
    never = [code for code, error in ERROR_CODES.items() if error.retry is Retry.NEVER]

    assert never == ["1240"]


def test_a_message_with_an_unknown_outcome_is_left_to_a_person() -> None:
    assert ERROR_CODES["1490"].retry is Retry.BY_PERSON


def test_what_passes_by_itself_is_little() -> None:
    passing = {code for code, error in ERROR_CODES.items() if error.retry is Retry.YES}

    assert passing == {"1000", "1030", "1100", "1180", "1220", "1230", "1331"}
