"""MicroPython's own module, as far as the firmware uses it, for CPython: AES, one block after the other (ECB)."""

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes


class aes:  # noqa: N801  (MicroPython's name)
    """AES with a key, in mode 1: ECB, which the firmware builds counter mode on."""

    def __init__(self, key: bytes, mode: int) -> None:
        if mode != 1:
            raise ValueError("mode")
        self._encryptor = Cipher(algorithms.AES(bytes(key)), modes.ECB()).encryptor()  # noqa: S305  (see above)

    def encrypt(self, data: bytearray, out: bytearray) -> None:
        """Encrypt whole blocks into `out`, which may be `data`."""
        out[: len(data)] = self._encryptor.update(bytes(data))
