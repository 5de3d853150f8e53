"""List the packages: host/gentlepress as it is, and firmware/ under the name gentlepress.firmware.

The host ships the firmware it installs on the tool, and imports the modules both sides agree on from it.
"""

from setuptools import find_namespace_packages, find_packages, setup

FIRMWARE = "gentlepress.firmware"

setup(
    packages=[
        *find_packages("host"),
        FIRMWARE,
        *(f"{FIRMWARE}.{name}" for name in find_namespace_packages("firmware")),
    ]
)
