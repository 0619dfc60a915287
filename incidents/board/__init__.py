"""The dispatch board: which incidents are shown, counted, clustered, summed up and exported."""
