"""見通し: the screen of the months ahead."""
