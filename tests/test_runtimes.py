"""The benchmark of what runs the embedding model."""

import sys

import pytest

from benchmarks.runtimes import main


@pytest.mark.slow
def test_every_runtime_gives_the_same_vectors_within_its_precision(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["runtimes", "--passages", "9", "--turns", "1"])
    main()
    rows = [line.strip("| ").split(" | ") for line in capsys.readouterr().out.splitlines() if line.startswith("| ")]
    told = {name: float(cosine) for name, _, _, _, cosine in rows[1:]}
    assert len(told) == 5
    assert all(cosine > (0.999 if "bfloat16" in name else 0.99999) for name, cosine in told.items())
    assert all(float(rate) > 0 and float(question) > 0 for _, rate, _, question, _ in rows[1:])
