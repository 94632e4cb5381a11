"""How a copy of a process that has loaded the product ends: as one that was started anew would, and never in what the other still had to do."""

import os
import sys
import traceback
from collections.abc import Callable
from typing import Any, NoReturn


def end_after(act: Callable[[], Any]) -> NoReturn:
    """Do that, and end with the code that a process ends with after it: what it left by, 1 after an error, which is written, or 0."""
    code = 1
    try:
        act()
        code = 0
    except SystemExit as ends:
        code = ends.code if isinstance(ends.code, int) else int(bool(ends.code))
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
