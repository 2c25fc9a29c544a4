"""Embed: texts to vectors, with OpenVINO or PyTorch."""
