"""The lean driver: of every frame that Textual paints, only the cells that changed go to the terminal.

``lean`` is the driver class, the only file here that knows Textual. ``frames`` reads what Textual writes,
``shadow`` keeps what the terminal shows, ``pens`` knows colours and attributes, ``encoder`` writes the bytes, and
``painter`` joins them: text of a frame in, text for the terminal out.
"""
