"""Packages with an `imsmanifest.xml`: what QTI and Common Cartridge come in."""
