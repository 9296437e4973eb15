"""One text to a list: the list, the text, and a last look before all of it is queued."""
