"""Eight-bit matrix products with fixed scales: the same result whichever streams share a batch, and on every processor.

A convolution's inputs are sums of rectified numbers, so 0 to `level` become 0 to 255 and what is louder is cut off. Weights
have a scale for each output channel and seven bits, -63 to 63: where the processor adds pairs of products in 16 bits
(AVX2), two of 255 x 63 do not overflow.
"""
import torch

INPUT_LEVELS, WEIGHT_LEVELS = 255, 63


class Quantise(torch.autograd.Function):
    """float -> uint8: QuantizeLinear with one scale and no offset."""

    @staticmethod
    def forward(ctx, x, scale):
        return torch.clamp(torch.round(x / scale), 0, INPUT_LEVELS).to(torch.uint8)

    @staticmethod
    def symbolic(g, x, scale):
        zero = g.op("Constant", value_t=torch.tensor(0, dtype=torch.uint8))
        return g.op("QuantizeLinear", x, scale, zero).setType(x.type().with_dtype(torch.uint8))


class Multiply(torch.autograd.Function):
    """uint8 [B, T, K] x int8 [K, N] -> int32: MatMulInteger."""

    @staticmethod
    def forward(ctx, x, weights):
        return torch.matmul(x.double(), weights.double()).to(torch.int32)

    @staticmethod
    def symbolic(g, x, weights):
        return g.op("MatMulInteger", x, weights)


def weights(matrix):
    """float [K, N] -> int8 [K, N], scales [N]."""
    scale = torch.clamp(matrix.abs().amax(0), min=1e-6) / WEIGHT_LEVELS
    return torch.round(matrix / scale).to(torch.int8), scale


@torch.no_grad()
def levels(model, features):
    """The largest input of each block's convolution in recordings; features: log-mels [1, MELS, T] of each."""
    largest = [0.0] * len(model.blocks)
    for f in features:
        x = torch.relu(model.first_norm(model.first(model.input_norm(f))))
        for k, block in enumerate(model.blocks):
            largest[k] = max(largest[k], x.max().item())
            x = block(x)
    return largest
