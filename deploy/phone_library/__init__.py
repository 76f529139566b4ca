"""The phone's own TensorFlow Lite, on this machine: Android's libraries load over a shim, ARM64 ones under QEMU.

A table of operators says what a phone refuses. Only the phone's own ARM64 kernels show what it answers: some files that every
x86 build computes right are wrong there, without an error.
"""
