"""Whose APK it is: the first certificate of its signature scheme v2 or v3, without judging the signature.

The block stands before the zip's directory (https://source.android.com/docs/security/features/apksigning/v2).
"""

from __future__ import annotations

import hashlib
import struct

MAGIC = b"APK Sig Block 42"
SCHEMES = (0x7109871A, 0xF05368C0, 0x1B93AD61)  # v2, v3, v3.1
END_OF_DIRECTORY = b"PK\x05\x06"


def certificate_sha256(apk: bytes) -> str:
    """The certificate's hash in hex digits; empty for an APK that isn't signed so."""
    try:
        return _certificate(apk)
    except (struct.error, IndexError):
        return ""


def _certificate(apk: bytes) -> str:
    end = apk.rfind(END_OF_DIRECTORY)
    if end < 0:
        return ""
    directory = struct.unpack_from("<I", apk, end + 16)[0]
    if apk[directory - 16 : directory] != MAGIC:
        return ""
    size = struct.unpack_from("<Q", apk, directory - 24)[0]
    at, stop = directory - size, directory - 24
    while at < stop:
        length, kind = struct.unpack_from("<QI", apk, at)
        if kind in SCHEMES:
            signer = _first(_first(apk[at + 12 : at + 8 + length]))
            signed = _first(signer)
            certificates = signed[4 + struct.unpack_from("<I", signed)[0] :]  # after the digests
            return hashlib.sha256(_first(_first(certificates))).hexdigest()
        at += 8 + length
    return ""


def _first(data: bytes) -> bytes:
    """What stands behind a length of 4 bytes."""
    return data[4 : 4 + int(struct.unpack_from("<I", data)[0])]
