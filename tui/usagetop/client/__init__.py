"""The only code that knows HTTP or disk.

``http`` asks (retries, pauses, deadlines), ``live`` is httpx, ``wire`` reads pages into packed buckets,
``paging`` follows cursors and judges the buckets, ``names`` resolves ids, ``refusals`` turns refusals into
sentences, ``check`` probes for ``usagetop doctor``. Import the modules, not this package: it loads nothing.
"""
