"""契約者 and the people who look after them."""
