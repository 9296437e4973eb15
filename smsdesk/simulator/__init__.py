"""The simulator: a pretend Vonage over real HTTP on loopback, for tests, demos and first steps.

It reads Vonage's published specification by itself and imports no other room of SMS Desk, so
that one misreading does not hide in both the program and its judge.
"""
