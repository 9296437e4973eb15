"""The refusal that all drawers of the desk share: the log could not take what was asked."""


class NotStoredError(Exception):
    """What was asked for is surely not in the log; the draft must be kept."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
