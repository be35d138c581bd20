"""Starts Python with its own arguments and waits for it, as python.exe of a virtual environment on Windows does."""

import subprocess
import sys

sys.exit(subprocess.call([sys.executable, *sys.argv[1:]]))
