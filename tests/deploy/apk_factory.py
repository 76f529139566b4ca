"""Small APKs, real in every part that is checked: aapt2's manifest, a dex of one class, apksig's signature."""

from __future__ import annotations

import datetime
import struct
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from deploy.apk.apksig import run_apksig
from deploy.toolchain.aapt2 import runnable_aapt2

SIGN = Path(__file__).with_name("SignV2.java")
SIGNING_BLOCK_MAGIC = b"APK Sig Block 42"
# The framework's attributes that the manifest uses, with Android's own numbers.
ATTRIBUTES = {
    "label": 0x01010001,
    "name": 0x01010003,
    "versionCode": 0x0101021B,
    "versionName": 0x0101021C,
    "minSdkVersion": 0x0101020C,
    "targetSdkVersion": 0x01010270,
    "debuggable": 0x0101000F,
}


@dataclass(frozen=True)
class SmallApk:
    """What the APK says and holds."""

    package: str = "org.example.cats"
    label: str = "Cat Landmarks"
    version_name: str = "1.2.0"
    version_code: int = 10200
    min_sdk: int = 24
    target_sdk: int = 36
    activity: str = "io.apkiln.app.MainActivity"
    code: str = "io.apkiln.app.MainActivity"
    abis: tuple[str, ...] = ("arm64-v8a",)
    permissions: tuple[str, ...] = ("android.permission.CAMERA",)
    model: bytes = b"\x1c\0\0\0TFL3" + bytes(3000)
    model_stored: bool = True
    model_shift: int = 0
    debuggable: bool = False
    library: bytes = b"\x7fELF" + bytes(200)
    library_stored: bool = False

    def write(self, folder: Path, name: str) -> Path:
        """Writes the unsigned APK into `folder`."""
        linked = self._link(folder / f"{name}.parts")
        path = folder / f"{name}.apk"
        with zipfile.ZipFile(linked) as base, zipfile.ZipFile(path, "w") as apk:
            for info in base.infolist():
                apk.writestr(info.filename, base.read(info), zipfile.ZIP_STORED)
            apk.writestr("classes.dex", dex_of(self.code), zipfile.ZIP_DEFLATED)
            for abi in self.abis:
                how = zipfile.ZIP_STORED if self.library_stored else zipfile.ZIP_DEFLATED
                apk.writestr(f"lib/{abi}/libmodel.so", self.library, how)
            info = zipfile.ZipInfo("assets/cat.tflite")
            info.compress_type = zipfile.ZIP_STORED if self.model_stored else zipfile.ZIP_DEFLATED
            assert apk.fp is not None
            begins = apk.fp.tell() + 30 + len(info.filename) + 4
            padding = (-begins + self.model_shift) % 4
            info.extra = struct.pack("<HH", 0xD935, padding) + bytes(padding)
            apk.writestr(info, self.model)
        return path

    def _link(self, folder: Path) -> Path:
        folder.mkdir(parents=True)
        aapt2 = runnable_aapt2()
        values, manifest = folder / "values" / "attrs.xml", folder / "AndroidManifest.xml"
        values.parent.mkdir()
        publics = "".join(
            f'<public type="attr" name="{name}" id="{number:#010x}"/><attr name="{name}" format="{form}"/>'
            for name, number in ATTRIBUTES.items()
            for form in [self._format(name)]
        )
        values.write_text(f"<resources>{publics}</resources>", encoding="utf-8")
        framework = folder / "framework.xml"
        framework.write_text('<manifest package="android"/>', encoding="utf-8")
        manifest.write_text(self._manifest(), encoding="utf-8")
        label = self.label.replace("\\", "\\\\").replace("&", "&amp;").replace("'", "\\'").replace('"', '\\"')
        strings = values.with_name("strings.xml")
        strings.write_text(f'<resources><string name="app_name">{label}</string></resources>', encoding="utf-8")

        def run(*arguments: str | Path) -> None:
            subprocess.run([aapt2, *arguments], check=True, capture_output=True)

        run("compile", "-o", folder, values)
        run("link", "-o", folder / "framework.apk", "--manifest", framework, folder / "values_attrs.arsc.flat")
        run("compile", "-o", folder, strings)
        run(
            "link",
            "-o",
            folder / "linked.apk",
            "--manifest",
            manifest,
            "-I",
            folder / "framework.apk",
            folder / "values_strings.arsc.flat",
        )
        return folder / "linked.apk"

    @staticmethod
    def _format(name: str) -> str:
        if name == "debuggable":
            return "boolean"
        return "integer" if name in ("versionCode", "minSdkVersion", "targetSdkVersion") else "string"

    def _manifest(self) -> str:
        permissions = "".join(f'<uses-permission android:name="{name}"/>' for name in self.permissions)
        return (
            f'<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="{self.package}" '
            f'android:versionCode="{self.version_code}" android:versionName="{self.version_name}">'
            f'<uses-sdk android:minSdkVersion="{self.min_sdk}" android:targetSdkVersion="{self.target_sdk}"/>{permissions}'
            f'<application android:label="@string/app_name" android:debuggable="{str(self.debuggable).lower()}"><activity android:name="{self.activity}"><intent-filter>'
            '<action android:name="android.intent.action.MAIN"/>'
            '<category android:name="android.intent.category.LAUNCHER"/>'
            "</intent-filter></activity></application></manifest>"
        )


def dex_of(class_name: str) -> bytes:
    """A dex file that defines one class without members, and names java.lang.Object without defining it."""
    names = sorted(f"L{name.replace('.', '/')};" for name in (class_name, "java.lang.Object"))
    own, parent = names.index(f"L{class_name.replace('.', '/')};"), names.index("Ljava/lang/Object;")
    strings_at, types_at, classes_at, data_at = 0x70, 0x78, 0x80, 0xA0
    data, offsets = b"", []
    for name in names:
        offsets.append(data_at + len(data))
        data += bytes([len(name)]) + name.encode() + b"\0"
    size = data_at + len(data)
    header = b"dex\n035\0" + bytes(24) + struct.pack("<IIIIII", size, 0x70, 0x12345678, 0, 0, 0)
    header += struct.pack("<IIIIIIIIIIII", 2, strings_at, 2, types_at, 0, 0, 0, 0, 0, 0, 1, classes_at)
    header += struct.pack("<II", len(data), data_at)
    class_def = struct.pack("<IIIIIIII", own, 1, parent, 0, 0xFFFFFFFF, 0, 0, 0)
    return header + struct.pack("<II", *offsets) + struct.pack("<II", 0, 1) + class_def + data


def sign_all(pairs: dict[Path, Path], folder: Path, elliptic: bool = False) -> bytes:
    """Signs each APK of `pairs` into its value, with scheme v2 and one new key; returns the certificate as DER."""
    key = ec.generate_private_key(ec.SECP256R1()) if elliptic else rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test Signer")])
    now = datetime.datetime(2026, 1, 1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=9000))
        .sign(key, hashes.SHA256())
    )
    key_file, certificate_file = folder / f"{elliptic}.key", folder / f"{elliptic}.der"
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.DER))
    algorithm = "EC" if elliptic else "RSA"
    arguments = [
        str(part) for source, target in pairs.items() for part in (source, target, algorithm, key_file, certificate_file)
    ]
    run_apksig(SIGN, arguments).check_returncode()
    return certificate_file.read_bytes()


def central_directory(apk: bytes) -> int:
    """Where the central directory begins, as the end record says (no comment behind it)."""
    return int(struct.unpack_from("<I", apk, apk.rindex(b"PK\5\6") + 16)[0])


def signing_block(apk: bytes) -> int:
    """Where the APK signing block begins; it ends where the central directory begins.

    Raises:
        ValueError: there is none.
    """
    directory = central_directory(apk)
    if apk[directory - 16 : directory] != SIGNING_BLOCK_MAGIC:
        raise ValueError("the APK has no signing block")
    return directory - 8 - int(struct.unpack_from("<Q", apk, directory - 24)[0])


def without_signing_block(apk: bytes) -> bytes:
    """The APK as it was before it was signed with scheme v2.

    Raises:
        ValueError: it has no signing block.
    """
    start, directory, end = signing_block(apk), central_directory(apk), apk.rindex(b"PK\5\6")
    record = bytearray(apk[end:])
    struct.pack_into("<I", record, 16, start)
    return apk[:start] + apk[directory:end] + bytes(record)
