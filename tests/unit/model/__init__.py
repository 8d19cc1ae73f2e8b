"""The vocabulary: pure values and functions, tried against references written in another way."""
