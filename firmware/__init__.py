"""The tool's firmware; the desktop imports the modules that both sides share from here, as gentlepress.firmware."""
