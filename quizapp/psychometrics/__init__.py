"""How well questions measure: classical item statistics from counts, with their margins."""
