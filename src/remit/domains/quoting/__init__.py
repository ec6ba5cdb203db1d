"""The price book: what a unit of each product costs from which day on, and how much discount who may give."""
