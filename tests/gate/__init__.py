"""The gate of `make test`: style, types, sizes, tests."""
