"""The pages of the Settings, one file each."""
