"""Entry of ``python -m eduplatform``."""

from eduplatform.cli import main

main()
