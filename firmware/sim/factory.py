"""How a simulated tool leaves its simulated factory: calibrated, with the reference cell."""

GCAL_ONE = b"\x00\x80\x00\x00"


def calibration(values: dict, counts_per_n: int) -> dict:
    """Values of a calibration record: the nominal slope, and the converter's offset register as it would measure it.

    Args:
        values: what `parameters.values` gives.
        counts_per_n: nominal slope of the cell.
    """
    offset = values["nau7802.offset_nv"] * counts_per_n // (values["cell.nv_per_mn"] * 1000)
    return {
        "unix_s": 0,
        "time_quality": 0,
        "boot": 0,
        "counts_per_n": counts_per_n,
        "zero_counts": 0,
        "residual": 0,
        "first_mg": 0,
        "second_mg": 0,
        "verify_mg": 0,
        "verify_error": 0,
        "zero_moved_mn": 0,
        "offset": bytes([offset >> 16, offset >> 8 & 0xFF, offset & 0xFF]) + GCAL_ONE,
    }
