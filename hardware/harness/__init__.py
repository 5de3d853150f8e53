"""The wires between the parts."""
