"""The circuit: parts, nets, rules, schematic."""
