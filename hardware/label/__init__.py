"""The label of the tool."""
