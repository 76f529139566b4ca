"""Contracts with other values in their parts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from appspec.contract import ModelContract


def with_input(contract: ModelContract, **values: Any) -> ModelContract:
    """Other values of its first input."""
    return replace(contract, inputs=(replace(contract.input, **values), *contract.inputs[1:]))


def with_output(contract: ModelContract, **values: Any) -> ModelContract:
    """Other values of the output that is decoded."""
    return replace(contract, outputs=(replace(contract.output, **values), *contract.outputs[1:]))


def with_decoder(contract: ModelContract, **values: Any) -> ModelContract:
    """Other values of its decoder."""
    return replace(contract, decoder=replace(contract.reading, **values))


def with_crop(contract: ModelContract, **values: Any) -> ModelContract:
    """Other values of its crop policy."""
    return replace(contract, crop=replace(contract.crop_policy, **values))
