"""The figures of the speed budget, measured: ``python -m tests.bench`` (``make bench``)."""
