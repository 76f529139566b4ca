"""What a model passes on phones' own libraries before it ships."""

from __future__ import annotations

from appspec.runtimes import possible_runtimes
from appspec.spec import AppSpec
from deploy.phone_library.library import phone_libraries
from pymodel.quantize.phone_check import PhoneChecks


def phone_checks(spec: AppSpec) -> PhoneChecks:
    """The checks of an app: all runtimes that its APK may carry, on the libraries that this machine can run."""
    runtimes = possible_runtimes(spec.android)
    return PhoneChecks(runtimes, phone_libraries(runtimes))
