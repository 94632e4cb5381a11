"""What a process takes of memory."""

import re
from pathlib import Path


def peak_mb() -> float:
    """The most memory that this process has held so far, in MB.

    What ``getrusage`` tells of it begins with that of the process which started it, and that may be larger.
    """
    (found,) = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found) / 1024
