"""Roll-ups and what is made of them, against slow references."""
