"""News is passed on, to whoever listens at that moment."""

from smsdesk.desk.changes import Change, ChangeKind, Changes


def test_each_listener_hears_all_news_until_it_leaves() -> None:
    changes, first, second = Changes(), list[Change](), list[Change]()
    leave = changes.subscribe(first.append)
    changes.subscribe(second.append)
    changes.announce(Change(ChangeKind.SENDER))
    leave()
    leave()
    changes.announce(Change(ChangeKind.ACCOUNT))

    assert first == [Change(ChangeKind.SENDER)]
    assert second == [Change(ChangeKind.SENDER), Change(ChangeKind.ACCOUNT)]


def test_news_of_messages_names_them_or_says_look_at_everything() -> None:
    changes, heard = Changes(), list[Change]()
    changes.subscribe(heard.append)
    changes.announce_messages(frozenset({"a"}))
    changes.announce_messages(None)
    changes.announce_messages(frozenset())

    assert heard == [
        Change(ChangeKind.MESSAGES, frozenset({"a"})),
        Change(ChangeKind.MESSAGES, None),
    ]


def test_a_listener_may_leave_while_news_is_told() -> None:
    changes, heard = Changes(), list[Change]()

    def leave_at_once(change: Change) -> None:
        heard.append(change)
        leave()

    leave = changes.subscribe(leave_at_once)
    changes.subscribe(heard.append)
    changes.announce(Change(ChangeKind.SENDER))
    changes.announce(Change(ChangeKind.SENDER))

    assert len(heard) == 3
