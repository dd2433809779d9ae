"""`python -m prefaudit`."""

from prefaudit.cli import main

main()
