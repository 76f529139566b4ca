"""A JVM of its own for an app's classes."""

from __future__ import annotations

from pathlib import Path

from deploy.jvm.junit import run_main
from deploy.toolchain.jdk import find_jdk

LEAVES_A_FILE = """
class Leaves {
    public static void main(String[] words) throws Exception {
        System.out.println(java.io.File.createTempFile("left", ".so"));
        Runtime.getRuntime().halt(3);
    }
}
"""


def test_temporary_files_of_a_jvm_that_halts_are_removed(tmp_path: Path) -> None:
    source = tmp_path / "Leaves.java"
    source.write_text(LEAVES_A_FILE, encoding="utf-8")
    log = tmp_path / "log"
    assert run_main(find_jdk(), [tmp_path], [str(source)], {}, tmp_path, log) == 3
    left = Path(log.read_text(encoding="utf-8").split()[-1])
    assert left.name.startswith("left")
    assert not left.parent.exists()
