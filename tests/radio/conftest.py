"""One simulated tool for the tests of a file, its window open; and each driver in turn."""

from __future__ import annotations

import pytest
from gentlepress.links.ble import DRIVERS, make_driver

from tests.radio.ether import Air
from tests.radio.world import world

QUICK = Air(interval_s=0.0075, packets=6)


@pytest.fixture(scope="module")
def around():
    """A world with a radio that is quicker than most."""
    with world(air=QUICK) as made:
        yield made


@pytest.fixture
def here(around):
    """The same with its window open and nobody connected."""
    around.desktop.refusal, around.desktop.frozen = None, False
    around.ether.air = QUICK
    around.wait(lambda: not around.antenna.connections)
    around.open_window()
    return around


@pytest.fixture(params=DRIVERS)
def driver(request, around):
    """Each driver in turn."""
    return make_driver(request.param)
