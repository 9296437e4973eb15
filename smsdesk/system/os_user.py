"""Knows who is logged in to this computer."""

import os


def user_name() -> str:
    """The name of the account that the process runs as; its number where it has no name.

    On POSIX the environment is not asked, in which anybody may write what they like.
    """
    if os.name == "posix":
        import pwd

        try:
            return pwd.getpwuid(os.getuid()).pw_name
        except KeyError:
            return str(os.getuid())
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""
