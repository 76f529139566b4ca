"""What the benchmark of the app's kernels needs besides the app: JMH, and the library that it is measured against.

Rewrite the table with `python -m benchmarks.app_kernels_libraries` after changing COORDINATES.
"""

from __future__ import annotations

from pathlib import Path

from deploy.toolchain.artifact_table import write_table

TABLE = Path(__file__).with_name("app_kernels.toml")
COORDINATES = {
    "jmh": (
        "org.openjdk.jmh:jmh-core:1.37",
        "org.openjdk.jmh:jmh-generator-annprocess:1.37",
        "net.sf.jopt-simple:jopt-simple:5.0.4",
        "org.apache.commons:commons-math3:3.6.1",
    ),
    "support": (
        "org.tensorflow:tensorflow-lite-support:0.4.4@aar",
        "org.tensorflow:tensorflow-lite-support-api:0.4.4@aar",
        "org.tensorflow:tensorflow-lite-api:2.16.1@aar",
    ),
}

if __name__ == "__main__":
    write_table(TABLE, COORDINATES)
