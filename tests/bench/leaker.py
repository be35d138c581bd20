"""A process to be watched: argument 1 is for how many seconds it runs, argument 2 what it does not give back.

python leaker.py SECONDS nothing|everything
"""

from __future__ import annotations

import os
import sys
import threading
import time

seconds, what = float(sys.argv[1]), sys.argv[2]
kept: list[object] = []
ended = threading.Event()
end_s = time.monotonic() + seconds
while time.monotonic() < end_s:
    if what == "everything":
        thread = threading.Thread(target=ended.wait, daemon=True)
        thread.start()
        kept += [thread, b"x" * 1_500_000, os.open(os.devnull, os.O_RDONLY)]
    else:  # what comes and goes is no leak
        thread = threading.Thread(target=time.sleep, args=(0.02,))
        thread.start()
        thread.join()
        bytearray(1_500_000)
    time.sleep(0.05)
ended.set()
