"""`digest` as a command and as `python -m digest`."""

import sys


def main() -> None:
    """Run the command line."""
    from digest.cli.app import run

    sys.exit(run())


if __name__ == "__main__":
    main()
