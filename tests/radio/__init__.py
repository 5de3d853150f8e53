"""A radio without a radio: bumble's virtual controllers, the tool's at one end, bleak's at the other."""
