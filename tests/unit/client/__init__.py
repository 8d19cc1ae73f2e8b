"""Tests of the client: every server here is a function, no request leaves the process."""
