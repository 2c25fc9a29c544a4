"""Read: a trained reader finds the answer in passages, or that there is none."""
