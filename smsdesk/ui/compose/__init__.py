"""The compose pane and its parts: a message is written, measured and handed to the desk."""
