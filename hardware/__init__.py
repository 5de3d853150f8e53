"""The tool's hardware as code: circuit, harness, parts, enclosure, and what keeps their outputs fresh."""
