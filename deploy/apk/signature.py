"""Who signed an APK, and whether the signature holds: verified by apksig, which Android itself uses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from appspec.errors import KitError
from deploy.apk.apksig import run_apksig

VERIFY = Path(__file__).with_name("VerifyApk.java")


@dataclass(frozen=True)
class Signature:
    """What apksig found.

    Attributes:
        schemes: the APK signature schemes that hold, such as `("v2", "v3")`; empty if the signature doesn't hold.
        certificate_sha256: of the signer's certificate, in hex digits; empty likewise.
        signer: the certificate's subject as RFC 2253 text; empty likewise.
        problem: why the signature doesn't hold; empty if it does.
    """

    schemes: tuple[str, ...] = ()
    certificate_sha256: str = ""
    signer: str = ""
    problem: str = ""


def verify_signatures(apks: Sequence[Path]) -> list[Signature]:
    """The signatures of all `apks`, in their order, for Android 7.0 and newer; one JVM verifies them all.

    Raises:
        KitError: apksig can't be run.
    """
    run = run_apksig(VERIFY, apks)
    lines = run.stdout.decode("utf-8").splitlines()
    if run.returncode or len(lines) != len(apks):
        errors = run.stderr.decode("utf-8", "replace").strip().splitlines()
        why = errors[0] if errors else f"apksig ended with exit code {run.returncode}"
        raise KitError("could not verify the APK's signature", why, "invoke doctor shows which JDK is used; try another one")
    return [_signature(line) for line in lines]


def _signature(line: str) -> Signature:
    outcome, *fields = line.split("\t")
    if outcome != "ok":
        return Signature(problem=fields[0])
    schemes, certificate_sha256, signer = fields
    return Signature(tuple(schemes.split(",")), certificate_sha256, signer)
