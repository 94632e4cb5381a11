"""How hard the properties are tried: a little with every run of the tests, and twenty times as much by `make night`."""

from hypothesis import settings

EVERY_RUN, AT_NIGHT = 100, 2000
"""How many examples a property tries that says nothing of its own."""

settings.register_profile("every-run", max_examples=EVERY_RUN)
settings.register_profile("night", max_examples=AT_NIGHT)
settings.load_profile("every-run")


def examples(every_run: int, *, at_night: int | None = None) -> int:
    """How many examples a property tries for which so many do with every run; ``at_night`` where it is more than twenty times as many.

    A property of which one example takes seconds is tried a little by day, and as hard as any at night.
    """
    tried: int = settings.default.max_examples  # type: ignore[union-attr]
    if at_night is not None and tried > EVERY_RUN:
        return at_night * tried // AT_NIGHT
    return every_run * tried // EVERY_RUN
