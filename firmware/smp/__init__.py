"""The wire: CBOR, console frames, dispatch of requests, one file per command group."""
