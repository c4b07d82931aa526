"""`python -m metatron`."""

from metatron.cli import main

main()
