"""The lean driver: of every frame that Textual paints, only the cells that changed go to the terminal.

``lean`` is the driver class and ``terminal`` its base, the only files here that know Textual. ``incoming`` reads
what the terminal sends, ``stopping`` stops the program and its group. ``frames`` reads what Textual writes,
``shadow`` keeps what the terminal shows, ``pens`` knows colours and attributes, ``encoder`` writes the bytes, and
``painter`` joins them: text of a frame in, text for the terminal out.
"""
