"""The optimizers that a recipe may use, as frozen data; terms mean what the frameworks mean."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import msgspec

__all__ = ["SGD", "Adam", "AdamW", "Optimizer", "RMSprop"]

Positive: TypeAlias = Annotated[float, msgspec.Meta(gt=0)]
Share: TypeAlias = Annotated[float, msgspec.Meta(ge=0, lt=1)]


class _Optimizer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    """What all optimizers share."""


class SGD(_Optimizer, frozen=True, tag="sgd"):
    """Stochastic gradient descent, with classical momentum where ``momentum`` is not zero."""

    learning_rate: Positive
    momentum: Share = 0.0


class RMSprop(_Optimizer, frozen=True, tag="rmsprop"):
    """Steps divided by sqrt(moving mean of squared gradients) + epsilon; defaults are Keras's."""

    learning_rate: Positive = 1e-3
    rho: Share = 0.9
    epsilon: Positive = 1e-7


class Adam(_Optimizer, frozen=True, tag="adam"):
    """Adam (Kingma and Ba 2015); defaults are Keras's."""

    learning_rate: Positive = 1e-3
    beta_1: Share = 0.9
    beta_2: Share = 0.999
    epsilon: Positive = 1e-7


class AdamW(Adam, frozen=True, tag="adamw"):
    """Adam with decoupled weight decay (Loshchilov and Hutter 2019).

    Each step takes ``weight_decay`` times the learning rate off every weight matrix and kernel;
    biases and batch normalization are left alone.
    """

    weight_decay: Annotated[float, msgspec.Meta(ge=0)] = 0.01


Optimizer: TypeAlias = SGD | RMSprop | Adam | AdamW
