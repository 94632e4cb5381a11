"""第8条（利用条件）."""

import pytest

from contracts.terms.art08_readiness import missing_readiness
from contracts.terms.catalog import LOG_MODULES, ModuleType
from tests.terms.build import day

STARTS = day("2025-04-01")


@pytest.mark.parametrize(
    ("module_type", "clause"),
    [
        (ModuleType.DEVICE_LOG, "8-1(1)"),
        (ModuleType.CLOUD_LOG, "8-1(2)"),
        (ModuleType.M365_LOG, "8-1(3)"),
        *((module_type, "") for module_type in ModuleType if module_type not in LOG_MODULES),
    ],
)
def test_only_the_log_modules_need_a_network_made_ready(module_type, clause):
    assert missing_readiness(module_type, None, STARTS, on=STARTS) == clause


@pytest.mark.parametrize(
    ("ready", "starts", "on", "missing"),
    [
        pytest.param("2025-03-31", "2025-04-01", "2025-04-01", False, id="ready the day before"),
        pytest.param("2025-04-01", "2025-04-01", "2025-04-01", False, id="ready on the billing start"),
        pytest.param("2025-04-02", "2025-04-01", "2025-04-01", True, id="ready a day late, seen on the first day"),
        pytest.param("2025-04-02", "2025-04-01", "2025-04-02", False, id="ready a day late, seen when it was"),
        pytest.param(None, "2025-04-01", "2025-03-31", False, id="nothing is asked before the billing start"),
        pytest.param(None, None, "2025-04-01", False, id="nor while the billing start is not known"),
        pytest.param(None, "2025-04-01", "2026-04-01", True, id="never ready stays on the list"),
    ],
)
def test_readiness_is_asked_from_the_billing_start_on(ready, starts, on, missing):
    found = missing_readiness(ModuleType.CLOUD_LOG, day(ready), day(starts), on=day(on))
    assert found == ("8-1(2)" if missing else "")
