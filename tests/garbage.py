"""What the garbage collector need not look through: what is loaded and stays, and what is made anew hundreds of times in a row."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


def keep_what_is_loaded() -> None:
    """What is there by now stays to the end: it is not looked through again and again for what may be thrown away."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@contextmanager
def nothing_thrown_away() -> Iterator[None]:
    """What may be thrown away is looked for once, afterwards."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.collect()
