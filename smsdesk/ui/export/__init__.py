"""Writing messages to a file: what is asked before, and how far it is."""
