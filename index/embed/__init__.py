"""Turn texts into vectors, with OpenVINO or PyTorch."""
