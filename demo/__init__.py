"""Synthetic people with known truth: what a company's systems would have recorded of them, mess included."""

from demo.generation import Generation, extend, generate
from demo.loading import Load, load
from demo.options import DemoOptions, Mess

__all__ = ["DemoOptions", "Generation", "Load", "Mess", "extend", "generate", "load"]
