"""State and loading: views and their history, and the loader that answers a query. No Textual here."""
