"""``python -m usagetop``."""

from __future__ import annotations

import sys

from usagetop.cli import main

if __name__ == "__main__":
    sys.exit(main())
