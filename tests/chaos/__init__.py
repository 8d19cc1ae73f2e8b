"""The explorer in a real terminal, against a server that fails at random, under random keys and sizes.

``python -m tests.chaos --seed N --seconds S`` runs any seed for any time.
"""
