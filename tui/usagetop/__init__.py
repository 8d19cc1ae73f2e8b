"""usagetop: a terminal explorer for the OpenAI organization Usage and Costs API."""

__version__ = "0.1.0"
