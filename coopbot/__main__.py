"""`python -m coopbot`: the same program as the `coopbot` command."""

from coopbot.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
