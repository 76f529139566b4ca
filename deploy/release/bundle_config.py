"""How an app bundle wants its native libraries packed: read from its BundleConfig.pb by the protobuf library.

The schema has the fields of bundletool's `config.proto` that are read here, with their names and numbers; the others
are skipped as unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Protocol

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format
from google.protobuf.message import DecodeError

SCHEMA = """
name: "bundle_config.proto"
package: "apkiln"
syntax: "proto3"
message_type {
  name: "BundleConfig"
  field { name: "optimizations" number: 2 type: TYPE_MESSAGE type_name: "Optimizations" }
}
message_type {
  name: "Optimizations"
  field { name: "uncompress_native_libraries" number: 2 type: TYPE_MESSAGE type_name: "UncompressNativeLibraries" }
}
message_type {
  name: "UncompressNativeLibraries"
  field { name: "enabled" number: 1 type: TYPE_BOOL }
  field { name: "alignment" number: 2 type: TYPE_ENUM type_name: "PageAlignment" }
}
enum_type {
  name: "PageAlignment"
  value { name: "PAGE_ALIGNMENT_UNSPECIFIED" number: 0 }
  value { name: "PAGE_ALIGNMENT_4K" number: 1 }
  value { name: "PAGE_ALIGNMENT_16K" number: 2 }
  value { name: "PAGE_ALIGNMENT_64K" number: 3 }
}
"""
"""A FileDescriptorProto in protobuf's text format."""

ALIGNMENT_BYTES = {1: 4 * 1024, 2: 16 * 1024, 3: 64 * 1024}


@dataclass(frozen=True)
class NativeLibraryPacking:
    """How the APKs made from a bundle hold native libraries.

    Attributes:
        uncompressed: stored as they are, and mapped from the APK; else compressed, and unpacked when installed.
        alignment: of uncompressed libraries in the APK, in bytes; 4 KB, the smallest, if the bundle names none.
    """

    uncompressed: bool
    alignment: int


def read_bundle_config(content: bytes) -> NativeLibraryPacking:
    """Parses a BundleConfig.pb.

    Raises:
        ValueError: it is not such a message, or is truncated.
    """
    config = _message_class()()
    try:
        config.ParseFromString(content)
    except DecodeError as error:
        raise ValueError(f"BundleConfig.pb can't be read: {error}") from error
    libraries = config.optimizations.uncompress_native_libraries
    return NativeLibraryPacking(libraries.enabled, ALIGNMENT_BYTES.get(libraries.alignment, ALIGNMENT_BYTES[1]))


class _Libraries(Protocol):
    enabled: bool
    alignment: int


class _Optimizations(Protocol):
    uncompress_native_libraries: _Libraries


class _BundleConfig(Protocol):
    """What the library makes of `SCHEMA`."""

    optimizations: _Optimizations

    def ParseFromString(self, content: bytes) -> int: ...  # noqa: N802


@cache
def _message_class() -> type[_BundleConfig]:
    pool = descriptor_pool.DescriptorPool()
    pool.Add(text_format.Parse(SCHEMA, descriptor_pb2.FileDescriptorProto()))
    factory = message_factory.MessageFactory(pool)
    message: type[_BundleConfig] = factory.GetPrototype(pool.FindMessageTypeByName("apkiln.BundleConfig"))
    return message
