"""One module at a time, without a network, a terminal or a screen."""
