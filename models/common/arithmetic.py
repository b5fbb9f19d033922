"""Numbers that a device is quick with."""
import torch


def autocast(device="cpu"):
    """16-bit arithmetic where the processor has units for it; elsewhere torch emulates it, twenty times slower than 32 bits."""
    if device != "cpu":
        return torch.autocast(device, dtype=torch.bfloat16)
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as f:
            flags = f.read()
    except OSError:
        flags = ""
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled="amx_bf16" in flags or "avx512_bf16" in flags)
