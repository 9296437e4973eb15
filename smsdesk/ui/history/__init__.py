"""The history pane and its parts: the message log is listed, searched, read and settled."""
