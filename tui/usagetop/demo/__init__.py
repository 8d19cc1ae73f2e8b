"""The embedded demo organization: one pure function from request to response, and a loopback server.

``api.respond`` answers what the Usage, Costs and name-list endpoints would answer, from volumes that are
computed, never stored: the same scenario, request and clock give the same bytes in every process.
``scenarios`` says what is planted, ``server`` serves it on 127.0.0.1 (``python -m usagetop.demo``).
"""
