"""Messages to buyers: drafted from facts, checked, edited, approved, sent. Delivery itself is a connector's."""
