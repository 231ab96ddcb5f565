"""A network begins with what the bundled one knows, as far as they are alike."""

from __future__ import annotations

import hashlib

import pytest
import torch
from torch import nn

from tenfold.models.bundled import bundled_file
from tenfold.networks.reader import DigitNetwork, InkNetwork, LineNetwork, SignNetwork
from tenfold.networks.weights import PREFIX, stored_weights
from tenfold.training.page_reader._beginning import begin_with_bundled, bundled_digest

KINDS = {
    "ink": InkNetwork,
    "lines": LineNetwork,
    "digits": DigitNetwork,
    "signs": SignNetwork,
}


@pytest.mark.parametrize("name", KINDS)
def test_all_that_the_bundled_network_learned_is_taken(name: str) -> None:
    network: nn.Module = KINDS[name]()
    begin_with_bundled(name, network)
    known = stored_weights(name, bundled_file(name), "" if name in ("lines", "signs") else PREFIX)
    for key, values in network.state_dict().items():
        if not key.endswith("num_batches_tracked"):
            assert torch.equal(values, known[key]), key
    assert bundled_digest(name) == hashlib.sha256(bundled_file(name)).hexdigest()


def test_what_has_another_shape_stays_as_chance_made_it() -> None:
    network = LineNetwork()
    network.head = nn.ConvTranspose2d(160, 15, (1, 4), (1, 4))
    before = {key: values.clone() for key, values in network.state_dict().items()}
    begin_with_bundled("lines", network)
    after = network.state_dict()
    assert torch.equal(after["head.weight"], before["head.weight"])
    assert not torch.equal(after["body.0.weight"], before["body.0.weight"])
