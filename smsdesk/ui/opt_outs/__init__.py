"""The dialog in which the opt-out list is seen, searched and changed."""
