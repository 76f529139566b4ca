"""What several tests look at: a kit of its own with finished models, trained once."""

from __future__ import annotations

import pytest

from tests.kit import Kit, copy_kit

TRAINED = """
[app]
name = "Tiny"
id = "org.example.tiny"
[[model]]
name = "cat_box"
task = "box"
input = { size = [32, 32] }
train = { epochs = 2, batch_size = 16 }
[[model]]
name = "cat_landmarks"
task = "landmarks"
input = { size = [32, 32] }
head = "regress"
pooling = "avg"
train = { epochs = 2, batch_size = 16 }
[data]
format = "drawn"
pictures = 60
split = { validation = 0.2, test = 0.2 }
[convert]
quantize = "none"
"""


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Kit:
    """A kit in which `invoke train --app tiny` was run."""
    kit = copy_kit(tmp_path_factory.mktemp("trained") / "학습된 kit")
    kit.write_app(TRAINED)
    end = kit.run("train", "--app", "tiny")
    assert end.code == 0, end
    return kit
