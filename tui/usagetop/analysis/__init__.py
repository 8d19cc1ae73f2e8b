"""Pure analysis: roll packed buckets up into the frame of a view, its series, and how numbers are written."""
