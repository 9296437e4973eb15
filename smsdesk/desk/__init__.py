"""What a person at the desk can do, by window or by command line."""
