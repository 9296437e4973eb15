"""The proxy that this computer is set to use, asked for only when a person chose so.

Whether it can be used, and which is used instead, is left to others.
"""

from urllib.parse import urlsplit


def system_proxy(url: str) -> str:
    """The proxy for an https address, "" for none.

    From the environment, or else from the system's own settings on Windows and macOS; hosts that
    these leave out of it are left out here.
    """
    from urllib.request import getproxies, proxy_bypass  # start-up time

    parts = urlsplit(url)
    if parts.scheme != "https" or proxy_bypass(parts.netloc):
        return ""
    return getproxies().get("https", "")
