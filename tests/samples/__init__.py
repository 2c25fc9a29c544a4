"""One sample of each kind of file, all of one article."""

from pathlib import Path

SAMPLES = Path(__file__).parent
SAID = (
    "Twelve days after thieves broke into the Louvre, seven people have been arrested",
    "The gang left on motor scooters along the river. No one was hurt.",
    "two years passed before the painting was recovered in Florence.",
)
