"""APK Signature Scheme v2: the signing block read, its digests recomputed, its signature verified.

Written from the scheme's specification (source.android.com, "APK Signature Scheme v2"). Lengths are little-endian
uint32 before each field; a digest covers 1 MiB chunks of the three parts of the ZIP file that the block leaves out.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from deploy.apk.zip_layout import find_ends

MAGIC = b"APK Sig Block 42"
V2_BLOCK = 0x7109871A
CHUNK = 1 << 20
# Signature algorithm: (digest, is PSS padded); the strongest that is present counts.
ALGORITHMS = {
    0x0101: ("sha256", True),
    0x0102: ("sha512", True),
    0x0103: ("sha256", False),
    0x0104: ("sha512", False),
    0x0201: ("sha256", False),
    0x0202: ("sha512", False),
}


class SignatureError(ValueError):
    """The APK is not signed, or not by the key it says, or was changed after it was signed."""


@dataclass(frozen=True)
class Signer:
    """Who signed: the certificate's sha256 in hex digits, and its subject as RFC 4514 text."""

    certificate_sha256: str
    subject: str


def verify_v2(apk: bytes) -> tuple[Signer, ...]:
    """The signers of `apk`, each with a valid signature over the bytes that are there.

    Raises:
        SignatureError: there is no signature, or one of them does not hold.
    """
    try:
        block = _signing_block(apk, find_ends(apk).directory)[1]
        parts = signed_parts(apk)
        signers = tuple(_verify_signer(signer, parts) for signer in _fields(_one(_pairs(block), V2_BLOCK)))
    except SignatureError:
        raise
    except (struct.error, ValueError, IndexError, TypeError, UnsupportedAlgorithm) as error:
        raise SignatureError(f"the signing block can't be read ({error})") from error
    if not signers:
        raise SignatureError("the signing block has no signer")
    return signers


def signed_parts(apk: bytes) -> list[memoryview]:
    """All of `apk` but its signing block: entries, central directory, end record.

    Raises:
        SignatureError: it has none.
        ValueError: it is no ZIP file.
    """
    ends = find_ends(apk)
    start, _ = _signing_block(apk, ends.directory)
    end_record = bytearray(apk[ends.end_record :])
    struct.pack_into("<I", end_record, 16, start)  # what it said before the block was put in
    return [memoryview(apk)[:start], memoryview(apk)[ends.directory : ends.end_record], memoryview(bytes(end_record))]


def content_digest(parts: list[memoryview], algorithm: str) -> bytes:
    """The digest that a v2 signature covers: over the digests of all chunks of `parts`."""
    chunks = []
    for part in parts:
        for at in range(0, len(part), CHUNK):
            chunk = part[at : at + CHUNK]
            digest = hashlib.new(algorithm, b"\xa5" + struct.pack("<I", len(chunk)))
            digest.update(chunk)
            chunks.append(digest.digest())
    return hashlib.new(algorithm, b"\x5a" + struct.pack("<I", len(chunks)) + b"".join(chunks)).digest()


def _signing_block(apk: bytes, directory: int) -> tuple[int, bytes]:
    """Where the block begins, and its pairs; it stands right before the central directory."""
    if directory < 32 or apk[directory - 16 : directory] != MAGIC:
        raise SignatureError("it has no APK signing block")
    size = struct.unpack_from("<Q", apk, directory - 24)[0]
    start = directory - size - 8
    if start < 0 or struct.unpack_from("<Q", apk, start)[0] != size:
        raise SignatureError("the two sizes of its signing block differ")
    return start, apk[start + 8 : directory - 24]


def _pairs(block: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(block):
        size, identity = struct.unpack_from("<QI", block, at)
        yield identity, block[at + 12 : at + 8 + size]
        at += 8 + size


def _one(pairs: Iterator[tuple[int, bytes]], identity: int) -> bytes:
    """The pair's value without its own length."""
    for found, value in pairs:
        if found == identity:
            return _take(value, 0)[0]
    raise SignatureError("it is not signed with APK Signature Scheme v2")


def _verify_signer(signer: bytes, parts: list[memoryview]) -> Signer:
    signed, at = _take(signer, 0)
    signatures, at = _take(signer, at)
    public_key, _ = _take(signer, at)
    digests, at = _take(signed, 0)
    certificates, _ = _take(signed, at)

    by_algorithm = {struct.unpack_from("<I", field)[0]: _take(field, 4)[0] for field in _fields(signatures)}
    told = {struct.unpack_from("<I", field)[0]: _take(field, 4)[0] for field in _fields(digests)}
    known = [number for number in by_algorithm if number in ALGORITHMS]
    if not known:
        raise SignatureError("its signature's algorithm is not known")
    if set(told) != set(by_algorithm):
        raise SignatureError("its digests and its signatures name different algorithms")
    best = max(known, key=lambda number: ALGORITHMS[number][0])
    _verify_bytes(public_key, best, by_algorithm[best], signed)
    if content_digest(parts, ALGORITHMS[best][0]) != told[best]:
        raise SignatureError("its content was changed after it was signed")
    certificate = x509.load_der_x509_certificate(next(_fields(certificates)))
    encoded = certificate.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    if encoded != public_key:
        raise SignatureError("its certificate belongs to another key")
    return Signer(certificate.fingerprint(hashes.SHA256()).hex(), certificate.subject.rfc4514_string())


def _verify_bytes(public_key: bytes, number: int, signature: bytes, signed: bytes) -> None:
    """Whether `signature` over `signed` was made by `public_key` with the algorithm `number`."""
    name, pss = ALGORITHMS[number]
    digest: hashes.HashAlgorithm = hashes.SHA256() if name == "sha256" else hashes.SHA512()
    key = serialization.load_der_public_key(public_key)
    try:
        if isinstance(key, rsa.RSAPublicKey) and number < 0x0200:
            scheme = padding.PSS(padding.MGF1(digest), digest.digest_size) if pss else padding.PKCS1v15()
            key.verify(signature, signed, scheme, digest)
        elif isinstance(key, ec.EllipticCurvePublicKey) and number >= 0x0200:
            key.verify(signature, signed, ec.ECDSA(digest))
        else:
            raise SignatureError("its key is of another kind than its signature")
    except InvalidSignature as error:
        raise SignatureError("its signature does not hold") from error


def _fields(data: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        field, at = _take(data, at)
        yield field


def _take(data: bytes, at: int) -> tuple[bytes, int]:
    """The field at `at` and where the next one begins."""
    size = struct.unpack_from("<I", data, at)[0]
    end = at + 4 + size
    if end > len(data):
        raise ValueError("a field is longer than the block")
    return data[at + 4 : end], end
