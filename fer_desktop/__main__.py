"""`python -m fer_desktop` is the same as `fer-desktop`."""

from fer_desktop.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
