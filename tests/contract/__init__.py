"""What the outside relies on: the API, its official client, the command line and its JSON."""
