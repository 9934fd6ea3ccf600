"""Synthetic people with known truth: what a company's systems would have recorded of them, mess included."""

from demo.generate import Generation, generate
from demo.load import Load, load
from demo.options import DemoOptions, Mess

__all__ = ["DemoOptions", "Generation", "Load", "Mess", "generate", "load"]
