"""The tests of usagetop, what supports them, and its benchmark (``python -m tests.bench``)."""
