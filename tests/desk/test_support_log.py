"""Of the log the kinds and places of errors are passed on, and what they quote is not."""

import pytest

from smsdesk.desk.support_log import harmless_log

HEAD = "2027-01-31T09:00:00.123Z WARNING MainThread "
TRACE = """\
    Traceback (most recent call last):
      File "/home/anna/.venv/lib/python3.11/site-packages/requests/api.py", line 5, in get
        return request("Anna")
               ^^^^^^^^^^^^^^^
      File "/home/anna/smsdesk/smsdesk/vonage/client.py", line 7, in <lambda>
        ask(anna)
    requests.exceptions.ConnectionError: Anna
    Sam
      File "Sam", line 1, in sam
    Sam: Anna
"""


def test_what_we_say_ourselves_stays() -> None:
    line = f"{HEAD}smsdesk.delivery.upkeep: the message log is damaged\n"

    assert harmless_log(line) == line


@pytest.mark.parametrize("logger", ["urllib3.connectionpool", "smsdesk.qt", "smsdeskette"])
def test_what_others_say_does_not(logger: str) -> None:
    told = harmless_log(f"{HEAD}{logger}: Anna: smsdesk.sender: Anna\n")

    assert "Anna" not in told
    assert told == f"{HEAD}{logger}: [left out]\n"


def test_of_an_error_its_kind_and_its_places_stay() -> None:
    assert harmless_log(TRACE) == (
        "    Traceback (most recent call last):\n"
        "      requests/api.py, line 5, in get\n"
        "      smsdesk/vonage/client.py, line 7, in <lambda>\n"
        "    requests.exceptions.ConnectionError\n"
    )


def test_an_error_that_came_from_another_is_told_with_it() -> None:
    both = TRACE + "    \n    During handling of the above exception, another\n    \n" + TRACE

    assert harmless_log(both) == 2 * harmless_log(TRACE)


def test_a_line_that_belongs_to_nothing_is_left_out() -> None:
    assert harmless_log("Anna\n    Anna: Sam\nValueError: Anna\n") == ""


def test_a_thread_may_have_any_name() -> None:
    line = "2027-01-31T09:00:00.123Z INFO Thread-3 (_work) smsdesk.x: told\n"

    assert harmless_log(line) == line
