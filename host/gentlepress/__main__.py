"""`python -m gentlepress` is the command `gentlepress`."""

from gentlepress.cli import main

main()
