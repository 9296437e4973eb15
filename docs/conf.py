"""Makes a small site of the manual, which is read without it just as well: make manual

Chapters and pages are those of index.md. The pages that are about the building of SMS Desk stay
out of it, as they do out of the manual in the window.
"""

import re

from sphinx.application import Sphinx

project = "SMS Desk"
html_title = "SMS Desk"
html_theme = "furo"
html_show_copyright = False
html_copy_source = False
extensions = ["myst_parser"]
myst_heading_anchors = 3
exclude_patterns = ["architecture.md", "decisions", "performance.md", "reliability.md"]


def add_contents(app: Sphinx, name: str, source: list[str]) -> None:
    """Tell Sphinx the order of the pages, which the list in index.md tells people."""
    if name != "index":
        return
    chapters = re.split(r"^## (.+)$", source[0], flags=re.MULTILINE)[1:]
    for title, pages in zip(chapters[::2], chapters[1::2], strict=True):
        names = "\n".join(re.findall(r"^- \[[^]]+\]\(([\w-]+)\.md\)", pages, re.MULTILINE))
        source[0] += f"\n```{{toctree}}\n:hidden:\n:caption: {title}\n\n{names}\n```\n"


def setup(app: Sphinx) -> None:
    app.connect("source-read", add_contents)
