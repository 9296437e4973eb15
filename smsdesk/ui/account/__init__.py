"""The dialog in which the account and the program are set up."""
