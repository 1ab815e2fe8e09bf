"""`python -m symacts`: the same as the console script `symacts`."""

from __future__ import annotations

import sys

from symacts.cli import main

if __name__ == "__main__":
    sys.exit(main())
