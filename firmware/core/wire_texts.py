"""What the tool's own codes mean, for people. Plain module.

On the tool it is loaded when one must be told, which is never in contact (core/guest.py).
"""

from . import wire

ERR_TEXTS = {
    wire.ERR_UNKNOWN: "the tool met an error it has no name for",
    wire.ERR_BUSY_CONTACT: wire.BUSY_TEXTS[wire.ERR_BUSY_CONTACT],
    wire.ERR_BUSY_SESSION: wire.BUSY_TEXTS[wire.ERR_BUSY_SESSION],
    wire.ERR_NOT_STILL: "the tool was not still; lay it down and try again",
    wire.ERR_ZERO_OFF: "the zero is more than 0.15 N from the factory zero; take all load off the tip and try again",
    wire.ERR_INVALID: "a field of the request is missing or out of its range",
    wire.ERR_REFUSED: "the tool refused what was sent; its reasons can be read back",
    wire.ERR_NO_SESSION: "there is no session with this number on the tool",
    wire.ERR_DIGEST: "the digest does not match what is on the tool; copy the session again",
    wire.ERR_STORAGE: "the tool could not write its memory",
    wire.ERR_FULL: "the tool's memory is full; sync it first",
    wire.ERR_NEWER_FORMAT: "this was written by newer firmware; update the tool",
    wire.ERR_SENSOR: "the force sensor does not answer; see the tool's fault",
    wire.ERR_HOSTS_FULL: "as many desktops as it can remember copy this tool already; the copy here is safe without it",
    wire.ERR_CALIBRATING: "a calibration is under way; finish it or press the button, then try again",
    wire.ERR_ORDER: "another step of the calibration is due, or none is under way; begin again",
    wire.ERR_NO_CELL: "an FSR cannot be calibrated, it only shows contact; fit a load cell",
    wire.ERR_NO_HOST: "no desktop of this name copies this tool; list those that do",
    wire.ERR_CABLE_ONLY: "this is done over the USB cable only; plug the tool in and try again",
    wire.ERR_KEY_NEEDED: "over the air only a paired desktop is answered; pair it over the USB cable",
    wire.ERR_KEY_WRONG: "the tool has no such key; pair this desktop again over the USB cable",
    wire.ERR_KEY_WAIT: "too many tries to prove a key; wait ten seconds, then try again",
    wire.ERR_CHALLENGE: "no challenge is open, or it is too old; begin again",
    wire.ERR_KEYS_FULL: "as many desktops as it can remember are paired with this tool; remove one, then try again",
    wire.ERR_NOT_PAIRED: "no desktop of this name is paired with this tool; list those that are",
    wire.ERR_NO_RADIO: "this board has no radio; use the cable",
}
