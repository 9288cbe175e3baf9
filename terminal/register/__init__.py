"""What a cash register may ask of the till: over the loopback network, or with files in a watched folder."""
