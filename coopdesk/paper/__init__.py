"""Papers that are composed of several rooms: the 国别台账."""
