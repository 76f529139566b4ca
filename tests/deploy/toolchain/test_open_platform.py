"""The open platform: classes keep their faces and lose their bodies; the JDK's own signatures complete them."""

from __future__ import annotations

import os
import subprocess
import zipfile
from pathlib import Path

from deploy.toolchain.jdk import find_jdk
from deploy.toolchain.open_platform import lay_out_build_tools, lay_out_platform
from deploy.toolchain.process import child_environment

FACE = """package android.test;
public class Face {
    public static final long BIG = 1L << 40;
    public static final double RATIO = 2.5;
    public final String name;
    public Face(String name) { this.name = name; }
    public <T extends Comparable<T>> T larger(T a, T b) throws java.io.IOException {
        try { return a.compareTo(b) > 0 ? a : b; } catch (RuntimeException e) { throw new java.io.IOException(e); }
    }
    public native int untouched();
}
"""
PROBE = """import android.test.Face;
public class Probe {
    public static void main(String[] args) throws Exception {
        System.out.println(Face.BIG + " " + Face.RATIO + " " + Face.class.getMethods()[0].getDeclaringClass().getName());
        System.out.println(Face.class.getMethod("larger", Comparable.class, Comparable.class).toGenericString());
        try { new Face("x"); } catch (NullPointerException stub) { System.out.println("no body"); }
    }
}
"""


def test_a_platform_made_of_real_classes(tmp_path: Path) -> None:
    jdk, work = find_jdk(), tmp_path / "작업 폴더"
    (work / "out").mkdir(parents=True)
    (work / "Face.java").write_text(FACE)
    environment = child_environment(jdk)

    def run(*command: str | Path) -> str:
        return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout

    run(jdk.javac, "-d", work / "out", work / "Face.java")
    with zipfile.ZipFile(work / "classes.jar", "w") as jar:
        jar.write(work / "out/android/test/Face.class", "android/test/Face.class")
        jar.write(work / "out/android/test/Face.class", "com/android/server/Face.class")
    with zipfile.ZipFile(work / "resources.jar", "w") as jar:
        for name in ("resources.arsc", "AndroidManifest.xml", "res/a.png", "android/Old.class", "other.txt"):
            jar.writestr(name, name)
    lay_out_platform(work / "platform", jdk, work / "classes.jar", work / "resources.jar")

    with zipfile.ZipFile(work / "platform/android.jar") as jar:
        names = set(jar.namelist())
        assert jar.read("res/a.png") == b"res/a.png"
    assert {"android/test/Face.class", "resources.arsc", "AndroidManifest.xml", "java/lang/Object.class"} <= names
    assert not {"com/android/server/Face.class", "android/Old.class", "other.txt"} & names
    with zipfile.ZipFile(work / "platform/core-for-system-modules.jar") as jar:
        assert all(name.startswith(("java/", "javax/")) for name in jar.namelist())

    with zipfile.ZipFile(work / "platform/android.jar") as jar:
        jar.extract("android/test/Face.class", work / "stubs")
    (work / "Probe.java").write_text(PROBE)
    run(jdk.javac, "-d", work / "out2", "-cp", work / "stubs", work / "Probe.java")
    lines = run(jdk.java, "-Xverify:all", "-cp", f"{work / 'stubs'}{os.pathsep}{work / 'out2'}", "Probe").splitlines()
    assert lines[0].startswith("1099511627776 2.5")
    assert "<T extends java.lang.Comparable<T>>" in lines[1] or "java.lang.Comparable" in lines[1]
    assert "throws java.io.IOException" in lines[1]
    assert lines[2] == "no body"


def test_the_stand_ins_of_build_tools_fail_loudly(tmp_path: Path) -> None:
    lay_out_build_tools(tmp_path / "tools")
    run = subprocess.run([tmp_path / "tools" / "zipalign"], capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "not part of the open platform" in run.stderr
    zipfile.ZipFile(tmp_path / "tools/lib/d8.jar").close()
