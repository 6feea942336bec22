"""How many people subscribe, estimated from the polls; nobody's address is kept."""
