"""The command line: argument parsing and exit codes, no logic."""

from __future__ import annotations


def main() -> None:
    """Run `prefaudit`."""
    from prefaudit.cli.startup import prepare

    prepare()
    try:
        from prefaudit.cli.app import app

        app()
    except KeyboardInterrupt:  # before a command has begun
        raise SystemExit(130) from None
