"""The command line: argument parsing and exit codes, no logic."""

from __future__ import annotations


def main() -> None:
    """Run `prefaudit`."""
    from prefaudit.cli.app import app

    app()
