"""The vocabulary: categories, dimensions, metrics, ranges, queries, packed buckets, money, labels.

Pure values and functions; nothing here reads a file, a clock or the network.
"""
